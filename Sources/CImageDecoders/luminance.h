#pragma once
#include <stdint.h>

enum {
    /// Chroma samples that are looked at together. Rows have room for whole chunks, and chroma rows
    /// and `scratch` rows for a sample before the first and after the last.
    CIMAGE_CHUNK = 32,
    CIMAGE_SCRATCH_ROWS = 6,
    /// Chroma lines that are held, two rows of blocks: line n is row n % 16. Of luminance twice as many
    /// rows where chroma has half of them.
    CIMAGE_HELD_LINES = 16,
};

/// A picture as JPEG files hold it: luminance, and chroma at a half or the whole of its size; the lines
/// around those that are worked on.
typedef struct {
    uint8_t **luminance, **cb, **cr;
    uint8_t **scratch;
    /// Of chroma, in all.
    uint32_t samples, lines;
    /// Pixels to a chroma sample: 1 or 2.
    int across, down;
} cimage_planes;

/// Turns the luminance into that of the RGB pixels (JFIF 1.02, chroma interpolated as libjpeg does).
/// It is another where a channel falls outside of 0...255 and is cut off, as in textures of strong
/// colours; elsewhere it is the same. For the chroma lines from `first` to before `end`, in order from
/// line 0 on; the lines before and after each are held too.
void cimage_cut_off(const cimage_planes *planes, uint32_t first, uint32_t end);
