"""The door for the desk's scripts: what it takes, what it refuses, and how it says so."""

import re
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import msgspec
import pytest
from PIL import Image
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from cms import article as a
from cms import byline as b
from cms import image as i
from cms import section as s
from cms import tag as t
from cms.decider import commands
from cms.desk.writing import commands_api
from cms.desk.writing.live import Here, Hub
from cms.roles import may
from events import document
from events.document import from_paragraphs
from tests.desk.conftest import PASSWORD, Browser, Newsroom
from tests.desk.test_library import taken_in

INSERT = {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "New. "}]}}


class Script:
    """The screen's script in somebody's browser."""

    def __init__(self, newsroom: Newsroom, who: str) -> None:
        self.newsroom, self.browser = newsroom, newsroom.browser(who)
        self.client = self.browser.client
        self.key: str = self.get("/session").json["key"]  # type: ignore[index]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/desk/api{path}")

    def post(self, path: str, body: Any, key: str | None = None) -> TestResponse:
        headers = {"X-Daybook-Key": self.key if key is None else key}
        return self.client.post(f"/desk/api{path}", data=msgspec.json.encode(body), headers=headers)

    def do(self, *wanted: dict[str, Any], id: str | None = None, **more: Any) -> TestResponse:
        return self.post("/commands", {"command_id": id or str(uuid7()), "commands": list(wanted), **more})


@pytest.fixture
def rita(newsroom: Newsroom) -> Script:
    return Script(newsroom, "rita")


@pytest.fixture
def story(newsroom: Newsroom) -> str:
    id = str(uuid7())
    newsroom.do(a.Draft(id, "Bridge closed"), a.ReplaceBody(id, from_paragraphs(["It is closed."])))
    return id


def state(script: Script, id: str) -> Any:
    return script.get(f"/articles/{id}").json


def edit(id: str, base: int) -> dict[str, Any]:
    return {"do": "article.edit_body", "id": id, "base": base, "steps": [INSERT]}


def headline(id: str, words: str, was: str) -> dict[str, Any]:
    return {"do": "article.change_headline", "id": id, "headline": words, "was": was}


# --- commands


def test_steps_are_saved_and_read_back(rita: Script, story: str) -> None:
    base = state(rita, story)["body"]["version"]
    done = rita.do(edit(story, base))
    assert done.status_code == 200, done.text
    assert done.json["events"][0]["type"] == "article.body_edited"  # type: ignore[index]
    now = state(rita, story)
    assert now["body"]["version"] == base + 1
    assert document.to_text(document.decode(now["body"]["doc"])) == "New. It is closed."


def test_the_same_command_sent_twice_is_done_once(rita: Script, story: str) -> None:
    wanted, id = edit(story, state(rita, story)["body"]["version"]), str(uuid7())
    first, second = rita.do(wanted, id=id), rita.do(wanted, id=id)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json["repeated"] is True  # type: ignore[index]
    assert state(rita, story)["body"]["version"] == 2


def test_a_field_sent_twice_is_done_once_even_if_somebody_changed_it_in_between(rita: Script, story: str) -> None:
    wanted, id = headline(story, "Mine", "Bridge closed"), str(uuid7())
    rita.do(wanted, id=id)
    rita.newsroom.do(a.ChangeHeadline(story, "Theirs"))
    assert rita.do(wanted, id=id).json["repeated"] is True  # type: ignore[index]
    assert state(rita, story)["fields"]["headline"] == "Theirs"


def test_what_one_person_wrote_is_not_said_by_whoever_signed_in_after_them(
    newsroom: Newsroom, rita: Script, story: str
) -> None:
    body = {"command_id": str(uuid7()), "commands": [{"do": "article.change_kicker", "id": story, "kicker": "Mine"}]}
    for whose, status in (("ed", 401), ("rita", 200)):
        headers = {"X-Daybook-Key": rita.key, "X-Daybook-Person": newsroom.people[whose].id}
        answer = rita.client.post("/desk/api/commands", data=msgspec.json.encode(body), headers=headers)
        assert answer.status_code == status, answer.text


def test_an_id_used_for_something_else_is_told(rita: Script, story: str) -> None:
    id = str(uuid7())
    rita.do(headline(story, "One", "Bridge closed"), id=id)
    again = rita.do(headline(story, "Two", "One"), id=id)
    assert (again.status_code, again.json["error"]) == (409, "reused")  # type: ignore[index]


def test_steps_upon_an_older_body_are_told_what_others_did(rita: Script, story: str) -> None:
    base = state(rita, story)["body"]["version"]
    rita.do(edit(story, base))
    late = Script(rita.newsroom, "ed").do(edit(story, base))
    assert (late.status_code, late.json["error"]) == (409, "conflict")  # type: ignore[index]
    (change,) = late.json["changes"]  # type: ignore[index]
    assert (change["by"], change["data"]["base"], change["data"]["steps"]) == ("Rita Okafor", base, [INSERT])


def test_a_field_conflicts_only_where_that_field_moved(rita: Script, story: str) -> None:
    rita.newsroom.do(a.ChangeStandfirst(story, "Elsewhere."), who="ed")
    assert rita.do(headline(story, "Mine", "Bridge closed")).status_code == 200
    rita.newsroom.do(a.ChangeHeadline(story, "Ed’s"), who="ed")
    moved = rita.do(headline(story, "Mine again", "Mine"))
    assert moved.status_code == 409
    told = moved.json
    assert told is not None
    assert (told["error"], told["field"], told["theirs"], told["by"]) == ("moved", "headline", "Ed’s", "Ed Lindqvist")
    assert state(rita, story)["fields"]["headline"] == "Ed’s"


def test_every_field_may_be_changed_from_the_value_that_was_told(rita: Script, story: str) -> None:
    ids = {kind: str(uuid7()) for kind in ("section", "byline", "other", "tag")}
    rita.newsroom.do(s.Open(ids["section"], "News", "news"), b.Create(ids["byline"], "Ina Voss", "ina-voss"))
    rita.newsroom.do(b.Create(ids["other"], "Jo Lam", "jo-lam"), t.Create(ids["tag"], "Bridges", "bridges"))
    image = taken_in(rita.newsroom).rpartition("/")[2]
    by, with_ = {"byline": ids["byline"], "role": "by"}, {"byline": ids["other"], "role": "photographs"}
    values: dict[str, list[Any]] = {
        "kicker": ["Quay"], "headline": ["Open"], "standfirst": ["At last."], "slug": ["open"], "kind": ["analysis"],
        "section": [ids["section"], None], "language": ["cy"], "bylines": [[by], [by, with_], [with_], []],
        "tags": [[ids["tag"]], []], "related": [[], []], "lead": [{"image": image}, {"image": image, "alt": "A"}, None],
    }  # fmt: skip
    assert values.keys() == set(commands_api.FIELDS.values())
    for kind, field in commands_api.FIELDS.items():
        for value in values[field]:
            command = {"do": f"article.{_snake(kind.__name__)}", "id": story, field: value}
            done = rita.do({**command, "was": state(rita, story)["fields"][field]})
            assert (done.status_code, state(rita, story)["fields"][field]) == (200, value), done.text


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def test_several_commands_are_done_together_or_not_at_all(rita: Script, story: str) -> None:
    wrong = {"do": "article.change_slug", "id": story, "slug": "Not a slug!"}
    refused = rita.do({"do": "article.change_kicker", "id": story, "kicker": "Quay"}, wrong)
    assert (refused.status_code, refused.json["field"]) == (422, "slug")  # type: ignore[index]
    assert state(rita, story)["fields"]["kicker"] == ""


def test_expected_names_the_version_that_was_seen(rita: Script, story: str) -> None:
    seen = state(rita, story)["version"]
    rita.newsroom.do(a.ChangeKicker(story, "Quay"), who="ed")
    late = rita.do({"do": "article.submit", "id": story}, expected=seen)
    assert (late.status_code, late.json["error"]) == (409, "conflict")  # type: ignore[index]
    assert rita.do({"do": "article.submit", "id": story}, expected=seen + 1).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        [], [{"do": "article.fly"}], [{}], [{"do": 3}], [{"do": "article.change_headline", "headline": "No id"}],
        [{"do": "article.change_headline", "id": "x", "headline": 7}],
        [{"do": "article.change_headline", "id": "x", "headline": "a", "more": 1}],
        [{"do": "article.edit_body", "id": "x", "base": "one", "steps": []}],
        [{"do": "image.upload", "id": "x", "picture": {}, "filename": "x"}], [{"do": "article.add_note", "id": "x"}],
        [{"do": "article.submit", "id": "x", "was": 1}],
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_with_a_reason(rita: Script, wanted: list[dict[str, Any]]) -> None:
    refused = rita.do(*wanted)
    assert refused.status_code == 422
    assert refused.json["message"]  # type: ignore[index]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"command_id": "x", "commands": []}', b'"\\ud800"', b"\xff"])
def test_what_is_no_request_is_refused(rita: Script, body: bytes) -> None:
    answer = rita.client.post("/desk/api/commands", data=body, headers={"X-Daybook-Key": rita.key})
    assert answer.status_code == 422


NEEDS: dict[str, dict[str, Any]] = {
    "article.approve": {"reviewed": 1}, "article.return": {"note": "x"}, "article.correct": {"note": "x"},
    "article.embargo": {"until": 1}, "article.schedule": {"public_from": 1}, "article.withdraw": {"reason": "x"},
    "article.retract": {"notice": "x"}, "article.assign": {"account": None}, "article.set_due": {"due": None},
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [name for name, kind in commands().items() if kind.category == "article" and not may("reporter", kind)],
)
def test_a_hidden_button_is_no_check(rita: Script, story: str, name: str) -> None:
    answer = rita.do({"do": name, "id": story, **NEEDS.get(name, {})})
    assert (answer.status_code, answer.json["error"]) == (403, "denied"), answer.text  # type: ignore[index]
    assert state(rita, story)["version"] == 2


# --- who may ask


def test_without_the_key_nothing_is_done(rita: Script, story: str) -> None:
    for key in ("", "wrong"):
        answer = rita.post("/commands", {"command_id": str(uuid7()), "commands": []}, key=key)
        assert (answer.status_code, answer.json["error"]) == (403, "key")  # type: ignore[index]


def test_from_another_site_nothing_is_done(rita: Script) -> None:
    headers = {"X-Daybook-Key": rita.key, "Sec-Fetch-Site": "cross-site"}
    assert rita.client.post("/desk/api/commands", data=b"{}", headers=headers).status_code == 403


def test_an_expired_session_is_told_and_signing_in_over_the_page_goes_on(rita: Script, story: str) -> None:
    rita.newsroom.house.accounts.end_sessions(rita.newsroom.people["rita"].id)
    expired = rita.do(headline(story, "Mine", "Bridge closed"))
    assert (expired.status_code, expired.json["error"]) == (401, "expired")  # type: ignore[index]
    rita.key = rita.get("/session").json["key"]  # type: ignore[index]
    me = rita.newsroom.people["rita"].id
    other = rita.post("/sign-in", {"email": "ed@example.org", "password": PASSWORD, "account": me})
    assert (other.status_code, other.json["error"]) == (422, "other")  # type: ignore[index]
    wrong = rita.post("/sign-in", {"email": "rita@example.org", "password": "no", "account": me})
    assert wrong.status_code == 422
    signed = rita.post("/sign-in", {"email": "rita@example.org", "password": PASSWORD, "account": me})
    assert signed.status_code == 200
    rita.key = signed.json["key"]  # type: ignore[index]
    assert rita.do(headline(story, "Mine", "Bridge closed")).status_code == 200


def test_strangers_see_nothing(newsroom: Newsroom, story: str) -> None:
    client = newsroom.app.test_client()
    articles = [f"/articles/{story}{rest}" for rest in ("", "/changes", "/stream")]
    for path in (*articles, "/images", "/stories"):
        assert client.get(f"/desk/api{path}").status_code == 401
    assert client.get(f"/desk/articles/{story}/write").status_code == 303


# --- what others do


def test_changes_tell_who_did_what_and_by_which_command(rita: Script, story: str) -> None:
    seen, id = state(rita, story)["version"], str(uuid7())
    rita.do(edit(story, 1), id=id)
    rita.newsroom.do(a.ChangeKicker(story, "Quay"), who="ed")
    told = rita.get(f"/articles/{story}/changes?after={seen}").json
    assert told is not None
    assert [(one["version"], one["type"], one["by"]) for one in told["changes"]] == [
        (seen + 1, "article.body_edited", "Rita Okafor"), (seen + 2, "article.kicker_changed", "Ed Lindqvist"),
    ]  # fmt: skip
    assert told["changes"][0]["command"] == id


def test_a_note_and_a_publications_words_are_not_told(rita: Script, story: str) -> None:
    newsroom = rita.newsroom
    newsroom.do(a.Submit(story), who="rita")
    newsroom.do(a.Approve(story, 3), a.Publish(story), who="cora")
    changes = rita.get(f"/articles/{story}/changes?after=0").json["changes"]  # type: ignore[index]
    assert set(changes[-1]["data"]) == {"number", "public_from", "path"}


def listen(stream: Iterator[str], wanted: str) -> str:
    return next(piece for piece in stream if piece.startswith(f"event: {wanted}\n"))


def test_a_stream_tells_of_changes_and_of_who_is_here(rita: Script, story: str) -> None:
    ed = Script(rita.newsroom, "ed")
    answer = rita.client.get(f"/desk/api/articles/{story}/stream?after=0&client=r", buffered=False)
    pieces = (piece.decode() if isinstance(piece, bytes) else piece for piece in answer.response)
    assert "article.drafted" in listen(pieces, "changes")
    ed.post(f"/articles/{story}/here", {"client": "e", "body": 1, "anchor": 2, "head": 2})
    assert "Ed Lindqvist" in listen(pieces, "here")
    rita.newsroom.do(a.ChangeKicker(story, "Quay"), who="ed")
    assert "article.kicker_changed" in listen(pieces, "changes")
    ed.post(f"/articles/{story}/here", {"client": "e", "leaving": True})
    assert listen(pieces, "here").endswith("data: []\n\n")
    answer.close()


def test_more_streams_than_there_is_room_for_are_told_to_ask_instead(rita: Script, story: str) -> None:
    held = []
    for _ in range(rita.newsroom.house.settings.threads // 2):
        held.append(rita.client.get(f"/desk/api/articles/{story}/stream?after=99", buffered=False))
        assert held[-1].status_code == 200
    full = rita.get(f"/articles/{story}/stream?after=99")
    assert (full.status_code, full.json["error"]) == (503, "busy")  # type: ignore[index]
    held.pop().close()
    again = rita.client.get(f"/desk/api/articles/{story}/stream?after=99", buffered=False)
    assert again.status_code == 200
    for one in (*held, again):
        one.close()


def test_presence_is_nowhere_in_the_log(rita: Script, story: str) -> None:
    before = rita.newsroom.house.store.head().position
    assert rita.post(f"/articles/{story}/here", {"client": "one"}).json == {
        "here": [], "ailments": [], "standing": {"state": "draft", "words": "draft"},
    }  # fmt: skip
    assert rita.newsroom.house.store.head().position == before


def test_nobody_can_leave_for_somebody_else(newsroom: Newsroom) -> None:
    hub = Hub(newsroom.house.store, 4)
    hub.arrive("x", Here(client="c", account="anna", name="Anna"))
    hub.leave("x", "c", "ben")
    assert [one.name for one in hub.here("x")] == ["Anna"]
    hub.leave("x", "c", "anna")
    assert hub.here("x") == []


def test_a_listener_is_woken_by_another_processs_append(newsroom: Newsroom, story: str) -> None:
    hub, woken = Hub(newsroom.house.store, 4), threading.Event()
    with hub.listening(story) as listener:
        assert listener is not None
        listener.wait(1)
        threading.Thread(target=lambda: listener.wait(10) and woken.set()).start()
        newsroom.do(a.ChangeKicker(story, "Quay"))
        assert woken.wait(10)


# --- picking


def test_a_picture_is_taken_in_once_however_often_it_is_sent(rita: Script) -> None:
    made, id = BytesIO(), str(uuid7())
    Image.new("RGB", (60, 40)).save(made, "PNG")
    ids = set()
    for _ in range(2):
        form = {"command_id": id, "file": (BytesIO(made.getvalue()), "quay.png")}
        answer = rita.client.post("/desk/api/images", data=form, headers={"X-Daybook-Key": rita.key})
        assert answer.status_code == 200, answer.text
        ids.add(answer.json["id"])  # type: ignore[index]
    assert len(ids) == 1
    assert [one["id"] for one in rita.get("/images?q=quay").json["images"]] == list(ids)  # type: ignore[index]


def test_a_file_that_the_library_has_is_the_picture_that_has_it(rita: Script, newsroom: Newsroom) -> None:
    made = BytesIO()
    Image.new("RGB", (60, 40)).save(made, "PNG")

    def send() -> Any:
        form = {"command_id": str(uuid7()), "file": (BytesIO(made.getvalue()), "quay.png")}
        return rita.client.post("/desk/api/images", data=form, headers={"X-Daybook-Key": rita.key})

    first = send().json
    newsroom.do(i.ChangeAlt(first["id"], "The quay at low water"))
    again = send().json
    assert (again["id"], again["alt"]) == (first["id"], "The quay at low water")
    newsroom.do(i.TakeDown(first["id"], "The agency’s licence ended"))
    answer = send()
    assert answer.status_code == 422 and "was taken down" in answer.json["message"]


def test_a_file_that_is_no_picture_is_refused_with_a_reason(rita: Script) -> None:
    form = {"command_id": str(uuid7()), "file": (BytesIO(b"no picture"), "x.jpg")}
    answer = rita.client.post("/desk/api/images", data=form, headers={"X-Daybook-Key": rita.key})
    assert answer.status_code == 422
    assert answer.json["message"]  # type: ignore[index]


def test_only_what_is_public_is_offered_to_link_to(rita: Script, story: str) -> None:
    assert rita.get("/stories?q=bridge").json == {"stories": []}
    rita.newsroom.do(a.Submit(story), who="rita")
    rita.newsroom.do(a.Approve(story, 3), a.Publish(story), who="cora")
    (found,) = rita.get("/stories?q=bridge").json["stories"]  # type: ignore[index]
    assert found["path"].startswith("/2026/11/23/bridge-closed")


# --- the page


def test_the_page_brings_its_words_and_cannot_be_broken_out_of(newsroom: Newsroom) -> None:
    id, hostile = str(uuid7()), "</script><script>alert(1)</script><!--"
    newsroom.do(a.Draft(id, hostile), a.ReplaceBody(id, from_paragraphs([hostile])))
    page = newsroom.browser("rita").go(f"/desk/articles/{id}/write").page
    assert page.text.count("<script") == 2
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    embedded = page.text.partition('id="state">')[2].partition("</script>")[0]
    assert msgspec.json.decode(embedded)["fields"]["headline"] == hostile


def test_there_is_no_screen_for_a_story_that_is_none(newsroom: Newsroom) -> None:
    browser: Browser = newsroom.browser("rita")
    assert "There is nothing here" in browser.go(f"/desk/articles/{UUID(int=1)}/write", 404).text
    browser.go(f"/desk/articles/{UUID(int=1)}/panels/details", 404)


def test_panels_are_fragments(newsroom: Newsroom, story: str) -> None:
    browser = newsroom.browser("rita")
    for name in ("details", "images"):
        assert "<html" not in browser.go(f"/desk/articles/{story}/panels/{name}").page.text
    browser.go(f"/desk/articles/{story}/panels/nothing", 404)
