#include "CPDQ.h"

#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Written out, so that no library's cosine has a say in a hash. No value is nearer than 0.005 units
// in the last place to where its rounding would change.
const float cpdq_cosines[65] = {
    0x1.6a09e6p-3f, 0x1.69edfcp-3f, 0x1.699a42p-3f, 0x1.690ec6p-3f, 0x1.684b9cp-3f,
    0x1.6750e4p-3f, 0x1.661ec2p-3f, 0x1.64b568p-3f, 0x1.63150ap-3f, 0x1.613decp-3f,
    0x1.5f3056p-3f, 0x1.5cec98p-3f, 0x1.5a730cp-3f, 0x1.57c414p-3f, 0x1.54e018p-3f,
    0x1.51c78cp-3f, 0x1.4e7ae8p-3f, 0x1.4afab2p-3f, 0x1.474772p-3f, 0x1.4361bap-3f,
    0x1.3f4a24p-3f, 0x1.3b015p-3f, 0x1.3687eap-3f, 0x1.31dea2p-3f, 0x1.2d062ep-3f,
    0x1.27ff5p-3f, 0x1.22caccp-3f, 0x1.1d6972p-3f, 0x1.17dc14p-3f, 0x1.12238ep-3f,
    0x1.0c40c2p-3f, 0x1.063498p-3f, 0x1p-3f, 0x1.f347dap-4f, 0x1.e642b8p-4f,
    0x1.d8f29ap-4f, 0x1.cb598cp-4f, 0x1.bd79aap-4f, 0x1.af5516p-4f, 0x1.a0edfep-4f,
    0x1.92469cp-4f, 0x1.83613p-4f, 0x1.74400ap-4f, 0x1.64e57ap-4f, 0x1.5553e4p-4f,
    0x1.458daap-4f, 0x1.35953cp-4f, 0x1.256d12p-4f, 0x1.1517a8p-4f, 0x1.049782p-4f,
    0x1.e7de5ep-5f, 0x1.c6427ap-5f, 0x1.a4608ap-5f, 0x1.823dc8p-5f, 0x1.5fdf76p-5f,
    0x1.3d4aep-5f, 0x1.1a855ep-5f, 0x1.ef2894p-6f, 0x1.a8fa12p-6f, 0x1.628a08p-6f,
    0x1.1be352p-6f, 0x1.aa21a8p-7f, 0x1.1c3af6p-7f, 0x1.1c50e2p-8f, 0x0p+0f,
};

static float matrix_entry(int i, int j) {
    int m = (i + 1) * (2 * j + 1) % 256;
    if (m > 128) m = 256 - m;
    return m <= 64 ? cpdq_cosines[m] : -cpdq_cosines[128 - m];
}

static inline __attribute__((always_inline)) void transform(
    const float luma[CPDQ_SIDE * CPDQ_SIDE], float out[CPDQ_COEFFICIENTS]) {
    float across[CPDQ_SIDE][16];
    for (int k = 0; k < CPDQ_SIDE; k++)
        for (int j = 0; j < 16; j++) across[k][j] = matrix_entry(j, k);
    for (int i = 0; i < 16; i++) {
        float row[CPDQ_SIDE] = {0};
        for (int k = 0; k < CPDQ_SIDE; k++) {
            const float d = across[k][i], *a = luma + k * CPDQ_SIDE;
            for (int j = 0; j < CPDQ_SIDE; j++) row[j] += d * a[j];
        }
        float sums[16] = {0};
        for (int k = 0; k < CPDQ_SIDE; k++)
            for (int j = 0; j < 16; j++) sums[j] += row[k] * across[k][j];
        memcpy(out + 16 * i, sums, sizeof sums);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void transform_avx2(
    const float luma[CPDQ_SIDE * CPDQ_SIDE], float out[CPDQ_COEFFICIENTS]) {
    transform(luma, out);
}
#endif

void cpdq_transform(const float luma[CPDQ_SIDE * CPDQ_SIDE], float out[CPDQ_COEFFICIENTS]) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        transform_avx2(luma, out);
        return;
    }
#endif
    transform(luma, out);
}

static int32_t step(float u, float v) {
    int32_t d = (int32_t)(((u - v) * 100) / 255);
    return d < 0 ? -d : d;
}

int32_t cpdq_quality(const float luma[CPDQ_SIDE * CPDQ_SIDE]) {
    int32_t sum = 0;
    for (int i = 0; i < CPDQ_SIDE - 1; i++)
        for (int j = 0; j < CPDQ_SIDE; j++)
            sum += step(luma[i * CPDQ_SIDE + j], luma[(i + 1) * CPDQ_SIDE + j]);
    for (int i = 0; i < CPDQ_SIDE; i++)
        for (int j = 0; j < CPDQ_SIDE - 1; j++)
            sum += step(luma[i * CPDQ_SIDE + j], luma[i * CPDQ_SIDE + j + 1]);
    int32_t quality = sum / 90;
    return quality > 100 ? 100 : quality;
}

// Order-preserving: a lower float has a lower key. Both zeros have one.
static uint32_t order_key(float value) {
    uint32_t bits;
    value += 0.0f;
    memcpy(&bits, &value, 4);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

void cpdq_bits(const float coefficients[CPDQ_COEFFICIENTS], uint64_t out[4]) {
    uint32_t keys[CPDQ_COEFFICIENTS], median = 0;
    for (int k = 0; k < CPDQ_COEFFICIENTS; k++) keys[k] = order_key(coefficients[k]);
    // The largest value that fewer than half of the keys are below: the 128th smallest key.
    for (int bit = 31; bit >= 0; bit--) {
        uint32_t candidate = median | (uint32_t)1 << bit;
        int32_t below = 0;
        for (int k = 0; k < CPDQ_COEFFICIENTS; k++) below += keys[k] < candidate;
        if (below < CPDQ_COEFFICIENTS / 2) median = candidate;
    }
    memset(out, 0, 4 * sizeof *out);
    for (int k = 0; k < CPDQ_COEFFICIENTS; k++)
        out[k / 64] |= (uint64_t)(keys[k] > median) << (k % 64);
}

int32_t cpdq_near_median(
    const float coefficients[CPDQ_COEFFICIENTS], const uint64_t bits[4], float distance) {
    float median = -__builtin_inff();
    for (int k = 0; k < CPDQ_COEFFICIENTS; k++)
        if (!(bits[k / 64] >> (k % 64) & 1) && coefficients[k] > median) median = coefficients[k];
    int32_t count = 0;
    for (int k = 0; k < CPDQ_COEFFICIENTS; k++)
        count += coefficients[k] >= median - distance && coefficients[k] <= median + distance;
    return count;
}

void cpdq_nearest(const cpdq_image *image, uint8_t *out) {
    const size_t channels = (size_t)image->channels;
    for (size_t y = 0; y < CPDQ_NEAREST_SIDE; y++) {
        const uint8_t *row =
            image->pixels + y * (size_t)image->rows / CPDQ_NEAREST_SIDE * image->row_bytes;
        for (size_t x = 0; x < CPDQ_NEAREST_SIDE; x++) {
            const uint8_t *pixel = row + x * (size_t)image->columns / CPDQ_NEAREST_SIDE * channels;
            for (size_t c = 0; c < channels; c++) *out++ = pixel[c];
        }
    }
}

static float luma_of(const uint8_t *p, int32_t channels) {
    if (channels == 1) return p[0];
    return 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
}

void cpdq_copy(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]) {
    for (int32_t y = 0; y < CPDQ_SIDE; y++)
        for (int32_t x = 0; x < CPDQ_SIDE; x++)
            *out++ = luma_of(
                image->pixels + (size_t)y * image->row_bytes + (size_t)(x * image->channels),
                image->channels);
}

static void box_plain(const float *in, float *out, int length, size_t stride, int window) {
    int half = (window + 2) / 2, count = 0, right = 0, left = 0;
    float sum = 0;
    for (; right < half - 1; right++, count++) sum += in[(size_t)right * stride];
    for (int i = 0; i < length; i++) {
        if (right < length) {
            sum += in[(size_t)right++ * stride];
            count++;
        }
        if (i > window - half) {
            sum -= in[(size_t)left++ * stride];
            count--;
        }
        out[(size_t)i * stride] = sum / (float)count;
    }
}

bool cpdq_downsample_plain(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]) {
    const size_t columns = (size_t)image->columns, rows = (size_t)image->rows;
    if (image->columns < 5 || image->rows < 5) return false;
    float *a = malloc(columns * rows * sizeof *a), *b = malloc(columns * rows * sizeof *b);
    bool done = a && b;
    if (done) {
        for (size_t y = 0; y < rows; y++)
            for (size_t x = 0; x < columns; x++)
                a[y * columns + x] = luma_of(
                    image->pixels + y * image->row_bytes + x * (size_t)image->channels,
                    image->channels);
        for (int pass = 0; pass < 2; pass++) {
            for (size_t y = 0; y < rows; y++)
                box_plain(
                    a + y * columns, b + y * columns, image->columns, 1,
                    (image->columns + 127) / 128);
            for (size_t x = 0; x < columns; x++)
                box_plain(b + x, a + x, image->rows, columns, (image->rows + 127) / 128);
        }
        for (size_t i = 0; i < CPDQ_SIDE; i++)
            for (size_t j = 0; j < CPDQ_SIDE; j++)
                *out++ = a[(2 * i + 1) * rows / 128 * columns + (2 * j + 1) * columns / 128];
    }
    free(a);
    free(b);
    return done;
}
