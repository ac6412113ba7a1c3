"""Hashing image files beside PyPI's pdqhash, in one run.

Both sides read the same photo-like JPEGs (quality 85, 4:2:0) from memory, on one thread, in turns; CPU time, the
best of the rounds. Prints a table and writes images.json; fails where a hash is over 10 bits away from pdqhash's.
Needs requirements-images.txt.
"""

import argparse
import io
import json
import pathlib
import subprocess
import time

import numpy
import pdqhash
from PIL import Image

SIZES = (256, 512, 1024)
PICTURES = 4
MAXIMUM_DISTANCE = 10


def photo(side, seed):
    """Noise that falls off with frequency, mostly common to the channels.

    The exponent is chosen for the 1.5 bits a pixel that photographs take at this quality: decoding
    time goes with the number of bits.
    """
    random = numpy.random.default_rng(seed)
    fy, fx = numpy.fft.fftfreq(side)[:, None], numpy.fft.rfftfreq(side)[None, :]
    falloff = 1 / numpy.maximum(numpy.hypot(fx, fy), 1 / side) ** 1.5

    def plane():
        shape = (side, side // 2 + 1)
        noise = random.standard_normal(shape) + 1j * random.standard_normal(shape)
        values = numpy.fft.irfft2(noise * falloff, s=(side, side))
        return values / values.std()

    common = plane()
    channels = [128 + 45 * common + 12 * plane() for _ in range(3)]
    return numpy.stack(channels, -1).round().clip(0, 255).astype(numpy.uint8)


def time_pdqhash(data, repeats):
    decode = hash_ = 0.0
    for _ in range(repeats):
        start = time.thread_time()
        pixels = numpy.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        decoded = time.thread_time()
        bits, _ = pdqhash.compute(pixels)
        decode += decoded - start
        hash_ += time.thread_time() - decoded
    digits = numpy.packbits(bits).tobytes().hex()
    return {"decode_us": decode / repeats * 1e6, "hash_us": hash_ / repeats * 1e6, "pdq": digits}


def time_own(program, path, repeats):
    made = subprocess.run(
        [program, str(repeats), str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(made.stdout)


def best(rounds):
    return min(rounds, key=lambda r: r["decode_us"] + r["hash_us"])


def mean(pictures):
    return {
        key: sum(p[key] for p in pictures) / len(pictures) for key in ("decode_us", "hash_us")
    }


def measure(side, program, out, rounds):
    repeats = max(3, 100 * 256 * 256 // (side * side))
    own, theirs, size, distance = [], [], 0, 0
    for picture in range(PICTURES):
        path = out / f"photo-{side}-{picture}.jpg"
        Image.fromarray(photo(side, side + picture)).save(path, quality=85)
        data = path.read_bytes()
        size += len(data)
        turns = [
            (time_own(program, path, repeats), time_pdqhash(data, max(2, repeats // 8)))
            for _ in range(rounds)
        ]
        own.append(best([a for a, _ in turns]))
        theirs.append(best([b for _, b in turns]))
        apart = int(own[-1]["pdq"], 16) ^ int(theirs[-1]["pdq"], 16)
        distance = max(distance, apart.bit_count())
    own, theirs = mean(own), mean(theirs)
    total = lambda r: r["decode_us"] + r["hash_us"]
    return {
        "side": side,
        "bits_per_pixel": size * 8 / side**2 / PICTURES,
        "tutela": own,
        "pdqhash": theirs,
        "hash_ratio": theirs["hash_us"] / own["hash_us"],
        "end_to_end_ratio": total(theirs) / total(own),
        "distance_bits": distance,
    }


def table(rows):
    lines = [
        f"{'':>6}  {'':>9}  {'tutela':^24}  {'PIL + pdqhash':^24}  {'times as fast':^20}  bits",
        f"{'side':>6}  {'bits/px':>9}  {'decode µs':>11} {'hash µs':>12}  {'decode µs':>11} {'hash µs':>12}  "
        f"{'hash':>8} {'end to end':>11}  apart",
    ]
    for r in rows:
        a, b = r["tutela"], r["pdqhash"]
        lines.append(
            f"{r['side']:>6}  {r['bits_per_pixel']:>9.2f}  {a['decode_us']:>11,.0f} {a['hash_us']:>12,.0f}  "
            f"{b['decode_us']:>11,.0f} {b['hash_us']:>12,.0f}  {r['hash_ratio']:>8.1f} "
            f"{r['end_to_end_ratio']:>11.1f}  {r['distance_bits']:>5}"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="where the programs are")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="for images.json")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    program = options.bin / "tutela-bench-images"
    rows = [measure(side, program, options.out, options.rounds) for side in SIZES]
    print(table(rows))
    (options.out / "images.json").write_text(json.dumps({"images": rows}, indent=2) + "\n")
    if any(r["distance_bits"] > MAXIMUM_DISTANCE for r in rows):
        raise SystemExit(f"a hash is more than {MAXIMUM_DISTANCE} bits from pdqhash's")


if __name__ == "__main__":
    main()
