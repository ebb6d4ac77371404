"""The projector brings the views forward. Whoever appended helps: it folds in what is missing, and so reads its own
writes. One thread of one process works at a time; the others wait for the position that they need.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from events.event import Recorded, UnknownEvent
from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.build import build
from views.database import DAMAGED, REFUSED, Connection, transaction
from views.engine import Engine, Handle
from views.feed import Page, Parked, none_parked, pages
from views.fold import Checkpoint
from views.locks import Busy
from views.projection import ProjectionStopped, RebuildNeeded
from views.rendering import drain, fill, is_stale
from views.shapes import ViewsMissing

__all__ = ["BATCH", "Busy", "Projector"]

BATCH = 500  # events in one transaction
INLINE = 300  # rows that are rendered again within a catch-up; followers do the rest
PIECE = 50  # rows rendered in one transaction: a command never waits longer than for those


class Projector:
    """Brings the generation in use forward. Safe to use from many threads, and from many processes at once."""

    def __init__(self, store: EventStore, engine: Engine, bodies: Bodies, parked: Parked = none_parked) -> None:
        self._store, self._engine, self._bodies = store, engine, bodies
        self.turn = engine.turn
        self._handle: Handle | None = None
        self._at: Checkpoint | None = None
        self._parked = parked
        self._passing: frozenset[int] = frozenset()

    def begin(self) -> None:
        """A house that never had views, and whose log is still short, gets them by itself.

        Views that were deleted are made again only when somebody says so (views/rebuild.py).
        """
        engine = self._engine
        if self._handle is None and engine.untouched() and self._store.head().position <= BATCH:
            deadline = time.monotonic() + 30.0
            with engine.builds.taken(deadline), self.turn.taken(deadline):
                if not engine.in_use():
                    engine.switch(engine.make(lambda path: build(self._store, path, parked=self._parked)))

    def catch_up(self, until: int | None = None, timeout: float = 30.0) -> int:
        """Fold in everything up to ``until`` (the log's head where None); the position that the views have reached.

        What a change of an entity reaches is rendered again here as well, up to some hundred rows.
        Raises ViewsMissing, RebuildNeeded, ProjectionStopped, or Busy after ``timeout`` seconds.
        """
        self.begin()
        target = self._store.head().position if until is None else until
        deadline = time.monotonic() + timeout
        while True:
            with self.turn.taken(deadline, lambda: self._reached(target)) as mine:
                if not mine:
                    return target
                at = self._open()
                if at.position < target:
                    at = self._advance(at)
                if at.position >= target:
                    self._drain(INLINE)
                    return at.position
                if time.monotonic() > deadline:
                    raise Busy(f"the views have come to position {at.position}; they will follow to {target}")

    def drain(self, most: float = math.inf, timeout: float = 30.0) -> int:
        """Render again what waits for it, in small pieces, until ``most`` is done; how many rows that were."""
        done = 0
        while done < most:
            with self.turn.taken(time.monotonic() + timeout):
                self._open()
                rendered = self._drain(PIECE)
            if not rendered:
                break
            done += rendered
        return done

    @contextmanager
    def quiet(self, timeout: float = 30.0) -> Iterator[None]:
        """Nothing moves while this is held: everything is folded in and rendered that was in the log before."""
        with self.turn.taken(time.monotonic() + timeout):
            at = self._open()
            while at.position < self._store.head().position:
                at = self._advance(at)
            while self._drain(INLINE):
                pass
            yield

    def follow(self, stop: threading.Event, poll: float = 1.0) -> None:
        """Catch up and drain until ``stop`` is set. Raises what they raise: whoever started it decides."""
        while not stop.is_set():
            position = self.catch_up()
            self.drain()
            self._store.wait(position, poll)

    def close(self) -> None:
        """Close the connection, once this process's threads have done with it."""
        with self.turn.here(time.monotonic() + 30.0):
            self._shut()

    def _reached(self, target: int) -> bool:
        """Whether the generation in use has come so far, through whomever."""
        handle = self._handle
        return handle is not None and self._engine.serves(handle) and fold.checkpoint(handle.db).position >= target

    def _open(self) -> Checkpoint:
        """The generation in use, and where it stands: another process may have brought it forward or replaced it."""
        if self._handle is None or not self._engine.serves(self._handle):
            self._shut()
            self._passing = frozenset(self._parked())
            try:
                self._handle = self._engine.writer()
            except DAMAGED as error:
                raise ViewsMissing(f"the views are damaged ({error}): flask rebuild-index makes them anew") from error
        at = fold.checkpoint(self._handle.db)
        if at != self._at:
            fold.belongs(self._store, at)
        self._at = at
        return at

    def _advance(self, at: Checkpoint) -> Checkpoint:
        """Fold in the next page. Where one event fails, those before it are in; unless an operator parked it."""
        try:
            return self._next(at)
        except ProjectionStopped as stopped:
            self._passing = frozenset(self._parked())
            if stopped.position not in self._passing:
                raise
            return self._next(self._open())

    def _next(self, at: Checkpoint) -> Checkpoint:
        head = self._store.head().position
        try:
            page = next(pages(self._store, at.position, head, BATCH, self._passing), None)
        except UnknownEvent:
            page = self._readable(at, head)
        if page is None:
            raise RebuildNeeded(f"the log ends at position {head}; it was longer before")
        return self._fold(at, page)

    def _readable(self, at: Checkpoint, head: int) -> Page | None:
        """What comes before an event that cannot be read. Raises ProjectionStopped where that is the next one."""
        events: list[Recorded] = []
        last: Page | None = None
        try:
            for page in pages(self._store, at.position, head, 1, self._passing):
                events, last = events + page.events, page
        except UnknownEvent as error:
            if last is None:
                raise ProjectionStopped("every view", at.position + 1, "unknown", str(error)) from error
        return None if last is None else last._replace(events=events)

    def _fold(self, at: Checkpoint, page: Page) -> Checkpoint:
        db, to = self._db(), fold.reached(page)
        try:
            with transaction(db):
                if fold.checkpoint(db) != at:
                    return self._open()
                folding = fold.Folding(db)
                folding.take(page.events)
                fill(db, self._bodies, folding.finish(to))
        except ProjectionStopped as error:
            if error.position - 1 > at.position:
                self._until(at, error.position - 1)
            raise
        except REFUSED as error:
            span = to.position - at.position
            if span == 1:
                raise ProjectionStopped("every view", to.position, page.events[0].type, str(error)) from error
            return self._until(self._until(at, at.position + span // 2), to.position)
        self._at = to
        return to

    def _until(self, at: Checkpoint, position: int) -> Checkpoint:
        for page in pages(self._store, at.position, position, BATCH, self._passing):
            at = self._fold(at, page)
        return at

    def _drain(self, limit: int) -> int:
        done, db = 0, self._db()
        while done < limit and is_stale(db):
            with transaction(db):
                done += drain(db, self._bodies, min(PIECE, limit - done))
        return done

    def _db(self) -> Connection:
        assert self._handle is not None
        return self._handle.db

    def _shut(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._handle = self._at = None
