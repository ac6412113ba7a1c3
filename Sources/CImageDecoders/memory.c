#include "common.h"

void cimage_free(cimage *image) {
    cimage_release(image->pixels);
    image->pixels = NULL;
}

void cimage_release(void *pixels) { free(pixels); }
