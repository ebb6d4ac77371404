"""A rebuild builds aside: whatever happens to it, the old index serves."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.generations import Generations, NothingBefore
from search import commits
from search.crew import BuildFailed, Worker
from search.index import Index
from search.rebuilding import RebuildRunning
from search.resuming import Origin
from search.shapes import Document
from tests.search.conftest import NOW, Archive, article, ask, built

ROOT = Path(__file__).parents[2]


def archive(count: int) -> Archive:
    return Archive(article(n, f"Flood {n}", f"The river rose by {n} feet.") for n in range(count))


def test_processes_build_the_same_index_as_one(folder: Path, tmp_path: Path) -> None:
    source = archive(500)
    alone, together = Index(tmp_path / "one"), Index(tmp_path / "two")
    done: list[int] = []
    alone.rebuild(source)
    rebuilt = together.rebuild(source, jobs=2, progress=done.append)
    assert rebuilt.documents == done[-1] == 500
    assert together.status().segments == 2
    assert list(alone.digests(NOW)) == list(together.digests(NOW))
    assert ask(alone, "river 44", limit=50).hits == ask(together, "river 44", limit=50).hits


class Busy(Archive):
    """An archive that goes on changing while it is read."""

    def all(self) -> Iterator[Document]:
        for number, document in enumerate(super().all()):
            yield document
            if number == 5:
                self.put(article(900, "Flood meanwhile"))
                self.drop("a1")


def test_what_changes_during_a_rebuild_is_in_it(folder: Path) -> None:
    source = Busy(article(n, "Flood") for n in range(10))
    index = Index(folder)
    index.rebuild(source)
    assert ask(index, "meanwhile").total == 1
    assert ask(index, "flood").total == 10
    assert index.status().position == source.position()


class Failing(Archive):
    def all(self) -> Iterator[Document]:
        yield article(1, "Flood")
        raise OSError("no space left on device")


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_failed_rebuild_leaves_the_old_index_and_no_litter(folder: Path, jobs: int) -> None:
    index, _ = built(folder, [article(1, "Flood")])
    with pytest.raises(OSError, match="no space"):
        index.rebuild(Failing(), jobs=jobs)
    assert ask(index, "flood").total == 1
    assert sorted(path.name for path in folder.iterdir()) == [".rebuild.lock", "1", "current"]


def test_a_process_that_dies_fails_the_rebuild(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, _ = built(folder, [article(1, "Flood")])
    started = Worker.__init__

    def dying(self: Worker, where: Path) -> None:
        started(self, where)
        self._process.kill()

    monkeypatch.setattr(Worker, "__init__", dying)
    with pytest.raises(BuildFailed):
        index.rebuild(archive(2000), jobs=2)
    assert ask(index, "flood").total == 1


def test_there_is_one_rebuild_at_a_time(folder: Path) -> None:
    index, source = built(folder, [article(1, "Flood")])
    with commits.locked(folder / ".rebuild.lock"), pytest.raises(RebuildRunning):
        index.rebuild(source)


FOLLOWER = """
import sys
from pathlib import Path
from typing import Any
from tests.search.conftest import Archive, article
from search.index import Index
index, source = Index(Path(sys.argv[1])), Archive(article(n, f"Flood {n}") for n in range(200))
print("ready", flush=True)
number = 200
while True:
    if sys.argv[2] == "rebuild":
        index.rebuild(source, jobs=int(sys.argv[3]))
    else:
        source.put(article(number, f"Flood {number}"))
        source.log += ["x"] * 1000  # ahead of whatever is committed
        index.catch_up(source)
        index.merge()
        number += 1
"""


@pytest.mark.parametrize(("what", "jobs"), [("rebuild", 0), ("rebuild", 2), ("catch_up", 0)])
def test_killed_at_any_moment_the_old_index_serves_and_the_next_run_clears_up(
    folder: Path, what: str, jobs: int
) -> None:
    source = archive(200)
    Index(folder).rebuild(source)
    for wait in (0.0, 0.02, 0.05, 0.11, 0.23):
        process = subprocess.Popen(
            [sys.executable, "-c", FOLLOWER, str(folder), what, str(jobs)],
            stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        index = Index(folder)
        assert ask(index, "flood").total >= 200
        assert len(list(index.digests(NOW))) >= 200
    index = Index(folder)
    index.rebuild(source)
    assert ask(index, "flood").total == 200
    current, previous = index.generations.current(), index.generations.previous()
    assert current is not None and previous is not None
    left = {path.name for path in folder.iterdir() if not path.name.startswith(".current")}
    assert left == {".rebuild.lock", "current", current.name, "current.previous", previous.name}
    kinds = sorted(path.suffix for path in current.iterdir() if path.name != "lock")
    assert kinds == [".doc", ".pst", ".toc", ".trm"]


def test_one_can_go_back_to_what_was_before_the_last_rebuild(folder: Path) -> None:
    source = archive(30)
    index = Index(folder)
    index.rebuild(source)
    with pytest.raises(NothingBefore):
        index.rollback(source)
    index.rebuild(source)
    source.put(article(99, "Flood again"))  # which the old one has to catch up with
    assert index.rollback(source) == "1" and ask(index, "flood again").total == 1
    assert index.rollback(source) == "2" and ask(index, "flood again").total == 1
    index.rebuild(source)
    assert sorted(path.name for path in folder.iterdir() if path.name.isdigit()) == ["2", "3"]
    index.forget_previous()
    assert [path.name for path in folder.iterdir() if path.name.isdigit()] == ["3"]
    with pytest.raises(NothingBefore):
        index.rollback(source)
    assert ask(index, "flood").total == 31


def cut_off(index: Index, source: Archive, error: type[BaseException], after: int, **how: Any) -> None:
    """A rebuild that ends with this error when so many documents are taken in."""

    def stop(done: int) -> None:
        if done >= after:
            raise error

    with pytest.raises(error):
        index.rebuild(source, progress=stop, **how)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment is finished after a few documents."""
    monkeypatch.setattr("search.building.FULL", 500)


def test_an_interrupted_rebuild_can_be_gone_on_with(folder: Path, tmp_path: Path, small: None) -> None:
    source, plain, index = archive(1000), Index(tmp_path / "plain"), Index(folder)
    index.rebuild(source)
    cut_off(index, source, KeyboardInterrupt, 600)
    source.put(article(900, "Flood again"))
    source.drop("a3")
    source.put(article(2000, "Flood of late"))
    told: list[int] = []
    rebuilt = index.rebuild(source, progress=told.append, resume=True)
    assert (rebuilt.anew, rebuilt.generation.name) == ("", "2") and 100 < rebuilt.resumed < told[0] <= 1000
    plain.rebuild(source)
    assert list(index.digests(NOW)) == list(plain.digests(NOW))
    assert not list(folder.rglob("*.seg")) and not (folder / "building").exists()


def test_one_that_has_its_first_commit_is_gone_on_with_from_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, plain, index = archive(100), Index(tmp_path / "plain"), Index(folder)
    with monkeypatch.context() as dying:
        dying.setattr("search.rebuilding._follow", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index.rebuild(source)
    source.drop("a3")
    assert index.rebuild(source, resume=True).resumed == 100
    plain.rebuild(source)
    assert list(index.digests(NOW)) == list(plain.digests(NOW))


def test_what_it_is_not_safe_to_go_on_with_is_made_anew(
    folder: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, index = archive(1000), Index(folder)

    def resumed(origin: Origin = str) -> str:
        rebuilt = index.rebuild(source, origin=origin, resume=True)
        assert rebuilt.resumed == 0 and rebuilt.documents == 1000
        assert len([path for path in folder.iterdir() if path.name.isdigit()]) <= 2
        return rebuilt.anew

    assert "was left unfinished" in resumed()
    cut_off(index, source, KeyboardInterrupt, 600)
    assert "another log" in resumed(lambda position: f"other {position}")
    cut_off(index, source, KeyboardInterrupt, 600)
    with monkeypatch.context() as newer:
        newer.setattr("search.resuming.ANALYSIS", 999)
        assert "other code" in resumed()
    index.rebuild(source)
    cut_off(index, source, KeyboardInterrupt, 600)
    for path in folder.rglob("*.seg"):
        with path.with_suffix(".pst").open("r+b") as file:
            file.write(b"?")
    assert "damaged" in resumed()
    cut_off(index, source, KeyboardInterrupt, 600)
    for path in folder.rglob("*.seg"):
        path.write_bytes(b"?")
    assert "cannot be read" in resumed()


def test_an_indexing_process_says_what_hindered_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, _ = built(folder, [article(1, "Flood")])
    started = Worker.__init__
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def poor(self: Worker, where: Path) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))  # it inherits it: as good as a full disk
        try:
            started(self, where)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr(Worker, "__init__", poor)
    with pytest.raises(BuildFailed, match="too large"):
        index.rebuild(archive(500), jobs=2)
    assert ask(index, "flood").total == 1 and sorted(path.name for path in folder.glob("[0-9]*")) == ["1"]


def test_nothing_that_was_found_is_missing_after_the_switch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows writes to the old one up to the last moment, and not between the last look and the switch."""
    source, follower, index = archive(20), Index(folder), Index(folder)
    index.rebuild(source)
    switch = Generations.switch

    def late(self: Generations, generation: Path) -> None:
        source.put(article(900, "Flood of late"))
        assert follower.catch_up(source).busy
        switch(self, generation)

    monkeypatch.setattr(Generations, "switch", late)
    index.rebuild(source)
    assert ask(index, "flood").total == 20 and not follower.catch_up(source).busy
    assert ask(index, "flood").total == 21
