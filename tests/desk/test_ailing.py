"""When the disk is full nothing that was typed is lost: it stands in its form again, with what happened."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from cms import article as a
from cms.desk.publishing import receipt
from cms.desk.stories import editing, notes
from events.document import from_paragraphs
from events.instant import MINUTE
from tests.desk.conftest import Newsroom

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
PLACE = f"/desk/articles/{STORY}"


@contextmanager
def full_disk() -> Iterator[None]:
    """The system refuses to write a single byte to any file of this process."""
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))


@pytest.fixture
def desk(newsroom: Newsroom) -> Newsroom:
    newsroom.do(a.Draft(STORY, "Bridge closed"), a.ReplaceBody(STORY, from_paragraphs(["It is closed."])), who="rita")
    return newsroom


@pytest.mark.parametrize(
    ("screen", "form", "typed"),
    [
        (f"{PLACE}/edit", f"{PLACE}/edit", {"headline": "Bridge open", "body": "Precious words."}),
        (PLACE, f"{PLACE}/do/note", {"text": "Precious words."}),
        (PLACE, f"{PLACE}/do/return", {"note": "Precious words."}),
        ("/desk", "/desk/articles", {"headline": "Precious words"}),
        ("/desk/tags", "/desk/tags", {"name": "Precious words"}),
    ],
)
def test_words_in_a_form_stay_in_it_and_go_in_when_there_is_room(
    desk: Newsroom, screen: str, form: str, typed: dict[str, Any]
) -> None:
    desk.do(a.Submit(STORY), who="rita")
    ed = desk.browser("ed").go(screen)
    before = desk.house.store.head().position
    desk.clock.at += 2 * MINUTE  # their session would be noted as used again
    with full_disk():
        ed.send(form, 422, **typed)
    assert "This could not be saved" in ed.text
    assert {name: ed.form(form)[name].strip() for name in typed} == typed
    assert desk.house.store.head().position == before
    ed.send(form)
    assert desk.house.store.head().position > before


def test_a_publication_that_could_not_be_written_is_asked_for_again(
    desk: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = desk.browser("cora").go(f"{PLACE}/publish")
    with full_disk():
        cora.send(f"{PLACE}/publish", 422, without_approval="It burns")
    assert "This could not be saved" in cora.text
    monkeypatch.setattr(receipt.Receipts, "measure", lambda *_: [])  # there is no index in this room
    again = cora.client.post(f"{PLACE}/publish", data=cora.form(f"{PLACE}/publish"))
    assert "/receipt/" in again.headers["Location"]


def test_the_writing_screen_is_told_to_keep_what_it_has(desk: Newsroom) -> None:
    rita = desk.browser("rita").go(f"{PLACE}/write")
    key = rita.client.get("/desk/api/session").json["key"]  # type: ignore[index]
    command = {"do": "article.change_headline", "id": STORY, "headline": "Precious", "was": "Bridge closed"}
    asked = {"command_id": str(uuid7()), "commands": [command]}

    def sent() -> TestResponse:
        return rita.client.post("/desk/api/commands", json=asked, headers={"X-Daybook-Key": key})

    with full_disk():
        refused = sent()
    assert (refused.status_code, refused.json["error"]) == (503, "log")  # type: ignore[index]
    assert sent().status_code == 200


def test_what_no_part_of_the_desk_expected_shows_what_was_typed_too(
    desk: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ed = desk.browser("ed").go(f"{PLACE}/edit")

    def broken(*_: object) -> None:
        raise RuntimeError("nobody thought of this")

    desk.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with monkeypatch.context() as patched:
        patched.setattr(editing, "ask", broken)
        ed.send(f"{PLACE}/edit", 503, headline="Precious words")
    assert "What you typed is safe" in ed.text
    ed.send(f"{PLACE}/edit")
    assert desk.house.views.desk(desk.house.now()).story(STORY).headline == "Precious words"


def test_so_does_a_panel_of_the_writing_screen(desk: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = f"{PLACE}/panels/notes"
    ed = desk.browser("ed").go(panel)

    def broken(*_: object) -> None:
        raise RuntimeError("nobody thought of this")

    desk.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with monkeypatch.context() as patched:
        patched.setattr(notes, "perform", broken)
        ed.send(panel, 503, text="Precious words")
    assert "What you typed is safe" in ed.text
    assert "Precious words" in ed.send(panel, 200).text


def test_the_pages_are_still_there_to_be_read(desk: Newsroom) -> None:
    ed = desk.browser("ed")
    desk.clock.at += 2 * MINUTE
    with full_disk():
        for path in ("/desk", PLACE, f"{PLACE}/edit", f"{PLACE}/write", f"{PLACE}/history", f"{PLACE}/publish"):
            ed.go(path)
