"""Making a generation from the log alone, aside of the one in use."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from events.generations import sync_folder
from events.store import EventStore
from views import fold
from views.database import Connection, open_build, open_writer
from views.fold import START, Checkpoint
from views.rendering import fill_all

PAGE = 2000  # events folded together: more would fold better, and take more memory
Progress = Callable[[str, int, int], None]
"""Told the phase ('events', 'pages'), how much of it is done, and how much there is."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What a build took. position: of the last event in it; pages: rendered."""

    position: int
    pages: int
    folding: float  # seconds
    indexing: float  # seconds, for the indexes that are made once everything is in
    rendering: float  # seconds


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress for nobody."""


def build(store: EventStore, path: Path, until: int | None = None, progress: Progress = silent) -> Built:
    """Fold the log up to ``until`` (its head) into a new database, and render every page.

    Constant memory. Raises ProjectionStopped or UnknownEvent; then, as after a crash, what is at ``path`` is litter.
    """
    db = open_build(path)
    try:
        return _fill(db, store, until, progress)
    finally:
        db.close()
        _to_disk(path)


def _fill(db: Connection, store: EventStore, until: int | None, progress: Progress) -> Built:
    started = time.perf_counter()
    target = store.head().position if until is None else until
    fold.create(db)
    last = fold_pages(db, store, START, target, progress)
    folded = time.perf_counter()
    fold.finish(db)
    indexed = time.perf_counter()
    pages, total = 0, int(db.execute("SELECT count(*) FROM published").fetchone()[0])
    for count in fill_all(db):
        pages += count
        progress("pages", pages, total)
    return Built(
        position=last.position, pages=pages, folding=folded - started, indexing=indexed - folded,
        rendering=time.perf_counter() - indexed,
    )  # fmt: skip


def fold_pages(
    db: Connection, store: EventStore, at: Checkpoint, target: int, progress: Progress = silent
) -> Checkpoint:
    """Fold in what lies between the checkpoint and ``target``; nothing is rendered."""
    for page in store.pages(at.position, target, size=PAGE):
        db.execute("BEGIN")
        fold.apply(db, page, building=True)
        last = page[-1]
        at = Checkpoint(last.position, fold.chain_hash(store, last.position) or "", last.recorded_at)
        fold.move(db, at)
        db.execute("COMMIT")
        progress("events", at.position, target)
    return at


def _to_disk(path: Path) -> None:
    """From here on it is a database like any other, and on the disk."""
    open_writer(path).close()
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)
