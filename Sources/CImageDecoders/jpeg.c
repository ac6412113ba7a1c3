#include "common.h"
#include "luminance.h"

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

/// Whether three components are luminance and chroma in one of the usual layouts.
static bool is_luminance_and_chroma(j_decompress_ptr info) {
    const jpeg_component_info *c = info->comp_info;
    return info->num_components == 3 && info->jpeg_color_space == JCS_YCbCr
        && c[0].h_samp_factor <= 2 && c[0].v_samp_factor <= 2 && c[1].h_samp_factor == 1
        && c[1].v_samp_factor == 1 && c[2].h_samp_factor == 1 && c[2].v_samp_factor == 1;
}

/// Room for whole rows of blocks and whole chunks, with a margin on either side.
static uint32_t row_room(const jpeg_component_info *c) {
    const uint32_t blocks = c->width_in_blocks + (uint32_t)c->h_samp_factor;
    return blocks * DCTSIZE + 4 * CIMAGE_CHUNK;
}

static JSAMPARRAY allocate_rows(j_decompress_ptr info, uint32_t width, uint32_t count) {
    JSAMPARRAY rows =
        (*info->mem->alloc_sarray)((j_common_ptr)info, JPOOL_IMAGE, width, count);
    for (uint32_t y = 0; y < count; y++) rows[y] += CIMAGE_CHUNK;
    return rows;
}

static void copy_rows(const cimage_planes *p, uint32_t first, uint32_t end, cimage *out) {
    const uint32_t down = (uint32_t)p->down, held = CIMAGE_HELD_LINES * down;
    for (uint32_t y = first * down; y < end * down && y < out->rows; y++)
        memcpy(out->pixels + (size_t)y * out->columns, p->luminance[y % held], out->columns);
}

/// Only the luminance, without a detour by colour, from two rows of blocks at a time.
static void read_luminance(j_decompress_ptr info, cimage *out) {
    const jpeg_component_info *c = info->comp_info;
    info->out_color_space = JCS_YCbCr;
    info->raw_data_out = TRUE;
    jpeg_start_decompress(info);
    JSAMPARRAY rows[3];
    for (int i = 0; i < 3; i++)
        rows[i] = allocate_rows(
            info, row_room(c + i), CIMAGE_HELD_LINES * (uint32_t)c[i].v_samp_factor);
    const cimage_planes planes = {
        rows[0], rows[1], rows[2], allocate_rows(info, row_room(c + 1), CIMAGE_SCRATCH_ROWS),
        c[1].downsampled_width, c[1].downsampled_height, c->h_samp_factor, c->v_samp_factor};
    uint32_t done = 0;
    for (uint32_t arrived = 0; arrived < planes.lines; arrived += DCTSIZE) {
        const uint32_t half = arrived % CIMAGE_HELD_LINES;
        JSAMPARRAY next[3] = {
            rows[0] + half * (uint32_t)planes.down, rows[1] + half, rows[2] + half};
        jpeg_read_raw_data(info, next, (uint32_t)planes.down * DCTSIZE);
        // The last line waits for the one below it.
        const uint32_t held = arrived + DCTSIZE;
        const uint32_t end = held < planes.lines ? held - 1 : planes.lines;
        cimage_cut_off(&planes, done, end);
        copy_rows(&planes, done, end, out);
        done = end;
    }
}

static void read_interleaved(j_decompress_ptr info, cimage *out) {
    const bool is_cmyk = info->num_components == 4;
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

static void read_pixels(
    j_decompress_ptr info, cimage *out, uint64_t maximum_pixels, bool luminance) {
    jpeg_read_header(info, TRUE);
    const bool by_planes = luminance && is_luminance_and_chroma(info);
    switch (info->num_components) {
    case 1: info->out_color_space = JCS_GRAYSCALE; break;
    case 3: info->out_color_space = JCS_RGB; break;
    case 4: info->out_color_space = JCS_CMYK; break;
    default:
        cimage_say(out, "neither grey, nor three colours, nor four");
        leave((j_common_ptr)info, CIMAGE_UNSUPPORTED);
    }
    const cimage_status status = cimage_allocate(
        out, info->image_width, info->image_height,
        by_planes || info->num_components == 1 ? 1 : 3, maximum_pixels);
    if (status != CIMAGE_OK) leave((j_common_ptr)info, status);
    if (by_planes) read_luminance(info, out);
    else read_interleaved(info, out);
}

static cimage_status decode(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, bool luminance, cimage *out) {
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
    read_pixels(&info, out, maximum_pixels, luminance);
    // A sequential image whose last block is there is whole without its end marker; a progressive
    // one that ends early may lack whole scans.
    if (d.missing || (d.ended && jpeg_has_multiple_scans(&info)))
        leave((j_common_ptr)&info, CIMAGE_TRUNCATED);
    if (d.corrupt) leave((j_common_ptr)&info, CIMAGE_DAMAGED);
    jpeg_destroy_decompress(&info);
    return CIMAGE_OK;
}

cimage_status cimage_jpeg(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    return decode(bytes, count, maximum_pixels, false, out);
}

cimage_status cimage_jpeg_luminance(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    return decode(bytes, count, maximum_pixels, true, out);
}
