#pragma once
#include <stdint.h>

enum {
    /// Chroma samples that are looked at together. Rows have room for whole chunks, and chroma rows and
    /// `scratch` rows for a sample before the first and after the last.
    CIMAGE_CHUNK = 16,
    CIMAGE_SCRATCH_ROWS = 6,
};

/// A picture as JPEG files hold it: luminance, and chroma at a half or the whole of its size.
typedef struct {
    uint8_t **luminance, **cb, **cr;
    uint8_t **scratch;
    /// Of luminance.
    uint32_t rows;
    /// Of chroma.
    uint32_t samples, lines;
    /// Pixels to a chroma sample: 1 or 2.
    int across, down;
} cimage_planes;

/// Turns the luminance into that of the RGB pixels (JFIF 1.02, chroma interpolated as libjpeg does). It
/// is another where a channel falls outside of 0...255 and is cut off, as in textures of strong
/// colours; elsewhere it is the same.
void cimage_cut_off(const cimage_planes *planes);
