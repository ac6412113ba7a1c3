"""Writes Images/ and expected.txt: generated shapes in every encoding that the decoders meet, with the hash that
PyPI's pdqhash gives for the pixels. Not part of any build: `pip install pdqhash pillow numpy`, cc and
libjpeg's headers, then `python3 make_images.py`.
"""

import pathlib
import struct
import subprocess
import tempfile
import zlib

import numpy
import pdqhash
from PIL import Image

HERE = pathlib.Path(__file__).parent
OUT = HERE / "Images"
EXPECTED = []

YCCK = r"""
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
int main(int n, char **a) {
    int w = atoi(a[1]), h = atoi(a[2]);
    struct jpeg_compress_struct c; struct jpeg_error_mgr e;
    c.err = jpeg_std_error(&e); jpeg_create_compress(&c); jpeg_stdio_dest(&c, stdout);
    c.image_width = w; c.image_height = h; c.input_components = 4; c.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&c); jpeg_set_colorspace(&c, JCS_YCCK); jpeg_set_quality(&c, 92, TRUE);
    jpeg_start_compress(&c, TRUE);
    unsigned char *row = malloc(4 * w); JSAMPROW r = row;
    while (c.next_scanline < c.image_height && fread(row, 4, w, stdin) == (size_t)w)
        jpeg_write_scanlines(&c, &r, 1);
    jpeg_finish_compress(&c); return n != 3;
}
"""


def scene(width, height, seed):
    """Discs and bars over a gradient."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    picture = numpy.stack([40 + 150 * x / width, 60 + 120 * y / height, 200 - 150 * x / width], -1)
    for _ in range(40):
        colour = random.integers(0, 256, 3)
        cx, cy = random.uniform(0, width), random.uniform(0, height)
        size = random.uniform(0.03, 0.16) * width
        if random.random() < 0.5:
            mask = (x - cx) ** 2 + (y - cy) ** 2 < size**2
        else:
            mask = (abs(x - cx) < size) & (abs(y - cy) < size * random.uniform(0.2, 1))
        picture[mask] = colour
    return picture.round().clip(0, 255).astype(numpy.uint8)


def expect(name, rgb):
    if rgb.ndim == 2:
        rgb = numpy.stack([rgb] * 3, -1)
    rgb = numpy.ascontiguousarray(rgb, dtype=numpy.uint8)
    bits, quality = pdqhash.compute(rgb)
    EXPECTED.append(f"{name} {numpy.packbits(bits).tobytes().hex()} {quality}")


def save(name, image, pixels=None, **options):
    image.save(OUT / name, **options)
    if pixels is None:
        with Image.open(OUT / name) as again:
            pixels = numpy.asarray(again.convert("RGB"))
    expect(name, pixels)


def png(name, samples, kind, depth, pixels, palette=None, extra=(), interlaced=False):
    """`samples`: height x width x channels; kind: 0 grey, 2 RGB, 3 palette, 4 grey+alpha, 6 RGBA."""

    def chunk(tag, body):
        return (
            struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))
        )

    def rows(part):
        out = b""
        for row in part:
            flat = row.reshape(-1)
            if depth == 16:
                line = flat.astype(">u2").tobytes()
            elif depth == 8:
                line = flat.astype(numpy.uint8).tobytes()
            else:
                bits = ((flat[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1).reshape(-1)
                line = numpy.packbits(bits.astype(numpy.uint8)).tobytes()
            out += b"\0" + line
        return out

    height, width = samples.shape[:2]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2),
                  (0, 1, 2, 2), (1, 0, 2, 1)]  # fmt: skip
        body = b"".join(rows(samples[y::dy, x::dx]) for y, x, dy, dx in passes)
    else:
        body = rows(samples)
    data = b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    )
    if palette is not None:
        data += chunk(b"PLTE", palette.astype(numpy.uint8).tobytes())
    for tag, content in extra:
        data += chunk(tag, content)
    data += chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")
    (OUT / name).write_bytes(data)
    expect(name, pixels)


def jpegs(rgb):
    image = Image.fromarray(rgb)
    save("baseline.jpg", image, quality=85)
    save("progressive.jpg", image, quality=85, progressive=True)
    save("full-chroma.jpg", image, quality=95, subsampling=0)
    save("grey.jpg", image.convert("L"), quality=85)
    save("cmyk.jpg", image.convert("CMYK"), quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("exif-rotated.jpg", image, quality=85, exif=exif)
    save("restart.jpg", image, quality=85, restart_marker_blocks=4)
    save("jpeg-named.png", image, format="JPEG", quality=85)
    inverted = 255 - numpy.asarray(image.convert("CMYK"))
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, "ycck.c"), pathlib.Path(folder, "ycck")
        source.write_text(YCCK)
        subprocess.run(["cc", source, "-ljpeg", "-o", program], check=True)
        size = [str(image.width), str(image.height)]
        made = subprocess.run(
            [program, *size], input=inverted.tobytes(), check=True, capture_output=True
        )
    (OUT / "ycck.jpg").write_bytes(made.stdout)
    with Image.open(OUT / "ycck.jpg") as again:
        expect("ycck.jpg", numpy.asarray(again.convert("RGB")))


def pngs(rgb):
    grey = numpy.asarray(Image.fromarray(rgb).convert("L"))
    alpha = (numpy.indices(grey.shape).sum(0) % 256).astype(numpy.uint8)
    wide = rgb.astype(numpy.uint16) * 256 + 200
    png("rgb.png", rgb, 2, 8, rgb)
    png("interlaced.png", rgb, 2, 8, rgb, interlaced=True)
    png("rgba.png", numpy.dstack([rgb, alpha]), 6, 8, rgb)
    png("rgb16.png", wide, 2, 16, rgb)
    png("rgba16.png", numpy.dstack([wide, alpha.astype(numpy.uint16) * 257]), 6, 16, rgb)
    png("grey.png", grey[..., None], 0, 8, grey)
    png("grey16.png", grey[..., None].astype(numpy.uint16) * 256 + 99, 0, 16, grey)
    png("grey-alpha.png", numpy.dstack([grey, alpha]), 4, 8, grey)
    png("grey-alpha16-interlaced.png",
        numpy.dstack([grey.astype(numpy.uint16) * 256, alpha.astype(numpy.uint16)]), 4, 16, grey,
        interlaced=True)  # fmt: skip
    png("grey4.png", (grey >> 4)[..., None], 0, 4, (grey >> 4) * 17)
    png("grey1.png", (grey >> 7)[..., None], 0, 1, (grey >> 7) * 255)
    indexed = Image.fromarray(rgb).quantize(64)
    palette = numpy.array(indexed.getpalette()).reshape(-1, 3)[:64]
    index = numpy.asarray(indexed)
    png("palette.png", index[..., None], 3, 8, palette[index], palette)
    png("palette-transparent.png", index[..., None], 3, 8, palette[index], palette,
        [(b"tRNS", bytes(range(0, 256, 4)))])  # fmt: skip
    few = Image.fromarray(rgb).quantize(4)
    palette = numpy.array(few.getpalette()).reshape(-1, 3)[:4]
    index = numpy.asarray(few)
    png("palette2-interlaced.png", index[..., None], 3, 2, palette[index], palette,
        interlaced=True)  # fmt: skip


def webps_and_gifs(rgb, other):
    image, next_image = Image.fromarray(rgb), Image.fromarray(other)
    alpha = image.copy()
    alpha.putalpha(Image.linear_gradient("L").resize(image.size))
    save("lossy.webp", image, quality=80)
    save("lossless.webp", image, pixels=rgb, lossless=True)
    save("alpha-lossless.webp", alpha, pixels=rgb, lossless=True, exact=True)
    save("alpha-lossy.webp", alpha, quality=80, exact=True)
    save("animated.webp", image, save_all=True, append_images=[next_image], quality=80)
    save("still.gif", image.quantize(128))
    save("interlaced.gif", image.quantize(128), interlace=1)
    save("animated.gif", image.quantize(128), save_all=True,
         append_images=[next_image.quantize(128)])  # fmt: skip
    save("transparent.gif", image.quantize(128), transparency=5)


def main():
    OUT.mkdir(exist_ok=True)
    rgb, other = scene(150, 110, 3), scene(150, 110, 4)
    jpegs(rgb)
    pngs(scene(90, 70, 5))
    webps_and_gifs(rgb, other)
    save("tall.jpg", Image.fromarray(scene(131, 300, 6)), quality=80)
    save("over-512.jpg", Image.fromarray(scene(700, 390, 7)), quality=30)
    (HERE / "expected.txt").write_text("\n".join(EXPECTED) + "\n")


main()
