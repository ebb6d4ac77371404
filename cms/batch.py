"""Many units in one transaction: for imports, where each fsync counts.

A unit is decided when it is added, on top of everything decided before it, and refused at once. ``flush`` appends what
was decided. Where somebody else has written to one of its streams in the meantime, a unit is decided anew by itself.
"""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol
from uuid import UUID

from cms.decider import Actor, Command, Refused, State
from cms.streams import Entry, Streams
from cms.units import NOWHERE, Conflict, Done, Origin, Work, fingerprint_of, meta_of
from events.instant import Instant
from events.store import Appended, CommandReused, EventStore, Unit


class Door(Protocol):
    """What a batch needs of the newsroom."""

    def permit(self, commands: Sequence[Command], actor: Actor) -> None: ...

    def decide(
        self, work: Work, commands: Sequence[Command], actor: Actor, occurred_at: Instant | None
    ) -> Instant: ...

    def handle(
        self, commands: Command | Sequence[Command], actor: Actor, command_id: UUID | None = None, *,
        occurred_at: Instant | None = None, origin: Origin = NOWHERE, fingerprint: bytes | None = None,
    ) -> Done: ...  # fmt: skip


class Settled(NamedTuple):
    """What became of a unit at the flush: how many events, or why not."""

    command_id: UUID
    events: int
    error: Refused | Conflict | CommandReused | None = None


class _Waiting(NamedTuple):
    unit: Unit
    events: int
    again: Callable[[], Done]


class Batch:
    """Units that are decided and wait to be appended. ``with`` flushes at the end, unless something went wrong.

    Not for several threads at once.
    """

    def __init__(self, door: Door, store: EventStore, streams: Streams) -> None:
        self._door, self._store, self._streams = door, store, streams
        self._entries: dict[str, Entry] = {}
        self._looked_at: set[str] = set()  # since the last flush
        self._waiting: list[_Waiting] = []
        self.events = 0

    def add(
        self,
        commands: Sequence[Command],
        actor: Actor,
        command_id: UUID,
        *,
        occurred_at: Instant | None = None,
        origin: Origin = NOWHERE,
        fingerprint: bytes | None = None,
    ) -> int:
        """Decide these commands, all or none. Returns how many events wait because of it. Raises Refused.

        command_id: must not have been used before (see ``EventStore.known_commands``).
        """
        self._door.permit(commands, actor)
        work = Work(self._load)
        moment = self._door.decide(work, commands, actor, occurred_at)
        writes = work.writes()
        if not writes:
            return 0
        fingerprint = fingerprint or fingerprint_of(commands)
        meta = meta_of(commands, actor, origin)
        unit = Unit(
            command_id=command_id, writes=writes, meta=meta, occurred_at=moment, fingerprint=fingerprint
        )

        def again() -> Done:
            return self._door.handle(
                commands, actor, command_id, occurred_at=occurred_at, origin=origin, fingerprint=fingerprint
            )

        count = sum(len(write.events) for write in writes)
        self._waiting.append(_Waiting(unit, count, again))
        self._entries.update(work.decided())
        self.events += count
        return count

    def state(self, stream: str) -> State:
        """A stream as this batch sees it."""
        return self._load(stream).state

    def flush(self) -> list[Settled]:
        """Append what waits, in one transaction. Says what became of each unit, in order."""
        waiting, entries = self._waiting, self._entries
        self._waiting, self._entries, self.events = [], {}, 0
        self._looked_at.clear()
        if not waiting:
            return []
        verdicts = self._store.append_many([one.unit for one in waiting])
        failed = [one for one, verdict in zip(waiting, verdicts, strict=True) if not _taken(verdict)]
        for one in failed:  # what was decided on top of it may be wrong as well: read those streams again
            for write in one.unit.writes:
                entries.pop(write.stream, None)
                self._streams.forget([write.stream])
        self._streams.keep(entries.items())
        return [
            Settled(one.unit.command_id, one.events) if _taken(verdict) else _redone(one)
            for one, verdict in zip(waiting, verdicts, strict=True)
        ]

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if kind is None:
            self.flush()

    def _load(self, stream: str) -> Entry:
        if found := self._entries.get(stream):
            return found
        if stream in self._looked_at:
            return self._streams.remembered(stream)
        self._looked_at.add(stream)
        return self._streams.current(stream)


def _taken(verdict: object) -> bool:
    return isinstance(verdict, Appended) and not verdict.repeated


def _redone(one: _Waiting) -> Settled:
    try:
        done = one.again()
    except (Refused, Conflict, CommandReused) as error:
        return Settled(one.unit.command_id, 0, error)
    return Settled(one.unit.command_id, 0 if done.repeated else len(done.events))
