"""The room of addresses: where each leads, and leading those elsewhere that are no thing's own."""

import io
import json
from pathlib import Path

import pytest

from app import create_app
from cms import article as a
from cms import byline as b
from cms import section as s
from cms import tag as t
from cms.decider import Command
from cms.desk.rooms import redirects
from cms.redirect import Point
from cms.redirecting import lines
from cms.settings import load_settings
from tests.desk.conftest import Browser, Newsroom

ROOM = "/desk/redirects"
STORY, ANNA = "0193aaaa-0000-7000-8000-0000000000a1", "0193aaaa-0000-7000-8000-0000000000b1"


def published(newsroom: Newsroom) -> str:
    newsroom.do(a.Draft(STORY, "Quay"), a.ChangeKind(STORY, "brief"), a.Publish(STORY, without_approval="News"))
    found = newsroom.house.views.desk(newsroom.clock()).story(STORY)
    assert found is not None
    return found.path


def from_file(browser: Browser, content: bytes, status: int = 200) -> Browser:
    data = {**browser.go(ROOM).form(f"{ROOM}/file"), "file": (io.BytesIO(content), "old.csv")}
    browser.page = browser.client.post(f"{ROOM}/file", data=data)
    assert browser.page.status_code == status, browser.text
    return browser


def test_an_empty_room_says_what_brings_addresses(newsroom: Newsroom) -> None:
    assert "No address is in use yet" in newsroom.browser("rita").go(f"{ROOM}?state=all").text


def test_the_room_opens_on_what_is_led_by_hand(newsroom: Newsroom) -> None:
    path = published(newsroom)
    ed = newsroom.browser("ed").go(ROOM)
    assert "No address is led elsewhere by hand yet" in ed.text and f"<code>{path}" not in ed.page.text
    ed.send(ROOM, path="/blog/2009/quay/", to=path).go(ROOM)
    assert "<code>/blog/2009/quay" in ed.page.text and f"<code>{path}</code> <span" not in ed.page.text
    assert f"<code>{path}</code> <span" in ed.go(f"{ROOM}?state=all").page.text


def test_an_address_of_old_leads_to_a_story_wherever_that_moves(newsroom: Newsroom) -> None:
    path = published(newsroom)
    ed = newsroom.browser("ed").go(f"{ROOM}?state=all")
    assert path in ed.text
    ed.send(ROOM, path="/blog/2009/quay/", to=path)
    assert f"/blog/2009/quay leads to {path} now." in ed.text
    assert newsroom.reads("/blog/2009/quay") == newsroom.reads("/blog/2009/quay/") == (301, path)
    newsroom.do(a.ChangeSlug(STORY, "harbour-wall"), a.Update(STORY, without_approval="Better"))
    status, to = newsroom.reads("/blog/2009/quay")
    assert (status, to.endswith("/harbour-wall")) == (301, True)
    ed.go(f"{ROOM}?state=pointed").send(f"{ROOM}/remove")
    assert "leads nowhere now" in ed.text
    assert newsroom.reads("/blog/2009/quay")[0] == 404
    assert "led “/blog/2009/quay” nowhere any more" in ed.go("/desk/activity?thing=path").text


def test_leading_readers_to_where_nothing_is_is_said(newsroom: Newsroom) -> None:
    ed, path = newsroom.browser("ed").go(ROOM), published(newsroom)
    assert "Nothing is published at that address yet" in ed.send(ROOM, path="/old/x", to="/nowhere/at/all").text
    assert "Nothing is published" not in ed.send(ROOM, path="/old/y", to=path).text


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ("", "/x", "An address is missing."),
        ("/x", "https://elsewhere.example/", "is on another site"),
        ("/desk", "/x", "The site itself needs /desk"),
        ("/x", "/x", "readers would never arrive"),
        ("/search/old", "/x", "The site itself needs /search"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(newsroom: Newsroom, path: str, to: str, words: str) -> None:
    ed = newsroom.browser("ed").go(ROOM).send(ROOM, 422, path=path, to=to)
    assert words in ed.text
    assert (ed.form(ROOM)["path"], ed.form(ROOM)["to"]) == (path, to)


def test_what_is_a_storys_is_told_and_a_story_avoids_what_is_led_by_hand(newsroom: Newsroom) -> None:
    path = published(newsroom)
    assert "is a story's" in newsroom.browser("ed").go(ROOM).send(ROOM, 422, path=path, to="/x").text
    taken = path.rpartition("/")[0] + "/bridge"
    newsroom.do(Point(taken, path))
    other = STORY.replace("a1", "a2")
    newsroom.do(a.Draft(other, "Bridge"), a.ChangeKind(other, "brief"), a.Publish(other, without_approval="News"))
    story = newsroom.house.views.desk(newsroom.clock()).story(other)
    assert story is not None
    assert story.path == f"{taken}-2"


def test_a_chain_made_later_is_one_step_for_readers(newsroom: Newsroom) -> None:
    newsroom.do(Point("/a", "/b"))
    newsroom.do(Point("/b", "/c/d"))
    assert newsroom.reads("/a") == (301, "/c/d")
    assert "nothing is there" not in newsroom.browser("ed").go(ROOM).text


@pytest.mark.parametrize(
    ("make", "was", "rename", "now"),
    [
        (b.Create(ANNA, "Anna Brandt"), "/by/anna-brandt", b.ChangeSlug(ANNA, "anna"), "/by/anna"),
        (t.Create(ANNA, "Ferries"), "/tag/ferries", t.ChangeSlug(ANNA, "boats"), "/tag/boats"),
        (s.Open(ANNA, "Sport"), "/sport", s.ChangeSlug(ANNA, "games"), "/games"),
    ],
)
def test_readers_arrive_in_one_step_where_a_thing_has_moved_since(
    newsroom: Newsroom, make: Command, was: str, rename: Command, now: str
) -> None:
    newsroom.do(make, Point("/old", was))
    assert newsroom.reads("/old") == (301, was)
    newsroom.do(rename)
    assert newsroom.reads("/old") == (301, now)


def test_a_merged_byline_is_one_step_away_too(newsroom: Newsroom) -> None:
    ben = ANNA.replace("b1", "b2")
    newsroom.do(b.Create(ANNA, "Anna Brandt"), b.Create(ben, "Ben Carr"), Point("/old", "/by/anna-brandt"))
    newsroom.do(b.Merge(ANNA, ben))
    assert newsroom.reads("/old") == (301, "/by/ben-carr")


def test_they_are_found_by_their_words_and_by_what_they_are(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.do(b.Create(ANNA, "Anna Brandt"), b.ChangeSlug(ANNA, "anna"), Point("/old/one", "/by/anna"))
    ed = newsroom.browser("ed").go(f"{ROOM}?state=all&text=BY/anna")
    assert ("/old/one" in ed.text, "/by/anna-brandt" in ed.text) == (True, True)
    assert "/old/one" not in ed.go(f"{ROOM}?state=redirected").text
    assert "Anna Brandt" in ed.text
    assert "No address is like that." in ed.go(f"{ROOM}?state=all&text=nowhere").text
    ed.go(f"{ROOM}?state=nonsense", 404).go(f"{ROOM}?after=%%%", 404)
    monkeypatch.setattr(redirects, "PAGE", 1)
    seen = [ed.go(f"{ROOM}?state=all").page.text]
    while "Further" in seen[-1]:
        seen.append(ed.go(seen[-1].split("after=")[1].split('"')[0].join((f"{ROOM}?state=all&after=", ""))).page.text)
    assert len(seen) == 3


def test_a_reporter_looks_and_changes_nothing(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").go(ROOM)
    assert "Lead an address elsewhere" not in rita.text
    key = rita.form("/desk/sign-out")["key"]
    data = {"key": key, "path": "/x", "to": "/y"}
    assert rita.client.post(ROOM, data=data).status_code == 422
    data = {"key": key, "file": (io.BytesIO(b"/x,/y"), "a.csv")}  # type: ignore[dict-item]
    assert rita.client.post(f"{ROOM}/file", data=data).status_code == 403
    assert newsroom.house.store.head().position == 0


def test_of_a_file_each_line_is_taken_or_refused_with_a_reason(newsroom: Newsroom) -> None:
    ed = from_file(newsroom.browser("ed"), b"from,to\r\n/a,/x/y\r\n/a,/x/y\r\n/b,https://e.example/\r\n\r\n/c\r\n", 422)
    assert "1 line was taken, 1 was known, 2 were refused: the others are in effect" in ed.text
    *_, led = newsroom.house.store.read_all()
    assert led.meta.face == "desk" and led.meta.correlation, "by which all of one file are found"
    assert "Line 4, /b : https://e.example/ is on another site" in ed.text
    assert "Line 6, /c : a line needs two columns" in ed.text
    assert "Choose a file first." in from_file(ed, b"", 422).text
    assert "no text in UTF-8" in from_file(ed, b"\xff\xfe/\0a", 422).text


def test_the_same_file_again_changes_nothing_and_of_two_meanings_the_first_is_taken(newsroom: Newsroom) -> None:
    content = b"/a,/b\n/b,/c\n/c,/by/anna\n/a,/elsewhere\n/b,/a\n"
    ed = from_file(newsroom.browser("ed"), content, 422)
    assert "3 lines were taken, 2 were refused" in ed.text
    assert "Line 4, /a : Line 1 leads /a elsewhere: one of the two has to go." in ed.text
    head = newsroom.house.store.head().position
    assert "0 lines were taken, 3 were known, 2 were refused" in from_file(ed, content, 422).text
    assert newsroom.house.store.head().position == head
    assert {newsroom.reads(path) for path in ("/a", "/b", "/c")} == {(301, "/by/anna")}


def test_lines_of_json_are_read_too() -> None:
    read = list(lines('{"from": "/a", "to": "/b", "kind": "alias"}\n\n{"from": 1}\n'))
    assert [(line.number, line.old, line.new) for line in read] == [(1, "/a", "/b"), (3, "", "")]
    assert "no JSON object with from and to" in read[1].wrong


def test_real_redirects_of_an_older_site_are_imported_by_command(tmp_path: Path, shared: Path) -> None:
    app = create_app(load_settings({"DAYBOOK_VAR": str(tmp_path / "var")}, dotenv=None))
    file = shared / "data/news/usgov_redirects.jsonl"
    with app.app_context():
        first, again = (
            json.loads(app.test_cli_runner().invoke(args=["import", "redirects", str(file), "--json"]).stdout)
            for _ in range(2)
        )
    app.extensions["daybook"].close()
    assert first["taken"] + first["known"] + first["refused"] == 981
    assert first["taken"] > 500
    assert all(one["reason"].endswith((".", ")")) for one in first["refusals"])
    assert again["refused"] == first["refused"]
    assert (again["taken"], again["known"]) == (0, first["taken"] + first["known"])
