"""A new generation, built aside from all documents while the old one serves, then switched to in one step. The old one
is kept, to go back to, until the next rebuild begins: then it makes room.

One reader hands batches of documents to ``jobs`` processes, each of which builds segments of its own in the same
folder; one commit then names them all. The processes are started afresh (never forked from one that has threads) and
end when this one does.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Thread
from time import monotonic, sleep
from typing import NamedTuple

from events.generations import Generations, NothingBefore, room_to_keep
from search import commits, resuming, writing
from search.building import Segment
from search.codec import NewsSegment
from search.commits import FINISHED, LOCK, Commit
from search.crew import BuildFailed, Worker
from search.resuming import Left, NothingToResume, Origin
from search.shapes import Document, IndexDamaged, Source
from search.snapshot import Snapshot, open_snapshot
from search.soundness import fault
from search.words import ANALYSIS

BATCH = 64  # documents handed over at a time
WAITING = 4  # batches that may wait for a process

Progress = Callable[[int], None]  # is told how many documents have been taken in so far


class Rebuilt(NamedTuple):
    """What a rebuild made."""

    generation: Path
    documents: int
    position: int
    seconds: float
    resumed: int = 0  # documents that were in already, where an unfinished build was gone on with
    anew: str = ""  # why it was not, although that was asked for


class RebuildRunning(Exception):
    """Somebody is rebuilding the index at this moment."""


def rebuild(
    generations: Generations, source: Source, jobs: int, progress: Progress | None, origin: Origin, resume: bool
) -> Rebuilt:
    """See ``Index.rebuild``. Killed or failed, it leaves the old generation serving; the next run clears up."""
    began = monotonic()
    with _alone(generations):
        left, anew = _begin(generations, source, origin, resume)
        folder = left.folder
        try:
            if not commits.begun(folder):
                rest = resuming.without(source.all(), left.keys)
                segments = left.segments + build(folder, rest, jobs, progress, len(left.keys))
                commits.write(folder, Commit(1, left.position, ANALYSIS, segments))
            snapshot = _follow(folder, source)
        except BaseException as error:
            hindered = isinstance(error, KeyboardInterrupt | OSError | BuildFailed)
            worth = commits.begun(folder) or any(folder.glob(f"*{FINISHED}"))
            if not (hindered and worth and room_to_keep(folder)):
                shutil.rmtree(folder, ignore_errors=True)
                resuming.end(generations)
            raise
        snapshot = _switch(generations, folder, source)
        resuming.end(generations)
        generations.clean()
    seconds = monotonic() - began
    return Rebuilt(folder, snapshot.documents, snapshot.commit.position, seconds, len(left.keys), anew)


def _begin(generations: Generations, source: Source, origin: Origin, resume: bool) -> tuple[Left, str]:
    """What is to be gone on with: what was left, or nothing; then why, if that was asked for."""
    anew = ""
    if resume:
        try:
            return resuming.find(generations, origin), ""
        except NothingToResume as why:
            anew = str(why)
    forget_previous(generations)
    generations.clean()
    folder, position = generations.new(), source.position()
    folder.mkdir()
    resuming.begin(generations, folder, position, origin(position))
    return Left(folder, position, [], frozenset()), anew


def rollback(generations: Generations, source: Source) -> Path:
    """See ``Index.rollback``."""
    with _alone(generations):
        folder = before(generations)
        _follow(folder, source)
        _switch(generations, folder, source)
        return folder


def before(generations: Generations) -> Path:
    """The generation that a rollback goes back to, every byte of it looked at. Raises NothingBefore, IndexMissing."""
    folder = generations.previous()
    if folder is None:
        raise NothingBefore("there is no search index from before the last rebuild")
    if why := fault(folder, commits.read(folder, commits.latest(folder)).segments):
        raise IndexDamaged(f"the search index from before the last rebuild is damaged: {why}")
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


def _switch(generations: Generations, folder: Path, source: Source) -> Snapshot:
    """The last that changed, and the switch, while nobody writes to the old one: nothing that was found there may be
    missing afterwards. Who writes to it for long is not waited for for ever: what is missing then follows."""
    current = generations.current()
    for _ in range(500):
        if current is None or not current.is_dir():
            break
        with commits.locked(current / LOCK) as mine:
            if mine:
                snapshot = _follow(folder, source)
                generations.switch(folder)
                return snapshot
        sleep(0.02)
    snapshot = _follow(folder, source)
    generations.switch(folder)
    return snapshot


def _remove(folder: Path) -> None:
    """Delete a generation, not under the hands of somebody who is bringing it up to date."""
    for _ in range(50):
        with commits.locked(folder / LOCK) as mine:
            if mine:
                shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        sleep(0.1)


def build(
    folder: Path, documents: Iterable[Document], jobs: int, progress: Progress | None, done: int = 0
) -> list[NewsSegment]:
    """Index all ``documents`` into segments in ``folder``, by this process (``jobs`` 0) or by others.

    ``done``: documents that are in already, for the progress.
    """
    batches = _batches(documents, progress, done)
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
            yield resuming.finished(folder, building.finish())
            building = None
    if building is not None:
        yield resuming.finished(folder, building.finish())


def _batches(documents: Iterable[Document], progress: Progress | None, done: int) -> Iterator[list[Document]]:
    stream = iter(documents)
    while batch := list(islice(stream, BATCH)):
        yield batch
        done += len(batch)
        if progress is not None:
            progress(done)
