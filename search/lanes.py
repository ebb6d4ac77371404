"""Two lanes into the index: a single change goes ahead of what a byline's rename reaches, which follows in pieces.

Until the last piece is in, commits say the position from before: whoever begins anew begins there, and what is in
already is skipped, since its digest is the same.
"""

import math
from itertools import islice
from pathlib import Path

from search.shapes import Source

MANY = 100  # articles that changed since the last look, from which on it is the second lane's
FIRST = 20  # the newest of those, which go ahead nevertheless: something was published right after the rename
PIECE = 150  # articles of the second lane in one commit


class Lanes:
    """What waits for one index, in one process. Only for whoever holds the lock of its folder."""

    def __init__(self, many: float = MANY) -> None:
        self._many = many
        self._standing: tuple[Path, int] | None = None  # folder and position that our last commit left
        self._seen = 0
        self._waiting: dict[str, None] = {}

    def next(self, folder: Path, position: int, source: Source, until: int) -> list[str]:
        """What the next commit is to take in, given where the last one stands."""
        if self._standing != (folder, position):
            self._seen, self._waiting = position, {}
        self._standing = None  # should it fail, everything is looked at again
        fresh = list(dict.fromkeys(source.changed(self._seen, until)))
        self._seen = until
        if len(fresh) > self._many:
            self._waiting |= dict.fromkeys(fresh[:-FIRST])
            return fresh[-FIRST:]
        piece = list(islice(self._waiting, PIECE))
        for article in piece:
            del self._waiting[article]
        return list(dict.fromkeys([*fresh, *piece]))

    def position(self, before: int, until: int) -> int:
        """What that commit may say."""
        return before if self._waiting else until

    def left(self, folder: Path, position: int) -> None:
        """It is in."""
        self._standing = folder, position

    @classmethod
    def single(cls) -> "Lanes":
        """One lane: all of it at once."""
        return cls(math.inf)
