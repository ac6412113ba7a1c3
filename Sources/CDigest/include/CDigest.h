#ifndef TUTELA_CDIGEST_H
#define TUTELA_CDIGEST_H

#include <stddef.h>
#include <stdint.h>

// SHA-256 (FIPS 180-4) of short inputs, of which every event has several: no allocation, and the
// processor's own instructions where it has them.
typedef struct {
    uint32_t state[8];
    uint64_t count;
    uint8_t block[64];
} tutela_sha256;

void tutela_sha256_begin(tutela_sha256 *hash);
void tutela_sha256_add(tutela_sha256 *hash, const void *bytes, size_t count);

// The first 128 bits of the digest, big-endian. The hash cannot be used any more.
void tutela_sha256_end(tutela_sha256 *hash, uint64_t *high, uint64_t *low);

// Digests without the processor's instructions, for tests, or again with them.
void tutela_sha256_use_portable(int portable);

#endif
