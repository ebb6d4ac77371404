"""Rebuilding: a new generation aside, from the log alone, while readers keep reading the old one."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.generations import NothingBefore, room_to_keep
from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.build import Built, build
from views.database import transaction
from views.engine import Engine, Progress, silent
from views.feed import Parked, none_parked, pages
from views.projector import BATCH, Projector
from views.rendering import fill
from views.shapes import ViewsDamaged
from views.unfinished import HINDERED, NothingToResume, begin, find

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
    resumed: int = 0  # the position that an unfinished build was gone on with from; 0: it began with the first event
    anew: str = ""  # why it was not, although that was asked for


def rebuild(
    store: EventStore,
    engine: Engine,
    projector: Projector,
    progress: Progress = silent,
    parked: Parked = none_parked,
    *,
    resume: bool = False,
) -> Rebuilt:
    """Make a new generation, bring it up to the log's head, and switch to it.

    The one that served until then is kept for ``rollback``; the one from before that goes first, to make room. Killed
    at any moment it leaves the old one serving, and the next run removes what it left behind; or goes on with it, to
    ``resume``, where that is safe.
    Raises Busy where another rebuild (or verification) is at work, ProjectionStopped, UnknownEvent.
    """
    started = time.perf_counter()
    made: list[Built] = []
    with aside(engine):
        left, anew = _left(engine, store, parked) if resume else (None, "")
        litter: list[str] = []
        if left is None:
            engine.forget_previous()
            litter = engine.clean()
        path, at, target = left or (None, 0, store.head().position)

        def fill_in(path: Path) -> None:
            if left is None:
                begin(engine.begun, path, target, parked())
            made.append(build(store, path, target, progress, parked))

        try:
            generation = engine.make(fill_in, progress, path)
            _catch_up(store, engine, generation, parked())
            with projector.turn.taken(time.monotonic() + WAIT):
                position = _catch_up(store, engine, generation, parked())
                engine.begun.unlink(missing_ok=True)
                engine.switch(generation)
        except BaseException as error:
            if not (isinstance(error, HINDERED) and room_to_keep(engine.begun.parent)):
                engine.begun.unlink(missing_ok=True)
                engine.clean()
            raise
        removed = [*litter, *engine.clean()]
    [built], seconds = made, time.perf_counter() - started
    return Rebuilt(
        generation=generation, position=position, pages=built.pages, folding=built.folding + built.indexing,
        rendering=built.rendering, seconds=seconds, removed=tuple(removed), resumed=at, anew=anew,
    )  # fmt: skip


def _left(engine: Engine, store: EventStore, parked: Parked) -> tuple[tuple[Path, int, int] | None, str]:
    """What is left of an earlier build, or why it is not gone on with."""
    try:
        return find(engine.begun, store, parked()), ""
    except NothingToResume as why:
        return None, str(why)


def rollback(store: EventStore, engine: Engine, projector: Projector, parked: Parked = none_parked) -> str:
    """Go back to the generation that served before the last rebuild, brought up to the log's head first; its name.

    The one in use becomes the previous one: another rollback takes it back. Raises NothingBefore, RebuildNeeded
    (other code made it), ViewsDamaged, Busy, ProjectionStopped.
    """
    with aside(engine):
        generation = before(engine)
        _catch_up(store, engine, generation, parked())
        with projector.turn.taken(time.monotonic() + WAIT):
            _catch_up(store, engine, generation, parked())
            engine.switch(generation)
    return generation


def before(engine: Engine) -> str:
    """The generation that a rollback goes back to, after a look at all of it. Raises NothingBefore, ViewsDamaged."""
    generation = engine.previous()
    if generation is None:
        raise NothingBefore("there are no views from before the last rebuild")
    if why := engine.faulty(generation):
        raise ViewsDamaged(f"the views from before the last rebuild are damaged ({why})")
    return generation


@contextmanager
def aside(engine: Engine) -> Iterator[None]:
    """Only one at a time builds something aside. Raises Busy at once where another does."""
    with engine.builds.taken(time.monotonic()):
        yield


def _catch_up(store: EventStore, engine: Engine, generation: str, parked: Collection[int]) -> int:
    """Fold in and render what was appended in the meantime."""
    handle = engine.writer(generation)
    try:
        at = fold.checkpoint(handle.db)
        fold.belongs(store, at)
        for page in pages(store, at.position, store.head().position, BATCH, parked):
            with transaction(handle.db):
                folding = fold.Folding(handle.db)
                folding.take(page.events)
                at = fold.reached(page)
                fill(handle.db, Bodies(store, kept=0), folding.finish(at))
        return at.position
    finally:
        handle.close()
