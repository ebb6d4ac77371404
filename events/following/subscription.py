"""Following the log: whatever wants to know of every event, once, in order, from wherever it left off.

    webhooks = Subscription(store, ledger, "webhooks", deliver, categories=["article"])
    webhooks.run(stopping)

One of a name is active at a time, on however many machines; the others stand by. What it is handed moves on with the
checkpoint only after the handler returned: killed in between, it is handed again (at least once). ``InDatabase``
hands over the transaction in which the checkpoint moves as well: what the handler writes there is there exactly once.

Nothing is ever passed over in silence. An event that the handler cannot take is tried a few times, with growing
pauses; then the follower stops before it, says where and why, and waits for an operator: ``flask follow status``,
``retry``, or ``park NAME POSITION --why …``, which is kept beside the log and honoured ever after. What ails the
machine (OSError, a database that is away, ``Later``) is nobody's poison: it is tried for ever.
"""

import logging
import random
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Generic, Literal, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from events.event import Recorded, UnknownEvent
from events.following.leading import Lead
from events.following.ledger import Failure, Ledger, Overtaken, Standing
from events.instant import now
from events.reading import Line, recorded, stored_as
from events.seal.hashes import Row
from events.store import EventStore, LogUnavailable

__all__ = ["InDatabase", "Later", "Pace", "Subscription", "events_in", "rows_in"]

T = TypeVar("T")
Outcome = Literal["moved", "idle", "failing", "stopped"]
Read = Callable[[EventStore, Sequence[Row], frozenset[str] | None], list[T]]
_log = logging.getLogger("daybook")


class Later(Exception):
    """A handler raises it for what is not the event's fault, such as a service that does not answer."""


_AILMENTS = (OSError, OperationalError, LogUnavailable, Later)  # what ails the machine


class Pace:
    """How a follower takes its time. Seconds; attempts: how often an event is tried before the follower stops."""

    def __init__(
        self, *, poll: float = 1.0, stand_by: float = 2.0, first: float = 0.5, longest: float = 60.0, attempts: int = 5
    ) -> None:
        self.poll, self.stand_by, self.first, self.longest, self.attempts = poll, stand_by, first, longest, attempts

    def pause(self, attempts: int) -> float:
        """After so many failures in a row: doubled each time, and never the same for two who failed together."""
        return min(self.longest, self.first * 2.0 ** min(attempts - 1, 30)) * random.uniform(0.5, 1.0)  # noqa: S311


def events_in(store: EventStore, rows: Sequence[Row], types: frozenset[str] | None) -> list[Recorded]:
    """Rows as the events that they are today: what most followers want."""
    return recorded([_line(row) for row in rows], store.lines, types)


def rows_in(_store: EventStore, rows: Sequence[Row], types: frozenset[str] | None) -> list[Row]:
    """Rows as they are stored, hashes and all: for a follower that seals or copies them."""
    return [row for row in rows if types is None or row.type in stored_as(types)]


class Subscription(Generic[T]):
    """See the module. Not for several threads at once: give each a Subscription of its own."""

    def __init__(
        self,
        store: EventStore,
        ledger: Ledger,
        name: str,
        handle: Callable[[Sequence[T]], None],
        *,
        read: Read[T] = events_in,  # type: ignore[assignment]
        types: Collection[str] | None = None,
        categories: Collection[str] | None = None,
        batch: int = 500,
        pace: Pace | None = None,
    ) -> None:
        """types: today's names, categories: kinds of streams; None: all. batch: rows of the log handed over at once."""
        self._store, self._ledger, self.name = store, ledger, name
        self._handle: Callable[[Sequence[T]], None] = handle
        self._read: Read[T] = read
        self._types = None if types is None else frozenset(types)
        self._categories = None if categories is None else frozenset(categories)
        self._batch, self._pace = batch, pace or Pace()
        self._checked: Standing | None = None  # the checkpoint that is known to be of this log
        self._troubles = 0  # of the machine, in a row

    # --- at work

    def run(self, stopping: threading.Event) -> None:
        """Follow until told to stop: as the active one, or standing by until that one is gone."""
        while not stopping.is_set():
            try:
                with self._ledger.lead(self.name) as lead:
                    if lead is not None:
                        self._lead(lead, stopping)
            except _AILMENTS as error:  # the database is away
                self._troubles += 1
                _log.warning("Following %s waits: %s", self.name, error)
            if not stopping.is_set():
                stopping.wait(max(self._pace.stand_by * random.uniform(0.5, 1.0), self._pause()))  # noqa: S311

    def _lead(self, lead: Lead, stopping: threading.Event) -> None:
        while not stopping.is_set() and lead.held():
            outcome = self.step()
            if outcome == "failing":
                stopping.wait(self._pause())
            elif outcome == "stopped":
                stopping.wait(self._pace.stand_by)
            elif outcome == "idle":
                self._store.wait(self._ledger.standing(self.name).position, self._pace.poll)

    def step(self) -> Outcome:
        """Take the next batch, if there is one. What goes wrong is noted, never raised."""
        at = self._ledger.standing(self.name)
        if at.failure is not None and at.failure.stopped:
            return "stopped"
        try:
            return self._step(at)
        except Overtaken as other:
            _log.info("%s", other)
            return "idle"
        except _AILMENTS as trouble:
            return self._wait_out(at, trouble)

    def lag(self) -> int:
        """How many positions of the log it has not come to."""
        return self._store.head().position - self._ledger.standing(self.name).position

    def _step(self, at: Standing) -> Outcome:
        if not self._of_this_log(at):
            return self._stop(at, at.position, "", f"it followed another log, whose position {at.position} differs")
        rows = list(self._store.rows(at.position, at.position + self._batch))
        if not rows:
            return "idle"
        parked = self._ledger.parked(self.name)
        if at.failure is not None and at.failure.type:  # it is known which one it was
            return self._one_by_one(at, rows[:1], parked)
        try:
            self._take(at, rows, parked)
        except (*_AILMENTS, Overtaken):
            raise
        except Exception:  # noqa: BLE001 - whatever it was: one of these cannot be taken, and which it is shows below
            return self._one_by_one(at, rows, parked)
        return "moved"

    def _one_by_one(self, at: Standing, rows: Sequence[Row], parked: Collection[int]) -> Outcome:
        for row in rows:
            try:
                at = self._take(at, [row], parked)
            except (*_AILMENTS, Overtaken):
                raise
            except Exception as error:  # noqa: BLE001 - see above
                return self._fail(at, row, error)
        return "moved"

    def _take(self, at: Standing, rows: Sequence[Row], parked: Collection[int]) -> Standing:
        wanted = [row for row in rows if row.position not in parked and self._wants(row)]
        items = self._read(self._store, wanted, self._types) if wanted else []
        self._checked = self._deliver(items, at, rows[-1])
        self._troubles = 0
        return self._checked

    def _deliver(self, items: list[T], at: Standing, last: Row) -> Standing:
        if items:
            self._handle(items)
        return self._ledger.move(at, last.position, last.chain_hash)

    def _wants(self, row: Row) -> bool:
        return self._categories is None or row.stream.partition("-")[0] in self._categories

    # --- what goes wrong

    def _wait_out(self, at: Standing, trouble: Exception) -> Outcome:
        """Something ails the machine: it is said, and tried again for as long as it takes."""
        self._troubles += 1
        _log.warning("Following %s waits at position %d: %s", self.name, at.position, trouble)
        with suppress(*_AILMENTS):  # the ledger may be what is away
            reason = f"{type(trouble).__name__}: {trouble}"
            since = at.failure.since if at.failure else now()
            tried = Failure(
                position=at.position + 1, type="", reason=reason, attempts=self._troubles, since=since, stopped=False
            )
            self._ledger.fail(self.name, tried)
        return "failing"

    def _fail(self, at: Standing, row: Row, error: Exception) -> Outcome:
        before = at.failure
        if before is not None and (before.position, before.type) != (row.position, row.type):
            before = None
        attempts = before.attempts + 1 if before else 1
        unreadable = isinstance(error, UnknownEvent)  # trying again does not help
        reason = str(error) if unreadable else f"{type(error).__name__}: {error}"
        if unreadable or attempts >= self._pace.attempts:
            return self._stop(at, row.position, row.type, reason, attempts)
        since = before.since if before else now()
        failure = Failure(
            position=row.position, type=row.type, reason=reason, attempts=attempts, since=since, stopped=False
        )
        self._ledger.fail(self.name, failure)
        self._troubles = attempts
        _log.warning("Following %s fails at position %d (%s): %s", self.name, row.position, row.type, reason)
        return "failing"

    def _stop(self, at: Standing, position: int, type: str, reason: str, attempts: int = 1) -> Outcome:
        since = at.failure.since if at.failure and at.failure.position == position else now()
        failure = Failure(position=position, type=type, reason=reason, attempts=attempts, since=since, stopped=True)
        self._ledger.fail(self.name, failure)
        _log.error("Following %s stopped before position %d (%s): %s", self.name, position, type, reason)
        return "stopped"

    def _of_this_log(self, at: Standing) -> bool:
        if at.position == 0 or (self._checked and self._checked.chain_hash == at.chain_hash):
            return True
        row = next(self._store.rows(at.position - 1, at.position), None)
        return row is not None and row.chain_hash == at.chain_hash

    def _pause(self) -> float:
        return self._pace.pause(self._troubles) if self._troubles else 0.0


class InDatabase(Subscription[Recorded]):
    """A follower whose tables are in the ledger's database: what it writes is there exactly once, whatever dies."""

    def __init__(
        self,
        store: EventStore,
        ledger: Ledger,
        name: str,
        write: Callable[[Connection, Sequence[Recorded]], None],
        *,
        types: Collection[str] | None = None,
        categories: Collection[str] | None = None,
        batch: int = 500,
        pace: Pace | None = None,
    ) -> None:
        """``write`` gets the transaction in which the checkpoint moves; it neither commits nor rolls back."""
        super().__init__(
            store, ledger, name, lambda _: None, types=types, categories=categories, batch=batch, pace=pace
        )
        self._write = write

    def _deliver(self, items: list[Recorded], at: Standing, last: Row) -> Standing:
        with self._ledger.moving(at, last.position, last.chain_hash) as connection:
            if items:
                self._write(connection, items)
        return Standing(name=at.name, position=last.position, chain_hash=last.chain_hash, moved_at=now())


def _line(row: Row) -> Line:
    return (
        row.position, row.stream, row.version, row.type, row.schema, row.data, row.meta, row.occurred_at,
        row.recorded_at,
    )  # fmt: skip
