"""Nobody is answered from a damaged index, and no damage is taken for a fault of the code, nor the other way round."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from events.generations import Generations
from search import commits
from search.shapes import IndexDamaged, IndexMissing
from search.snapshot import Snapshot
from search.soundness import NONSENSE, cut, fault, fault_of, mark, marked


class Guard:
    """Of one index, in one process."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._seen: set[str] = set()  # files whose sums were looked at

    def folder(self) -> Path:
        """The generation in use, unless it is known to be damaged. Raises IndexMissing."""
        folder = self._generations.current()
        if folder is None:
            raise IndexMissing(f"there is no search index in {self._generations.folder}")
        if why := marked(folder):
            raise IndexDamaged(why)
        return folder

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What makes no sense is damage where the sums say so, and every process is told; else the code is wrong."""
        try:
            yield
        except FileNotFoundError:
            raise
        except NONSENSE as error:
            folder = self._generations.current()
            with suppress(FileNotFoundError):  # another commit, or another generation, takes its place just now
                if folder and (why := fault(folder, commits.read(folder, commits.latest(folder)).segments)):
                    raise damaged(folder, why) from error
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The same for whoever changes it."""
        with self.asking():
            try:
                yield
            except FileNotFoundError as error:
                raise IndexMissing(f"the search index was deleted while it was written to: {error}") from error

    @contextmanager
    def opening(self, folder: Path) -> Iterator[None]:
        """The same for whoever opens a commit."""
        with self.asking():
            try:
                yield
            except IndexDamaged as found:
                mark(folder, str(found))
                raise

    def inspect(self, snapshot: Snapshot) -> bool:
        """Look at the size of every file and at the sum of one; whether there was one. Raises IndexDamaged."""
        named = {name: segment for segment in snapshot.commit.segments for name in segment.sizes}
        self._seen &= named.keys()
        new = next((name for name in named if name not in self._seen), None)
        with suppress(FileNotFoundError):  # another commit took its place just now
            for name, segment in named.items():
                if why := (fault_of if name == new else cut)(snapshot.folder, segment, name):
                    raise damaged(snapshot.folder, why)
        if new is not None:
            self._seen.add(new)
        return new is not None


def damaged(folder: Path, why: str) -> IndexDamaged:
    """Tell every process so."""
    found = IndexDamaged(f"the search index is damaged: {why}")
    mark(folder, str(found))
    return found
