"""Reading from the generation in use: which one that is, is noticed at every request."""

import threading

from views import fold
from views.database import DAMAGED
from views.engine import Engine, Handle
from views.projection import RebuildNeeded
from views.shapes import ViewsMissing

TRIES = 5


class Only:
    """Readers of one generation, through one connection."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def handle(self) -> Handle:
        """That one."""
        return self._handle


class Readers:
    """A read-only connection for each thread, always to the generation in use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()

    def handle(self) -> Handle:
        """This thread's connection. Raises ViewsMissing."""
        handle: Handle | None = getattr(self._local, "handle", None)
        if handle is None or not self._engine.serves(handle):
            self.close()
            handle = self._local.handle = self._open()
        return handle

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._local.__dict__.clear()

    def _open(self) -> Handle:
        for _ in range(TRIES):
            try:
                handle = self._engine.reader()
                fold.checkpoint(handle.db)
            except RebuildNeeded as error:
                raise ViewsMissing(str(error)) from error
            except DAMAGED as error:
                problem = str(error)  # replaced while it was being opened, or damaged
            else:
                return handle
        raise ViewsMissing(f"the views cannot be opened ({problem}): flask rebuild-index makes them anew")
