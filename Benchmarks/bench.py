"""Events per CPU-second of Assess, exactly once, beside a C program that only consumes and produces.

Every run reads the same preloaded topics with a group of its own and writes topics of its own. Runs
are interleaved, so that whatever else the machine does hits all alike; compare the ratios. CPU time
is utime + stime of the whole process, all threads, from its first event to its last commit; the
broker is another process."""

import argparse
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from confluent_kafka import Consumer, TopicPartition

PARTITIONS = 8
FORMATS = ("protobuf", "json")
PLATFORM = [f"platform.{name}.v1" for name in ("accounts", "groups", "invites", "reports")]
ENVIRONMENT = dict(os.environ, TUTELA_SEALING_KEY=bytes(range(32)).hex())
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cpu_seconds(pid: int) -> float:
    """utime + stime, all threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


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


class Metrics:
    """What /metrics says, by name and labels."""

    LINE = re.compile(r'^([a-z_]+)(?:\{([^}]*)\})? ([0-9.eE+-]+|NaN)$')

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}/metrics"

    def read(self) -> dict[tuple[str, str], float]:
        try:
            text = urllib.request.urlopen(self.url, timeout=2).read().decode()
        except (urllib.error.URLError, OSError):
            return {}
        found = (self.LINE.match(line) for line in text.splitlines())
        return {(m[1], m[2] or ""): float(m[3]) for m in found if m}

    def total(self, name: str, label: str = "") -> float:
        return sum(v for (n, labels), v in self.read().items() if n == name and label in labels)


class Bench:
    def __init__(self, options, address: str, folder: pathlib.Path):
        self.options = options
        self.address = address
        self.folder = folder
        self.name = f"bench-{os.getpid()}"
        self.run_number = 0
        self.inputs = {}

    def binary(self, name: str) -> str:
        return str(pathlib.Path(self.options.bin) / name)

    def config(self, input_format: str, port: int) -> tuple[pathlib.Path, str]:
        """A configuration whose outputs nobody wrote before."""
        self.run_number += 1
        run = f"{self.name}.r{self.run_number}."
        path = self.folder / f"run-{self.run_number}.yaml"
        path.write_text(CONFIG.format(
            address=self.address, port=port, partitions=PARTITIONS, lanes=self.options.lanes,
            inputs=f"{self.name}.{input_format}.", outputs=run))
        return path, run

    def command(self, *words: str):
        subprocess.run([self.binary("tutela"), *words], check=True, stdout=subprocess.DEVNULL,
                       env=ENVIRONMENT)

    def preload(self):
        for kind in FORMATS:
            path, _ = self.config(kind, 0)
            self.command("topics", "create", "--config", str(path))
            line = subprocess.run(
                [self.binary("tutela-preload"), "--broker", self.address, "--prefix",
                 f"{self.name}.{kind}.", "--events", str(self.options.events), "--format", kind,
                 "--partitions", str(PARTITIONS)],
                check=True, capture_output=True, text=True).stdout
            self.inputs[kind] = json.loads(line)
            print(f"preloaded {self.inputs[kind]['events']} events in {kind}, "
                  f"{self.inputs[kind]['mean_value_bytes']} bytes each", flush=True)

    def ceiling(self, kind: str) -> dict:
        path, run = self.config(kind, 0)
        self.command("topics", "create", "--config", str(path))
        words = [str(pathlib.Path(self.options.out) / "ceiling"), "--broker", self.address,
                 "--group", run + "ceiling", "--output", run + "tutela.dead-letters.v1",
                 "--events", str(self.inputs[kind]["events"])]
        for topic in PLATFORM:
            words += ["--topic", f"{self.name}.{kind}.{topic}"]
        return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def assess(self, kind: str) -> dict:
        port = free_port()
        path, run = self.config(kind, port)
        self.command("topics", "create", "--config", str(path))
        metrics = Metrics(port)
        with (self.folder / f"{run}log").open("wb") as log:
            process = subprocess.Popen(
                [self.binary("tutela"), "run", "--stage", "assess", "--config", str(path)],
                stdout=log, stderr=log, env=ENVIRONMENT)
        try:
            while not metrics.total("stage_received_events_total"):
                self.alive(process, run)
                time.sleep(0.01)
            first, start = cpu_seconds(process.pid), time.monotonic()
            self.wait_for_commits(kind, run, process)
            used, wall = cpu_seconds(process.pid) - first, time.monotonic() - start
            numbers = metrics.read()
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        finally:
            process.kill()
        return {"events": self.inputs[kind]["events"], "cpu_seconds": used,
                "cpu_seconds_before": first, "wall_seconds": wall, "steps": steps(numbers)}

    def alive(self, process: subprocess.Popen, run: str):
        if process.poll() is not None:
            text = (self.folder / f"{run}log").read_text(errors="replace")
            raise SystemExit(f"bench: tutela ended with status {process.returncode}\n{text[-4000:]}")

    def wait_for_commits(self, kind: str, run: str, process: subprocess.Popen):
        """Until the group has committed the end of every partition; a transaction's marker may
        stand behind the last record."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": GROUP.format(run=run)})
        left = [TopicPartition(f"{self.name}.{kind}.{topic}", partition)
                for topic in PLATFORM for partition in range(PARTITIONS)]
        ends = {(p.topic, p.partition): consumer.get_watermark_offsets(p, 10)[1] for p in left}
        while left:
            self.alive(process, run)
            left = [p for p in consumer.committed(left, 10)
                    if p.offset < ends[p.topic, p.partition] - 1]
            time.sleep(0.05)
        consumer.close()

    def measure(self) -> dict[str, list[dict]]:
        jobs = [(name, kind) for kind in FORMATS for name in ("ceiling", "assess")]
        runs = {f"{name} {kind}": [] for name, kind in jobs}
        for number in range(self.options.rounds):
            for name, kind in jobs[number % len(jobs):] + jobs[:number % len(jobs)]:
                run = getattr(self, name)(kind)
                run["events_per_cpu_second"] = run["events"] / run["cpu_seconds"]
                runs[f"{name} {kind}"].append(run)
                print(f"  round {number + 1}  {name:8} {kind:9} "
                      f"{run['events_per_cpu_second'] / 1e3:8.0f} k events per CPU-second",
                      flush=True)
        return runs


CONFIG = """\
kafka:
  brokers: {address}
  properties:
    receive.message.max.bytes: "1000000000"
    fetch.message.max.bytes: "4194304"
    queued.max.messages.kbytes: "65536"
pipeline:
  partitions: {partitions}
run:
  lanes: {lanes}
  group_prefix: "{outputs}group"
topics:
  accounts: {inputs}platform.accounts.v1
  groups: {inputs}platform.groups.v1
  invites: {inputs}platform.invites.v1
  reports: {inputs}platform.reports.v1
  hash_entries: {inputs}safety.hash-entries.v1
  signals: {outputs}tutela.signals.v1
  verdicts: {outputs}safety.verdicts.v1
  proposals: {outputs}tutela.proposals.v1
  assess_state: {outputs}tutela.state.assess.v1
  enforce_state: {outputs}tutela.state.enforce.v1
  packs: {outputs}tutela.packs.v1
  ledger: {outputs}tutela.ledger.v1
  dead_letters: {outputs}tutela.dead-letters.v1
  enforcement: {outputs}safety.enforcement.v1
  cyber_tips: {outputs}safety.cybertip.v1
  review_requests: {outputs}safety.review-requests.v1
http:
  port: {port}
log:
  level: warning
"""
GROUP = "{run}group-assess"


def steps(numbers: dict[tuple[str, str], float]) -> dict[str, float]:
    """CPU seconds of each step of the chain and wall seconds of commits, by the program's own
    counters."""
    found = {}
    for (name, labels), value in numbers.items():
        if name == "stage_step_cpu_seconds_total":
            found[re.search(r'step="([a-z]+)"', labels)[1]] = value
        if name == "commit_duration_seconds_sum":
            found["commit (wall)"] = found.get("commit (wall)", 0) + value
    return found


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
    return summary


def step_shares(runs: list[dict]) -> dict[str, tuple[float, float]]:
    """Median over runs of each step's CPU time an event, and its part of all."""
    shares = {}
    total = statistics.median(run["cpu_seconds"] / run["events"] for run in runs)
    names = [step for step in runs[0]["steps"] if "wall" not in step]
    for step in names:
        micros = statistics.median(run["steps"].get(step, 0) / run["events"] for run in runs)
        shares[step] = (micros * 1e6, micros / total)
    rest = total - sum(micros for micros, _ in shares.values()) / 1e6
    shares["client library, rest"] = (rest * 1e6, rest / total)
    return shares


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--broker")
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
        try:
            bench = Bench(options, address, folder)
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
