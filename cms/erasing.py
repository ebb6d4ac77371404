"""Making words disappear: those of a subject whose key is destroyed, and those that a court ordered removed.

The log first, since it is the truth; then whatever was made from it. Killed on the way, run again it goes on.
"""

from collections.abc import Callable

import msgspec
from uuid_utils.compat import uuid7

from cms.decider import Actor
from cms.house import House
from cms.operating.alone import alone
from cms.operating.rebuilding import rebuild_index
from cms.subject import Forget
from events.envelope import Envelope
from events.erasing import RemovalRefused, remove
from events.event import Meta
from events.seal.hashes import Row

OPERATOR = Actor(None, "administrator", "cli")
Progress = Callable[[str, int, int], None]


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a subject. position: of the fact. had_key: whether there was a key to destroy."""

    subject: str
    position: int
    had_key: bool


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed. left: what still has to be done, in words; or nothing."""

    positions: list[int]
    facts: list[int]
    left: str


def subject_of(house: House, position: int) -> str:
    """Whose words stand at a position. Raises RemovalRefused where none are in an envelope there."""
    for recorded in house.store.read_all(position - 1, position):
        for value in msgspec.structs.astuple(recorded.event):
            if isinstance(value, Envelope):
                return value.subject
    raise RemovalRefused(f"There are no words under a key at position {position:,}.")


def forget(house: House, subject: str, why: str) -> Forgotten:
    """Append the fact, then destroy the key. Raises Refused."""
    done = house.newsroom.handle(Forget(subject, why), OPERATOR)
    had_key = house.keys.destroy(subject)
    place = house.store.place(f"subject-{subject}", 1)
    return Forgotten(subject=subject, position=place or done.position, had_key=had_key)


def redact(house: House, rows: dict[str, list[Row]], order: str, why: str, progress: Progress) -> Removed:
    """Remove the words from the log, and then from everything that was made from it. rows: what ``reach`` gave."""
    meta, facts, done = Meta(face="cli", command="log.redact", correlation=str(uuid7())), [], 0
    total = sum(map(len, rows.values()))

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("removed", done, total)

    for stream, of_stream in rows.items():
        facts += remove(house.store, of_stream, order, why, meta, advance)
        house.snapshots.discard(stream)
    left = house.store.scrub()
    with alone(house.settings.var):
        house.views.rebuild(progress)
        rebuild_index(house, 0, lambda count: progress("documents", count, 0))
        house.views.forget_previous()  # what served before is kept for a rollback, and has the words
        for index in (house.index, house.desk_index):
            index.forget_previous()
    positions = sorted(row.position for of_stream in rows.values() for row in of_stream)
    return Removed(positions=positions, facts=facts, left=left)
