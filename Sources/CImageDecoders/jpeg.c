#include "common.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

// In this order: the numbers of the messages depend on how the library was built.
#include <jpeglib.h>

#include <jerror.h>

typedef struct {
    struct jpeg_error_mgr base;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    cimage *out;
    cimage_status status;
    bool missing, corrupt, ended;
} decoder;

static decoder *owner(j_common_ptr info) { return (decoder *)info->err; }

static _Noreturn void leave(j_common_ptr info, cimage_status status) {
    decoder *d = owner(info);
    d->status = status;
    longjmp(d->escape, 1);
}

static void keep_message(j_common_ptr info) {
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    cimage_say(owner(info)->out, text);
}

static void fail(j_common_ptr info) {
    keep_message(info);
    const int code = info->err->msg_code;
    if (code == JERR_OUT_OF_MEMORY) leave(info, CIMAGE_NO_MEMORY);
    if (code == JERR_INPUT_EOF || code == JERR_INPUT_EMPTY) leave(info, CIMAGE_TRUNCATED);
    if (code == JERR_SOF_UNSUPPORTED || code == JERR_BAD_PRECISION || code == JERR_NOTIMPL
        || code == JERR_CONVERSION_NOTIMPL)
        leave(info, CIMAGE_UNSUPPORTED);
    leave(info, CIMAGE_DAMAGED);
}

/// The library goes on after these and makes pixels up; a hash of those would be a wrong answer.
static void note(j_common_ptr info, int level) {
    if (level >= 0) return;
    decoder *d = owner(info);
    switch (info->err->msg_code) {
    case JWRN_JPEG_EOF: d->ended = true; break;
    case JWRN_HIT_MARKER: d->missing = true; break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC: d->corrupt = true; break;
    default: return;
    }
    keep_message(info);
}

static void limit_scans(j_common_ptr info) {
    const j_decompress_ptr d = (j_decompress_ptr)info;
    if (d->input_scan_number <= CIMAGE_MAXIMUM_SCANS) return;
    cimage_say(owner(info)->out, "more scans than any encoder writes");
    leave(info, CIMAGE_TOO_LARGE);
}

/// Adobe's convention, which is the usual one: 255 is no ink.
static void from_cmyk(const uint8_t *cmyk, uint8_t *rgb, uint32_t columns) {
    for (uint32_t x = 0; x < columns; x++, cmyk += 4)
        for (int c = 0; c < 3; c++) *rgb++ = (uint8_t)((cmyk[c] * cmyk[3] + 127) / 255);
}

static void read_pixels(j_decompress_ptr info, cimage *out, uint64_t maximum_pixels) {
    jpeg_read_header(info, TRUE);
    const bool is_cmyk = info->num_components == 4;
    switch (info->num_components) {
    case 1: info->out_color_space = JCS_GRAYSCALE; break;
    case 3: info->out_color_space = JCS_RGB; break;
    case 4: info->out_color_space = JCS_CMYK; break;
    default:
        cimage_say(out, "neither grey, nor three colours, nor four");
        leave((j_common_ptr)info, CIMAGE_UNSUPPORTED);
    }
    const cimage_status status = cimage_allocate(
        out, info->image_width, info->image_height, info->num_components == 1 ? 1 : 3,
        maximum_pixels);
    if (status != CIMAGE_OK) leave((j_common_ptr)info, status);
    jpeg_start_decompress(info);
    JSAMPARRAY line = (*info->mem->alloc_sarray)(
        (j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
    const size_t row_bytes = (size_t)out->columns * out->channels;
    while (info->output_scanline < info->output_height) {
        uint8_t *row = out->pixels + info->output_scanline * row_bytes;
        JSAMPROW target = is_cmyk ? line[0] : row;
        jpeg_read_scanlines(info, &target, 1);
        if (is_cmyk) from_cmyk(line[0], row, out->columns);
    }
}

cimage_status cimage_jpeg(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    struct jpeg_decompress_struct info = {0};
    decoder d = {.out = out, .status = CIMAGE_OK};
    memset(out, 0, sizeof *out);
    info.err = jpeg_std_error(&d.base);
    d.base.error_exit = fail;
    d.base.emit_message = note;
    if (setjmp(d.escape)) {
        jpeg_destroy_decompress(&info);
        free(out->pixels);
        out->pixels = NULL;
        return d.status;
    }
    jpeg_create_decompress(&info);
    d.progress.progress_monitor = limit_scans;
    info.progress = &d.progress;
    jpeg_mem_src(&info, bytes, count);
    read_pixels(&info, out, maximum_pixels);
    // A sequential image whose last block is there is whole without its end marker; a progressive
    // one that ends early may lack whole scans.
    if (d.missing || (d.ended && jpeg_has_multiple_scans(&info)))
        leave((j_common_ptr)&info, CIMAGE_TRUNCATED);
    if (d.corrupt) leave((j_common_ptr)&info, CIMAGE_DAMAGED);
    jpeg_destroy_decompress(&info);
    return CIMAGE_OK;
}
