"""Commits of one index folder: which segments make it up, and how far the log is folded into them.

A commit is one file, put in place by one rename. Whoever reads sees the old one or the new one; whoever is killed
before the rename leaves files that nobody names, which the next commit removes.
"""

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from whoosh.index import TOC

from events.files import sync
from search.building import NAME
from search.codec import FORMAT, MappedStorage, NewsSchema, NewsSegment, ending
from search.shapes import IndexDamaged, IndexMissing, IndexOutdated
from search.soundness import MARK
from search.words import ANALYSIS

MERGING = "merging"  # the folder in which segments are put together (search/merging.py)
FINISHED = ".seg"  # says of a segment that no commit names yet that it is finished (search/resuming.py)
_TOC = re.compile(rf"_{NAME}_(\d+)\.toc")


Identity = tuple[Path, int, int, int]  # see identity()


class Commit(NamedTuple):
    """One state of the index. ``number`` counts commits, ``position`` is the log's."""

    number: int
    position: int
    analysis: int
    segments: list[NewsSegment]

    @property
    def outdated(self) -> bool:
        """Whether today's code would index the same documents differently."""
        return self.analysis != ANALYSIS


def latest(folder: Path) -> int:
    """The number of the newest commit in ``folder``. Raises IndexMissing if there is none."""
    try:
        found = [int(match[1]) for path in folder.iterdir() if (match := _TOC.fullmatch(path.name))]
    except FileNotFoundError:
        found = []
    if not found:
        raise IndexMissing(f"there is no search index in {folder}")
    return max(found)


def begun(folder: Path) -> bool:
    """Whether there is a commit in ``folder``."""
    try:
        return latest(folder) > 0
    except IndexMissing:
        return False


def identity(folder: Path, number: int) -> Identity:
    """What tells a commit from any other, even from one of the same number in a folder that was deleted meanwhile.

    Raises FileNotFoundError if a newer one has replaced it.
    """
    found = (folder / f"_{NAME}_{number}.toc").stat()
    return folder, number, found.st_ino, found.st_mtime_ns


def read(folder: Path, number: int) -> Commit:
    """Read a commit. Raises FileNotFoundError if a newer one has replaced it, IndexDamaged if it cannot be read."""
    try:
        data = (folder / f"_{NAME}_{number}.toc").read_bytes()
        whole = data[-8:] == ending(data[:-8])
        if not whole and data[-8:].startswith(ending(b"")[:4]):
            raise ValueError("its last commit is not what was written")
        toc = TOC.read(MappedStorage(folder), NAME, gen=number)
        schema = toc.schema
        outdated = schema.format != FORMAT
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged pickle raises what it likes
        raise IndexDamaged(f"the search index in {folder} is damaged: {error}") from error
    if outdated:
        raise IndexOutdated(f"the search index in {folder} has format {schema.format}; this code reads {FORMAT}")
    if not whole:
        raise IndexDamaged(f"the search index in {folder} is damaged: its last commit is not what was written")
    return Commit(number, schema.position, schema.analysis, toc.segments)


def write(folder: Path, commit: Commit) -> None:
    """Put ``commit`` in place, durably, and remove the files of which it no longer knows."""
    storage = MappedStorage(folder)
    for segment in commit.segments:
        if not segment.synced:
            for name in segment.sizes:
                sync(folder / name)
            segment.synced = True
    schema = NewsSchema.new(commit.position)
    schema.analysis = commit.analysis
    TOC(schema, commit.segments, commit.number).write(storage, NAME)
    sync(folder)
    clean(folder, commit)


def clean(folder: Path, commit: Commit) -> None:
    """Remove older commits and the files of segments that ``commit`` does not name. Readers keep what they hold."""
    names = {segment.ident for segment in commit.segments}
    kept = {f"_{NAME}_{commit.number}.toc", LOCK, MARK}
    for path in folder.iterdir():
        if path.name == MERGING:
            continue
        if path.is_dir():  # where Whoosh puts columns together
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in kept and (path.suffix == FINISHED or path.name.partition(".")[0] not in names):
            path.unlink(missing_ok=True)


LOCK = "lock"


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock for the time of a ``with``, or learn at once that somebody else does. It dies with its process."""
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
