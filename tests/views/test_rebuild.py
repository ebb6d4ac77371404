"""Rebuilding aside, and the proof that what serves is what the log says."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events import article as a
from events import byline as b
from events.generations import NothingBefore
from tests.views.conftest import House, by, words
from tests.views.test_public import FERRY, story, thing
from views.locks import Busy
from views.projection import RebuildNeeded
from views.projections import PROJECTIONS
from views.rebuild import aside
from views.verify import Difference

ROOT = Path(__file__).parents[2]
REBUILD = (
    "import sys; from pathlib import Path; from events.store import EventStore; from views import Views;"
    "from views import build, rendering;"
    "build.PAGE = build.BATCH = 1; rendering.CHUNK = 10; folder = Path(sys.argv[1]); "
    "views = Views(folder / 'views.db', EventStore(folder / 'events.db'), sys.argv[2]);"
    "views.rebuild(lambda *done: print(*done, flush=True))"
)


@pytest.fixture
def full(house: House) -> House:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"))
    for n in range(30):
        story(house, f"s{n}", f"/2026/09/21/{n}", bylines=by("anna"))
    return house


@contextmanager
def no_larger_than(size: int) -> Iterator[None]:
    """For the time of a ``with`` no file of this process grows beyond that: what a full disk is to whoever writes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def numbers(names: Iterable[str]) -> set[str]:
    """Of generations, however their engine calls them."""
    return {name[-1] for name in names if name[-1].isdigit()}


def test_a_rebuild_equals_what_was_there_and_leaves_no_litter(full: House) -> None:
    before = full.views.digests()
    rebuilt = full.views.rebuild()
    assert full.views.digests() == before and numbers(full.generations()) == {"1", "2"}
    assert rebuilt.position == before[0] and rebuilt.pages == 30
    assert (rebuilt.generation[-1], rebuilt.removed) == ("2", ())
    full.views.tidy()
    again = full.views.rebuild()
    assert (again.generation[-1], numbers(again.removed)) == ("3", {"1"})
    assert numbers(full.generations()) == {"2", "3"}


def test_one_can_go_back_to_what_was_before_the_last_rebuild(full: House) -> None:
    with pytest.raises(NothingBefore):
        full.views.rollback()
    full.views.rebuild()
    full.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))  # which the old one has to catch up with
    for back in ("1", "2"):
        assert full.views.rollback()[-1] == back
        assert full.read().latest(1).items[0].bylines[0].name == "Anna Reyes"
        assert full.views.verify().ok
    full.views.forget_previous()
    assert numbers(full.generations()) == {"2"}
    with pytest.raises(NothingBefore):
        full.views.rollback()


def test_views_that_other_code_made_are_not_gone_back_to(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    full.views.rebuild()
    monkeypatch.setattr(PROJECTIONS[0], "version", PROJECTIONS[0].version + 1)
    full.views.rebuild()
    with pytest.raises(RebuildNeeded):
        full.views.rollback()
    assert len(full.read().latest(100).items) == 30


@pytest.mark.parametrize("phase", ["events", "pages"])
def test_killed_half_way_the_old_one_serves_and_the_next_run_clears_up(full: House, phase: str) -> None:
    killed(full, phase)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("phase", ["tables 3 ", "tables 21 "])
def test_killed_while_it_is_copied_the_old_one_serves_and_the_next_run_clears_up(full: House, phase: str) -> None:
    killed(full, phase)


def kill_at(full: House, phase: str) -> None:
    """A rebuild that dies as soon as it tells of this phase."""
    process = subprocess.Popen(
        [sys.executable, "-c", REBUILD, str(full.folder), full.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for line in process.stdout:
        if line.startswith(phase):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def killed(full: House, phase: str) -> None:
    """The same, and the next one."""
    kill_at(full, phase)
    assert len(full.generations()) >= 2
    assert len(full.read().latest(100).items) == 30
    full.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))
    rebuilt = full.views.rebuild()
    assert full.views.verify().ok and full.read().latest(1).items[0].bylines[0].name == "Anna Reyes"
    full.views.tidy()
    assert rebuilt.generation in full.generations() and len(full.generations()) == 2


def test_readers_and_writers_notice_nothing_of_a_rebuild(full: House) -> None:
    failures: list[BaseException] = []
    over = threading.Event()
    asked = 0

    def ask() -> None:
        nonlocal asked
        try:
            while not over.is_set():
                assert len(full.views.reader(full.at(0)).latest(1000).items) >= 30
                asked += 1
        except BaseException as error:  # noqa: BLE001 told by the test
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(8):
        full.views.rebuild()
        story(full, f"more{n}", f"/2026/09/21/more{n}")
    over.set()
    for thread in threads:
        thread.join()
    assert not failures and asked
    assert len(full.read().latest(100).items) == 38 and full.views.verify().ok


def test_what_is_appended_during_a_rebuild_is_in_it(full: House) -> None:
    appended: list[int] = []

    def append(phase: str, _done: int, _total: int) -> None:
        if phase == "pages" and not appended:
            appended.append(full.tell("article-new", a.ArticleDrafted(headline="New"), fold=False))
            full.tell("article-new", a.ArticlePublished(**words(1, 0, path="/2026/09/21/new")))

    rebuilt = full.views.rebuild(append)
    assert rebuilt.position == appended[0] + 1 and full.read().page("/2026/09/21/new") is not None
    assert full.views.verify().ok


def test_only_one_rebuild_at_a_time(full: House) -> None:
    with aside(full.views._engine):
        for at_once in (full.views.rebuild, full.views.verify):
            with pytest.raises(Busy):
                at_once()
    assert full.views.verify().ok


@pytest.mark.parametrize(
    ("sql", "difference"),
    [
        ("UPDATE published SET html = 'Hacked' WHERE article = 's3'", ("published", "s3, 1", "html", "Hacked")),
        ("UPDATE desk SET headline = 'Hacked' WHERE article = 's4'", ("desk", "s4", "headline", "Hacked")),
        ("DELETE FROM history WHERE position = 5", ("history", "5", None, "no such row")),
        ("INSERT INTO paths VALUES ('/evil', 'article-s1', 'claimed', 0, '')", ("paths", "/evil", None, "a row")),
        ("UPDATE intervals SET data = '{}' WHERE stream = 'byline-anna'", ("intervals", "byline-anna", "data", "{}")),
    ],
)
def test_a_row_altered_by_hand_is_named(full: House, sql: str, difference: tuple[str, str, str | None, str]) -> None:
    full.rows(sql)
    verified = full.views.verify()
    [found] = [found for view in verified.views for found in view.differences]
    assert not verified.ok and isinstance(found, Difference)
    assert (found.table, found.key.removesuffix(", -4611686018427387904"), found.column, found.found) == difference
    full.views.rebuild()
    assert full.views.verify().ok


def test_verification_leaves_nothing_behind_and_changes_nothing(full: House) -> None:
    stamp = full.read().stamp()
    assert full.views.verify().ok and numbers(full.generations()) == {"1"} and full.read().stamp() == stamp


def test_a_verification_goes_on_while_the_newsroom_writes(full: House) -> None:
    def write(phase: str, _done: int, _total: int) -> None:
        if phase == "pages":
            full.tell("byline-anna", b.BylineRenamed(name=f"Anna {time.monotonic_ns()}"))

    assert full.views.verify(write).ok


def test_equal_logs_make_equal_digests(full: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other")
    try:
        for recorded in full.store.read_all():
            other.hour = (recorded.occurred_at - other.at(0)) / (other.at(1) - other.at(0))
            other.tell(recorded.stream, recorded.event, actor=recorded.meta.actor, fold=recorded.position % 7 == 0)
        mine, theirs = full.views.digests()[1], other.views.digests()[1]
        del mine["checkpoints"], theirs["checkpoints"]  # another log: its chain of hashes is its own
        assert mine == theirs
    finally:
        other.close()


def test_a_page_survives_the_rebuild_of_its_generation(full: House) -> None:
    reader = full.read()
    full.views.rebuild()
    assert len(reader.latest(100).items) == 30 and reader.page("/2026/09/21/3") is not None
    assert reader.page(FERRY) is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_generation_goes_when_the_last_who_reads_from_it_has_gone(full: House) -> None:
    reader = full.read()
    rebuilt = full.views.rebuild()
    full.views.forget_previous()
    assert not rebuilt.removed and len(full.generations()) == 2
    full.views.tidy()
    assert len(reader.latest(100).items) == 30
    full.read()
    full.views.tidy()
    assert len(full.generations()) == 2  # the thread has let go of it, somebody's answer has not
    del reader
    full.views.tidy()
    assert full.generations() == {rebuilt.generation}


@pytest.mark.parametrize("phase", ["events 40 ", "pages 20 "])
def test_killed_half_way_it_can_be_gone_on_with(full: House, phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("views.rendering.CHUNK", 10)
    kill_at(full, phase)
    full.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))
    told: list[tuple[str, int]] = []
    rebuilt = full.views.rebuild(lambda phase, done, _: told.append((phase, done)), resume=True)
    assert rebuilt.anew == "" and rebuilt.resumed >= 40
    least = {"events": 40, "pages": 20 if "pages" in phase else 0}
    assert all(done > least.get(phase, 0) for phase, done in told)
    after = full.views.digests()
    assert full.views.verify().ok and full.read().latest(1).items[0].bylines[0].name == "Anna Reyes"
    assert full.views.rebuild().resumed == 0 and full.views.digests() == after


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_it_is_not_safe_to_go_on_with_is_made_anew(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def resumed() -> str:
        rebuilt = full.views.rebuild(resume=True)
        assert rebuilt.resumed == 0 and full.views.verify().ok and len(numbers(full.generations())) <= 2
        return rebuilt.anew

    assert "no rebuild of the views was left" in resumed()
    kill_at(full, "events 40 ")
    with monkeypatch.context() as other:
        other.setattr("views.unfinished._boot", lambda: "another morning")
        assert "started anew" in resumed()
    kill_at(full, "events 40 ")
    with monkeypatch.context() as other:
        other.setattr("views.fold.SHAPE", 7)
        assert "other" in resumed()
    full.views.rebuild()
    kill_at(full, "events 40 ")
    full.views.verify()
    assert "cleared away" in resumed()
    kill_at(full, "events 40 ")
    (full.folder / "views.building").write_text("{")
    assert "cannot be read" in resumed()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_the_old_one_serving_and_can_be_gone_on_from(
    full: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.build.PAGE", 10)
    monkeypatch.setattr("views.build.BATCH", 1)
    before, sizes = full.views.digests(), list[int]()

    def watch(phase: str, _done: int, _total: int) -> None:
        if phase == "events":
            sizes.append(max(path.stat().st_size for path in full.folder.glob("views.db.2")))

    full.views.rebuild(watch)
    with no_larger_than(sizes[-2]), pytest.raises((sqlite3.OperationalError, OSError)):
        full.views.rebuild()
    assert full.views.digests() == before and (full.folder / "views.building").exists()
    rebuilt = full.views.rebuild(resume=True)
    assert rebuilt.resumed > 0 and full.views.verify().ok and full.views.digests() == before
    with monkeypatch.context() as poor, no_larger_than(sizes[-2]):
        poor.setattr("views.rebuild.room_to_keep", lambda _: False)  # the newsroom needs what room there is
        with pytest.raises((sqlite3.OperationalError, OSError)):
            full.views.rebuild()
    assert not (full.folder / "views.building").exists() and len(numbers(full.generations())) == 1
    assert full.views.digests() == before
