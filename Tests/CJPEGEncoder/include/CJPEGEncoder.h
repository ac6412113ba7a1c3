#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes RGB pixels as a JPEG with `across` x `down` pixels (1 or 2) to a chroma sample into memory
/// from `malloc`, which the caller frees.
void encode_jpeg(
    const uint8_t *rgb, int columns, int rows, int quality, int across, int down, uint8_t **bytes,
    size_t *count);
