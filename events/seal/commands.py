"""Is what the log has noted of each command true? That table is not in the chain of hashes, but every event names its
command in what is hashed, so the one is held against the other: each event has the row of its command, and each row
tells of events that name it, from the first to the last.

The fingerprint alone is not known from the events. Altered, it has a command that is sent again refused, or another
one under its id taken for it; it changes nothing of what the log says.
"""

from collections.abc import Iterable, Iterator

import msgspec

from events.seal.hashes import CommandRow, Row
from events.store import EventStore


class Odd(msgspec.Struct, frozen=True):
    """The first thing that is wrong: at which position, what, and with which event, where it is one's fault."""

    position: int
    reason: str
    row: Row | None = None


def held(rows: Iterable[Row], commands: Iterable[CommandRow], found: list[Odd]) -> Iterator[Row]:
    """The rows; the first whose command is not noted as it was, or is noted and was not, is found on the way.

    commands: see ``among``.
    """
    told = iter(commands)
    command: CommandRow | None = None
    until, named, first = 0, "", True
    for row in rows:
        if not found:
            if row.position > until:
                command = next(told, None)
                if odd := _odd_beginning(row, command, first):
                    found.append(odd)
                elif command:
                    until, named, first = command.last_position, f'"command_id":"{_name(command)}"', False
            if named not in row.meta and '"command_id":' in row.meta and command and not found:
                why = f"it is noted for command {_name(command)}, and says that it is of another"
                found.append(Odd(row.position, why, row))
        yield row
    if not found and (left := next(told, None)):
        found.append(_not_its_own(left))


def _odd_beginning(row: Row, command: CommandRow | None, first: bool) -> Odd | None:
    """Whether this is not the next command's first event. first: of all rows, which may begin within a command."""
    if command is None or row.position < command.first_position:
        return Odd(row.position, "the command that appended it is not noted", row)
    if row.position > command.last_position or (row.position > command.first_position and not first):
        return _not_its_own(command)
    return None


def among(store: EventStore, after: int, until: int) -> list[CommandRow]:
    """The commands of the events with ``after`` < position <= ``until``, by where they end."""
    told, over = store.commands(after, until), store.command_at(until)
    return [*told, over] if over and over.last_position > until else told


def beyond(store: EventStore, end: int) -> Odd | None:
    """A command that is noted for events behind the log's end, which is at ``end`` or later."""
    told = store.commands(after=end)
    head = store.head().position  # asked after the commands: somebody may append
    for command in told:
        if command.last_position > head:
            why = f"the log ends at {head:,}, but {_told(command)}: its end was cut off, or that was put in"
            return Odd(head + 1, why)
    return None


def _not_its_own(command: CommandRow) -> Odd:
    return Odd(command.first_position, f"{_told(command)}, and did not append what is there")


def _told(command: CommandRow) -> str:
    first, last = command.first_position, command.last_position
    where = f"position {first:,}" if first == last else f"the positions {first:,} to {last:,}"
    return f"command {_name(command)} is noted for {where}"


def _name(command: CommandRow) -> str:
    """As events name it."""
    id = command.command_id.hex()
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
