#include "CPDQ.h"

#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Every function that passes a vector is inlined: there is no caller whose ABI could differ.
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

// Of neighbours that are summed, and of columns that are.
enum { LANES = 8, COLUMNS = 16 };
typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef float columns __attribute__((vector_size(4 * COLUMNS)));
typedef uint8_t bytes __attribute__((vector_size(COLUMNS)));

/// What both box filters of one axis and the choice of 64 places come to: weighted sums of
/// neighbours.
typedef struct {
    int32_t first[CPDQ_SIDE];
    /// Neighbours to a sum.
    int32_t count;
    /// Their weights, with zeros behind them.
    size_t taps;
    float *weights;
} axis;

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

static bool make_axis(axis *a, int32_t length) {
    const int32_t window = (length + 127) / 128, after = (window + 2) / 2 - 1;
    const int32_t before = window - 1 - after;
    a->count = 2 * window - 1;
    a->taps = ((size_t)a->count + LANES - 1) / LANES * LANES;
    a->weights = calloc(CPDQ_SIDE * a->taps, sizeof(float));
    if (!a->weights) return false;
    for (int32_t j = 0; j < CPDQ_SIDE; j++) {
        // No window reaches beyond the first place, see `box_shape`; some do beyond the last.
        const int32_t place = (int32_t)((int64_t)(2 * j + 1) * length / 128);
        const int32_t last = smaller(place + after, length - 1);
        a->first[j] = place - 2 * before;
        for (int32_t i = place - before; i <= last; i++) {
            const int32_t end = smaller(i + after, length - 1);
            const int32_t counts = (last - place + before + 1) * (end - i + before + 1);
            for (int32_t k = i - before; k <= end; k++)
                a->weights[(size_t)j * a->taps + (size_t)(k - a->first[j])] += 1 / (float)counts;
        }
    }
    return true;
}

INLINE lanes load(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE columns load_bytes(const uint8_t *p) {
    bytes v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, columns);
}

/// Weighted sums of `count` rows, a column each.
INLINE void add_rows(
    const cpdq_image *image, int32_t first, const float *weights, int32_t count, float *sums) {
    const size_t width = (size_t)image->columns;
    const uint8_t *row = image->pixels + (size_t)first * image->row_bytes;
    size_t x = 0;
    for (; x + COLUMNS <= width; x += COLUMNS) {
        columns sum = {0};
        for (int32_t k = 0; k < count; k++)
            sum += load_bytes(row + (size_t)k * image->row_bytes + x) * weights[k];
        memcpy(sums + x, &sum, sizeof sum);
    }
    for (; x < width; x++) {
        sums[x] = 0;
        for (int32_t k = 0; k < count; k++)
            sums[x] += (float)row[(size_t)k * image->row_bytes + x] * weights[k];
    }
}

INLINE void filter(
    const cpdq_image *image, const axis *across, const axis *down, float *sums, float *out) {
    for (int32_t i = 0; i < CPDQ_SIDE; i++) {
        const int32_t room = image->rows - down->first[i];
        add_rows(
            image, down->first[i], down->weights + (size_t)i * down->taps,
            smaller(down->count, room), sums);
        for (int32_t j = 0; j < CPDQ_SIDE; j++) {
            const float *from = sums + across->first[j];
            const float *weights = across->weights + (size_t)j * across->taps;
            lanes sum = {0};
            for (size_t k = 0; k < across->taps; k += LANES)
                sum += load(from + k) * load(weights + k);
            float total = 0;
            for (int k = 0; k < LANES / 2; k++) total += sum[k] + sum[k + LANES / 2];
            *out++ = total;
        }
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void filter_avx2(
    const cpdq_image *image, const axis *across, const axis *down, float *sums, float *out) {
    filter(image, across, down, sums, out);
}

__attribute__((target("avx512f,avx512vl"))) static void filter_avx512(
    const cpdq_image *image, const axis *across, const axis *down, float *sums, float *out) {
    filter(image, across, down, sums, out);
}
#endif

// The order of sums is the same in all.
static void filter_fastest(
    const cpdq_image *image, const axis *across, const axis *down, float *sums, float *out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
        filter_avx512(image, across, down, sums, out);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        filter_avx2(image, across, down, sums, out);
        return;
    }
#endif
    filter(image, across, down, sums, out);
}

bool cpdq_downsample_separable(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]) {
    if (image->columns < 5 || image->rows < 5 || image->channels != 1) return false;
    axis across = {0}, down = {0};
    float *sums = NULL;
    bool done = make_axis(&across, image->columns) && make_axis(&down, image->rows);
    // The last sum's zeros may lie behind the row.
    if (done) sums = calloc((size_t)image->columns + across.taps, sizeof *sums);
    done = sums != NULL;
    if (done) filter_fastest(image, &across, &down, sums, out);
    free(across.weights);
    free(down.weights);
    free(sums);
    return done;
}
