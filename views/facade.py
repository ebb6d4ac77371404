"""The views of one house, with everything that can be done with them."""

import math
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from events.instant import Instant
from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.desk import Desk
from views.engine import Engine, Progress, silent
from views.feed import Parked, none_parked
from views.generation import Readers
from views.indexed import Documents
from views.locks import Busy
from views.projector import Projector
from views.reader import present, reader
from views.rebuild import Rebuilt, aside, before, rebuild, rollback
from views.rehearsal import Rehearsal, rehearsal
from views.shapes import Reader, ViewsMissing
from views.sketch import Sketches
from views.sqlite import Files
from views.status import Status, status
from views.still import Still, still
from views.verify import Verified, digests, digests_at, verify
from views.working import Text, Working


def kept_by(pointer: Path, url: str) -> Engine:
    """What keeps them."""
    if not url:
        return Files(pointer)
    from views.schemas import Schemas

    return Schemas(url, pointer.parent)


class Views:
    """Read models folded from the log, beside it and never part of it. Safe to use from many threads."""

    def __init__(self, pointer: Path, store: EventStore, url: str = "", parked: Parked = none_parked) -> None:
        """``pointer``: var/views.db, a link to the generation in use; where ``url`` names a PostgreSQL that keeps them
        instead, only the folder for what is built aside. ``parked``: asked for the positions that they pass over.
        Nothing is opened or made yet."""
        self._store, self._engine = store, kept_by(pointer, url)
        self._parked = parked
        engine = self._engine
        self._readers = Readers(engine)
        self._bodies = Bodies(store)
        self._projector = Projector(store, engine, self._bodies, parked)
        self.documents = Documents(self._readers, self._bodies)

    # --- asking

    def reader(self, now: Instant, at: Instant | None = None) -> Reader:
        """The public site as readers see it ``now``, or as they saw it ``at`` an instant.

        Ask at each request: it binds the generation then in use, and this thread. Raises ViewsMissing; ValueError
        for an instant that lies ahead. Now is never taken to be before the last event that was folded in.
        """
        return reader(self._readers.handle(), self._bodies, now, at)

    def desk(self, now: Instant) -> Desk:
        """The newsroom's own view of everything. Raises ViewsMissing."""
        db = self._readers.handle().db
        return Desk(db, present(db, now)[0])

    def working(self, text: Text) -> Working:
        """What the desk's index is made of; ``text`` gives the words of a story's body, by its id."""
        return Working(self._readers, self._store, text)

    def still(self) -> AbstractContextManager[Still]:
        """What both indexes are made of, as it is at the log's head now and stays while it is held.

        Raises ViewsMissing, RebuildNeeded, Busy, ProjectionStopped.
        """
        return still(self._store, self._engine, self._projector)

    def sketches(self, now: Instant) -> Sketches:
        """Draws pages of words that nobody has published. Raises ViewsMissing."""
        return Sketches(self._readers.handle().db, now)

    # --- following the log

    def catch_up(self, until: int | None = None, timeout: float = 30.0) -> int:
        """Fold in everything up to ``until`` (the log's head where None); the position that was reached.

        Raises ViewsMissing, RebuildNeeded, ProjectionStopped, or Busy after ``timeout`` seconds.
        """
        return self._projector.catch_up(until, timeout)

    def drain(self, most: float = math.inf) -> int:
        """Render again what a change of a byline, an image, a section or a tag reaches, ``most`` of it at a time;
        how many pages that were."""
        return self._projector.drain(most)

    def follow(self, stop: threading.Event) -> None:
        """Catch up and drain, again and again, until ``stop`` is set."""
        self._projector.follow(stop)

    # --- looking after them

    def status(self, *, rows: bool = True) -> Status:
        """How they stand. Never raises for views that are missing or ill: it says so."""
        return status(self._store, self._engine, rows=rows)

    def ailment(self) -> str | None:
        """Why their files cannot be read: they are gone, or damaged. None where they can, whatever else is wrong."""
        return self._engine.ailment()

    def rebuild(self, progress: Progress = silent, *, resume: bool = False) -> Rebuilt:
        """Make them anew from the log alone, aside, and switch. ``resume``: go on with what was left unfinished, where
        that is safe. Raises Busy, ProjectionStopped, UnknownEvent."""
        return rebuild(self._store, self._engine, self._projector, progress, self._parked, resume=resume)

    def origin(self, position: int) -> str:
        """What tells documents of the views at a position from others: the log up to there, and the code."""
        return fold.origin(self._store, position)

    def rollback(self) -> str:
        """Go back to what served before the last rebuild; the generation's name.

        Raises NothingBefore, RebuildNeeded, Busy, ProjectionStopped.
        """
        return rollback(self._store, self._engine, self._projector, self._parked)

    def before(self) -> str:
        """What a rollback would go back to, looked at whole. Raises NothingBefore, ViewsDamaged."""
        return before(self._engine)

    def unfinished(self) -> bool:
        """Whether a rebuild left something to be gone on with."""
        return self._engine.begun.exists()

    def forget_previous(self) -> None:
        """Remove what served before the last rebuild: a word that was taken out of the log may stand in it."""
        with aside(self._engine):
            self._engine.forget_previous()
            self._engine.clean()

    def tidy(self) -> None:
        """Remove generations that had to be kept for those who still read from them, once nobody does."""
        with suppress(Busy, ViewsMissing):
            if self._engine.forgotten():
                with aside(self._engine):
                    self._engine.clean()

    def verify(self, progress: Progress = silent) -> Verified:
        """Compare them, row by row, with a fold of the log aside. Raises ViewsMissing, RebuildNeeded, Busy."""
        return verify(self._store, self._engine, self._projector, progress, self._parked)

    def rehearsal(self, progress: Progress = silent) -> AbstractContextManager[Rehearsal]:
        """Build aside what a rebuild would make, to see what it would change. Raises ViewsMissing, Busy."""
        return rehearsal(self._store, self._engine, self._projector, progress, self._parked)

    def digests(self) -> tuple[int, dict[str, str]]:
        """Position, and a digest of each view that is equal wherever the same log was folded."""
        return digests(self._engine, self._projector)

    def digests_at(self, position: int, progress: Progress = silent) -> tuple[int, dict[str, str]]:
        """The same of a fold of the log up to ``position``, made aside. Raises Busy, ProjectionStopped."""
        return digests_at(self._store, self._engine, position, progress, self._parked)

    def close(self) -> None:
        """Close what this thread and the projector have open."""
        self._projector.close()
        self._readers.close()
        self._engine.close()
