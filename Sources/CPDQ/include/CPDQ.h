#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The arithmetic of PDQ, as the reference core does it (facebook/ThreatExchange, pdq/cpp/hashing and
// pdq/cpp/downscaling): the same float32 operations in the same order on every machine. Vector
// width changes which elements are worked on together, never the operations on one of them.

/// 8-bit pixels, interleaved, top row first.
typedef struct {
    const uint8_t *pixels;
    size_t row_bytes;
    int32_t columns;
    int32_t rows;
    /// 1: luminance; 3: R, G, B; 4: R, G, B and a byte that is not looked at.
    int32_t channels;
} cpdq_image;

enum {
    CPDQ_SIDE = 64,
    CPDQ_COEFFICIENTS = 256,
    /// The side that the reference tool shrinks to.
    CPDQ_NEAREST_SIDE = 512,
};

/// The 64 x 64 luminance that is hashed: two box filters along each axis, then every 64th part's
/// middle. `columns` and `rows` are at least 5, or false is returned; also where no memory is left.
bool cpdq_downsample(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]);

/// The same bits by plain loops over whole images: the text of the reference, kept as the oracle.
bool cpdq_downsample_plain(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]);

/// Luminance only (1 channel): the same sums in an order that is faster and rounds less, so equal to
/// about 0.001 but not bit for bit.
bool cpdq_downsample_separable(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]);

/// The luminance of an image that is 64 x 64 already, unfiltered.
void cpdq_copy(const cpdq_image *image, float out[CPDQ_SIDE * CPDQ_SIDE]);

/// Gradients of the 64 x 64 luminance, 0 (nothing in it) to 100.
int32_t cpdq_quality(const float luma[CPDQ_SIDE * CPDQ_SIDE]);

/// Frequencies 1...16 of both axes of the cosine transform.
void cpdq_transform(const float luma[CPDQ_SIDE * CPDQ_SIDE], float out[CPDQ_COEFFICIENTS]);

/// Bit `16 i + j` says that coefficient (i, j) is above the lower median; the first word holds the
/// lowest 64 bits.
void cpdq_bits(const float coefficients[CPDQ_COEFFICIENTS], uint64_t out[4]);

/// Coefficients at most so far from the lower median, on either side of it: the bits that a small
/// change could turn. `bits` are those of the coefficients.
int32_t cpdq_near_median(
    const float coefficients[CPDQ_COEFFICIENTS], const uint64_t bits[4], float distance);

/// Pixel (x, y) of `out` is (x columns / 512, y rows / 512) of the image. `out` holds 512 x 512 pixels.
void cpdq_nearest(const cpdq_image *image, uint8_t *out);

/// scale * cos(pi m / 128) for m = 0...64, from which the transform's matrix is folded.
extern const float cpdq_cosines[65];
