"""The projector: whoever appended helps; nothing is skipped; what does not belong is refused."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from events import article as a
from events import byline as b
from events import event as log_event
from events.store import EventStore, Unit, Write
from tests.views.conftest import House, words
from tests.views.test_public import FERRY, story
from views import Views, feed, fold, projector
from views.locks import Busy
from views.projection import ProjectionStopped, RebuildNeeded
from views.projections import handlers
from views.projections.published import REVISIONS
from views.shapes import ViewsMissing

ROOT = Path(__file__).parents[2]


def position(house: House) -> int:
    return house.views.status(rows=False).position


def test_many_threads_catch_up_at_once_and_each_reads_its_own_writes(house: House) -> None:
    seen: list[bool] = []

    def work(n: int) -> None:
        for m in range(5):
            id = f"{n}-{m}"
            here = house.store.append(unit(f"article-{id}", a.ArticleDrafted(headline=id))).position
            house.views.catch_up(here)
            seen.append(house.views.desk(house.at(0)).story(id) is not None)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 30 and house.views.verify().ok


def unit(stream: str, *events: log_event.Event) -> Unit:
    """One command of somebody else's."""
    return Unit(command_id=uuid4(), writes=[Write(stream, 0, events)], meta=log_event.Meta(actor="a"))


def test_many_processes_catch_up_at_once(house: House) -> None:
    for n in range(200):
        house.tell(f"article-{n}", a.ArticleDrafted(headline=f"{n}"), fold=False)
    code = (
        "import sys; from pathlib import Path; from events.store import EventStore; from views import Views, projector;"
        "projector.BATCH = 7; folder = Path(sys.argv[1]);"
        "print(Views(folder / 'views.db', EventStore(folder / 'events.db'), sys.argv[2]).catch_up())"
    )
    command = [sys.executable, "-c", code, str(house.folder), house.url]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    assert {process.communicate()[0].strip() for process in running} == {b"200"}
    assert house.views.verify().ok


def test_a_failing_event_stops_the_projector_there_and_keeps_what_came_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="Fine"))

    def fails(*_: object) -> None:
        raise ValueError("no idea")

    monkeypatch.setitem(REVISIONS.handlers, a.ArticleWithdrawn, fails)
    monkeypatch.setattr(fold, "_HANDLERS", handlers())
    house.tell("article-y", a.ArticleDrafted(headline="Before"), fold=False)
    bad = house.tell("article-x", a.ArticleWithdrawn(reason="?"), fold=False)
    house.tell("article-z", a.ArticleDrafted(headline="After"), fold=False)
    for _ in range(2):
        with pytest.raises(ProjectionStopped, match="no idea") as stopped:
            house.views.catch_up()
        assert (stopped.value.projection, stopped.value.position) == ("revisions", bad)
        assert stopped.value.type == "article.withdrawn" and position(house) == bad - 1
    assert house.desk().story("y") and not house.desk().story("z")
    monkeypatch.undo()
    assert house.views.catch_up() == bad + 1 and house.views.verify().ok


def test_an_event_for_something_that_never_began_stops_it(house: House) -> None:
    bad = house.tell("byline-ghost", b.BylineRenamed(name="Boo"), fold=False)
    with pytest.raises(ProjectionStopped, match="bylines has no ghost") as stopped:
        house.views.catch_up()
    assert stopped.value.position == bad


def test_a_body_that_cannot_be_rendered_stops_it(house: House) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="x"))
    given = words(1, 0)
    given["body"] = msgspec.Raw(b'{"type":"doc","content":[{"type":"blink"}]}')
    bad = house.tell("article-x", a.ArticlePublished(**given), fold=False)
    with pytest.raises(ProjectionStopped, match="blink") as stopped:
        house.views.catch_up()
    assert stopped.value.position == bad and position(house) == bad - 1


def test_an_event_that_cannot_be_read_stops_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="x"), fold=False)
    bad = house.tell("byline-b", b.BylineCreated(name="B", slug="b"), fold=False)
    house.tell("article-y", a.ArticleDrafted(headline="y"), fold=False)
    monkeypatch.delitem(log_event._by_name, "byline.created")
    with pytest.raises(ProjectionStopped, match=r"no event is called 'byline.created'"):
        house.views.catch_up()
    assert position(house) == bad - 1


def test_views_of_another_log_are_refused_until_they_are_rebuilt(house: House) -> None:
    story(house)
    house.views.close()
    house.store.close()
    for file in house.folder.glob("events.db*"):
        file.unlink()
    other = EventStore(house.folder / "events.db")
    views = house.others(other)
    try:
        for n in range(9):
            other.append(unit(f"article-{n}", a.ArticleDrafted(headline=f"{n}")))
        with pytest.raises(RebuildNeeded, match="another log"):
            views.catch_up()
        status = views.status()
        assert not status.usable and status.reason and "backup" in status.reason
        views.rebuild()
        assert views.catch_up() == 9 and views.verify().ok
    finally:
        views.close()
        other.close()


def test_views_that_are_ahead_of_a_restored_log_are_refused(house: House, tmp_path: Path) -> None:
    story(house)
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(house.folder / "events.db")) as db, closing(sqlite3.connect(backup)) as copy:
        db.backup(copy)
    house.tell("article-y", a.ArticleDrafted(headline="Lost with the backup"))
    older = EventStore(backup)
    views = house.others(older)
    try:
        with pytest.raises(RebuildNeeded):
            views.catch_up()
    finally:
        views.close()
        older.close()


def test_views_made_by_other_code_are_not_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    story(house)
    monkeypatch.setattr(REVISIONS, "version", 2)
    fresh = house.others()
    with pytest.raises(ViewsMissing, match="revisions"):
        fresh.reader(house.at(0))
    with pytest.raises(RebuildNeeded, match="another version"):
        fresh.catch_up()
    [status] = [view for view in fresh.status().views if view.view == "revisions"]
    assert (status.version, status.on_disk) == (2, 1) and not fresh.status().usable
    fresh.rebuild()
    assert fresh.reader(house.at(0)).page(FERRY) is not None
    fresh.close()


def test_views_whose_tables_have_another_shape_are_not_read(house: House) -> None:
    story(house)
    for damage in ("UPDATE stamps SET value = 7 WHERE name = 'shape'", "DROP TABLE stamps"):
        house.rows(damage)
        other = house.others()
        with pytest.raises(ViewsMissing, match="another version"):
            other.reader(house.at(0))
        other.close()
        assert not house.views.status().usable
    house.views.rebuild()
    assert house.read().page(FERRY) is not None


def test_views_deleted_under_a_running_house_are_missing_until_somebody_rebuilds_them(house: House) -> None:
    story(house)
    before = house.read()
    house.delete_views()
    for ask in (house.read, house.desk, house.views.documents.position, house.views.catch_up, house.views.verify):
        with pytest.raises(ViewsMissing):
            ask()
    if not house.url:
        assert before.page(FERRY) is not None  # a request that had begun goes on with what it had
    assert not house.views.status().usable
    other = house.others()
    other.rebuild()  # as another process would
    other.close()
    assert house.read().page(FERRY) is not None
    house.tell("article-y", a.ArticleDrafted(headline="y"))
    assert house.desk().story("y") is not None


def test_a_house_that_never_had_views_gets_them_by_itself(tmp_path: Path, url: str) -> None:
    store = EventStore(tmp_path / "events.db")
    views = Views(tmp_path / "views.db", store, url)
    here = store.append(unit("article-x", a.ArticleDrafted(headline="x"))).position
    assert views.catch_up(here) == here
    views.close()
    store.close()


def test_what_another_folded_in_meanwhile_is_not_folded_in_again(house: House) -> None:
    story(house)
    mine, head = house.views._projector, house.store.head().position
    before = mine._open()
    for id in "yz":
        house.tell(f"article-{id}", a.ArticleDrafted(headline=id), fold=False)
    [page] = feed.pages(house.store, head, head + 1, 10)
    other = house.others()
    assert other.catch_up() == head + 2  # as if the lock had not held: its file was deleted, say
    other.close()
    assert mine._fold(before, page).position == head + 2
    assert house.views.verify().ok


def test_somebody_who_waits_too_long_is_told(house: House) -> None:
    with house.views._projector.turn.taken(time.monotonic() + 1):
        other = house.others()
        house.tell("article-x", a.ArticleDrafted(headline="x"), fold=False)
        for views in (other, house.views):
            with pytest.raises(Busy):
                views.catch_up(timeout=0.05)
        other.close()
    house.views.catch_up()


def test_what_a_follower_does_not_finish_in_one_go_it_finishes_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "BATCH", 3)
    for n in range(20):
        house.tell(f"article-{n}", a.ArticleDrafted(headline="n"), fold=False)
    stop = threading.Event()
    follower = threading.Thread(target=house.views.follow, args=(stop,))
    follower.start()
    while position(house) < 20:
        time.sleep(0.01)
    last = house.tell("article-x", a.ArticleDrafted(headline="x"), fold=False)
    while position(house) < last:
        time.sleep(0.01)
    stop.set()
    follower.join()
