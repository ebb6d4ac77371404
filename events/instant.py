"""Moments in time, everywhere in Daybook: whole microseconds since the Unix epoch, UTC.

An integer compares, sorts, stores and hashes the same in Python, SQLite, PostgreSQL and JSON. It may be
negative: the archive begins before 1970. Only the faces turn it into local words.
"""

import re
import time
from datetime import UTC, datetime, timedelta

Instant = int
SECOND: Instant = 1_000_000
MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
DAY: Instant = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


def now() -> Instant:
    """This machine's clock."""
    return time.time_ns() // 1000


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime. Raises ValueError for a naive one: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_datetime(instant: Instant) -> datetime:
    """The instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def from_iso(text: str) -> Instant:
    """Read ISO 8601 with a zone, such as ``2026-11-23T09:13:03Z``. Raises ValueError otherwise."""
    if not _ZONED.search(text.strip()):
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset such as +01:00")
    return from_datetime(datetime.fromisoformat(text.strip().replace("z", "Z")))


def to_iso(instant: Instant) -> str:
    """ISO 8601 in UTC; microseconds only where there are any."""
    return f"{to_datetime(instant).replace(tzinfo=None).isoformat()}Z"
