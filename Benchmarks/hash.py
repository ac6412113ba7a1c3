"""What a bank of digests costs beside faiss: build, memory, look-ups at radius 31, in one run.

Digests are random; half of the queries are near nothing, half near one digest, at 0 to 31 flips that
are spread evenly, which is the worst case of the index. Rates are queries per second of CPU time of
one thread. Answers are compared with those of faiss's flat search, set by set. Every size is one
process of ours and one of faiss, one after the other; compare the ratios."""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import faiss
import numpy

# Queries for our own index, and for faiss's, which are slow: a few of the same.
QUERIES = {100_000: (20_000, 400, 400), 1_000_000: (20_000, 200, 200), 10_000_000: (20_000, 64, 16)}
ANSWERS = 64


def make_queries(digests: numpy.ndarray, count: int, random) -> tuple[numpy.ndarray, numpy.ndarray]:
    strangers = random.integers(0, 256, (count, 32), dtype=numpy.uint8)
    planted = random.integers(0, len(digests), count)
    neighbours = digests[planted].copy()
    for number, query in enumerate(neighbours):
        for flip in range(number % 32):
            bit = (flip * 8 + number) % 256
            query[bit // 8] ^= 1 << (bit % 8)
    return strangers, neighbours


def rate(index, queries: numpy.ndarray) -> tuple[float, list[dict[int, int]]]:
    """Queries one by one, as a pipeline asks them; faiss's radius is exclusive."""
    answers = []
    began = time.process_time()
    for query in queries:
        _, distances, ids = index.range_search(query.reshape(1, 32), 32)
        answers.append(dict(zip(ids.tolist(), [int(d) for d in distances])))
    return len(queries) / (time.process_time() - began), answers


def measure_faiss(digests, strangers, neighbours, flat_count: int, multi_count: int) -> dict:
    faiss.omp_set_num_threads(1)
    results = {}
    began = time.process_time()
    flat = faiss.IndexBinaryFlat(256)
    flat.add(digests)
    results["flat"] = {"build_cpu_seconds": time.process_time() - began,
                       "bytes": digests.nbytes}
    results["flat"]["rate_strangers"], _ = rate(flat, strangers[:flat_count])
    results["flat"]["rate_neighbours"], answers = rate(flat, neighbours[:max(ANSWERS, flat_count)])
    del flat
    before = resident()
    began = time.process_time()
    multi = faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.own_fields = True
    multi.nflip = 1
    multi.add(digests)
    results["multi_hash"] = {"build_cpu_seconds": time.process_time() - began,
                             "bytes": resident() - before}
    results["multi_hash"]["rate_strangers"], _ = rate(multi, strangers[:multi_count])
    results["multi_hash"]["rate_neighbours"], own = rate(multi, neighbours[:multi_count])
    results["multi_hash"]["recall"] = recall(own, answers)
    results["answers"] = answers
    return results


def resident() -> int:
    pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


def recall(own: list[dict[int, int]], truth: list[dict[int, int]]) -> float:
    """Of what the flat search found; false finds and wrong distances are no recall at all."""
    wanted = found = 0
    for mine, right in zip(own, truth):
        if any(right.get(place) != distance for place, distance in mine.items()):
            return 0
        wanted += len(right)
        found += len(mine)
    return found / wanted


def measure_own(binary: str, folder: pathlib.Path, digests, strangers, neighbours) -> dict:
    for name, array in (("digests", digests), ("strangers", strangers), ("neighbours", neighbours)):
        array.tofile(folder / name)
    words = [binary, "hash", "--folder", str(folder), "--answers", str(ANSWERS)]
    for name in ("digests", "strangers", "neighbours"):
        words += [f"--{name}", str(folder / name)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(words)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(size: int, binary: str, folder: pathlib.Path) -> dict:
    queries, flat_count, multi_count = QUERIES.get(size, (20_000, 64, 16))
    random = numpy.random.default_rng(size)
    digests = random.integers(0, 256, (size, 32), dtype=numpy.uint8)
    strangers, neighbours = make_queries(digests, queries, random)
    own = measure_own(binary, folder, digests, strangers, neighbours)
    others = measure_faiss(digests, strangers, neighbours, flat_count, multi_count)
    truth = others.pop("answers")
    answers = [{int(match["entry"].removeprefix("entry-")): match["distance"] for match in found}
               for found in own.pop("answers")]
    own["recall"] = min(recall(answers, truth[:ANSWERS]), own["planted_found"] / queries)
    others["flat"]["recall"] = 1.0
    return {"entries": size, "queries": queries, "tutela": own, **others}


def show(result: dict):
    size, own = result["entries"], result["tutela"]
    print(f"\n{size:,} digests" + " " * 14 + "build s  bytes/entry  strangers/s  neighbours/s  recall"
          "   times flat, multi-hash")
    for name in ("tutela", "flat", "multi_hash"):
        row = result[name]
        ratios = "".join(
            f"{own['rate_strangers'] / result[other]['rate_strangers']:10,.0f}×"
            for other in ("flat", "multi_hash")) if name == "tutela" else ""
        title = {"flat": "faiss IndexBinaryFlat", "multi_hash": "faiss IndexBinaryMultiHash"}
        print(f"  {title.get(name, name):27}{row['build_cpu_seconds']:8.2f}"
              f"{row['bytes'] / size:13.0f}{row['rate_strangers']:13,.0f}"
              f"{row['rate_neighbours']:14,.0f}{row['recall'] * 100:7.0f} %{ratios}")
    kernels = ", ".join(f"{name} {micros:.1f}" for name, micros in sorted(own["kernels"].items()))
    rebuild, image = own["rebuild"], own["image"]
    print(f"  10,000 strangers at once {own['rate_together']:,.0f} a second, "
          f"{own['rate_together'] / own['rate_strangers']:.1f} times as many as one by one")
    print(f"  digests and index {own['near_bytes'] / size:.0f} bytes an entry; kernels, µs a query: "
          f"{kernels}\n  beside a rebuild {rebuild['beside_us']:.1f} µs in place of "
          f"{rebuild['alone_us']:.1f} ({rebuild['beside_us'] / rebuild['alone_us']:.2f}); image "
          f"{image['bytes'] / size:.0f} bytes an entry, saved in {image['save_seconds']:.1f} s, "
          f"loaded in {image['load_seconds']:.1f} s ({image['load_cpu_seconds']:.1f} s of CPU)",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    options = parser.parse_args()
    results = []
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(dir=options.out) as name:
            results.append(measure(size, str(pathlib.Path(options.bin) / "tutela-bench"),
                                   pathlib.Path(name)))
        show(results[-1])
    path = pathlib.Path(options.out) / f"hash-{time.strftime('%Y%m%dT%H%M%S')}.json"
    path.write_text(json.dumps({"index": results}, indent=1))
    print(f"\n{path}")
    missed = [row["entries"] for row in results for name in ("tutela", "multi_hash")
              if row[name]["recall"] < 1]
    if missed:
        raise SystemExit(f"bench: recall below 100 % at {missed}")


if __name__ == "__main__":
    main()
