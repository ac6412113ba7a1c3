"""Events per CPU-second of Assess, exactly once, beside a C program that only consumes and produces.

Every run reads the same preloaded topics with a group of its own and writes topics of its own. Runs
are interleaved, so that whatever else the machine does hits all alike; compare the ratios. CPU time
is utime + stime of the whole process, all threads, from its start to its last commit: much is fetched
before the first event is handed on. The broker is another process; the benchmark's own stands behind
a relay (relay.py)."""

import argparse
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import tempfile
import time

from relay import Relay

PARTITIONS = 8
FORMATS = ("protobuf", "json")
PLATFORM = [f"platform.{name}.v1" for name in ("accounts", "groups", "invites", "reports")]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_broker(folder: pathlib.Path) -> tuple[str, subprocess.Popen]:
    port = free_port()
    process = subprocess.Popen(
        ["noida-db", "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir",
         str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 30
    while not accepts(port):
        if time.monotonic() > deadline or process.poll() is not None:
            raise SystemExit("bench: the broker did not start")
        time.sleep(0.05)
    return f"127.0.0.1:{port}", process


class Bench:
    def __init__(self, options, address: str):
        self.options = options
        self.address = address
        self.name = f"bench-{os.getpid()}"
        self.run_number = 0
        self.inputs = {}

    def prefix(self, kind: str) -> str:
        """Before the names of the topics that hold the traffic in a format."""
        return f"{self.name}.{kind}."

    def fresh(self) -> str:
        """Before the names of a group and of topics that nobody wrote before."""
        self.run_number += 1
        return f"{self.name}.r{self.run_number}."

    def json_of(self, *words: str) -> dict:
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(words)}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    def tool(self, *words: str) -> dict:
        return self.json_of(str(pathlib.Path(self.options.bin) / "tutela-bench"), *words,
                            "--broker", self.address, "--partitions", str(PARTITIONS))

    def preload(self):
        for kind in FORMATS:
            self.inputs[kind] = self.tool(
                "preload", "--prefix", self.prefix(kind), "--events", str(self.options.events),
                "--format", kind)
            print(f"preloaded {self.inputs[kind]['events']} events in {kind}, "
                  f"{self.inputs[kind]['mean_value_bytes']} bytes each", flush=True)

    def ceiling(self, kind: str) -> dict:
        words = []
        for topic in PLATFORM:
            words += ["--topic", self.prefix(kind) + topic]
        return self.json_of(
            str(pathlib.Path(self.options.out) / "ceiling"), "--broker", self.address,
            "--group", self.fresh() + "ceiling", "--output", self.prefix(kind) + "tutela.ledger.v1",
            "--events", str(self.inputs[kind]["events"]), "--interval-ms", "1000", *words)

    def assess(self, kind: str) -> dict:
        return self.tool(
            "assess", "--input", self.prefix(kind), "--output", self.fresh(),
            "--events", str(self.inputs[kind]["events"]), "--lanes", str(self.options.lanes))

    def measure(self) -> dict[str, list[dict]]:
        jobs = [(name, kind) for kind in FORMATS for name in ("ceiling", "assess")]
        runs = {f"{name} {kind}": [] for name, kind in jobs}
        for number in range(self.options.rounds):
            for name, kind in jobs[number % len(jobs):] + jobs[:number % len(jobs)]:
                run = getattr(self, name)(kind)
                run["cpu_seconds"] += run["cpu_seconds_before"]
                run["events_per_cpu_second"] = run["events"] / run["cpu_seconds"]
                runs[f"{name} {kind}"].append(run)
                print(f"  round {number + 1}  {name:8} {kind:9} "
                      f"{run['events_per_cpu_second'] / 1e3:8.0f} k events per CPU-second",
                      flush=True)
        return runs


def show(runs: dict[str, list[dict]], inputs: dict) -> dict:
    summary = {}
    for name, found in runs.items():
        rates = [run["events_per_cpu_second"] for run in found]
        summary[name] = {"median": statistics.median(rates), "low": min(rates), "high": max(rates)}
    print(f"\n{'':18}{'k events per CPU-second':>32}{'of C':>8}")
    print(f"{'':18}{'median':>12}{'low':>10}{'high':>10}")
    for name, numbers in summary.items():
        kind = name.split()[1]
        ratios = [run["events_per_cpu_second"] / other["events_per_cpu_second"]
                  for run, other in zip(runs[name], runs[f"ceiling {kind}"])]
        numbers["of_ceiling"] = statistics.median(ratios)
        print(f"{name:18}{numbers['median'] / 1e3:12.0f}{numbers['low'] / 1e3:10.0f}"
              f"{numbers['high'] / 1e3:10.0f}{numbers['of_ceiling']:8.2f}")
    for kind in FORMATS:
        shares = step_shares(runs[f"assess {kind}"])
        summary[f"assess {kind}"]["shares"] = shares
        print(f"\nassess {kind}, µs of CPU an event ({inputs[kind]['mean_value_bytes']} bytes):")
        for step, (micros, share) in shares.items():
            print(f"  {step:22}{micros:8.2f}{share * 100:7.0f} %")
        commits = [1e3 * run["commit_wall_seconds"] / run["commits"] for run in runs[f"assess {kind}"]]
        rows = [run["produced"] / run["events"] for run in runs[f"assess {kind}"]]
        size = [run["produced_bytes"] / run["produced"] for run in runs[f"assess {kind}"]]
        rounds = [run["events"] / run["commits"] for run in runs[f"assess {kind}"]]
        print(f"  a commit took {statistics.median(commits):.0f} ms of wall time and held "
              f"{statistics.median(rounds):.0f} events; {statistics.median(rows):.2f} records of "
              f"{statistics.median(size):.0f} bytes written an event")
    return summary


def parts_of(run: dict) -> dict[str, float]:
    """CPU seconds by what they went into; together all of the process. Steps are timed on their
    thread where they begin and end; the rest is told apart by thread."""
    steps, threads = run["steps"], run["threads"]
    chain = sum(steps.values())
    parts = {
        "before the first event": run["cpu_seconds_before"],
        "fetch (client)": threads["fetch"],
        "copy records": threads["poll"],
        "merge, lane, actors": threads["pool"] - chain,
        "decode": steps["decode"],
        "match": steps["match"],
        "evaluate": steps["evaluate"],
        "changelog, ledger": steps["write"],
        "commit: hand over": threads["commit"],
        "commit: send (client)": threads["send"],
    }
    parts["others"] = run["cpu_seconds"] - sum(parts.values())
    return parts


def step_shares(runs: list[dict]) -> dict[str, tuple[float, float]]:
    """Median over runs of each part's µs of CPU an event, and its share of all."""
    total = statistics.median(run["cpu_seconds"] / run["events"] for run in runs)
    shares = {}
    for part in parts_of(runs[0]):
        seconds = statistics.median(parts_of(run)[part] / run["events"] for run in runs)
        shares[part] = (seconds * 1e6, seconds / total)
    return shares


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--broker")
    parser.add_argument("--no-relay", action="store_true", help="as the own broker is; see relay.py")
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        own = None
        address = options.broker
        if not address:
            address, own = start_broker(folder / "broker")
            if not options.no_relay:
                address = Relay(address).address
        try:
            bench = Bench(options, address)
            bench.preload()
            runs = bench.measure()
        finally:
            if own:
                os.killpg(own.pid, signal.SIGKILL)
                own.wait()
    summary = show(runs, bench.inputs)
    path = pathlib.Path(options.out) / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    path.write_text(json.dumps({"inputs": bench.inputs, "lanes": options.lanes,
                                "summary": summary, "runs": runs}, indent=1))
    print(f"\n{path}")


if __name__ == "__main__":
    main()
