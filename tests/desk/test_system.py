"""The System room: how the readers of the log stand, a banner when one ails, and work that goes on by itself."""

import fcntl
import time
from pathlib import Path

import pytest

from cms import article as a
from cms import health
from cms.desk.rooms.system import PARTS
from cms.house import FOLLOWER
from cms.operating import presence
from cms.operating.work import Job, Works, write
from events.instant import SECOND
from tests.desk.conftest import Browser, Newsroom

ROOM = "/desk/system"
STOPPED = "The part of Daybook that keeps search and pages up to date is not running."
STORY = "0193aaaa-0000-7000-8000-0000000000a1"


def through(browser: Browser) -> Browser:
    """Wait until the work that was started has ended."""
    until = time.monotonic() + 120
    while "data-running" in browser.go(ROOM).page.text:
        assert time.monotonic() < until, browser.text
        time.sleep(0.1)
    return browser


def start(browser: Browser, kind: str, status: int = 303) -> Browser:
    key = browser.go(ROOM).form("/desk/sign-out")["key"]
    browser.page = browser.client.post(f"{ROOM}/start", data={"key": key, "kind": kind})
    assert browser.page.status_code == status, browser.text
    return browser


def test_it_is_for_those_who_look_after_the_system(newsroom: Newsroom) -> None:
    for who in ("rita", "ed", "pia"):
        browser = newsroom.browser(who)
        assert ROOM not in browser.go("/desk").page.text
        assert "This is not for your role" in browser.go(ROOM, 403).text
        key = browser.go("/desk").form("/desk/sign-out")["key"]
        assert browser.client.post(f"{ROOM}/start", data={"key": key, "kind": "rebuild"}).status_code == 403
    assert newsroom.house.works.latest() == []
    assert ROOM in newsroom.browser("cora").go("/desk").page.text


def test_every_reader_stands_there_with_its_position_and_what_the_disk_holds(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, "Quay"))
    ada = newsroom.browser("ada").go(ROOM)
    for name in (
        "Pages as readers have them published", "Histories and activity history", "Readers’ search search index",
        "What keeps all of these up to date follower", "Keys of personal words", "SQLite", "1 entry so far",
    ):  # fmt: skip
        assert name in ada.text, "in plain words, and then as the machine's keepers call it"
    assert {one.view for one in newsroom.house.views.status(rows=False).views} == set(PARTS)
    assert '<span class="badge ">was never started on this machine</span>' in ada.page.text  # neither good nor bad
    assert "Nothing was started from here yet." in ada.text


def test_a_rebuild_goes_on_by_itself_and_its_outcome_is_kept(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, "Quay"), a.ChangeKind(STORY, "brief"), a.Publish(STORY, without_approval="News"))
    before = newsroom.house.views.status().generation
    ada = start(newsroom.browser("ada"), "rebuild")
    assert "It has begun" in ada.go(ROOM).text
    assert "under way" in ada.text or "the indexes hold what the views publish" in ada.text
    through(ada)
    assert "Make pages, lists and search anew done" in ada.text
    assert "the indexes hold what the views publish" in ada.text
    assert "Started by Ada Morrow" in ada.text
    assert newsroom.house.views.status().generation != before
    assert newsroom.house.works.latest()[0].result["verified"] is True


@pytest.mark.parametrize(("kind", "words"), [("verify", "Equal to a rebuild"), ("verify-log", "every one as it was")])
def test_verifying_says_in_words_what_it_found(newsroom: Newsroom, kind: str, words: str) -> None:
    newsroom.do(a.Draft(STORY, "Quay"))
    newsroom.house.step()
    assert words in through(start(newsroom.browser("cora"), kind)).text


def test_a_difference_is_no_success(newsroom: Newsroom) -> None:
    import sqlite3

    newsroom.do(a.Draft(STORY, "Quay"))
    newsroom.house.step()
    with sqlite3.connect(newsroom.house.settings.views.resolve()) as database:
        database.execute("UPDATE desk SET headline = 'Altered'")
    database.close()
    ada = through(start(newsroom.browser("ada"), "verify"))
    assert "found a difference" in ada.text
    assert "NOT what the log says" in ada.text


def test_only_one_piece_of_work_at_a_time(newsroom: Newsroom) -> None:
    folder = newsroom.house.settings.var / "work"
    folder.mkdir()
    ada = newsroom.browser("ada").go(ROOM)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Something is under way already." in start(ada, "verify", 409).text
    start(ada, "nonsense", 400)


def test_work_that_was_killed_is_told_from_work_that_goes_on(tmp_path: Path) -> None:
    works = Works(tmp_path, {})
    write(tmp_path / "a.json", Job(id="a", kind="verify", by=None, began=1))
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert [job.state for job in works.latest()] == ["running"]
    assert [job.state for job in works.latest()] == ["stopped"]
    (tmp_path / "b.json").write_text("{half")
    assert [job.id for job in works.latest()] == ["a"]


def test_how_long_it_will_take_is_reckoned_from_how_long_it_took() -> None:
    job = Job(id="a", kind="verify", by=None, began=0, phase_began=0, seen=2 * SECOND, done=100, total=400)
    assert (job.rate, job.left) == (50, 6)
    job.total = 0
    assert job.left is None


def test_a_banner_says_over_every_page_what_ails_and_what_to_do(newsroom: Newsroom) -> None:
    lock = newsroom.house.settings.var / FOLLOWER
    cora, rita = newsroom.browser("cora"), newsroom.browser("rita")
    assert presence.anybody(lock) is None
    with presence.present(lock):
        assert presence.anybody(lock) is True
        assert STOPPED not in cora.go(ROOM).text
    assert presence.anybody(lock) is False
    cora.go(ROOM)  # looks anew
    for page in ("/desk", "/desk/tags", "/desk/activity"):
        assert STOPPED in cora.go(page).text
        assert "What is saved is safe" in cora.text
        assert "flask" not in cora.text  # that is for the System room
    assert STOPPED not in rita.go("/desk").text


def test_three_parts_that_stand_still_have_one_cause_and_one_line(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = ("desk-index", "views", "index")
    faults = [f"{part}: 2 events behind the log, {health.STILL_BEHIND}; is flask follow running?" for part in parts]
    monkeypatch.setattr(health, "look", lambda _: {"faults": faults})
    cora = newsroom.browser("cora").go("/desk/tags")
    assert cora.page.text.count('class="ailment"') == 1
    assert STOPPED in cora.text and "flask" not in cora.text
    cora.go(ROOM)
    assert cora.page.text.count('class="ailment"') == 4
    assert cora.text.index(STOPPED) < cora.text.index("Lists and pages") < cora.text.index("The search is not")
    assert all(fault in cora.text for fault in faults)


def test_one_part_that_stands_still_is_named(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "look", lambda _: {"faults": [f"index: 2 behind, {health.STILL_BEHIND}"]})
    cora = newsroom.browser("cora").go("/desk/tags")
    assert "The search is not brought up to date." in cora.text and STOPPED not in cora.text


def test_without_views_the_room_and_the_banner_are_there_and_a_rebuild_helps(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, "Quay"))
    ada = newsroom.browser("ada")
    newsroom.house.views.close()
    newsroom.house.settings.views.unlink()
    assert "Lists and pages are not brought up to date" in ada.go(ROOM).text
    assert "The lists are being made anew" in ada.go("/desk/activity", 503).text
    through(start(ada, "rebuild"))
    assert "Quay" in ada.go("/desk").text
