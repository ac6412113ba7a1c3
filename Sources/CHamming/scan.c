#include "CHamming.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef struct {
    const uint64_t *planes;
    size_t stride;
    const uint64_t *query;
    uint32_t radius;
    uint32_t *indices;
    uint16_t *distances;
    size_t found;
} scan_state;

// Also the tail of the other kernels.
static inline void scan_words(scan_state *s, size_t from, size_t to) {
    const uint64_t *a = s->planes, *b = a + s->stride, *c = b + s->stride, *d = c + s->stride;
    for (size_t i = from; i < to; i++) {
        uint32_t distance = (uint32_t)(
            __builtin_popcountll(a[i] ^ s->query[0]) + __builtin_popcountll(b[i] ^ s->query[1]) +
            __builtin_popcountll(c[i] ^ s->query[2]) + __builtin_popcountll(d[i] ^ s->query[3]));
        if (distance <= s->radius) {
            s->indices[s->found] = (uint32_t)i;
            s->distances[s->found] = (uint16_t)distance;
            s->found++;
        }
    }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static inline __m256i nibble_counts(__m256i x) {
    const __m256i table = _mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    return _mm256_add_epi8(
        _mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}

__attribute__((target("avx2"))) static void scan_avx2(scan_state *s, size_t from, size_t to) {
    __m256i query[2];
    for (int w = 0; w < 2; w++) query[w] = _mm256_set1_epi64x((long long)s->query[w]);
    const __m256i limit = _mm256_set1_epi64x((long long)s->radius);
    size_t i = from;
    for (; i + 4 <= to; i += 4) {
        // Two words of four: almost every digest is too far by them alone.
        __m256i bytes = _mm256_setzero_si256();
        for (int w = 0; w < 2; w++) {
            const uint64_t *plane = s->planes + (size_t)w * s->stride + i;
            __m256i x = _mm256_xor_si256(
                _mm256_loadu_si256((const __m256i *)plane), query[w]);
            bytes = _mm256_add_epi8(bytes, nibble_counts(x));
        }
        __m256i sums = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
        __m256i over = _mm256_cmpgt_epi64(sums, limit);
        if (__builtin_expect(_mm256_movemask_epi8(over) != -1, 0)) scan_words(s, i, i + 4);
    }
    scan_words(s, i, to);
}

__attribute__((target("avx512f,avx512vpopcntdq"))) static void scan_avx512(
    scan_state *s, size_t from, size_t to) {
    __m512i query[2];
    for (int w = 0; w < 2; w++) query[w] = _mm512_set1_epi64((long long)s->query[w]);
    const __m512i limit = _mm512_set1_epi64((long long)s->radius);
    size_t i = from;
    for (; i + 8 <= to; i += 8) {
        __m512i sums = _mm512_setzero_si512();
        for (int w = 0; w < 2; w++) {
            const uint64_t *plane = s->planes + (size_t)w * s->stride + i;
            __m512i x = _mm512_xor_si512(_mm512_loadu_si512(plane), query[w]);
            sums = _mm512_add_epi64(sums, _mm512_popcnt_epi64(x));
        }
        if (__builtin_expect(_mm512_cmple_epu64_mask(sums, limit) != 0, 0)) {
            scan_words(s, i, i + 8);
        }
    }
    scan_words(s, i, to);
}

#endif

#if defined(__aarch64__)

static void scan_neon(scan_state *s, size_t from, size_t to) {
    uint64x2_t query[2];
    for (int w = 0; w < 2; w++) query[w] = vdupq_n_u64(s->query[w]);
    size_t i = from;
    for (; i + 2 <= to; i += 2) {
        uint8x16_t bytes = vdupq_n_u8(0);
        for (int w = 0; w < 2; w++) {
            const uint64_t *plane = s->planes + (size_t)w * s->stride + i;
            uint64x2_t x = veorq_u64(vld1q_u64(plane), query[w]);
            bytes = vaddq_u8(bytes, vcntq_u8(vreinterpretq_u8_u64(x)));
        }
        uint64x2_t sums = vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(bytes)));
        if (__builtin_expect(
                vgetq_lane_u64(sums, 0) <= s->radius || vgetq_lane_u64(sums, 1) <= s->radius, 0)) {
            scan_words(s, i, i + 2);
        }
    }
    scan_words(s, i, to);
}

#endif

int chamming_supports(chamming_kernel kernel) {
    switch (kernel) {
    case chamming_portable:
        return 1;
#if defined(__x86_64__)
    case chamming_avx2:
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    case chamming_avx512:
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bitalg") &&
               __builtin_cpu_supports("avx512vpopcntdq");
#endif
#if defined(__aarch64__)
    case chamming_neon:
        return 1;
#endif
    default:
        return 0;
    }
}

chamming_kernel chamming_best(void) {
    if (chamming_supports(chamming_avx512)) return chamming_avx512;
    if (chamming_supports(chamming_avx2)) return chamming_avx2;
    if (chamming_supports(chamming_neon)) return chamming_neon;
    return chamming_portable;
}

size_t chamming_scan(
    chamming_kernel kernel, const uint64_t *planes, size_t stride, size_t first, size_t count,
    const uint64_t *query, uint32_t radius, uint32_t *indices, uint16_t *distances) {
    scan_state s = {planes, stride, query, radius, indices, distances, 0};
    switch (kernel) {
#if defined(__x86_64__)
    case chamming_avx512:
        scan_avx512(&s, first, first + count);
        break;
    case chamming_avx2:
        scan_avx2(&s, first, first + count);
        break;
#endif
#if defined(__aarch64__)
    case chamming_neon:
        scan_neon(&s, first, first + count);
        break;
#endif
    default:
        scan_words(&s, first, first + count);
    }
    return s.found;
}
