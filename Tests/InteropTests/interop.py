"""A platform that is not ours: produces the four topics in JSON and in protobuf with confluent-kafka,
runs the real `tutela`, and reads what it publishes, with confluent-kafka and with kcat.

Nothing of Tutela's code is used here; the classes come from Schemas/*.proto. Exits with 0 when every
documented field and header is as it should be."""

import argparse
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from confluent_kafka import Consumer, TopicPartition

from checks import Checks
from platform_events import Platform
from schemas import Schemas

PARTITIONS = 4
PREFIX = f"interop-{os.getpid()}."
OUTPUTS = [
    "safety.enforcement.v1", "safety.cybertip.v1", "safety.review-requests.v1",
    "tutela.dead-letters.v1",
]
TOPICS = {
    "accounts": "platform.accounts.v1", "groups": "platform.groups.v1",
    "invites": "platform.invites.v1", "reports": "platform.reports.v1",
    "signals": "tutela.signals.v1", "hash_entries": "safety.hash-entries.v1",
    "verdicts": "safety.verdicts.v1", "proposals": "tutela.proposals.v1",
    "assess_state": "tutela.state.assess.v1", "enforce_state": "tutela.state.enforce.v1",
    "packs": "tutela.packs.v1", "ledger": "tutela.ledger.v1",
    "dead_letters": "tutela.dead-letters.v1", "enforcement": "safety.enforcement.v1",
    "cyber_tips": "safety.cybertip.v1", "review_requests": "safety.review-requests.v1",
}
# Topic, ce_type, content type and value of records that must become dead letters.
MALFORMED = [
    ("platform.accounts.v1", "account.registered", "application/json", b"{", "MALFORMED_PAYLOAD"),
    ("platform.groups.v1", "group.created", "application/protobuf", b"\xff\xff\xff",
     "MALFORMED_PAYLOAD"),
    ("platform.invites.v1", "invite.created", "application/protobuf", b"",
     "MISSING_FIELD"),
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait(what: str, is_done, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while True:
        value = is_done()
        if value:
            return value
        if time.monotonic() > deadline:
            raise SystemExit(f"interop: waited {seconds:.0f} s for {what}")
        time.sleep(0.1)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def broker(given: str | None, folder: pathlib.Path):
    """The given broker, or one of our own that is killed in the end."""
    if given:
        yield given
        return
    port = free_port()
    process = subprocess.Popen(
        ["noida-db", "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir",
         str(folder / "broker")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait("the broker", lambda: accepts(port))
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Tutela:
    """The real program, configured by a file."""

    def __init__(self, binary: str, folder: pathlib.Path, address: str, output_format: str):
        self.binary = binary
        self.port = free_port()
        self.log = (folder / "tutela.log").open("wb")
        self.config = folder / "tutela.yaml"
        self.environment = dict(os.environ, TUTELA_SEALING_KEY=bytes(range(32)).hex())
        self.config.write_text(CONFIG.format(
            address=address, port=self.port, partitions=PARTITIONS, format=output_format,
            prefix=PREFIX, topics="".join(
                f"  {name}: {PREFIX}{topic}\n" for name, topic in TOPICS.items())))

    def create_topics(self):
        for command in ("create", "check"):
            subprocess.run([self.binary, "topics", command, "--config", str(self.config)],
                           check=True, stdout=self.log, stderr=self.log,
                           env=self.environment)

    @contextlib.contextmanager
    def running(self):
        process = subprocess.Popen(
            [self.binary, "run", "--stage", "both", "--config", str(self.config)],
            stdout=self.log, stderr=self.log, env=self.environment)
        try:
            wait("tutela", lambda: process.poll() is not None or accepts(self.port))
            yield process
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
            if status != 0:
                raise SystemExit(f"interop: tutela ended with status {status} after SIGTERM")
        finally:
            process.kill()


CONFIG = """\
kafka:
  brokers: {address}
  properties:
    receive.message.max.bytes: "1000000000"
pipeline:
  partitions: {partitions}
  output_format: {format}
run:
  instance: interop
  group_prefix: {prefix}group
topics:
{topics}enforce:
  mode: enforce
  conclusive_banks: [interop]
http:
  port: {port}
log:
  format: json
"""


class Reader:
    """Everything committed in the output topics."""

    def __init__(self, address: str):
        self.consumer = Consumer({
            "bootstrap.servers": address, "group.id": f"reader-{os.getpid()}-{time.time()}",
            "isolation.level": "read_committed", "enable.auto.commit": False,
            "auto.offset.reset": "earliest"})
        self.records = {topic: [] for topic in OUTPUTS}
        self.consumer.assign([
            TopicPartition(PREFIX + topic, partition, 0)
            for topic in OUTPUTS for partition in range(PARTITIONS)])

    def has(self, least: dict[str, int]) -> bool:
        for message in self.consumer.consume(500, 0.2):
            if not message.error():
                self.records[message.topic().removeprefix(PREFIX)].append(message)
        return all(len(self.records[topic]) >= count for topic, count in least.items())


def kcat_lines(address: str, topic: str) -> list[list[str]]:
    """Key, ce_type and content-type of each record, as kcat reads them."""
    text = subprocess.run(
        ["kcat", "-C", "-e", "-q", "-b", address, "-t", PREFIX + topic, "-X", "isolation.level=read_committed",
         "-f", "%k\t%h\n"], check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in text.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tutela", required=True)
    parser.add_argument("--broker")
    parser.add_argument("--format", choices=["protobuf", "json"], default="protobuf")
    options = parser.parse_args()
    top = pathlib.Path(__file__).resolve().parents[2]
    checks = Checks(Schemas(top / "Schemas"), is_json=options.format == "json")
    with tempfile.TemporaryDirectory() as name, broker(options.broker, pathlib.Path(name)) as address:
        tutela = Tutela(options.tutela, pathlib.Path(name), address, options.format)
        try:
            run(tutela, address, checks)
        except BaseException:
            tutela.log.flush()
            print((pathlib.Path(name) / "tutela.log").read_text(errors="replace")[-6000:])
            raise
    for problem in checks.problems:
        print(f"FAIL {problem}")
    print(f"{checks.count} checks, {len(checks.problems)} failed, output as {options.format}")
    raise SystemExit(1 if checks.problems else 0)


def run(tutela: Tutela, address: str, checks: Checks):
    tutela.create_topics()
    platform = Platform(checks.schemas, address, PREFIX)
    platform.bank()
    platform.flush()
    with tutela.running():
        accounts = platform.traffic()
        for topic, kind, content_type, value, _ in MALFORMED:
            platform.send_raw(topic, "malformed", kind, value, content_type)
        platform.flush()
        reader = Reader(address)
        wait("enforcements, tips and dead letters", lambda: reader.has({
            "safety.enforcement.v1": 4 * len(accounts), "safety.cybertip.v1": len(accounts),
            "tutela.dead-letters.v1": len(MALFORMED)}))
        reader.has({"safety.enforcement.v1": 1 << 30})
    checks.enforcements(reader.records["safety.enforcement.v1"], accounts)
    checks.tips(reader.records["safety.cybertip.v1"], accounts)
    checks.dead_letters(reader.records["tutela.dead-letters.v1"],
                        {PREFIX + topic: reason for topic, _, _, _, reason in MALFORMED})
    seen = kcat_lines(address, "safety.enforcement.v1")
    checks.that(len(seen) == len(reader.records["safety.enforcement.v1"]),
                f"kcat: {len(seen)} enforcements")
    for key, headers in seen:
        checks.that(bool(key) and "ce_type=tutela.enforcement" in headers, f"kcat: {headers}")


if __name__ == "__main__":
    main()
