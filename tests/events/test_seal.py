"""Tampering with the database itself is found, and the first event that was touched is named."""

import pytest

from events.seal.verifying import verify
from events.store import EventStore
from tests.events.conftest import Place, drafted, headline, unit


@pytest.fixture
def written(log: EventStore) -> EventStore:
    log.append(unit("article-1", 0, drafted(), *[headline(f"Version {number}") for number in range(9)]))
    return log


def test_an_untouched_log_verifies_to_its_head(written: EventStore) -> None:
    verdict = verify(written.rows())
    assert verdict.ok and verdict.position == 10
    assert verdict.chain_hash == written.head().chain_hash.hex()


@pytest.mark.parametrize(
    ("statement", "position", "reason"),
    [
        ("UPDATE events SET data = replace(data, 'Version 3', 'Version X') WHERE version = 5", 5, "content"),
        ("UPDATE events SET meta = replace(meta, 'anna', 'bert') WHERE position = 4", 4, "content"),
        ("UPDATE events SET occurred_at = occurred_at - 1 WHERE position = 4", 4, "content"),
        ("UPDATE events SET stream = 'article-2', version = 1 WHERE position = 10", 10, "content"),
        ("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 10", 10, "chain"),
        ("UPDATE events SET chain_hash = x'00' WHERE position = 7", 7, "chain"),
        ("DELETE FROM events WHERE position = 6", 6, "position 6 is missing"),
    ],
)
def test_what_was_altered_is_found(
    written: EventStore, place: Place, statement: str, position: int, reason: str
) -> None:
    place.tamper(statement if place.engine == "sqlite" else statement.replace("x'00'", "'\\x00'"))
    verdict = verify(written.rows())
    assert not verdict.ok
    assert verdict.position == position and reason in verdict.reason
