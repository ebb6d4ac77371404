"""Taking an exported log in: into an empty log or one that is behind, as it was, and only where it is the same log.

Each thousand events or so are one durable append that ends with a command, so whoever is killed goes on where the log
ends, and nothing is taken twice or by half.
"""

from collections.abc import Callable, Iterable

import msgspec

from events.moving.transfer import NotTransferred, begins, read
from events.seal.hashes import CommandRow, Row
from events.seal.verifying import mark_at
from events.store import EventStore

BATCH = 1000  # events, and on to the end of the command


class Taken(msgspec.Struct, frozen=True):
    """What came of it: events that were new, events that were there already, and where the log ends now."""

    new: int
    known: int
    position: int


def take(store: EventStore, lines: Iterable[bytes], advance: Callable[[int], None] = lambda _: None) -> Taken:
    """Take in what ``export`` has written.

    Raises NotTransferred where it does not fit this log (the first position that differs is named), or is not what
    was exported; what was taken before that is good, and stays.
    """
    every = iter(lines)
    begin = begins(every)
    head = store.head().position
    mark = mark_at(store, begin.after)
    if mark is None:
        raise NotTransferred(
            f"The export begins after position {begin.after:,}, and this log ends at {head:,}: export it again with "
            f"--since {head}."
        )
    if mark.chain_hash.hex() != begin.chain_hash:
        raise NotTransferred(
            f"The histories differ at position {begin.after:,} or before: the export goes on from another event than "
            "this log has there. Nothing was taken."
        )
    new = known = 0
    batch: list[Row] = []
    commands: list[CommandRow] = []

    def flush() -> None:
        nonlocal new, batch, commands
        if batch:
            store.append_rows(batch, commands)
            new += len(batch)
            advance(len(batch))
            batch, commands = [], []

    ours = store.rows(begin.after, head)
    for row, command in read(begin, every):
        if row.position <= head:
            _compare(row, next(ours, None))
            known += 1
            if known % BATCH == 0:
                advance(BATCH)
        else:
            batch.append(row)
            if command is not None:
                commands.append(command)
                if len(batch) >= BATCH:
                    flush()
    advance(known % BATCH)
    flush()
    return Taken(new, known, store.head().position)


def _compare(theirs: Row, ours: Row | None) -> None:
    if ours is None or ours.chain_hash != theirs.chain_hash:
        here = f"{ours.stream}, version {ours.version}: {ours.type}" if ours else "nothing"
        raise NotTransferred(
            f"The histories differ from position {theirs.position:,} on: the export has {theirs.stream}, version "
            f"{theirs.version}: {theirs.type}; this log has {here}. Nothing was taken."
        )


