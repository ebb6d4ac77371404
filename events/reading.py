"""How what is stored becomes what the newsroom speaks of today, however long ago it was stored.

The log never changes; the code that reads it does. What is stored is brought forward step by step, each step a pure
function over plain JSON, until it has the newest shape of an event that is in the catalogue:

    @upcast(Printed, 1)                                   a payload of schema 1 becomes one of schema 2
    former("press.printed", Printed, schemas=(1, 2))      the type had another name
    @becomes("press.delivered", 1, into=(Printed, Sent))  one stored event is read as several
    retired("press.rinsed", 1)                            a type that says nothing any more
    @merges(("press.inked", 1), ("press.rolled", 1))   several events of one append are read as one

What was split has several parts with one position and one version, numbered from 0; what was merged has the position
and version of its last part. So a reader that has come to a position has everything up to there, whichever code wrote
its checkpoint. Whatever has no class is never appended again: there is nothing to append it with.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from events.event import Event, Payload, Recorded, UnknownEvent, catalogue, decode_meta, kind_of
from events.instant import Instant

Line = tuple[int, str, int, str, int, str | bytes, str, Instant, Instant]
"""A row of the log up to its times: position, stream, version, type, schema, data, meta, occurred_at, recorded_at."""
Near = Callable[[int, int], Sequence[Line]]
"""The lines from one position to another, both included."""
Decode = Callable[[str | bytes], Event]

STEPS = 200  # from the oldest shape to the newest: more is a circle


class Stored(NamedTuple):
    """An event as it is, or could have been, stored."""

    type: str
    schema: int
    payload: Payload


class _Step(NamedTuple):
    read: Callable[[Payload], Iterable[Stored]]
    into: frozenset[str]  # types


class _Merger(NamedTuple):
    shapes: tuple[tuple[str, int], ...]
    read: Callable[[list[Payload]], Stored]


_steps: dict[tuple[str, int], _Step] = {}
_mergers: list[_Merger] = []


# --- declaring


def becomes(
    type: str, schema: int, into: Sequence[type[Event]]
) -> Callable[[Callable[[Payload], Iterable[Stored]]], Callable[[Payload], Iterable[Stored]]]:
    """Declare which events, none or several, a stored one of this type and schema is read as."""

    def enter(read: Callable[[Payload], Iterable[Stored]]) -> Callable[[Payload], Iterable[Stored]]:
        _enter(type, schema, _Step(read, frozenset(kind_of(cls).name for cls in into)))
        return read

    return enter


def former(type: str, cls: type[Event], schemas: Iterable[int]) -> None:
    """Declare that ``cls`` was once stored as ``type``, in these schemas, which are numbered as its own are."""
    name = kind_of(cls).name
    for schema in schemas:
        _enter(type, schema, _Step(lambda payload, schema=schema: (Stored(name, schema, payload),), frozenset({name})))  # type: ignore[misc]


def retired(type: str, *schemas: int) -> None:
    """Declare a type that is known, and read as nothing."""
    for schema in schemas:
        _enter(type, schema, _Step(lambda _: (), frozenset()))


def merges(
    *shapes: tuple[str, int],
) -> Callable[[Callable[[list[Payload]], Stored]], Callable[[list[Payload]], Stored]]:
    """Declare that events of these types and schemas, one after another in one append, are read as one."""

    def enter(read: Callable[[list[Payload]], Stored]) -> Callable[[list[Payload]], Stored]:
        _mergers.append(_Merger(shapes, read))
        return read

    return enter


def _enter(type: str, schema: int, step: _Step) -> None:
    if (type, schema) in _steps:
        raise ValueError(f"{type} (schema {schema}) is read in two ways")
    kind = catalogue().get(type)
    if kind is not None and kind.schema == schema:
        raise ValueError(f"{type} (schema {schema}) is the newest shape of {kind.cls.__name__}")
    _steps[type, schema] = step


# --- reading one


def decode(type: str, schema: int, data: str | bytes) -> Event:
    """Read a payload that is one event. Raises UnknownEvent, naming what it met."""
    found = events_of(type, schema, data)
    if len(found) != 1:
        raise UnknownEvent(f"{type} (schema {schema}) is read as {len(found)} events")
    return found[0]


def events_of(type: str, schema: int, data: str | bytes) -> list[Event]:
    """Read a stored payload as events of the newest shapes: one, unless it is declared otherwise.

    Raises UnknownEvent for a type or schema number that nothing knows, and for a payload that has not its shape.
    """
    kind = catalogue().get(type)
    try:
        if kept := _kept(data):
            return [event for one in kept for event in _forward(one, STEPS)]
        if kind is not None and kind.schema == schema:
            return [kind.decoder.decode(data)]
        return list(_forward(Stored(type, schema, msgspec.json.decode(data)), STEPS))
    except msgspec.MsgspecError as error:
        raise UnknownEvent(f"{type} (schema {schema}): {error}") from error


def _kept(data: str | bytes) -> list[Stored]:
    """What is left of an event whose words were removed by order (events/redaction.py); nothing of any other."""
    if not (data.startswith('{"kept":') if isinstance(data, str) else data.startswith(b'{"kept":')):
        return []
    return [Stored(one["type"], one["schema"], one["data"]) for one in msgspec.json.decode(data)["kept"]]


def _forward(stored: Stored, left: int) -> Iterator[Event]:
    type, schema, payload = stored
    if not left:
        raise UnknownEvent(f"{type} (schema {schema}) is read in a circle")
    kind = catalogue().get(type)
    if step := _steps.get((type, schema)):
        for one in step.read(payload):
            yield from _forward(one, left - 1)
    elif kind is None:
        raise UnknownEvent(f"no event is called {type!r}" if not _was(type) else f"{type} never had a schema {schema}")
    elif schema == kind.schema:
        yield kind.decoder.decode(msgspec.json.encode(payload))
    elif schema > kind.schema:
        raise UnknownEvent(f"{type}: schema {schema} is newer than this code's {kind.schema}")
    elif schema not in kind.upcasters:
        raise UnknownEvent(f"{type}: schema {schema} has no upcaster")
    else:
        yield from _forward(Stored(type, schema + 1, kind.upcasters[schema](payload)), left - 1)


def _was(type: str) -> bool:
    return any(known == type for known, _ in _steps)


# --- reading many


def recorded(
    lines: Sequence[Line],
    near: Near,
    types: Collection[str] | None = None,
    instead: Mapping[str, Decode] = {},
) -> list[Recorded]:
    """Read lines of the log that follow each other, there or within a stream. Raises UnknownEvent.

    near: what stands beside them, for what is read together with it. types: today's names of those that are wanted;
    others are not even decoded. instead: for a type in its newest shape, another way to decode it.
    """
    if _mergers:
        lines = _merged(lines, near)
    if types is not None:
        stored = stored_as(types)
        lines = [line for line in lines if line[3] in stored]
    found: list[Recorded] = []
    kinds = catalogue()
    for position, stream, version, type, schema, data, meta, occurred_at, recorded_at in lines:
        kind = kinds.get(type)
        try:
            if kind is not None and kind.schema == schema:
                event = instead[type](data) if type in instead else kind.decoder.decode(data)
                found.append(
                    Recorded(
                        position=position, stream=stream, version=version, type=type, event=event,
                        meta=decode_meta(meta), occurred_at=occurred_at, recorded_at=recorded_at,
                    )
                )  # fmt: skip
                continue
        except msgspec.MsgspecError:
            pass  # told by events_of, which looks at it more closely
        try:
            events = events_of(type, schema, data)
        except UnknownEvent as error:
            told = UnknownEvent(f"position {position} ({stream}, version {version}): {error}")
            told.position = position
            raise told from error
        found += [
            Recorded(
                position=position, stream=stream, version=version, type=kind_of(event).name, event=event,
                meta=decode_meta(meta), occurred_at=occurred_at, recorded_at=recorded_at, part=part,
            )
            for part, event in enumerate(events)
            if types is None or kind_of(event).name in types
        ]  # fmt: skip
    return found


def stored_as(types: Collection[str]) -> frozenset[str]:
    """The names under which events of these types are stored, or were, in whatever pieces."""
    known = set(types)
    while more := {type for (type, _), step in _steps.items() if step.into & known} - known:
        known |= more
    return frozenset(known)


def shapes() -> set[tuple[str, int]]:
    """Every type and schema number that can be read, today's and those of long ago."""
    known = {(kind.name, schema) for kind in catalogue().values() for schema in (*kind.upcasters, kind.schema)}
    return known | set(_steps) | {shape for merger in _mergers for shape in merger.shapes}


# --- several as one


def _merged(lines: Sequence[Line], near: Near) -> Sequence[Line]:
    """The lines, with those that are read as one put together, also where a page ends among them."""
    if not lines:
        return lines
    first, last = lines[0][0], lines[-1][0]
    before: list[Line] = []
    while (start := (before or lines)[0])[0] > 1 and _inside(start):
        more = list(near(max(1, start[0] - 50), start[0] - 1))
        same = next((n for n in range(len(more), 0, -1) if not _one_append(more[n - 1], (more[n:] or [start])[0])), 0)
        before = more[same:] + before
        if same or not more:
            break
    longest = max(len(merger.shapes) for merger in _mergers)
    after = near(last + 1, last + longest - 1) if _inside(lines[-1]) else ()
    return [line for line in _joined([*before, *lines, *after]) if first <= line[0] <= last]


def _inside(line: Line) -> bool:
    return any((line[3], line[4]) in merger.shapes for merger in _mergers)


def _one_append(a: Line, b: Line) -> bool:
    """Whether ``b`` came right after ``a``, in the same stream and for the same command."""
    return a[0] + 1 == b[0] and a[1] == b[1] and a[6:] == b[6:]


def _payload(line: Line) -> Payload:
    kept = _kept(line[5])
    payload: Payload = kept[0].payload if kept else msgspec.json.decode(line[5])
    return payload


def _joined(lines: list[Line]) -> Iterator[Line]:
    place = 0
    while place < len(lines):
        for merger in _mergers:
            run = lines[place : place + len(merger.shapes)]
            if tuple((line[3], line[4]) for line in run) == merger.shapes and all(
                map(_one_append, run, run[1:])
            ):
                one = merger.read([_payload(line) for line in run])
                data = msgspec.json.encode(one.payload, order="sorted").decode()
                yield (*run[-1][:3], one.type, one.schema, data, *run[-1][6:])
                place += len(run)
                break
        else:
            yield lines[place]
            place += 1
