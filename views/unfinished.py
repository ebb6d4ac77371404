"""What is left of a build that was killed, interrupted or ran out of disk, and whether it is safe to go on with it.

A build is a file of SQLite whose transactions are whole however its process ended, but not after a power cut: nothing
of it is synced before it is done. So it is gone on with on a machine that was not started anew since, by the same code,
on the same log, where it was to pass over the same events, and to the position that it was to reach.
"""

import sqlite3
from collections.abc import Collection
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from events import files
from events.store import EventStore
from views import fold
from views.database import DAMAGED
from views.projection import RebuildNeeded
from views.sqlite import open_build

HINDERED = (KeyboardInterrupt, OSError, sqlite3.OperationalError)
"""What keeps a build from going on although nothing is wrong with it."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A build on its way. name: of its file; target: the position that it is to reach; boot: of the machine."""

    name: str
    target: int
    parked: list[int]
    boot: str


class NothingToResume(Exception):
    """Everything has to be made anew. The message says why."""


def begin(note: Path, path: Path, target: int, parked: Collection[int]) -> None:
    """Write down that a build begins."""
    begun = Begun(name=path.name, target=target, parked=sorted(parked), boot=_boot())
    files.write(note, msgspec.json.encode(begun))


def find(note: Path, store: EventStore, parked: Collection[int]) -> tuple[Path, int, int]:
    """The file to go on with, the position that it stands at, and that which it is to reach. Raises NothingToResume."""
    try:
        begun = msgspec.json.decode(note.read_bytes(), type=Begun)
    except FileNotFoundError:
        raise NothingToResume("no rebuild of the views was left unfinished") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise NothingToResume(f"what was written down of the unfinished views cannot be read ({error})") from error
    path = note.with_name(begun.name)
    if not path.exists():
        raise NothingToResume("the unfinished views were cleared away")
    if not begun.boot or begun.boot != _boot():
        raise NothingToResume("the machine was started anew since: the disk may lack some of the unfinished views")
    if begun.parked != sorted(parked):
        raise NothingToResume("it was decided otherwise since which events the views pass over")
    try:
        with closing(open_build(path)) as db:
            at = fold.checkpoint(db)
            fold.belongs(store, at)
    except RebuildNeeded as other:
        raise NothingToResume(f"the unfinished views do not fit: {other}") from other
    except DAMAGED as error:
        raise NothingToResume(f"the unfinished views cannot be read ({error})") from error
    if store.head().position < begun.target:
        raise NothingToResume("the log is shorter than it was")
    return path, at.position, begun.target


def _boot() -> str:
    with suppress(OSError):
        return _BOOT.read_text().strip()
    return ""
