"""Events that only tests know, declared and forgotten again."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from events import event as catalogue_of
from events import reading
from events.event import Event, Kind
from events.store import EventStore, Unit, Write
from tests.events.conftest import META

Shape = tuple[str, int, dict[str, Any]]


@pytest.fixture
def declaring() -> Iterator[None]:
    """Whatever is declared meanwhile is forgotten afterwards."""
    registries = (catalogue_of._by_name, catalogue_of._by_class, reading._steps)
    before = [dict(registry) for registry in registries]
    mergers = list(reading._mergers)
    yield
    for registry, known in zip(registries, before, strict=True):
        registry.clear()
        registry.update(known)  # type: ignore[arg-type]
    reading._mergers[:] = mergers


def store_as(log: EventStore, stream: str, *shapes: Shape) -> None:
    """Append, in one unit, events as code of another time did: of types that no class may have today."""
    write = Write(stream, log.version(stream), [_old(*shape) for shape in shapes])
    log.append(Unit(command_id=uuid4(), meta=META, writes=[write]))


def _old(type: str, schema: int, payload: dict[str, Any]) -> Event:
    cls = msgspec.defstruct("Old", [(name, Any) for name in payload], bases=(Event,), frozen=True)
    catalogue_of._by_class[cls] = Kind(type, schema, cls, msgspec.json.Decoder(cls), {})
    return cls(**payload)
