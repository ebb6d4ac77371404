"""Who rebuilds or compares has all parts to itself: tables and indexes are made one from the other. The lock is on a
file and dies with its process; the parts' own locks remain, for other machines on the same database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from views.locks import Busy

NAME = "rebuild.lock"  # in <var>; holds the process id of who has it


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Hold it. Raises Busy at once where somebody else does, or this process does already."""
    with (var / NAME).open("a+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = file.read(20).decode(errors="replace").strip() or "unknown"
            raise Busy(f"process {who} is at it; wait until it is done, or end it") from None
        with suppress(OSError):  # on a full disk it is nobody's name that counts
            file.truncate(0)
            file.write(b"%d" % os.getpid())
        yield
