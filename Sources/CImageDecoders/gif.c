#include "common.h"

#include <gif_lib.h>

typedef struct {
    const uint8_t *next;
    size_t left;
} source;

static int give(GifFileType *gif, GifByteType *to, int count) {
    source *s = gif->UserData;
    const size_t given = (size_t)count < s->left ? (size_t)count : s->left;
    memcpy(to, s->next, given);
    s->next += given;
    s->left -= given;
    return (int)given;
}

static cimage_status status_of(int error) {
    switch (error) {
    case D_GIF_ERR_READ_FAILED:
    case D_GIF_ERR_EOF_TOO_SOON:
    case D_GIF_ERR_NO_IMAG_DSCR: return CIMAGE_TRUNCATED;
    case D_GIF_ERR_NOT_ENOUGH_MEM: return CIMAGE_NO_MEMORY;
    default: return CIMAGE_DAMAGED;
    }
}

static void paint(uint8_t *rgb, const ColorMapObject *colours, int index) {
    const GifColorType none = {0, 0, 0};
    const GifColorType colour = index < colours->ColorCount ? colours->Colors[index] : none;
    rgb[0] = colour.Red, rgb[1] = colour.Green, rgb[2] = colour.Blue;
}

/// Skips to the first image. -1 or the index that stands for transparent.
static cimage_status find_image(GifFileType *gif, int *transparent) {
    GifRecordType type;
    *transparent = -1;
    for (;;) {
        if (DGifGetRecordType(gif, &type) == GIF_ERROR) return status_of(gif->Error);
        if (type == IMAGE_DESC_RECORD_TYPE) return CIMAGE_OK;
        if (type != EXTENSION_RECORD_TYPE) return CIMAGE_DAMAGED;
        int code;
        GifByteType *block;
        if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return status_of(gif->Error);
        while (block) {
            if (code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4)
                *transparent = block[1] & 1 ? block[4] : -1;
            if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return status_of(gif->Error);
        }
    }
}

static cimage_status read_lines(
    GifFileType *gif, const ColorMapObject *colours, uint8_t *line, cimage *out) {
    static const uint32_t starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    const GifImageDesc *image = &gif->Image;
    const uint32_t rows = (uint32_t)image->Height;
    const int passes = image->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        const uint32_t step = image->Interlace ? steps[pass] : 1;
        for (uint32_t y = image->Interlace ? starts[pass] : 0; y < rows; y += step) {
            if (DGifGetLine(gif, line, image->Width) == GIF_ERROR) return status_of(gif->Error);
            uint8_t *rgb = out->pixels
                + (((size_t)image->Top + y) * out->columns + (size_t)image->Left) * 3;
            for (int x = 0; x < image->Width; x++, rgb += 3) paint(rgb, colours, line[x]);
        }
    }
    return CIMAGE_OK;
}

static cimage_status read_first(GifFileType *gif, uint64_t maximum_pixels, cimage *out) {
    int transparent;
    cimage_status status = find_image(gif, &transparent);
    if (status != CIMAGE_OK) return status;
    // The descriptor's own sizes are checked before a line is read; the library keeps no pixels.
    if (DGifGetImageDesc(gif) == GIF_ERROR) return status_of(gif->Error);
    const GifImageDesc *image = &gif->Image;
    const ColorMapObject *colours = image->ColorMap ? image->ColorMap : gif->SColorMap;
    if (image->Width <= 0 || image->Height <= 0) return CIMAGE_DAMAGED;
    if (!colours) {
        cimage_say(out, "no palette");
        return CIMAGE_UNSUPPORTED;
    }
    const uint64_t right = (uint64_t)image->Left + (uint64_t)image->Width;
    const uint64_t bottom = (uint64_t)image->Top + (uint64_t)image->Height;
    const uint64_t columns = right > (uint64_t)gif->SWidth ? right : (uint64_t)gif->SWidth;
    const uint64_t rows = bottom > (uint64_t)gif->SHeight ? bottom : (uint64_t)gif->SHeight;
    status = cimage_allocate(out, columns, rows, 3, maximum_pixels);
    if (status != CIMAGE_OK) return status;
    const size_t pixels = (size_t)columns * rows;
    paint(out->pixels, colours, transparent < 0 ? 0 : transparent);
    for (size_t i = 1; i < pixels; i++) memcpy(out->pixels + 3 * i, out->pixels, 3);
    uint8_t *line = malloc((size_t)image->Width);
    if (!line) return CIMAGE_NO_MEMORY;
    status = read_lines(gif, colours, line, out);
    free(line);
    return status;
}

cimage_status cimage_gif(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    source s = {bytes, count};
    int error = 0;
    memset(out, 0, sizeof *out);
    GifFileType *gif = DGifOpen(&s, give, &error);
    if (!gif) return status_of(error);
    const cimage_status status = read_first(gif, maximum_pixels, out);
    if (status != CIMAGE_OK && out->message[0] == 0)
        cimage_say(out, gif->Error ? GifErrorString(gif->Error) : "");
    DGifCloseFile(gif, &error);
    if (status != CIMAGE_OK) cimage_free(out);
    return status;
}
