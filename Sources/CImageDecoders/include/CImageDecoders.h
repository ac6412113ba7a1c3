#pragma once
#include <stddef.h>
#include <stdint.h>

// One still image from bytes. The libraries report errors by jumping or through callbacks; all of
// that begins and ends inside these functions, which return a status and never leave memory behind
// but the pixels of a success.

typedef enum {
    CIMAGE_OK = 0,
    /// The bytes end before the image does.
    CIMAGE_TRUNCATED,
    CIMAGE_DAMAGED,
    /// Well formed, but of a kind that is not read.
    CIMAGE_UNSUPPORTED,
    /// More pixels, or more work a pixel, than the limits allow.
    CIMAGE_TOO_LARGE,
    CIMAGE_NO_MEMORY,
} cimage_status;

enum {
    CIMAGE_MESSAGE_BYTES = 200,
    CIMAGE_MAXIMUM_SIDE = 65535,
    /// Scans of a progressive JPEG; encoders write ten or so, and each costs a pass over the image.
    CIMAGE_MAXIMUM_SCANS = 100,
    /// Chunks of an animated WebP before its first frame; encoders write a handful.
    CIMAGE_MAXIMUM_CHUNKS = 1000,
};

typedef struct {
    /// Interleaved rows without gaps, from `malloc`; NULL after an error.
    uint8_t *pixels;
    /// Also set where the image is too large.
    uint32_t columns, rows;
    /// 1: grey; 3: R, G, B. Alpha is dropped, 16 bits are cut to the upper 8, CMYK is converted;
    /// no rotation, no colour profile, no gamma.
    uint32_t channels;
    /// What the library said; empty where it said nothing.
    char message[CIMAGE_MESSAGE_BYTES];
} cimage;

cimage_status cimage_jpeg(const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out);
/// The same picture, and of the usual luminance-and-chroma files only the luminance (1 channel) that
/// their pixels have as RGB: a step or two away where a colour is cut off at 0 or 255.
cimage_status cimage_jpeg_luminance(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out);
cimage_status cimage_png(const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out);
/// The first frame, on its canvas.
cimage_status cimage_webp(const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out);
/// The first frame, on its canvas.
cimage_status cimage_gif(const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out);

void cimage_free(cimage *image);
/// Of pixels taken over from a `cimage`.
void cimage_release(void *pixels);
