"""What an event is: a fact of the newsroom, with a stored name and a schema number that never change meaning.

A class is the *newest* shape of its event. Older shapes live in the log for ever and are brought forward on
reading (events/reading.py), beneath the class: nobody else ever meets them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from events.instant import Instant

Payload = dict[str, Any]
Upcaster = Callable[[Payload], Payload]


class UnknownEvent(Exception):
    """The log holds a type, a schema number or a shape that this code cannot read. It is never skipped.

    position: where in the log, once that is known.
    """

    position: int | None = None


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Base of every event in the catalogue: flat JSON values, past tense, the noun first."""


class Meta(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Who did it and through which door. Account ids only: names of people stay out of the log.

    face: desk, api, cli, import or system. command: the name of the command that caused the event, command_id: its id.
    correlation, causation: ids of the conversation and of the command that led to this one. request: of the HTTP one.
    source_time: for imports, the source's own time where it differs from occurred_at.
    """

    actor: str | None = None
    face: str = "system"
    command: str = ""
    command_id: UUID | None = None  # noted by the log itself
    correlation: str | None = None
    causation: str | None = None
    request: str | None = None
    source_time: Instant | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event as the log holds it. Positions count from 1 without gaps; so do versions within a stream.

    part: 0, but for what was stored as one event and is read as several: they share position and version, and are
    told apart by this (events/reading.py).
    """

    position: int
    stream: str
    version: int
    type: str
    event: Event
    meta: Meta
    occurred_at: Instant
    recorded_at: Instant
    part: int = 0

    @property
    def category(self) -> str:
        """The kind of stream: ``article`` of ``article-0193…``."""
        return self.stream.partition("-")[0]

    @property
    def id(self) -> str:
        """The stream's own id: what other events call the thing by."""
        return self.stream.partition("-")[2]


class Kind(msgspec.Struct, frozen=True):
    """One entry of the catalogue."""

    name: str
    schema: int
    cls: type[Event]
    decoder: msgspec.json.Decoder[Event]
    upcasters: dict[int, Upcaster]


_by_name: dict[str, Kind] = {}
_by_class: dict[type[Event], Kind] = {}
_E = TypeVar("_E", bound=Event)


def event(name: str, schema: int = 1) -> Callable[[type[_E]], type[_E]]:
    """Enter a class into the catalogue under its stored name and its newest schema number."""

    def enter(cls: type[_E]) -> type[_E]:
        if name in _by_name:
            raise ValueError(f"two events are stored as {name!r}")
        kind = Kind(name, schema, cls, msgspec.json.Decoder(cls), {})
        _by_name[name] = _by_class[cls] = kind
        return cls

    return enter


def upcast(cls: type[Event], schema: int) -> Callable[[Upcaster], Upcaster]:
    """Declare how a payload of ``schema`` becomes one of ``schema + 1``."""

    def enter(function: Upcaster) -> Upcaster:
        _by_class[cls].upcasters[schema] = function
        return function

    return enter


def catalogue() -> Mapping[str, Kind]:
    """Every kind of event by its stored name."""
    return _by_name


def kind_of(thing: Event | type[Event]) -> Kind:
    """The catalogue entry of an event or of its class. Raises UnknownEvent for a class that is not in it."""
    cls = thing if isinstance(thing, type) else type(thing)
    try:
        return _by_class[cls]
    except KeyError:
        raise UnknownEvent(f"{cls.__name__} is not in the catalogue") from None


_encoder = msgspec.json.Encoder(order="sorted")
_meta_decoder = msgspec.json.Decoder(Meta)


def encode(value: Event | Meta) -> bytes:
    """Canonical JSON: sorted keys, no white space, UTF-8. These bytes are what is hashed and stored."""
    return _encoder.encode(value)


@lru_cache(64)  # the events of one command have the same
def decode_meta(data: str | bytes) -> Meta:
    """Read an event's meta."""
    return _meta_decoder.decode(data)
