#include "CHamming.h"

#include <stdlib.h>
#include <string.h>

#include "kernels.h"

// Bit (row, column) of a 16 × 16 matrix moves to (column, row).
static void transpose(uint16_t m[16]) {
    static const uint16_t masks[4] = {0x00FF, 0x0F0F, 0x3333, 0x5555};
    for (int step = 0, width = 8; width; step++, width >>= 1) {
        for (int low = 0; low < 16; low = (low + width + 1) & ~width) {
            uint16_t swap = (uint16_t)((m[low] >> width ^ m[low + width]) & masks[step]);
            m[low] ^= (uint16_t)(swap << width);
            m[low + width] ^= swap;
        }
    }
}

static uint16_t rotated(uint16_t x, int by) {
    return (uint16_t)((uint32_t)x << (by & 15) | (uint32_t)x >> ((16 - by) & 15));
}

chamming_digest chamming_spread(const uint64_t *words) {
    chamming_digest digest;
    for (int row = 0; row < 16; row++) {
        digest.chunks[row] = rotated((uint16_t)(words[row / 4] >> (48 - 16 * (row % 4))), row);
    }
    transpose(digest.chunks);
    return digest;
}

void chamming_gather(const chamming_digest *digest, uint64_t *words) {
    chamming_digest rows = *digest;
    transpose(rows.chunks);
    memset(words, 0, 4 * sizeof *words);
    for (int row = 0; row < 16; row++) {
        words[row / 4] |= (uint64_t)rotated(rows.chunks[row], 16 - row) << (48 - 16 * (row % 4));
    }
}

// A counting sort for each chunk.
void chamming_build(
    const chamming_digest *digests, size_t count, uint32_t *starts, uint16_t *signatures,
    uint32_t *places) {
    for (size_t chunk = 0; chunk < CHAMMING_CHUNKS; chunk++) {
        uint32_t *start = starts + chunk * CHAMMING_STARTS;
        memset(start, 0, CHAMMING_STARTS * sizeof *start);
        for (size_t i = 0; i < count; i++) start[digests[i].chunks[chunk]]++;
        // Each becomes the position after its last digest, and then sinks to that of its first.
        uint32_t position = (uint32_t)(chunk * count);
        for (size_t value = 0; value < CHAMMING_STARTS; value++) {
            position += start[value];
            start[value] = position;
        }
        size_t sibling = sibling_of(chunk);
        for (size_t i = count; i-- > 0;) {
            uint32_t at = --start[digests[i].chunks[chunk]];
            signatures[at] = digests[i].chunks[sibling];
            places[at] = (uint32_t)i;
        }
    }
}

size_t chamming_find(
    chamming_kernel kernel, const chamming_index *index, const chamming_digest *query,
    uint32_t radius, size_t room, uint32_t *indices, uint16_t *distances) {
    search s = {
        .index = index, .query = query, .radius = radius, .room = room, .indices = indices,
        .distances = distances,
    };
    if (!index->count) return 0;
    if (!choose_runs(&s)) return CHAMMING_SCAN;
    switch (kernel) {
#if defined(__x86_64__)
    case chamming_avx512:
        return find_avx512(&s);
    case chamming_avx2:
        return find_avx2(&s);
#endif
#if defined(__aarch64__)
    case chamming_neon:
        return find_neon(&s);
#endif
    default:
        return find_portable(&s);
    }
}

size_t chamming_find_all(
    chamming_kernel kernel, const chamming_index *index, const chamming_digest *queries,
    size_t count, uint32_t radius, size_t room, chamming_hit *hits, uint8_t *alone) {
    if (!index->count || !count) return 0;
    crowd c = {
        .index = index, .queries = queries, .count = count, .radius = radius, .room = room,
        .hits = hits, .alone = alone,
        .long_run = (uint32_t)(most_signatures(index) / run_count),
    };
    // A run's lines and one more, for runs begin anywhere in a line.
    size_t lines = index->count / (CHAMMING_STARTS - 1) / signatures_per_line + 2;
    c.lines_ahead = (uint32_t)(lines < most_lines_ahead ? lines : most_lines_ahead);
    switch (kernel) {
#if defined(__x86_64__)
    case chamming_avx512:
        return find_all_avx512(&c);
    case chamming_avx2:
        return find_all_avx2(&c);
#endif
#if defined(__aarch64__)
    case chamming_neon:
        return find_all_neon(&c);
#endif
    default:
        return find_all_portable(&c);
    }
}

size_t chamming_scan_digests(
    chamming_kernel kernel, const chamming_digest *digests, size_t first, size_t count,
    const chamming_digest *query, uint32_t radius, uint32_t *indices, uint16_t *distances) {
    switch (kernel) {
#if defined(__x86_64__)
    case chamming_avx512:
        return look_avx512(digests, first, count, query, radius, indices, distances);
    case chamming_avx2:
        return look_avx2(digests, first, count, query, radius, indices, distances);
#endif
#if defined(__aarch64__)
    case chamming_neon:
        return look_neon(digests, first, count, query, radius, indices, distances);
#endif
    default:
        return look_portable(digests, first, count, query, radius, indices, distances);
    }
}
