#include "common.h"

#include <webp/decode.h>
#include <webp/demux.h>

static cimage_status status_of(VP8StatusCode code) {
    switch (code) {
    case VP8_STATUS_OK: return CIMAGE_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return CIMAGE_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return CIMAGE_UNSUPPORTED;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return CIMAGE_TRUNCATED;
    default: return CIMAGE_DAMAGED;
    }
}

/// A bitstream into the part of the canvas that begins at `place`.
static cimage_status decode_into(
    cimage *out, size_t place, const uint8_t *bytes, size_t count, int columns, int rows) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return CIMAGE_UNSUPPORTED;
    VP8StatusCode code = WebPGetFeatures(bytes, count, &config.input);
    if (code != VP8_STATUS_OK) return status_of(code);
    if (config.input.width != columns || config.input.height != rows) return CIMAGE_DAMAGED;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = out->pixels + place;
    config.output.u.RGBA.stride = (int)(3 * out->columns);
    config.output.u.RGBA.size = (size_t)out->columns * out->rows * 3 - place;
    code = WebPDecode(bytes, count, &config);
    WebPFreeDecBuffer(&config.output);
    return status_of(code);
}

/// Where the first frame's chunk ends, or the bytes do; 0 where too many chunks come before it. The
/// demuxer takes memory for every chunk and frame that it is shown, be they ever so small.
static size_t end_of_first_frame(const uint8_t *bytes, size_t count) {
    enum { RIFF_HEADER = 12, CHUNK_HEADER = 8 };
    size_t at = RIFF_HEADER;
    for (int chunks = 0; at < count && count - at >= CHUNK_HEADER; chunks++) {
        if (chunks == CIMAGE_MAXIMUM_CHUNKS) return 0;
        const uint8_t *chunk = bytes + at;
        const uint64_t size = (uint64_t)chunk[4] | (uint64_t)chunk[5] << 8
            | (uint64_t)chunk[6] << 16 | (uint64_t)chunk[7] << 24;
        const uint64_t padded = CHUNK_HEADER + size + (size & 1);
        if (padded >= count - at) return count;
        at += (size_t)padded;
        if (memcmp(chunk, "ANMF", 4) == 0) return at;
    }
    return count;
}

static cimage_status first_frame(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    const WebPData data = {bytes, end_of_first_frame(bytes, count)};
    if (data.size == 0) {
        cimage_say(out, "it has too many chunks before its first frame");
        return CIMAGE_TOO_LARGE;
    }
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
    if (!demuxer) return state == WEBP_DEMUX_PARSING_HEADER ? CIMAGE_TRUNCATED : CIMAGE_DAMAGED;
    const uint32_t columns = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    const uint32_t rows = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    WebPIterator frame;
    cimage_status status = CIMAGE_TRUNCATED;
    if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
        status = frame.complete ? cimage_allocate(out, columns, rows, 3, maximum_pixels)
                                : CIMAGE_TRUNCATED;
        if (status == CIMAGE_OK) {
            memset(out->pixels, 0, (size_t)columns * rows * 3);
            const uint64_t right = (uint64_t)frame.x_offset + (uint64_t)frame.width;
            const uint64_t bottom = (uint64_t)frame.y_offset + (uint64_t)frame.height;
            status = frame.x_offset < 0 || frame.y_offset < 0 || right > columns || bottom > rows
                ? CIMAGE_DAMAGED
                : decode_into(
                    out, ((size_t)frame.y_offset * columns + (size_t)frame.x_offset) * 3,
                    frame.fragment.bytes, frame.fragment.size, frame.width, frame.height);
        }
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

cimage_status cimage_webp(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, cimage *out) {
    memset(out, 0, sizeof *out);
    WebPBitstreamFeatures features;
    cimage_status status = status_of(WebPGetFeatures(bytes, count, &features));
    if (status != CIMAGE_OK) return status;
    if (features.has_animation) {
        status = first_frame(bytes, count, maximum_pixels, out);
    } else {
        status = cimage_allocate(
            out, (uint64_t)features.width, (uint64_t)features.height, 3, maximum_pixels);
        if (status == CIMAGE_OK)
            status = decode_into(out, 0, bytes, count, features.width, features.height);
    }
    if (status != CIMAGE_OK) cimage_free(out);
    return status;
}
