"""A relay before a broker that answers a fetch at once where it has nothing to give.

Kafka holds such an answer back for the `max_wait_ms` that the client asked for; noida-db does not, so
that a client which has read everything asks again and again, hundreds of times a second, and its CPU
time grows with the wall time of the run. The relay puts the wait back, and leaves all else as it is.
Every byte goes through it, for every program alike; its own CPU time is in nobody's account."""

import asyncio
import struct
import threading

FETCH, METADATA, COORDINATOR = 1, 3, 10


def max_wait(request: bytes) -> float:
    """Seconds. Header version 1: key, version, correlation, client id; then replica, max_wait_ms."""
    (name,) = struct.unpack_from(">h", request, 8)
    return struct.unpack_from(">i", request, 10 + max(0, name) + 4)[0] / 1e3


def is_empty(answer: bytes, version: int) -> bool:
    """Whether a Fetch answer, versions 7 to 11, has neither records nor errors."""
    if not 7 <= version <= 11:
        return False
    at = 4 + 4  # correlation, throttle time
    error, _session, topics = struct.unpack_from(">hii", answer, at)
    at += 10
    if error:
        return False
    for _ in range(topics):
        (name,) = struct.unpack_from(">h", answer, at)
        at += 2 + name
        (partitions,) = struct.unpack_from(">i", answer, at)
        at += 4
        for _ in range(partitions):
            _, error = struct.unpack_from(">ih", answer, at)
            at += 6 + 24  # high watermark, last stable offset, log start
            (aborted,) = struct.unpack_from(">i", answer, at)
            at += 4 + 16 * max(0, aborted) + (4 if version >= 11 else 0)
            (size,) = struct.unpack_from(">i", answer, at)
            at += 4
            if error or size > 0:
                return False
    return True


class Relay:
    """Listens on a port of its own for clients of the broker at `host:port`."""

    def __init__(self, broker: str):
        self.host, port = broker.rsplit(":", 1)
        self.port = int(port)
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self.run, args=(started,), daemon=True).start()
        started.wait()
        self.address = f"{self.host}:{self.own_port}"

    def run(self, started: threading.Event):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, self.host, 0))
        self.own_port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    async def serve(self, client, to_client):
        broker, to_broker = await asyncio.open_connection(self.host, self.port)
        asked = {}
        await asyncio.gather(
            self.pump(client, to_broker, lambda frame: self.request(frame, asked)),
            self.pump(broker, to_client, lambda frame: self.answer(frame, asked)))

    async def pump(self, source, target, change):
        try:
            while True:
                size = await source.readexactly(4)
                frame = await source.readexactly(struct.unpack(">i", size)[0])
                frame = await change(frame)
                target.write(size + frame)
                await target.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            target.close()

    async def request(self, frame: bytes, asked: dict) -> bytes:
        kind, version, number = struct.unpack_from(">hhi", frame)
        if kind in (FETCH, METADATA, COORDINATOR):
            asked[number] = (kind, version, max_wait(frame) if kind == FETCH else 0)
        return frame

    async def answer(self, frame: bytes, asked: dict) -> bytes:
        kind, version, wait = asked.pop(struct.unpack_from(">i", frame)[0], (None, 0, 0))
        if kind == FETCH:
            if is_empty(frame, version):
                await asyncio.sleep(wait)
        elif kind is not None:
            host = self.host.encode()
            frame = frame.replace(host + struct.pack(">i", self.port),
                                  host + struct.pack(">i", self.own_port))
        return frame
