"""Files of the views and of the index that are gone, or are not what was written, are put right by whoever follows.

Both are derived, so nothing can be lost by it. The generation from before the last rebuild comes back, brought up to
date, where it is sound; else everything is made anew from the log, by a process of its own, one at a time and with
growing pauses: a disk that spoils every file must not keep the machine busy for ever. What was done stands in the
System room and in the follower's output. The desk's index is seen to by its own follower. Views or an index of other
code, or of another log, are left to an operator.
"""

import logging
import sqlite3
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from cms.operating.alone import alone
from cms.operating.work import Job, Kind, Underway, Works
from cms.settings import Settings
from events.generations import NothingBefore
from events.instant import HOUR, SECOND, Instant, now
from events.store import LogUnavailable
from search.index import Index
from search.rebuilding import RebuildRunning
from search.shapes import IndexMissing, Source
from views import Views
from views.locks import Busy
from views.projection import ProjectionStopped
from views.shapes import ViewsMissing

FIRST = 20 * SECOND  # between two tries; each further one waits twice as long
LONGEST = HOUR
REMEMBERED = 6 * HOUR  # tries that are counted
HEALED = "Files were gone or damaged"
FAULTS = (ViewsMissing, IndexMissing, Busy, ProjectionStopped, LogUnavailable, OSError, sqlite3.Error, SQLAlchemyError)
"""What a follower waits out, trying again: nothing of it is for ever."""
_KINDS: dict[str, Kind] = {"views": "rebuild-views", "search": "rebuild-search"}
_WAITS = (Busy, RebuildRunning)  # somebody else is at it
_UNFIT = (NothingBefore, ViewsMissing, IndexMissing, ProjectionStopped, OSError, sqlite3.Error)
_log = logging.getLogger("daybook")

Part = tuple[Callable[[], str | None], Callable[[], str]]
"""What ails it, and going back to what served before."""


class Healer:
    """Of one house. Asked again and again by its follower."""

    def __init__(
        self, settings: Settings, works: Works, views: Views, index: Index, documents: Source,
        clock: Callable[[], Instant] = now,
    ) -> None:  # fmt: skip
        """Nothing is looked at yet."""
        self._on, self._works, self._clock, self._var = settings.heal, works, clock, settings.var
        self._parts: dict[str, Part] = {  # the index comes second: it is made from the views
            "views": (views.ailment, views.rollback),
            "search": (index.ailment, lambda: index.rollback(documents)),
        }

    def look(self) -> None:
        """Begin to put right the first thing that is wrong, if it may be done and is time to."""
        if not self._on:
            return
        for name, (ailment, back) in self._parts.items():
            if (why := ailment()) is not None:
                self._heal(name, why, back)
                return

    def _heal(self, name: str, why: str, back: Callable[[], str]) -> None:
        kind = _KINDS[name]
        jobs = self._works.latest()
        again = due([job for job in jobs if job.kind == kind])
        if self._clock() < again or any(job.state == "running" for job in jobs):
            return
        try:
            with alone(self._var):
                generation = back()
        except _WAITS:
            return
        except _UNFIT as unfit:
            self._anew(kind, why, str(unfit))
            return
        words = f"{HEALED}: {why}. Went back to generation {generation}, which was brought up to date."
        self._works.tell(kind, words)
        _log.warning("%s", words)

    def _anew(self, kind: Kind, why: str, unfit: str) -> None:
        try:
            self._works.start(kind, None)
        except Underway:
            return
        _log.warning("%s: %s. There is nothing to go back to (%s): made anew from the log.", HEALED, why, unfit)


def due(jobs: list[Job]) -> Instant:
    """When it may be tried again, after these pieces of work, the newest first."""
    if not jobs:
        return 0
    newest = jobs[0].seen
    tries = sum(1 for job in jobs if job.by is None and job.seen > newest - REMEMBERED)
    return newest + min(FIRST * 2 ** (tries - 1), LONGEST) if tries else 0
