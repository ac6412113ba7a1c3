// libFuzzer's entry to the image decoders and the hasher behind them: `make fuzz-images`.
#include "CImageDecoders.h"
#include "CPDQ.h"

#include <stdlib.h>

typedef cimage_status (*decode)(const uint8_t *, size_t, uint64_t, cimage *);

// Every decoder is given every input, so that it need not be taught a signature.
static const decode decoders[] = {
    cimage_jpeg, cimage_jpeg_luminance, cimage_png, cimage_webp, cimage_gif};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        cimage image;
        const cimage_status status = decoders[i](bytes, count, 1 << 18, &image);
        if ((status == CIMAGE_OK) != (image.pixels != NULL)) abort();
        if (status != CIMAGE_OK) continue;
        const cpdq_image picture = {
            image.pixels, (size_t)image.columns * image.channels, (int32_t)image.columns,
            (int32_t)image.rows, (int32_t)image.channels};
        float luma[CPDQ_SIDE * CPDQ_SIDE], coefficients[CPDQ_COEFFICIENTS];
        uint64_t words[4];
        if (cpdq_downsample(&picture, luma)) {
            cpdq_transform(luma, coefficients);
            cpdq_bits(coefficients, words);
            if (cpdq_quality(luma) > 100) abort();
        }
        if (image.channels == 1 && cpdq_downsample_separable(&picture, luma)) {
            cpdq_transform(luma, coefficients);
            cpdq_bits(coefficients, words);
            // The median is always near itself.
            if (cpdq_near_median(coefficients, words, 0.5f) < 1) abort();
        }
        cimage_free(&image);
    }
    return 0;
}
