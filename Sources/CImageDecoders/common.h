#pragma once
#include "CImageDecoders.h"

#include <stdlib.h>
#include <string.h>

/// Checks the size and takes the memory for it.
static inline cimage_status cimage_allocate(
    cimage *out, uint64_t columns, uint64_t rows, uint32_t channels, uint64_t maximum_pixels) {
    if (columns == 0 || rows == 0) return CIMAGE_DAMAGED;
    out->columns = columns > UINT32_MAX ? UINT32_MAX : (uint32_t)columns;
    out->rows = rows > UINT32_MAX ? UINT32_MAX : (uint32_t)rows;
    out->channels = channels;
    if (columns > CIMAGE_MAXIMUM_SIDE || rows > CIMAGE_MAXIMUM_SIDE) return CIMAGE_TOO_LARGE;
    if (columns * rows > maximum_pixels) return CIMAGE_TOO_LARGE;
    out->pixels = malloc((size_t)(columns * rows * channels));
    return out->pixels ? CIMAGE_OK : CIMAGE_NO_MEMORY;
}

static inline void cimage_say(cimage *out, const char *message) {
    strncpy(out->message, message ? message : "", CIMAGE_MESSAGE_BYTES - 1);
    out->message[CIMAGE_MESSAGE_BYTES - 1] = 0;
}
