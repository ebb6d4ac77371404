"""A new generation, built aside from all documents while the old one serves, then switched to in one step. The old one
is kept, to go back to, until the next rebuild.

One reader hands batches of documents to ``jobs`` processes, each of which builds segments of its own in the same
folder; one commit then names them all. The processes are started afresh (never forked from one that has threads) and
end when this one does.
"""

import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import Empty, Full, Queue
from subprocess import PIPE, Popen
from threading import Thread
from time import monotonic, sleep
from typing import IO, NamedTuple

import msgspec

from events.generations import Generations, NothingBefore
from search import commits, writing
from search.building import Segment
from search.codec import NewsSegment
from search.commits import LOCK, Commit
from search.shapes import Document, IndexDamaged, Source
from search.snapshot import Snapshot, open_snapshot
from search.soundness import fault
from search.words import ANALYSIS

BATCH = 64  # documents handed over at a time
WAITING = 4  # batches that may wait for a process

Progress = Callable[[int], None]  # is told how many documents have been taken in so far
_encode = msgspec.msgpack.Encoder().encode


class Rebuilt(NamedTuple):
    """What a rebuild made."""

    generation: Path
    documents: int
    position: int
    seconds: float


class RebuildRunning(Exception):
    """Somebody is rebuilding the index at this moment."""


class BuildFailed(Exception):
    """An indexing process ended before its work did."""


def rebuild(generations: Generations, source: Source, jobs: int, progress: Progress | None) -> Rebuilt:
    """See ``Index.rebuild``. Killed or failed, it leaves the old generation serving; the next run clears up."""
    began = monotonic()
    with _alone(generations):
        forget_previous(generations)
        generations.clean()
        folder = generations.new()
        folder.mkdir()
        try:
            position = source.position()
            segments = build(folder, source.all(), jobs, progress)
            commits.write(folder, Commit(1, position, ANALYSIS, segments))
            snapshot = _follow(folder, source)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        generations.switch(folder)
    return Rebuilt(folder, snapshot.documents, snapshot.commit.position, monotonic() - began)


def rollback(generations: Generations, source: Source) -> Path:
    """See ``Index.rollback``."""
    with _alone(generations):
        folder = generations.previous()
        if folder is None:
            raise NothingBefore("there is no search index from before the last rebuild")
        if why := fault(folder, commits.read(folder, commits.latest(folder)).segments):
            raise IndexDamaged(f"the search index from before the last rebuild is damaged: {why}")
        _follow(folder, source)
        generations.switch(folder)
        return folder


def forget_previous(generations: Generations) -> None:
    """Remove the generation from before the last rebuild."""
    folder = generations.previous()
    generations.forget_previous()
    if folder is not None:
        _remove(folder)


@contextmanager
def _alone(generations: Generations) -> Iterator[None]:
    """Raises RebuildRunning where somebody else has the generations in hand."""
    generations.folder.mkdir(parents=True, exist_ok=True)
    with commits.locked(generations.folder / ".rebuild.lock") as mine:
        if not mine:
            raise RebuildRunning("the search index is being rebuilt already")
        yield


def _follow(folder: Path, source: Source) -> Snapshot:
    """Fold in what changed meanwhile, again and again until nothing did."""
    while True:
        snapshot = open_snapshot(folder, commits.read(folder, commits.latest(folder)), {})
        if snapshot.commit.position >= source.position():
            return snapshot
        writing.catch_up(folder, lambda: snapshot, source)  # noqa: B023 (called at once)


def _remove(folder: Path) -> None:
    """Delete a generation, not under the hands of somebody who is bringing it up to date."""
    for _ in range(50):
        with commits.locked(folder / LOCK) as mine:
            if mine:
                shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        sleep(0.1)


def build(folder: Path, documents: Iterable[Document], jobs: int, progress: Progress | None) -> list[NewsSegment]:
    """Index all ``documents`` into segments in ``folder``, by this process (``jobs`` 0) or by others."""
    batches = _batches(documents, progress)
    if jobs < 1:
        return list(index(folder, batches))
    waiting: Queue[list[Document] | None] = Queue(WAITING * jobs)
    workers = [Worker(folder) for _ in range(jobs)]
    threads = [Thread(target=worker.feed, args=(waiting,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        for batch in batches:
            waiting.put(batch)
            if failed := next((worker for worker in workers if worker.failure), None):
                raise BuildFailed(failed.failure)
        for _ in workers:
            waiting.put(None)
        for thread in threads:
            thread.join()
        return [segment for worker in workers for segment in worker.result()]
    finally:
        for worker in workers:
            worker.kill()
        _release(waiting, threads)
        for worker in workers:
            worker.close()


def _release(waiting: "Queue[list[Document] | None]", threads: list[Thread]) -> None:
    """After a failure: wait until no thread waits for another batch."""
    while alive := [thread for thread in threads if thread.is_alive()]:
        with suppress(Empty, Full):
            if waiting.full():
                waiting.get_nowait()
            waiting.put_nowait(None)
        alive[0].join(0.01)


def index(folder: Path, batches: Iterable[list[Document]]) -> Iterator[NewsSegment]:
    """Build segments one after another."""
    building = None
    for batch in batches:
        building = building or Segment(folder)
        for document in batch:
            building.add(document)
        if building.full:
            yield building.finish()
            building = None
    if building is not None:
        yield building.finish()


def _batches(documents: Iterable[Document], progress: Progress | None) -> Iterator[list[Document]]:
    stream, done = iter(documents), 0
    while batch := list(islice(stream, BATCH)):
        yield batch
        done += len(batch)
        if progress is not None:
            progress(done)


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
        try:
            while (batch := waiting.get()) is not None:
                send(self._process.stdin, _encode(batch))
            send(self._process.stdin, b"")
            self._process.stdin.close()
            self._segments = pickle.loads(self._process.stdout.read())  # noqa: S301 (from a process of our own)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.failure = f"an indexing process ended early ({error}); its own words are above"
            while waiting.get() is not None:  # who hands out batches must not wait for a place in the queue
                pass

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
