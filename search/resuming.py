"""What a rebuild leaves when it is killed, interrupted or runs out of disk, and whether it is safe to go on with it.

    var/index/building       which generation is being built, of what, from which position of the log
    var/index/7/MAIN_<id>.seg   a segment is finished: what a commit is to say of it

A finished segment is what the documents were at that position or later; what changed since is folded in at the end in
any case. So segments are gone on with where format, analysis and origin are today's, and every byte is what was
written.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from events import files
from events.generations import Generations
from events.instant import now
from search import commits
from search.codec import FORMAT, NewsSegment
from search.commits import FINISHED
from search.parts import Part
from search.shapes import Document, IndexMissing
from search.soundness import NONSENSE, fault
from search.words import ANALYSIS

NOTE = "building"
Origin = Callable[[int], str]
"""What tells the log up to a position, and the code that makes documents of it, from every other."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A build on its way."""

    generation: str
    position: int
    origin: str
    format: int = FORMAT
    analysis: int = ANALYSIS


class Left(msgspec.Struct, frozen=True):
    """What there is to go on with."""

    folder: Path
    position: int
    segments: list[NewsSegment]
    keys: frozenset[str]  # of the documents in them


class NothingToResume(Exception):
    """Everything has to be made anew. The message says why."""


def begin(generations: Generations, folder: Path, position: int, origin: str) -> None:
    """Write down that a build begins."""
    begun = Begun(generation=folder.name, position=position, origin=origin)
    files.write(generations.folder / NOTE, msgspec.json.encode(begun))


def end(generations: Generations) -> None:
    """There is nothing to go on with any more."""
    (generations.folder / NOTE).unlink(missing_ok=True)


def noted(generations: Generations) -> bool:
    """Whether a build is on its way, or was left unfinished."""
    return (generations.folder / NOTE).exists()


def finished(folder: Path, segment: NewsSegment) -> NewsSegment:
    """Write down that a segment is finished."""
    files.write(folder / f"{segment.ident}{FINISHED}", pickle.dumps(segment))
    return segment


def find(generations: Generations, origin: Origin) -> Left:
    """What was left. Raises NothingToResume."""
    try:
        begun = msgspec.json.decode((generations.folder / NOTE).read_bytes(), type=Begun)
    except FileNotFoundError:
        raise NothingToResume("no rebuild of it was left unfinished") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise NothingToResume(f"what was written down of the unfinished one cannot be read ({error})") from error
    folder = generations.folder / begun.generation
    if not folder.is_dir():
        raise NothingToResume("the unfinished one was cleared away")
    if (begun.format, begun.analysis) != (FORMAT, ANALYSIS):
        raise NothingToResume("the unfinished one was begun by other code")
    if begun.origin != origin(begun.position):
        raise NothingToResume("the unfinished one was made of another log, or by other code")
    try:
        segments = _segments(folder)
        if why := fault(folder, segments):
            raise NothingToResume(f"the unfinished one is damaged: {why}")
        return Left(folder, begun.position, segments, frozenset(_keys(folder, segments)))
    except (*NONSENSE, pickle.UnpicklingError) as error:
        raise NothingToResume(f"the unfinished one cannot be read ({error})") from error


def without(documents: Iterable[Document], keys: frozenset[str]) -> Iterator[Document]:
    """Those that are not in yet."""
    return (document for document in documents if document.key not in keys)


def _segments(folder: Path) -> list[NewsSegment]:
    """Those of its first commit, where it came so far; else those that were written down as finished."""
    with suppress(IndexMissing):
        return commits.read(folder, commits.latest(folder)).segments
    return [pickle.loads(path.read_bytes()) for path in sorted(folder.glob(f"*{FINISHED}"))]  # noqa: S301 (our own)


def _keys(folder: Path, segments: list[NewsSegment]) -> Iterator[str]:
    for segment in segments:
        part = Part(folder, segment, now())
        yield from (key.decode() for key in part.begin_with("f_key", b"", part.count))
