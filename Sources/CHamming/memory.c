#include "CHamming.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

enum { huge_page = 2 << 20 };

// Below it, rounding up to whole huge pages would waste too much.
enum { smallest_mapping = 8 << 20 };

static size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

void *chamming_allocate(size_t bytes) {
    if (bytes > SIZE_MAX / 2) return NULL;
    if (bytes < smallest_mapping) {
        size_t size = rounded(bytes ? bytes : 1, 64);
        void *memory = aligned_alloc(64, size);
        if (memory) memset(memory, 0, size);
        return memory;
    }
    // Mapped with one huge page more, so that what is kept can start at a huge page.
    size_t size = rounded(bytes, huge_page);
    char *mapped = mmap(
        NULL, size + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return NULL;
    char *memory = (char *)rounded((size_t)mapped, huge_page);
    size_t before = (size_t)(memory - mapped);
    if (before) munmap(mapped, before);
    if (before < huge_page) munmap(memory + size, huge_page - before);
#if defined(MADV_HUGEPAGE)
    madvise(memory, size, MADV_HUGEPAGE);
#endif
    return memory;
}

void chamming_release(void *memory, size_t bytes) {
    if (!memory) return;
    if (bytes < smallest_mapping) {
        free(memory);
    } else {
        munmap(memory, rounded(bytes, huge_page));
    }
}

static uint32_t crc_byte(uint32_t crc, uint8_t byte) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
    return crc;
}

// Eight tables, so that eight bytes are one step.
static uint32_t crc_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint32_t tables[8][256];
    for (int i = 0; i < 256; i++) tables[0][i] = crc_byte(0, (uint8_t)i);
    for (int t = 1; t < 8; t++) {
        for (int i = 0; i < 256; i++) {
            uint32_t last = tables[t - 1][i];
            tables[t][i] = last >> 8 ^ tables[0][last & 0xFF];
        }
    }
    for (; count >= 8; bytes += 8, count -= 8) {
        uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                              (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24);
        crc = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^
              tables[4][low >> 24] ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^
              tables[1][bytes[6]] ^ tables[0][bytes[7]];
    }
    for (; count; bytes++, count--) crc = crc >> 8 ^ tables[0][(crc ^ *bytes) & 0xFF];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_sse42(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t sum = crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        sum = _mm_crc32_u64(sum, word);
    }
    crc = (uint32_t)sum;
    for (; count; bytes++, count--) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}
#endif

uint32_t chamming_checksum(uint32_t before, const void *bytes, size_t count) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) return ~crc_sse42(~before, bytes, count);
#endif
    return ~crc_portable(~before, bytes, count);
}
