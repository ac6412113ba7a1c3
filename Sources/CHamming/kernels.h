// What the kernels of `chamming_find` share. Each comes from `search.h`, with its own instructions.
#pragma once

#include "CHamming.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__aarch64__)
#include <arm_neon.h>
#endif

enum {
    values_per_chunk = 17,
    run_count = CHAMMING_CHUNKS * values_per_chunk,
    // How many runs ahead their first lines are asked for; 12 to 48 were alike.
    runs_ahead = 24,
    signatures_per_line = 32,
    candidate_room = 256,
};

// The other chunk of the pair. A spread digest's neighbours are neighbours in each row; those that
// are far apart depend on each other less.
static inline size_t sibling_of(size_t chunk) { return chunk ^ 8; }

// Digests of one value of a chunk.
typedef struct {
    uint32_t from, to;
} run;

typedef struct {
    uint32_t position, chunk;
} candidate;

typedef struct {
    const chamming_index *index;
    const chamming_digest *query;
    uint32_t radius;
    size_t room;
    uint32_t *indices;
    uint16_t *distances;

    size_t found;
    size_t looked_at;
    size_t candidate_count;
    size_t digest_count;
    run runs[run_count];
    // Passed by their signature; their digest's place is being fetched.
    candidate candidates[candidate_room];
    // Their digest is being fetched.
    candidate digests[candidate_room];
} search;

// More candidates than this, and looking at all digests in order is less work.
static inline size_t most_candidates(const chamming_index *index) {
    return index->count / 16 + 1024;
}

// Likewise more signatures.
static inline size_t most_signatures(const chamming_index *index) {
    return 2 * index->count + 4096;
}

// Each digest counts for the first chunk that leads to it, so that it is found once; no memory of
// what was found is needed.
static inline int was_found_before(
    const chamming_digest *digest, const chamming_digest *query, uint32_t by) {
    for (uint32_t chunk = 0; chunk < by; chunk++) {
        size_t sibling = sibling_of(chunk);
        int own = __builtin_popcount(digest->chunks[chunk] ^ query->chunks[chunk]);
        int other = __builtin_popcount(digest->chunks[sibling] ^ query->chunks[sibling]);
        if (own <= 1 && own + other <= 3) return 1;
    }
    return 0;
}

// The runs to scan, the query's own value first in each chunk; 0 where a scan of all is less work.
static int choose_runs(search *s) {
    const uint32_t *starts = s->index->starts;
    for (size_t chunk = 0; chunk < CHAMMING_CHUNKS; chunk++) {
        const uint32_t *start = starts + chunk * CHAMMING_STARTS;
        uint16_t value = s->query->chunks[chunk];
        // Values that differ in the low four bits mostly lie in one line.
        __builtin_prefetch(start + value);
        for (int bit = 4; bit < 16; bit++) __builtin_prefetch(start + (value ^ 1 << bit));
    }
    size_t total = 0;
    run *next = s->runs;
    for (size_t chunk = 0; chunk < CHAMMING_CHUNKS; chunk++) {
        const uint32_t *start = starts + chunk * CHAMMING_STARTS;
        uint16_t value = s->query->chunks[chunk];
        for (int flip = 0; flip < values_per_chunk; flip++, next++) {
            size_t near = flip ? value ^ 1u << (flip - 1) : value;
            next->from = start[near];
            next->to = start[near + 1];
            total += next->to - next->from;
        }
    }
    return total <= most_signatures(s->index);
}

// MARK: - Many queries

enum {
    // Values of a chunk that are gone through together: 300 kB of signatures at ten million digests.
    block_bits = 6,
    low_bits = 16 - block_bits,
    block_count = 1 << block_bits,
    block_values = 1 << low_bits,
    probe_room = 4096,
    // How many runs ahead lines are asked for; 24 was slower.
    probes_ahead = 48,
    mark_room = 256,
    most_lines_ahead = 8,
};

// A value of the chunk whose run a query wants scanned.
typedef struct {
    uint16_t value, query, sibling, limit;
} probe;

// Two lines in which something is near.
typedef struct {
    uint64_t mask;
    uint32_t at, probe;
} mark;

// `position` becomes the place of the digest.
typedef struct {
    uint32_t position;
    uint16_t query, chunk;
} candidate_of;

// About 280 kB.
typedef struct {
    const chamming_index *index;
    const chamming_digest *queries;
    size_t count;
    uint32_t radius;
    size_t room;
    chamming_hit *hits;
    uint8_t *alone;

    size_t found;
    uint32_t lines_ahead;
    // Runs of up to so many signatures never add up to more than `most_signatures`.
    uint32_t long_run;
    // The chunk in hand, and its runs.
    uint16_t chunk;
    const uint32_t *start;
    // The queries by their value of the chunk, and where those of each block begin.
    uint16_t order[CHAMMING_CROWD], sorting[CHAMMING_CROWD];
    uint32_t blocks[block_count + 1];
    // By query: signatures of long runs, and candidates.
    uint32_t looked_at[CHAMMING_CROWD], candidates_of[CHAMMING_CROWD];

    // Those of the block in hand as they come; and by value, behind the last of the block before.
    // What lies behind all is only asked for.
    probe coming[probe_room], probes[probe_room + 2 * probes_ahead];
    size_t coming_count, probe_count;
    uint16_t of_value[block_values];
    mark marks[mark_room];
    candidate_of candidates[candidate_room], digests[candidate_room];
    size_t candidate_count, digest_count;
} crowd;

// Two passes of a counting sort, of eight bits each.
static void sort_queries(crowd *c) {
    uint16_t chunk = c->chunk;
    uint32_t starts[2][257] = {{0}};
    for (size_t i = 0; i < c->count; i++) {
        uint16_t value = c->queries[i].chunks[chunk];
        starts[0][(value & 255) + 1]++;
        starts[1][(value >> 8) + 1]++;
    }
    for (int i = 0; i < 256; i++) {
        starts[0][i + 1] += starts[0][i];
        starts[1][i + 1] += starts[1][i];
    }
    for (uint32_t block = 0; block <= block_count; block++) {
        c->blocks[block] = starts[1][block << (8 - block_bits)];
    }
    for (size_t i = 0; i < c->count; i++) {
        c->sorting[starts[0][c->queries[i].chunks[chunk] & 255]++] = (uint16_t)i;
    }
    for (size_t i = 0; i < c->count; i++) {
        uint16_t query = c->sorting[i];
        c->order[starts[1][c->queries[query].chunks[chunk] >> 8]++] = query;
    }
}

// A counting sort by value of those that have come; all are of one block.
static void sort_probes(crowd *c) {
    uint16_t next = (uint16_t)c->probe_count;
    for (size_t value = 0; value < block_values; value++) {
        uint16_t count = c->of_value[value];
        c->of_value[value] = next;
        next = (uint16_t)(next + count);
    }
    for (size_t i = 0; i < c->coming_count; i++) {
        probe p = c->coming[i];
        c->probes[c->of_value[p.value % block_values]++] = p;
    }
    __builtin_memset(c->of_value, 0, sizeof c->of_value);
    c->probe_count += c->coming_count;
    c->coming_count = 0;
}

// Whether the query is better off with a scan of all than with one more long run.
static inline int is_too_much(crowd *c, uint16_t query, uint32_t signatures) {
    c->looked_at[query] += signatures;
    if (c->looked_at[query] > most_signatures(c->index)) c->alone[query] = 1;
    return c->alone[query];
}

#define JOINED(a, b) a##_##b
#define NAMED(a, b) JOINED(a, b)

// MARK: - Portable

typedef uint16_t lanes __attribute__((vector_size(16)));

static inline uint32_t near_signatures_portable(
    const uint16_t *signatures, uint16_t sibling, uint32_t limit) {
    uint32_t mask = 0;
    for (int part = 0; part < 4; part++) {
        lanes x = *(const lanes *)(signatures + 8 * part) ^ sibling;
        // Each step takes a bit away: nothing is left of no more than `limit` bits.
        x &= x - 1;
        x &= x - 1;
        if (limit > 2) x &= x - 1;
        lanes none = (lanes)(x == 0);
        uint64_t halves[2];
        __builtin_memcpy(halves, &none, sizeof halves);
        if (__builtin_expect((halves[0] | halves[1]) != 0, 0)) {
            for (int lane = 0; lane < 8; lane++) mask |= (none[lane] & 1u) << (8 * part + lane);
        }
    }
    return mask;
}

static inline uint32_t distance_portable(const chamming_digest *a, const chamming_digest *b) {
    uint64_t x[4], y[4];
    __builtin_memcpy(x, a, sizeof x);
    __builtin_memcpy(y, b, sizeof y);
    return (uint32_t)(
        __builtin_popcountll(x[0] ^ y[0]) + __builtin_popcountll(x[1] ^ y[1]) +
        __builtin_popcountll(x[2] ^ y[2]) + __builtin_popcountll(x[3] ^ y[3]));
}

#define KERNEL portable
#define INSTRUCTIONS
#include "search.h"
#include "crowd.h"
#undef KERNEL
#undef INSTRUCTIONS

#if defined(__x86_64__)

// MARK: - AVX2

#define INSTRUCTIONS __attribute__((target("avx2,popcnt")))

INSTRUCTIONS static inline __m256i no_bits_left(__m256i x, uint32_t limit) {
    const __m256i ones = _mm256_set1_epi16(-1);
    x = _mm256_and_si256(x, _mm256_add_epi16(x, ones));
    x = _mm256_and_si256(x, _mm256_add_epi16(x, ones));
    if (limit > 2) x = _mm256_and_si256(x, _mm256_add_epi16(x, ones));
    return _mm256_cmpeq_epi16(x, _mm256_setzero_si256());
}

INSTRUCTIONS static inline uint32_t near_signatures_avx2(
    const uint16_t *signatures, uint16_t sibling, uint32_t limit) {
    const __m256i query = _mm256_set1_epi16((short)sibling);
    const __m256i *line = (const __m256i *)signatures;
    __m256i low = no_bits_left(_mm256_xor_si256(_mm256_load_si256(line), query), limit);
    __m256i high = no_bits_left(_mm256_xor_si256(_mm256_load_si256(line + 1), query), limit);
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
    return (uint32_t)_mm256_movemask_epi8(packed);
}

INSTRUCTIONS static inline uint32_t distance_avx2(
    const chamming_digest *a, const chamming_digest *b) {
    uint64_t x[4], y[4];
    __builtin_memcpy(x, a, sizeof x);
    __builtin_memcpy(y, b, sizeof y);
    return (uint32_t)(
        _mm_popcnt_u64(x[0] ^ y[0]) + _mm_popcnt_u64(x[1] ^ y[1]) +
        _mm_popcnt_u64(x[2] ^ y[2]) + _mm_popcnt_u64(x[3] ^ y[3]));
}

#define KERNEL avx2
#include "search.h"
#include "crowd.h"
#undef KERNEL
#undef INSTRUCTIONS

// MARK: - AVX-512

#define INSTRUCTIONS \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512bitalg,avx512vpopcntdq,popcnt")))

INSTRUCTIONS static inline uint32_t near_signatures_avx512(
    const uint16_t *signatures, uint16_t sibling, uint32_t limit) {
    __m512i x = _mm512_xor_si512(
        _mm512_load_si512(signatures), _mm512_set1_epi16((short)sibling));
    return _mm512_cmple_epu16_mask(_mm512_popcnt_epi16(x), _mm512_set1_epi16((short)limit));
}

INSTRUCTIONS static inline uint32_t distance_avx512(
    const chamming_digest *a, const chamming_digest *b) {
    __m256i x = _mm256_popcnt_epi64(_mm256_xor_si256(
        _mm256_loadu_si256((const __m256i *)a), _mm256_loadu_si256((const __m256i *)b)));
    __m128i y = _mm_add_epi64(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    return (uint32_t)(_mm_cvtsi128_si64(y) + _mm_extract_epi64(y, 1));
}

#define KERNEL avx512
#include "search.h"
#include "crowd.h"
#undef KERNEL
#undef INSTRUCTIONS

#endif

#if defined(__aarch64__)

// MARK: - NEON

static inline uint32_t near_signatures_neon(
    const uint16_t *signatures, uint16_t sibling, uint32_t limit) {
    static const uint16_t bits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    const uint16x8_t query = vdupq_n_u16(sibling), most = vdupq_n_u16((uint16_t)limit);
    uint32_t mask = 0;
    for (int part = 0; part < 4; part++) {
        uint16x8_t x = veorq_u16(vld1q_u16(signatures + 8 * part), query);
        uint16x8_t counts = vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u16(x)));
        uint16x8_t near = vandq_u16(vcleq_u16(counts, most), vld1q_u16(bits));
        mask |= (uint32_t)vaddvq_u16(near) << (8 * part);
    }
    return mask;
}

static inline uint32_t distance_neon(const chamming_digest *a, const chamming_digest *b) {
    uint8x16_t low = veorq_u8(
        vld1q_u8((const uint8_t *)a->chunks), vld1q_u8((const uint8_t *)b->chunks));
    uint8x16_t high = veorq_u8(
        vld1q_u8((const uint8_t *)(a->chunks + 8)), vld1q_u8((const uint8_t *)(b->chunks + 8)));
    // At most 16 a byte and 256 in all, which a byte's sum would not hold.
    return vaddlvq_u8(vaddq_u8(vcntq_u8(low), vcntq_u8(high)));
}

#define KERNEL neon
#define INSTRUCTIONS
#include "search.h"
#include "crowd.h"
#undef KERNEL
#undef INSTRUCTIONS

#endif
