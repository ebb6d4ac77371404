"""Rebuilding: a new generation aside, from the log alone, while readers keep reading the old one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.generations import Generations
from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.build import Progress, build, silent
from views.database import open_writer
from views.feed import pages
from views.locks import Turn
from views.projector import BATCH, Projector, transaction
from views.rendering import fill

WAIT = 60.0  # seconds for the projector's turn, and then for the last events


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild did. Seconds; ``folding`` is everything but rendering pages."""

    generation: str
    position: int
    pages: int
    folding: float
    rendering: float
    seconds: float
    removed: tuple[str, ...]  # generations and litter that are gone


def rebuild(
    store: EventStore, made: Generations, projector: Projector, progress: Progress = silent
) -> Rebuilt:
    """Make a new generation, bring it up to the log's head, switch to it, and remove the old one.

    Killed at any moment it leaves the old one serving, and the next run removes what it left behind.
    Raises Busy where another rebuild (or verification) is at work, ProjectionStopped, UnknownEvent.
    """
    started = time.perf_counter()
    with aside(made):
        litter = made.clean()
        path = made.new()
        built = build(store, path, progress=progress)
        _catch_up(store, path)
        with projector.turn.taken(time.monotonic() + WAIT):
            position = _catch_up(store, path)
            made.switch(path)
        removed = [gone.name for gone in (*litter, *made.clean())]
    return Rebuilt(
        generation=path.name, position=position, pages=built.pages, folding=built.folding + built.indexing,
        rendering=built.rendering, seconds=time.perf_counter() - started, removed=tuple(removed),
    )  # fmt: skip


@contextmanager
def aside(made: Generations) -> Iterator[None]:
    """Only one at a time builds something aside. Raises Busy at once where another does."""
    with Turn(made.pointer.with_name("views.rebuild.lock")).taken(time.monotonic()):
        yield


def _catch_up(store: EventStore, path: Path) -> int:
    """Fold in and render what was appended in the meantime."""
    db = open_writer(path)
    try:
        at = fold.checkpoint(db)
        for page in pages(store, at.position, store.head().position, BATCH):
            with transaction(db):
                folding = fold.Folding(db)
                folding.take(page.events)
                at = fold.reached(page)
                fill(db, Bodies(store, kept=0), folding.finish(at))
        return at.position
    finally:
        db.close()
