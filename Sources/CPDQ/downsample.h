// The streaming downsampler, compiled once per instruction set: include with NAME(x) defined.
//
// Both box passes of both axes in one sweep over the image, holding a window of rows rather than
// the image. Along rows, a running sum depends on its left neighbour, so sixteen rows go side by side
// (transposed, one row a vector lane); along columns, neighbours in a row do.

typedef float NAME(v8) __attribute__((vector_size(32)));
typedef int32_t NAME(i8) __attribute__((vector_size(32)));
typedef uint8_t NAME(b32) __attribute__((vector_size(32)));
typedef uint8_t NAME(b16) __attribute__((vector_size(16)));
#define v8 NAME(v8)

static inline v8 NAME(load)(const float *p) {
    v8 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void NAME(store)(float *p, v8 v) { memcpy(p, &v, sizeof v); }

#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define LOW(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define PAIR_LOW(a, b) SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define PAIR_HIGH(a, b) SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define HALF_LOW(a, b) SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HALF_HIGH(a, b) SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

static inline void NAME(transpose)(v8 r[8]) {
    v8 a = LOW(r[0], r[1]), b = HIGH(r[0], r[1]), c = LOW(r[2], r[3]), d = HIGH(r[2], r[3]);
    v8 e = LOW(r[4], r[5]), f = HIGH(r[4], r[5]), g = LOW(r[6], r[7]), h = HIGH(r[6], r[7]);
    v8 p = PAIR_LOW(a, c), q = PAIR_HIGH(a, c), s = PAIR_LOW(b, d), t = PAIR_HIGH(b, d);
    v8 u = PAIR_LOW(e, g), v = PAIR_HIGH(e, g), w = PAIR_LOW(f, h), x = PAIR_HIGH(f, h);
    r[0] = HALF_LOW(p, u), r[4] = HALF_HIGH(p, u);
    r[1] = HALF_LOW(q, v), r[5] = HALF_HIGH(q, v);
    r[2] = HALF_LOW(s, w), r[6] = HALF_HIGH(s, w);
    r[3] = HALF_LOW(t, x), r[7] = HALF_HIGH(t, x);
}

#undef LOW
#undef HIGH
#undef PAIR_LOW
#undef PAIR_HIGH
#undef HALF_LOW
#undef HALF_HIGH

#define EVERY(first, step, next)                                                                   \
    first, 32, 32, 32, first + step, 32, 32, 32, first + 2 * step, 32, 32, 32, first + 3 * step,   \
        32, 32, 32, next, 32, 32, 32, next + step, 32, 32, 32, next + 2 * step, 32, 32, 32,        \
        next + 3 * step, 32, 32, 32
#define CHANNEL(first, step)                                                                       \
    __builtin_convertvector(                                                                       \
        (NAME(i8))SHUFFLE(bytes, zeros, EVERY(first, step, first + 16)), v8)

/// Eight pixels; reads sixteen bytes from the fifth pixel on, so four past the eighth of RGB.
static inline __attribute__((always_inline)) v8 NAME(luma8)(const uint8_t *p, int32_t channels) {
    NAME(b16) low = {0}, high = {0};
    const NAME(b32) zeros = {0};
    if (channels == 1) {
        memcpy(&low, p, 4);
        memcpy(&high, p + 4, 4);
    } else {
        memcpy(&low, p, 16);
        memcpy(&high, p + 4 * channels, 16);
    }
    NAME(b32) bytes = SHUFFLE(
        low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    switch (channels) {
    case 1: return CHANNEL(0, 1);
    case 3: return 0.299f * CHANNEL(0, 3) + 0.587f * CHANNEL(1, 3) + 0.114f * CHANNEL(2, 3);
    default: return 0.299f * CHANNEL(0, 4) + 0.587f * CHANNEL(1, 4) + 0.114f * CHANNEL(2, 4);
    }
}

#undef EVERY
#undef CHANNEL
#undef SHUFFLE

static inline __attribute__((always_inline)) void NAME(luma_rows)(
    const uint8_t *const rows[8], int32_t columns, int32_t channels, float *out) {
    for (int32_t x = 0; x < columns; x += 8) {
        v8 block[8];
        for (int i = 0; i < 8; i++) {
            const uint8_t *p = rows[i] + (size_t)x * (size_t)channels;
            uint8_t last[36] = {0};
            // Of RGB a bit of the tenth pixel is read, which up to nine that are left do not have.
            if (x + 10 > columns) {
                memcpy(last, p, (size_t)((columns - x) * channels));
                p = last;
            }
            block[i] = NAME(luma8)(p, channels);
        }
        NAME(transpose)(block);
        for (int i = 0; i < 8; i++) NAME(store)(out + TILE * (x + i), block[i]);
    }
}

/// Luminance of up to 16 rows from `top` on: value (x, row) at `out[16 x + row - top]`.
static void NAME(luma_tile)(const cpdq_image *image, int32_t top, float *out) {
    for (int group = 0; group < TILE / 8; group++, out += 8) {
        const uint8_t *rows[8];
        for (int i = 0; i < 8; i++) {
            int32_t y = top + 8 * group + i;
            if (y >= image->rows) y = image->rows - 1;
            rows[i] = image->pixels + (size_t)y * image->row_bytes;
        }
        switch (image->channels) {
        case 1: NAME(luma_rows)(rows, image->columns, 1, out); break;
        case 3: NAME(luma_rows)(rows, image->columns, 3, out); break;
        default: NAME(luma_rows)(rows, image->columns, 4, out);
        }
    }
}

/// Sixteen running sums along `length` places.
typedef struct {
    const float *in;
    box_shape shape;
    int32_t next, right, left, count;
    v8 a, b;
} NAME(row_sums);

static inline void NAME(add)(NAME(row_sums) *s) {
    const float *p = s->in + (size_t)s->right++ * TILE;
    s->a += NAME(load)(p);
    s->b += NAME(load)(p + 8);
}

static inline void NAME(subtract)(NAME(row_sums) *s) {
    const float *p = s->in + (size_t)s->left++ * TILE;
    s->a -= NAME(load)(p);
    s->b -= NAME(load)(p + 8);
}

static inline NAME(row_sums) NAME(start)(const float *in, box_shape shape) {
    NAME(row_sums) s = {.in = in, .shape = shape};
    while (s.right < shape.half - 1) NAME(add)(&s), s.count++;
    return s;
}

/// Moves on by one place at an edge, where the window is not full.
static inline void NAME(edge)(NAME(row_sums) *s) {
    if (s->right < s->shape.length) NAME(add)(s), s->count++;
    if (s->next > s->shape.window - s->shape.half) NAME(subtract)(s), s->count--;
    s->next++;
}

static inline void NAME(mean)(const NAME(row_sums) *s, float *out) {
    const float count = (float)s->count;
    if ((s->count & (s->count - 1)) == 0) {
        const float inverse = 1 / count;
        NAME(store)(out, s->a * inverse);
        NAME(store)(out + 8, s->b * inverse);
    } else {
        NAME(store)(out, s->a / count);
        NAME(store)(out + 8, s->b / count);
    }
}

/// First pass: means of every place.
static void NAME(means)(const float *in, float *out, box_shape shape) {
    NAME(row_sums) s = NAME(start)(in, shape);
    while (s.next <= shape.window - shape.half && s.next < shape.length) {
        NAME(edge)(&s);
        NAME(mean)(&s, out + (size_t)(s.next - 1) * TILE);
    }
    while (s.right < shape.length) {
        NAME(add)(&s);
        NAME(subtract)(&s);
        NAME(mean)(&s, out + (size_t)s.next++ * TILE);
    }
    while (s.next < shape.length) {
        NAME(edge)(&s);
        NAME(mean)(&s, out + (size_t)(s.next - 1) * TILE);
    }
}

/// Third pass: only the 64 means that are kept. `out` is 16 rows of 64.
static void NAME(samples)(const float *in, float *out, box_shape shape) {
    NAME(row_sums) s = NAME(start)(in, shape);
    for (int32_t j = 0; j < CPDQ_SIDE; j++) {
        const int32_t place = sample_place(j, shape.length);
        while (s.next <= place && s.next <= shape.window - shape.half) NAME(edge)(&s);
        while (s.next <= place && s.right < shape.length) {
            NAME(add)(&s);
            NAME(subtract)(&s);
            s.next++;
        }
        while (s.next <= place) NAME(edge)(&s);
        float lanes[TILE];
        NAME(mean)(&s, lanes);
        for (int row = 0; row < TILE; row++) out[row * CPDQ_SIDE + j] = lanes[row];
    }
}

/// Sixteen columns' worth of `in` (transposed) into rows of a column filter's ring.
static void NAME(untile)(const float *in, column_filter *f, int32_t rows) {
    for (int group = 0; group < TILE / 8; group++) {
        const int32_t count = rows - 8 * group < 8 ? rows - 8 * group : 8;
        float *to[8];
        for (int32_t i = 0; i < count; i++) to[i] = ring_row(f, f->stored + 8 * group + i);
        for (size_t x = 0; x < f->width; x += 8) {
            v8 block[8];
            for (size_t i = 0; i < 8; i++) block[i] = NAME(load)(in + TILE * (x + i) + 8 * group);
            NAME(transpose)(block);
            for (int32_t i = 0; i < count; i++) NAME(store)(to[i] + x, block[i]);
        }
    }
    f->stored += rows;
}

static void NAME(tile)(const float *rows, float *out, size_t width) {
    for (int group = 0; group < TILE / 8; group++) {
        for (size_t x = 0; x < width; x += 8) {
            v8 block[8];
            for (size_t i = 0; i < 8; i++)
                block[i] = NAME(load)(rows + (8 * (size_t)group + i) * width + x);
            NAME(transpose)(block);
            for (size_t i = 0; i < 8; i++)
                NAME(store)(out + TILE * (x + i) + 8 * (size_t)group, block[i]);
        }
    }
}

/// The next row of means along columns, once the rows it needs are stored.
static bool NAME(emit)(column_filter *f, float *out) {
    const box_shape shape = f->shape;
    const int32_t row = f->emitted, right = row + shape.half - 1;
    if (row == shape.length || (right < shape.length ? right : shape.length - 1) >= f->stored)
        return false;
    float *restrict sum = f->sum;
    for (; f->added < right && f->added < shape.length; f->added++) {
        const float *in = ring_row(f, f->added);
        for (size_t x = 0; x < f->width; x++) sum[x] += in[x];
    }
    const bool adds = f->added < shape.length, subtracts = row > shape.window - shape.half;
    const float *in = f->ring, *old = f->ring;
    if (adds) in = ring_row(f, f->added++);
    if (subtracts) old = ring_row(f, row - (shape.window - shape.half) - 1);
    const int32_t window = f->added - (subtracts ? row - (shape.window - shape.half) : 0);
    const float count = (float)window, inverse = 1 / count;
    const bool exact = (window & (window - 1)) == 0;
    for (size_t x = 0; x < f->width; x += 8) {
        v8 s = NAME(load)(sum + x);
        if (adds) s += NAME(load)(in + x);
        if (subtracts) s -= NAME(load)(old + x);
        NAME(store)(sum + x, s);
        NAME(store)(out + x, exact ? s * inverse : s / count);
    }
    f->emitted++;
    return true;
}

static void NAME(downsample)(const cpdq_image *image, scratch *s, float *out) {
    const box_shape along = box_of(image->columns);
    int32_t filled = 0, kept = 0, top = 0;
    while (kept < CPDQ_SIDE) {
        const int32_t rows = image->rows - top < TILE ? image->rows - top : TILE;
        NAME(luma_tile)(image, top, s->tile);
        NAME(means)(s->tile, s->means, along);
        NAME(untile)(s->means, &s->wide, rows);
        top += rows;
        while (NAME(emit)(&s->wide, s->rows + (size_t)filled * s->wide.width)) {
            if (++filled < TILE && s->wide.emitted < image->rows) continue;
            float sampled[TILE * CPDQ_SIDE];
            NAME(tile)(s->rows, s->tile, s->wide.width);
            NAME(samples)(s->tile, sampled, along);
            for (int32_t i = 0; i < filled; i++)
                memcpy(
                    ring_row(&s->narrow, s->narrow.stored++), sampled + i * CPDQ_SIDE,
                    CPDQ_SIDE * sizeof(float));
            filled = 0;
            float row[CPDQ_SIDE];
            while (NAME(emit)(&s->narrow, row))
                for (; kept < CPDQ_SIDE
                     && sample_place(kept, image->rows) == s->narrow.emitted - 1;
                     kept++)
                    memcpy(out + kept * CPDQ_SIDE, row, sizeof row);
        }
    }
}

#undef v8
#undef NAME
