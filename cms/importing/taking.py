"""Taking records in: which are known, which are new, which were refused, and why. Thousands in one transaction.

Each record is one command of the newsroom, whose id is made from the record's own: what was taken once is known for
ever, however often a file is read and wherever a run before broke off.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from cms.batch import Settled
from cms.decider import Actor, Command, Refused
from cms.importing.names import Look
from cms.importing.records import BadRecord, Place, id_of
from cms.newsroom import Newsroom
from cms.units import Conflict, Origin, tied
from events.document import DocumentError
from events.instant import Instant
from events.store import CommandReused, EventStore

TOGETHER = 500  # records looked up at once
IN_ONE = 4000  # events in a transaction
IMPORTER = Actor(None, "administrator", "import")
LOOKED_AT = 2  # times that a record may have been taken, looked up at once


class Item(NamedTuple):
    """A record that is about to be taken. build: what it asks for, given a way to look at the newsroom.

    slug: whether it chose one; where that is taken, ``build`` is asked once more, without.
    """

    place: Place
    key: str
    fingerprint: bytes
    actor: Actor
    origin: Origin
    occurred_at: Instant | None
    build: Callable[[Look, bool], list[Command]]
    refused: str = ""


def unreadable(place: Place, error: BadRecord) -> Item:
    """A record that is none."""
    return Item(place, str(place), b"", IMPORTER, Origin(), None, lambda *_: [], str(error))


class Refusal(msgspec.Struct, frozen=True):
    """A record that was not taken."""

    place: str
    reason: str


class Report(msgspec.Struct):
    """What became of every record: taken + changed + skipped + refused = records.

    taken: new here, and taken. skipped: known already, or with nothing new in it. changed: known already, but it says
    something else now; updated: how many of those were taken (--update). events: appended by this run, each with the id
    ``run`` in its meta.
    """

    records: int = 0
    taken: int = 0
    changed: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    events: int = 0
    seconds: float = 0.0
    run: str = ""
    refusals: list[Refusal] = []


class Stopped(Exception):
    """A record was refused in a strict run. What was taken before it stays."""


class Taking:
    """One run over some records."""

    def __init__(
        self,
        newsroom: Newsroom,
        store: EventStore,
        *,
        update: bool = False,
        strict: bool = False,
        said: Callable[[Refusal], None] = lambda _: None,
        advance: Callable[[int], None] = lambda _: None,
    ) -> None:
        """update: take known records that changed; strict: stop at the first refusal; said: hears of each refusal;
        advance: hears of each group that was dealt with.
        """
        self._store, self._batch = store, newsroom.batch()
        self._update, self._strict, self._said, self._advance = update, strict, said, advance
        self._waiting: dict[UUID, tuple[Place, bool]] = {}  # command → its record, and whether that had changed
        self.report = Report(run=str(uuid7()))

    def take(self, groups: Iterable[list[Item]]) -> Report:
        """Take groups of records: a group's records build on each other, and come in order. Raises Stopped."""
        began = time.monotonic()
        source = iter(groups)
        try:
            while chunk := list(_some(source)):
                known = self._known(chunk)
                for group in chunk:
                    if any(_command(item, 0) in self._waiting for item in group):  # the same record again
                        self._flush()
                        known.update(self._known([group]))
                    self._take_group(group, known)
                    self._advance(1)
            self._flush()
        finally:
            self.report.seconds = time.monotonic() - began
        return self.report

    def _take_group(self, group: list[Item], known: dict[UUID, bytes]) -> None:
        self.report.records += len(group)
        taken = [self._times(item, known) for item in group]
        newest = max((index for index, times in enumerate(taken) if times), default=-1)
        for index, (item, times) in enumerate(zip(group, taken, strict=True)):
            if item.refused:
                self._refuse(item.place, item.refused)
            elif times and known[_command(item, times - 1)] == item.fingerprint:
                self.report.skipped += 1
            elif times:
                self.report.changed += 1
                if self._update and index == len(group) - 1:
                    self._add(item, _command(item, times), changed=True)
            elif index < newest:
                self.report.skipped += 1  # an earlier run went past it, and there was nothing new in it
            else:
                self._add(item, _command(item, 0))
            if self._batch.events >= IN_ONE:
                self._flush()

    def _times(self, item: Item, known: dict[UUID, bytes]) -> int:
        """How many times this record was taken, each time with other words."""
        time = 0
        while _command(item, time) in known:
            time += 1
            if time >= LOOKED_AT:
                known.update(self._store.known_commands([_command(item, time)]))
        return time

    def _add(self, item: Item, command: UUID, changed: bool = False) -> None:
        try:
            events = self._decided(item, command, changed)
        except (Refused, DocumentError, BadRecord) as error:
            self._refuse(item.place, str(error), changed)
            return
        if events:
            self._waiting[command] = (item.place, changed)
        elif not changed:
            self.report.skipped += 1

    def _decided(self, item: Item, command: UUID, changed: bool) -> int:
        options: dict[str, Any] = {"origin": tied(item.origin, self.report.run), "fingerprint": item.fingerprint}
        options["occurred_at"] = None if changed else item.occurred_at
        try:
            return self._batch.add(item.build(self._batch.state, True), item.actor, command, **options)
        except Refused as refused:
            if refused.field != "slug":
                raise
            return self._batch.add(item.build(self._batch.state, False), item.actor, command, **options)

    def _flush(self) -> None:
        for settled in self._batch.flush():
            place, changed = self._waiting.pop(settled.command_id)
            self._settle(settled, place, changed)

    def _settle(self, settled: Settled, place: Place, changed: bool) -> None:
        self.report.events += settled.events
        if isinstance(settled.error, CommandReused | Conflict | Refused):
            self._refuse(place, str(settled.error), changed)
        elif changed:
            self.report.updated += 1
        elif settled.events:
            self.report.taken += 1
        else:
            self.report.skipped += 1

    def _refuse(self, place: Place, reason: str, changed: bool = False) -> None:
        refusal = Refusal(str(place), reason)
        self.report.refused += 1
        self.report.changed -= changed
        self.report.refusals.append(refusal)
        self._said(refusal)
        if self._strict:
            self._strict = False  # what waits is still appended
            self._flush()
            raise Stopped(f"{place}: {reason}")

    def _known(self, chunk: list[list[Item]]) -> dict[UUID, bytes]:
        items = [item for group in chunk for item in group]
        return self._store.known_commands([_command(item, time) for item in items for time in range(LOOKED_AT)])


def _some(source: Iterator[list[Item]]) -> Iterator[list[Item]]:
    """Groups of about TOGETHER records."""
    records = 0
    for group in islice(source, TOGETHER):
        yield group
        records += len(group)
        if records >= TOGETHER:
            return


def _command(item: Item, time: int) -> UUID:
    """The command's id: of the first time that the record was taken (0), or of a later one, when it had changed."""
    return id_of("command", f"{item.key}:{time}" if time else item.key)
