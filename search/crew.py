"""The processes that index side by side, as whoever hands out documents knows them; search/worker.py is theirs."""

import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue
from subprocess import PIPE, Popen
from typing import IO

import msgspec

from search.codec import NewsSegment
from search.shapes import Document

_encode = msgspec.msgpack.Encoder().encode


class BuildFailed(Exception):
    """An indexing process ended before its work did."""


class Worker:
    """A process that indexes what it is handed."""

    def __init__(self, folder: Path) -> None:
        paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = Popen(
            [sys.executable, "-m", "search.worker", str(folder)],
            stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        self.failure: str | None = None
        self._segments: list[NewsSegment] = []

    def feed(self, waiting: "Queue[list[Document] | None]") -> None:
        """Hand over batches as they come, then take the result. Runs in a thread."""
        assert self._process.stdin is not None and self._process.stdout is not None
        over = False
        try:
            while (batch := waiting.get()) is not None:
                send(self._process.stdin, _encode(batch))
            over = True
            send(self._process.stdin, b"")
            self._process.stdin.close()
            self._segments = self._hear()
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            why: Exception = error
            try:
                self._hear()  # what hindered it, where it could still say so
            except (OSError, EOFError, ValueError, pickle.UnpicklingError) as said:
                why = said if isinstance(said, OSError) else why
            self.failure = f"an indexing process ended early: {why}"
            while not over and waiting.get() is not None:  # whoever hands out batches must not wait for a place
                pass

    def _hear(self) -> list[NewsSegment]:
        """What it says at its end. Raises OSError where that is what hindered it."""
        assert self._process.stdout is not None
        said: list[NewsSegment] | OSError = pickle.loads(self._process.stdout.read())  # noqa: S301 (our own process)
        if isinstance(said, OSError):
            raise said
        return said

    def result(self) -> list[NewsSegment]:
        """Its segments. Raises BuildFailed."""
        if self.failure or self._process.wait() != 0:
            raise BuildFailed(self.failure or "an indexing process failed; its own words are above")
        return self._segments

    def kill(self) -> None:
        """End the process if it has not ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Let go of the pipes."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def send(pipe: IO[bytes], data: bytes) -> None:
    """Write one message: its length in four bytes, then itself. An empty one says that it was the last."""
    pipe.write(len(data).to_bytes(4, "big") + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Iterator[bytes]:
    """Messages until the last. Raises EOFError if the sender went away before."""
    while True:
        head = pipe.read(4)
        if len(head) < 4:
            raise EOFError("the process that hands out documents went away")
        size = int.from_bytes(head, "big")
        if size == 0:
            return
        yield pipe.read(size)
