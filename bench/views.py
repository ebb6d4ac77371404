"""Rebuilding the published tables: how many events a second, and how much memory, from the log alone.

The mix of events decides: it is that of real edit histories where they are beside the checkout, and that of the
newspaper of bench/paper.py where they are not.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from bench import paper
from bench.measure import Figure, compare, limited
from cms.house import House
from cms.importing import edits
from cms.importing.taking import Taking
from events.store import EventStore
from views.build import build

EDITS = Path(__file__).parents[1].parent / "shared" / "data" / "edits" / "main_usgov_edits.jsonl.gz"
HISTORIES = 900  # articles whose histories are imported: about half
SAMPLED = 0.01  # seconds between two looks at the memory


class Taken(msgspec.Struct):
    """What a build took. CPU seconds; memory: the most that it held of its own at once, in MB."""

    events: int
    pages: int
    folding: float
    rendering: float
    memory: float


def figures() -> Iterator[Figure]:
    """Folding, rendering, memory."""
    house, mix = edited()
    taken: list[Taken] = []

    def folded() -> float:
        taken.append(_measured(house))
        return taken[-1].events / taken[-1].folding

    yield limited("rebuild of the tables", "events/CPU s", folded, at_least=25_000, against=f"mix: {mix}")
    rendered = iter(taken)
    yield limited(
        "rendering its pages", "pages/CPU s", lambda: (one := next(rendered)).pages / one.rendering,
        against=f"no budget; {taken[0].pages:,} pages of {taken[0].events:,} events",
    )  # fmt: skip
    large = paper.written()
    most = large.store.head().position
    yield compare(
        "memory of a rebuild, four times the log", "MB", lambda: _measured(large, most).memory,
        lambda: _measured(large, most // 4).memory, f"{most // 4:,} events of bench/paper.py, {most:,}", at_most=1.3,
        runs=1,
    )  # fmt: skip


@cache
def edited() -> tuple[House, str]:
    if not EDITS.exists():
        return paper.written(), "bench/paper.py, for want of real edits"
    house = paper.open_house("edits")
    Taking(house.newsroom, house.store).take(islice(edits.groups([EDITS]), HISTORIES))
    return house, f"{HISTORIES} histories of main_usgov_edits"


def _measured(house: House, until: int | None = None) -> Taken:
    """A build in a process of its own, as ``flask views rebuild`` makes it."""
    target = house.store.head().position if until is None else until
    command = [sys.executable, "-m", "bench.views", str(house.settings.events), str(target), str(paper.folder())]
    return msgspec.json.decode(subprocess.check_output(command), type=Taken)


def _build(log: Path, until: int, folder: Path) -> Taken:
    store, path = EventStore(log), folder / "aside.db"
    path.unlink(missing_ok=True)
    marks: list[tuple[float, int]] = []  # at each piece of rendered pages: CPU so far, pages so far

    def progress(phase: str, done: int, _total: int) -> None:
        if phase == "pages":
            marks.append((time.thread_time(), done))

    began = time.thread_time()
    with Memory() as memory:
        build(store, path, until, progress)
    (first, some), (last, pages) = marks[0], marks[-1]
    rendering = (last - first) * pages / (pages - some)  # the first piece follows the folding without a mark between
    path.unlink()
    store.close()
    return Taken(until, pages, last - began - rendering, rendering, memory.most / 1000)


class Memory:
    """The most memory that this process holds of its own: not what is mapped of files, which the system takes back."""

    def __init__(self) -> None:
        self.most = 0  # kB
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        status = Path("/proc/self/status")
        while not self._stop.wait(SAMPLED):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
            self.most = max(self.most, int(fields["RssAnon"].split()[0]))


if __name__ == "__main__":
    taken = _build(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.buffer.write(msgspec.json.encode(taken))
