"""One at a time: a lock in the process and, for other processes, one that they all see. Neither is what guards
correctness: rows and checkpoint move in one transaction, which checks that it goes on where the last one ended."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

POLL, SELDOM = 0.003, 0.03  # seconds between looks at another process's lock: at first, and in the end


class Busy(Exception):
    """Somebody else was at it all the time. What was appended is safe; the views follow."""


class Lock(Protocol):
    """A lock that other processes see, for one thread of this one at a time. Whoever dies lets go of it."""

    def seize(self) -> bool:
        """Take it, or say at once that somebody else has it."""

    def release(self) -> None:
        """Let go of it, whether it was seized or not."""


class FileLock:
    """A Lock on a file, for processes of one machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def seize(self) -> bool:
        """The file is made where there is none."""
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """The file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Turn:
    """Taking turns, among the threads of this process and among processes."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._condition = threading.Condition()
        self._taken = False

    @contextmanager
    def taken(self, deadline: float, enough: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Hold it; False, without holding it, as soon as ``enough`` says that others did what was wanted.

        deadline: of time.monotonic(). Raises Busy when it passes. ``enough`` is not called while another thread
        of this process may be at work with the same things.
        """
        with self.here(deadline):
            if enough():
                yield False
                return
            with self._everywhere(deadline, enough) as held:
                yield held

    @contextmanager
    def here(self, deadline: float) -> Iterator[None]:
        """Hold it in this process only. Raises Busy when the deadline passes."""
        with self._condition:
            while self._taken:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Busy("the views are being brought forward by somebody else: they will follow")
                self._condition.wait(left)
            self._taken = True
        try:
            yield
        finally:
            with self._condition:
                self._taken = False
                self._condition.notify()

    @contextmanager
    def _everywhere(self, deadline: float, enough: Callable[[], bool]) -> Iterator[bool]:
        pause = POLL
        try:
            while not self._lock.seize():
                if enough():
                    yield False
                    return
                if time.monotonic() > deadline:
                    raise Busy("the views are being brought forward by another process: they will follow")
                time.sleep(pause)
                pause = min(1.5 * pause, SELDOM)
            yield True
        finally:
            self._lock.release()
