"""Records in files: JSON Lines, plain or gzip, one record a line, each with its place for the report."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from io import BufferedIOBase
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from events.instant import Instant, from_iso

NAMESPACE = UUID("6f2c3b1e-52a9-5d0f-9a53-0d3c6a1f7c11")  # of every id that is made from a source record
SHAPE = 1  # of what is made of a record: part of its fingerprint


class BadFile(Exception):
    """A file that cannot be read to its end. The records before that place were dealt with."""


class Place(NamedTuple):
    """Where a record stands: file, line from 1, and which part of the line where it holds several."""

    file: str
    line: int
    part: str = ""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}{f', {self.part}' if self.part else ''}"


class BadRecord(Exception):
    """A record that cannot be taken; the message says why."""


class Moment(fields.Field[Instant]):
    """An ISO 8601 moment with a zone, as an Instant."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Instant:
        try:
            return from_iso(value)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValidationError(str(error)) from None


class Record(Schema):
    """A record with fields of its own kind; others are left aside."""

    class Meta:
        unknown = EXCLUDE


def texts() -> fields.List[Any]:
    """A list of words, empty where it is absent."""
    return fields.List(fields.String(), load_default=list)


def words() -> fields.String:
    """Words, empty where they are absent or null."""
    return fields.String(load_default="")


def count_lines(path: Path) -> int:
    """How many lines there are, for the progress. Raises BadFile."""
    try:
        with _open(path) as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error


def lines(path: Path) -> Iterator[tuple[Place, bytes]]:
    """Each line that is not blank, with its place. Raises BadFile."""
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield Place(path.name, number), line
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path} cannot be read to its end: {error}") from error


def parsed(line: bytes) -> dict[str, Any]:
    """The JSON object of a line. Raises BadRecord."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRecord(f"not JSON: {error}") from None
    except RecursionError:
        raise BadRecord("not a record: it is nested too deeply") from None
    if not isinstance(found, dict):
        raise BadRecord("not a JSON object")
    return found


def loaded(schema: Schema, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's own fields, checked; null is as good as absent. Raises BadRecord, which names every fault."""
    try:
        data: dict[str, Any] = schema.load({key: value for key, value in record.items() if value is not None})
    except ValidationError as error:
        raise BadRecord("; ".join(_faults(error.messages))) from None
    return data


def fingerprint(record: Mapping[str, Any]) -> bytes:
    """32 bytes that change when the record says something else, or when other things are made of it."""
    return hashlib.sha256(msgspec.json.encode([SHAPE, record], order="sorted")).digest()


def id_of(kind: str, key: str) -> UUID:
    """The same id for the same thing of the source, whenever it is met."""
    return uuid5(NAMESPACE, f"{kind}:{key}")


def _open(path: Path) -> BufferedIOBase:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return gzip.GzipFile(path) if zipped else path.open("rb")


def _faults(messages: Any, path: str = "") -> Iterator[str]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _faults(inner, f"{path}.{key}" if path else str(key))
    else:
        yield f"{path}: {' '.join(map(str, messages)) if isinstance(messages, list) else messages}"
