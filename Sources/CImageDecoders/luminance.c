#include "luminance.h"

#include <stdbool.h>
#include <string.h>

// Every function that passes a vector is inlined: there is no caller whose ABI could differ.
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

typedef int16_t lanes __attribute__((vector_size(2 * CIMAGE_CHUNK)));
typedef int32_t wide __attribute__((vector_size(4 * CIMAGE_CHUNK)));
typedef uint8_t chunk __attribute__((vector_size(CIMAGE_CHUNK)));
typedef uint8_t pair __attribute__((vector_size(2 * CIMAGE_CHUNK)));

INLINE lanes smaller(lanes a, lanes b) { return __builtin_elementwise_min(a, b); }
INLINE lanes larger(lanes a, lanes b) { return __builtin_elementwise_max(a, b); }
INLINE lanes clamped(lanes a) { return larger(smaller(a, (lanes){0} + 255), (lanes){0}); }

INLINE lanes upper_half(lanes a, int32_t factor) {
    return __builtin_convertvector((__builtin_convertvector(a, wide) * factor) >> 16, lanes);
}

/// Sixteenths of `a` times `factor` / 16,384.
INLINE lanes scaled(lanes a, int32_t factor) { return upper_half(a * 64, factor); }
INLINE lanes rounded(lanes sixteenths) { return (sixteenths + 8) >> 4; }

INLINE chunk load_bytes(const uint8_t *p) {
    chunk bytes;
    memcpy(&bytes, p, sizeof bytes);
    return bytes;
}

INLINE lanes load(const uint8_t *p) { return __builtin_convertvector(load_bytes(p), lanes); }

INLINE void store(uint8_t *p, lanes a) {
    const chunk bytes = __builtin_convertvector(a, chunk);
    memcpy(p, &bytes, sizeof bytes);
}

/// What chroma adds to luminance in each channel.
typedef struct {
    lanes red, green, blue;
} tint;

INLINE tint tint_of(lanes cb, lanes cr) {
    const lanes b = cb - 128, r = cr - 128;
    return (tint){
        .red = rounded(scaled(r, 22970)),                       // 1.402
        .green = rounded(-scaled(b, 5638) - scaled(r, 11700)),  // 0.344136, 0.714136
        .blue = rounded(scaled(b, 29033)),                      // 1.772
    };
}

INLINE lanes shown(lanes y, tint t) {
    const lanes red = y + t.red, green = y + t.green, blue = y + t.blue;
    return clamped(
        y
        + rounded(
            scaled(clamped(red) - red, 4899) + scaled(clamped(green) - green, 9617)
            + scaled(clamped(blue) - blue, 1868)));  // 0.299, 0.587, 0.114
}

/// The most that chroma adds (`up`) and takes away (`down`) in any channel, a row at a time.
typedef struct {
    uint8_t *up[3], *down[3];
} bounds;

INLINE void repeat_edges(uint8_t *row, uint32_t samples) {
    row[-1] = row[0];
    row[samples] = row[samples - 1];
}

INLINE void find_bounds(const cimage_planes *p, uint32_t line, bounds *b) {
    uint8_t *cb = p->cb[line % CIMAGE_HELD_LINES], *cr = p->cr[line % CIMAGE_HELD_LINES];
    uint8_t *up = b->up[line % 3], *down = b->down[line % 3];
    const uint32_t samples = p->samples;
    repeat_edges(cb, samples);
    repeat_edges(cr, samples);
    for (uint32_t x = 0; x < samples; x += CIMAGE_CHUNK) {
        const tint t = tint_of(load(cb + x), load(cr + x));
        const lanes none = {0};
        store(up + x, larger(larger(t.red, t.green), larger(t.blue, none)));
        store(down + x, -smaller(smaller(t.red, t.green), smaller(t.blue, none)));
    }
}

/// What a line of chroma and its rows of luminance are worked on with. Passed by value, as no store of
/// a byte can then change it.
typedef struct {
    uint8_t *luminance[2];
    /// This line, the one above and the one below; this one again where there is none.
    const uint8_t *cb[3], *cr[3], *up[3], *down[3];
} work;

INLINE work work_of(const cimage_planes *p, const bounds *b, uint32_t line, int down) {
    const uint32_t lines[3] = {
        line, line > 0 ? line - 1 : 0, line + 1 < p->lines ? line + 1 : line};
    work w;
    for (int v = 0; v < 2; v++)
        w.luminance[v] =
            p->luminance[line % CIMAGE_HELD_LINES * (uint32_t)down + (uint32_t)(v < down ? v : 0)];
    for (int i = 0; i < 3; i++) {
        w.cb[i] = p->cb[lines[i] % CIMAGE_HELD_LINES];
        w.cr[i] = p->cr[lines[i] % CIMAGE_HELD_LINES];
        w.up[i] = b->up[lines[i] % 3];
        w.down[i] = b->down[lines[i] % 3];
    }
    return w;
}

/// Over the samples that the pixels of a chunk lie between.
INLINE chunk widest(const uint8_t *const rows[3], uint32_t x, int across, int down) {
    chunk widest = {0};
    for (int line = 0; line < (down == 2 ? 3 : 1); line++)
        for (int h = 1 - across; h < across; h++)
            widest = __builtin_elementwise_max(widest, load_bytes(rows[line] + x + h));
    return widest;
}

INLINE chunk half(const uint8_t *p, bool odd) {
    pair v;
    memcpy(&v, p, sizeof v);
    return odd ? __builtin_shufflevector(
                     v, v,
                     1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41,
                     43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63)
               : __builtin_shufflevector(
                     v, v,
                     0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40,
                     42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62);
}

INLINE bool is_zero(chunk a) {
    uint64_t parts[sizeof a / 8];
    memcpy(parts, &a, sizeof parts);
    return (parts[0] | parts[1] | parts[2] | parts[3]) == 0;
}

/// Whether any pixel under a chunk of chroma can have a channel outside of 0...255.
INLINE bool may_be_cut(work w, uint32_t x, int across, int down) {
    chunk low = ~(chunk){0}, high = {0};
    for (int v = 0; v < down; v++) {
        const uint8_t *y = w.luminance[v] + x * (uint32_t)across;
        for (int h = 0; h < across; h++) {
            const chunk values = across == 1 ? load_bytes(y) : half(y, h);
            low = __builtin_elementwise_min(low, values);
            high = __builtin_elementwise_max(high, values);
        }
    }
    const chunk room = ~widest(w.up, x, across, down);
    const chunk floor = widest(w.down, x, across, down);
    return !is_zero(
        (__builtin_elementwise_max(high, room) ^ room)
        | (__builtin_elementwise_min(low, floor) ^ floor));
}

/// Chroma of every other pixel, or of all: three parts of the nearest sample to one of the next, along
/// each axis that was halved.
INLINE lanes between(
    const uint8_t *near, const uint8_t *far, bool odd, bool below, int across, int down) {
    lanes own = load(near), next = across == 2 ? load(near + (odd ? 1 : -1)) : own;
    if (down == 2) {
        own = own * 3 + load(far);
        next = across == 2 ? next * 3 + load(far + (odd ? 1 : -1)) : next;
    }
    if (across == 2 && down == 2) return (own * 3 + next + (int16_t)(odd ? 7 : 8)) >> 4;
    if (across == 2) return (own * 3 + next + (int16_t)(odd ? 2 : 1)) >> 2;
    return down == 2 ? (own + (int16_t)(below ? 2 : 1)) >> 2 : own;
}

INLINE void cut(work w, uint32_t x, int across, int down) {
    for (int v = 0; v < down; v++) {
        uint8_t *y = w.luminance[v] + x * (uint32_t)across;
        chunk out[2];
        for (int h = 0; h < across; h++) {
            const lanes cb = between(
                w.cb[0] + x, w.cb[1 + v] + x, h, v, across, down);
            const lanes cr = between(
                w.cr[0] + x, w.cr[1 + v] + x, h, v, across, down);
            const chunk values = across == 1 ? load_bytes(y) : half(y, h);
            out[h] = __builtin_convertvector(
                shown(__builtin_convertvector(values, lanes), tint_of(cb, cr)), chunk);
        }
        if (across == 2) {
            const pair both = __builtin_shufflevector(
                out[0], out[1],
                0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11,
                43, 12, 44, 13, 45, 14, 46, 15, 47, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53,
                22, 54, 23, 55, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
            memcpy(y, &both, sizeof both);
        } else {
            memcpy(y, out, sizeof *out);
        }
    }
}

INLINE void cut_off(
    const cimage_planes *p, uint32_t first, uint32_t end, int across, int down) {
    bounds b;
    for (int i = 0; i < 3; i++) {
        b.up[i] = p->scratch[i];
        b.down[i] = p->scratch[3 + i];
    }
    if (first == 0) find_bounds(p, 0, &b);
    for (uint32_t line = first; line < end; line++) {
        if (line + 1 < p->lines) find_bounds(p, line + 1, &b);
        const work w = work_of(p, &b, line, down);
        for (uint32_t x = 0, samples = p->samples; x < samples; x += CIMAGE_CHUNK)
            if (may_be_cut(w, x, across, down)) cut(w, x, across, down);
    }
}

INLINE void cut_off_all(const cimage_planes *p, uint32_t first, uint32_t end) {
    if (p->across == 2 && p->down == 2) cut_off(p, first, end, 2, 2);
    else if (p->across == 2) cut_off(p, first, end, 2, 1);
    else if (p->down == 2) cut_off(p, first, end, 1, 2);
    else cut_off(p, first, end, 1, 1);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void cut_off_avx2(
    const cimage_planes *p, uint32_t first, uint32_t end) {
    cut_off_all(p, first, end);
}

// With instructions that pick any byte, of which halving and joining rows are made.
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi"))) static void cut_off_avx512(
    const cimage_planes *p, uint32_t first, uint32_t end) {
    cut_off_all(p, first, end);
}
#endif

void cimage_cut_off(const cimage_planes *p, uint32_t first, uint32_t end) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")) {
        cut_off_avx512(p, first, end);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        cut_off_avx2(p, first, end);
        return;
    }
#endif
    cut_off_all(p, first, end);
}
