#include "common.h"

#include <setjmp.h>

#include <png.h>

typedef struct {
    const uint8_t *next;
    size_t left;
    cimage *out;
    cimage_status status;
    png_bytep *rows;
} decoder;

static void fail(png_structp png, png_const_charp message) {
    decoder *d = png_get_error_ptr(png);
    if (d->status == CIMAGE_OK) {
        d->status = CIMAGE_DAMAGED;
        cimage_say(d->out, message);
    }
    png_longjmp(png, 1);
}

static _Noreturn void leave(png_structp png, cimage_status status, const char *message) {
    decoder *d = png_get_error_ptr(png);
    d->status = status;
    cimage_say(d->out, message);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void give(png_structp png, png_bytep to, size_t count) {
    decoder *d = png_get_io_ptr(png);
    if (count > d->left) leave(png, CIMAGE_TRUNCATED, "");
    memcpy(to, d->next, count);
    d->next += count;
    d->left -= count;
}

static void read_pixels(png_structp png, png_infop info, decoder *d, uint64_t maximum_pixels) {
    // Text, profiles and the like could be compressed bombs of their own; nothing here needs them.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    // Sizes are judged below, where the error can say what they are.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_read_fn(png, d, give);
    png_read_info(png, info);
    const uint32_t columns = png_get_image_width(png, info), rows = png_get_image_height(png, info);
    const int kind = png_get_color_type(png, info);
    const uint32_t channels = kind & PNG_COLOR_MASK_COLOR ? 3 : 1;
    const cimage_status status =
        cimage_allocate(d->out, columns, rows, channels, maximum_pixels);
    if (status != CIMAGE_OK) leave(png, status, "");
    if (kind == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (kind == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t row_bytes = (size_t)columns * channels;
    if (png_get_rowbytes(png, info) != row_bytes)
        leave(png, CIMAGE_UNSUPPORTED, "rows of an unexpected length");
    d->rows = malloc(rows * sizeof *d->rows);
    if (!d->rows) leave(png, CIMAGE_NO_MEMORY, "");
    for (size_t y = 0; y < rows; y++) d->rows[y] = d->out->pixels + y * row_bytes;
    png_read_image(png, d->rows);
}

cimage_status cimage_png(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    decoder d = {.next = bytes, .left = count, .out = out, .status = CIMAGE_OK};
    memset(out, 0, sizeof *out);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, fail, ignore);
    if (!png) return CIMAGE_NO_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return CIMAGE_NO_MEMORY;
    }
    if (setjmp(png_jmpbuf(png))) {
        free(out->pixels);
        out->pixels = NULL;
    } else {
        read_pixels(png, info, &d, maximum_pixels);
    }
    free(d.rows);
    png_destroy_read_struct(&png, &info, NULL);
    return d.status;
}
