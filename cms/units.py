"""One unit of work: some commands, what they see, what they decide, and what is said of it afterwards."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from cms.decider import Actor, Command, State, Status, name_of
from cms.streams import Entry, Load
from events.event import Event, Meta, Recorded
from events.instant import Instant
from events.store import Write


class Conflict(Exception):
    """Somebody else was there first, and what was asked for was meant for the way it was before. Nothing was changed.

    events: what has happened to the stream since.
    """

    def __init__(self, message: str, stream: str, events: Sequence[Recorded]) -> None:
        super().__init__(message)
        self.message, self.stream, self.events = message, stream, tuple(events)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command comes from, for its events' meta. name: what it is called where it is made of several."""

    name: str | None = None
    correlation: str | None = None
    causation: str | None = None
    request: str | None = None
    source_time: Instant | None = None


NOWHERE = Origin()


def tied(origin: Origin, run: str) -> Origin:
    """The same, as one of many in a run: that ties them together, or led to what has another tie already."""
    if origin.correlation:
        return msgspec.structs.replace(origin, causation=run)
    return msgspec.structs.replace(origin, correlation=run)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It has happened, and is durable.

    position: of the last event; where nothing had to happen, of the log's head.
    events: what happened, in order; versions: each stream that was written to, and its version now.
    addresses: what changed about public addresses; repeated: the same command had been done before.
    caught_up: whether the read models show it already. If not, they soon will: the command has succeeded.
    """

    position: int
    events: tuple[Event, ...] = ()
    versions: Mapping[str, int] = {}
    addresses: Mapping[str, Status] = {}
    repeated: bool = False
    caught_up: bool = True


class Work(Mapping[str, State]):
    """What one unit of commands sees: each stream as it was loaded, and on top what was decided so far."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loaded: dict[str, Entry] = {}
        self._decided: dict[str, Entry] = {}
        self._writes: list[tuple[str, int, list[Event]]] = []

    def __getitem__(self, stream: str) -> State:
        return self.entry(stream).state

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

    def entry(self, stream: str) -> Entry:
        """The stream with what was decided on top."""
        found = self._decided.get(stream) or self._loaded.get(stream)
        if found is None:
            found = self._loaded[stream] = self._load(stream)
        return found

    def happened(self, stream: str, state: State, events: list[Event], occurred_at: Instant) -> None:
        """Note what was decided: the events, in the order in which they will stand in the log, and their fold."""
        before = self.entry(stream)
        if self._writes and self._writes[-1][0] == stream:
            self._writes[-1][2].extend(events)
        else:
            self._writes.append((stream, before.state.version, list(events)))
        self._decided[stream] = Entry(state, max(before.occurred_at, occurred_at))

    def writes(self) -> list[Write]:
        """What is to be appended."""
        return [Write(*write) for write in self._writes]

    def checks(self) -> list[Write]:
        """That the streams which were only looked at have not moved."""
        return [
            Write(stream, entry.state.version)
            for stream, entry in self._loaded.items()
            if stream not in self._decided
        ]

    def decided(self) -> Mapping[str, Entry]:
        """The streams that were written to, as they are then."""
        return self._decided

    def events(self) -> tuple[Event, ...]:
        """What was decided, in order."""
        return tuple(event for _, _, events in self._writes for event in events)


def fingerprint_of(commands: Sequence[Command]) -> bytes:
    """32 bytes that are equal for equal commands."""
    digest = hashlib.sha256()
    for command in commands:
        digest.update(name_of(command).encode() + b"\0" + msgspec.json.encode(command, order="sorted") + b"\0")
    return digest.digest()


def meta_of(commands: Sequence[Command], actor: Actor, origin: Origin) -> Meta:
    """What is noted with each event of these commands."""
    return Meta(
        actor=actor.account,
        face=actor.face,
        command=origin.name or "+".join(dict.fromkeys(map(name_of, commands))),
        correlation=origin.correlation,
        causation=origin.causation,
        request=origin.request,
        source_time=origin.source_time,
    )
