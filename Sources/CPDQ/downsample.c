#include "CPDQ.h"

#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Every function that passes a vector is static: there is no caller whose ABI could differ.
#pragma clang diagnostic ignored "-Wpsabi"

enum { TILE = 16 };

typedef struct {
    int32_t length, window, half;
} box_shape;

static box_shape box_of(int32_t length) {
    const int32_t window = (length + 127) / 128;
    return (box_shape){length, window, (window + 2) / 2};
}

static int32_t sample_place(int32_t i, int32_t length) {
    return (int32_t)((int64_t)(2 * i + 1) * length / 128);
}

/// Running sums down the columns of rows that arrive one after the other.
typedef struct {
    box_shape shape;
    size_t width;
    int32_t ring_rows, stored, added, emitted;
    float *ring, *sum;
} column_filter;

static inline float *ring_row(const column_filter *f, int32_t row) {
    return f->ring + (size_t)(row % f->ring_rows) * f->width;
}

typedef struct {
    float *tile, *means, *rows;
    column_filter wide, narrow;
} scratch;

#define NAME(x) x##_portable
#include "downsample.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME(x) x##_avx2
#include "downsample.h"
#pragma clang attribute pop
#endif

static column_filter column_filter_of(int32_t rows, size_t width, float **memory) {
    column_filter f = {.shape = box_of(rows), .width = width};
    f.ring_rows = f.shape.window + 1 + TILE;
    f.ring = *memory;
    f.sum = f.ring + (size_t)f.ring_rows * width;
    *memory = f.sum + width;
    return f;
}

bool cpdq_downsample(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]) {
    if (image->columns < 5 || image->rows < 5) return false;
    const size_t width = ((size_t)image->columns + 7) / 8 * 8;
    const size_t ring = (size_t)box_of(image->rows).window + 2 + TILE;
    float *memory = calloc(3 * TILE * width + ring * (width + CPDQ_SIDE), sizeof *memory), *next;
    if (!memory) return false;
    scratch s = {
        .tile = memory, .means = memory + TILE * width, .rows = memory + 2 * TILE * width};
    next = memory + 3 * TILE * width;
    s.wide = column_filter_of(image->rows, width, &next);
    s.narrow = column_filter_of(image->rows, CPDQ_SIDE, &next);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        downsample_avx2(image, &s, out);
        free(memory);
        return true;
    }
#endif
    downsample_portable(image, &s, out);
    free(memory);
    return true;
}
