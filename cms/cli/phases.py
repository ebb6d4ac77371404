"""Progress through the phases of a rebuild, as ``views`` and ``search`` tell of it."""

import resource
import sys
from typing import Any

from cms.cli.output import Output, Progress

DOING = {"events": "Folding the log", "pages": "Rendering pages", "tables": "Copying the tables"}
UNITS = {"events": "events", "pages": "pages"}


class Phases:
    """Progress through several phases, a line or a bar for each, as ``views`` and ``search`` report it."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._phase = ""
        self._done = 0
        self._context: Any = None
        self._progress: Progress | None = None

    def __enter__(self) -> "Phases":
        return self

    def __call__(self, phase: str, done: int, total: int) -> None:
        """``done`` of ``total`` (0: nobody knows) in this phase."""
        if phase != self._phase:
            self._end()
            doing = DOING.get(phase, f"Indexing: {phase}")
            self._context = self._out.progress(doing, total or None, UNITS.get(phase, ""))
            self._progress, self._phase, self._done = self._context.__enter__(), phase, 0
        assert self._progress is not None
        self._progress.advance(done - self._done)
        self._done = done

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._context is not None:
            self._context.__exit__(None, None, None)
            self._context = None


def memory() -> int:
    """The most megabytes that this process, or one that it waited for, has held."""
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes // (1024 * 1024 if sys.platform == "darwin" else 1024)
