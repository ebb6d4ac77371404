"""The people screen: who may open it, what it does, and that a person who is disabled is out at once."""

import re
from typing import Any

import pytest
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from cms import article as a
from cms.desk.accounts.people import PAGE
from cms.desk.writing.live import Here, hub
from cms.people.links import LIVES
from cms.roles import ROLES, may_open
from events.document import from_paragraphs
from tests.desk.conftest import PASSWORD, PEOPLE, Browser, Newsroom
from tests.desk.test_own_account import set_up

NEW = "nine loud lighthouses"
HOME = "/desk/people"


def of(newsroom: Newsroom, key: str) -> str:
    return f"{HOME}/{newsroom.people[key].id}"


def link_on(browser: Browser) -> str:
    """The link to set a password that a page shows."""
    found = re.search(r'id="link" readonly value="http://127.0.0.1:5000(/desk/welcome/[^"]+)"', browser.page.text)
    assert found, browser.text
    return found[1]


# --- who may


@pytest.mark.parametrize("key", PEOPLE)
def test_the_screen_is_for_administrators_alone(newsroom: Newsroom, key: str) -> None:
    browser, target = newsroom.browser(key), of(newsroom, "rita")
    allowed = PEOPLE[key][1] == "administrator"
    (session,) = newsroom.house.accounts.sessions(newsroom.people["rita"].id) or [None]
    assert ('href="/desk/people"' in browser.page.text) is allowed
    assert ("/desk/people" in browser.client.get("/desk/palette?q=people").text) is allowed
    for path in (HOME, f"{HOME}/journal", target):
        browser.go(path, 200 if allowed else 403)
    if not allowed:
        assert "This is not for your role" in browser.text
    data = {"key": browser.form("/desk/sign-out")["key"], "name": "Changed", "email": "new@example.org",
            "role": "administrator", "reason": "why"}  # fmt: skip
    if allowed:
        return
    before = newsroom.house.accounts.colleagues()
    for deed in ("rename", "role", "link", "sessions", "second-step", "disable", "enable", "nothing"):
        assert browser.client.post(f"{target}/do/{deed}", data=data).status_code == 403
    assert browser.client.post(f"{HOME}/do/add", data=data).status_code == 403
    assert browser.client.post(f"{target}/sessions/{session.id if session else 'x'}/end", data=data).status_code == 403
    assert newsroom.house.accounts.colleagues() == before


def test_the_table_of_screens() -> None:
    assert [role for role in ROLES if may_open(role, "people")] == ["administrator"]
    with pytest.raises(KeyError):
        may_open("administrator", "a screen that is none")


# --- adding


def test_somebody_new_sets_their_own_password_and_is_in(newsroom: Newsroom) -> None:
    ada = newsroom.browser("ada").go(HOME)
    ada.send(f"{HOME}/do/add", 200, name="Bob Hart", email="Bob@Example.org", role="editor")
    link = link_on(ada)
    assert "invited" in ada.text
    bob = Browser(newsroom.app.test_client()).go(link)
    assert "Welcome, Bob Hart" in bob.text
    assert "bob@example.org" in bob.text
    bob.send(f"{link}/password", 422, password=NEW, repeated=PASSWORD)
    assert "The two are not the same." in bob.text
    bob.send(f"{link}/password", 422, password="short", repeated="short")
    assert "at least 10 characters" in bob.text
    bob.send(f"{link}/password", password=NEW, repeated=NEW)
    assert bob.page.request.path.rstrip("/") == "/desk"
    assert "Bob Hart" in bob.text
    assert "This link has ended" in Browser(newsroom.app.test_client()).go(link, 410).text
    assert 'id="link"' not in ada.go(HOME).page.text


def test_a_link_that_is_over_says_what_to_do(newsroom: Newsroom) -> None:
    ada = newsroom.browser("ada").go(of(newsroom, "rita"))
    ada.send(f"{of(newsroom, 'rita')}/do/link", 200)
    link = link_on(ada)
    stranger = Browser(newsroom.app.test_client()).go(link)
    typed = stranger.form(f"{link}/password")
    newsroom.clock.at += LIVES
    over = stranger.client.post(f"{link}/password", data={**typed, "password": NEW, "repeated": NEW})
    assert over.status_code == 410
    assert "Ask an administrator for a new one" in over.text
    stranger.go("/desk/welcome/nothing", 410)


def test_a_link_does_not_go_around_the_second_step(newsroom: Newsroom) -> None:
    phone, _ = set_up(newsroom, newsroom.browser("rita"))
    target = of(newsroom, "rita")
    link = link_on(newsroom.browser("ada").go(target).send(f"{target}/do/link", 200))
    rita = Browser(newsroom.app.test_client()).go(link).send(f"{link}/password", password=NEW, repeated=NEW)
    assert rita.page.request.path == "/desk/sign-in/code"
    rita.go("/desk", 303).go("/desk/sign-in/code").send("/desk/sign-in/code", code=phone.code())
    assert rita.page.request.path.rstrip("/") == "/desk"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "rita@example.org"}, "There is somebody with the address rita@example.org already."),
        ({"email": "no address"}, "is not an e-mail address"),
        ({"name": " "}, "Please fill this in."),
        ({"role": ""}, "Please fill this in."),
        ({"role": "boss"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_added_is_said_by_its_field_and_nothing_typed_is_lost(
    newsroom: Newsroom, typed: dict[str, str], said: str
) -> None:
    ada = newsroom.browser("ada").go(HOME)
    given = {"name": "Bob Hart", "email": "bob@example.org", "role": "editor"} | typed
    ada.send(f"{HOME}/do/add", 422, **given)
    assert said in ada.text
    assert ada.form(f"{HOME}/do/add")["email"] == given["email"]
    assert len(newsroom.house.accounts.people()) == len(PEOPLE)


def test_the_form_sent_twice_adds_one_person(newsroom: Newsroom) -> None:
    ada = newsroom.browser("ada").go(HOME)
    typed = {**ada.form(f"{HOME}/do/add"), "name": "Bob Hart", "email": "bob@example.org", "role": "editor"}
    first, second = (ada.client.post(f"{HOME}/do/add", data=typed) for _ in "12")
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(newsroom.house.accounts.people()) == len(PEOPLE) + 1


# --- the list


def test_people_are_found_by_what_they_are(newsroom: Newsroom) -> None:
    newsroom.house.accounts.disable(newsroom.people["pia"].id)
    ada = newsroom.browser("ada")

    def found(query: str) -> set[str]:
        table = re.search("<tbody>.*?</tbody>", ada.go(f"{HOME}?{query}").page.text, re.DOTALL)
        return set(re.findall(r'<a href="/desk/people/[^"]+">([^<]+)</a>', table[0])) if table else set()

    assert len(found("")) == len(PEOPLE)
    assert found("text=okaf") == found("text=RITA@") == found("role=reporter") == {"Rita Okafor"}
    assert found("state=disabled") == {"Pia Novak"}
    assert found("state=active&role=chief") == {"Cora Hale"}
    assert found("step=with") == set()
    assert "Nobody is like that." in ada.text


def test_many_people_stand_on_pages(newsroom: Newsroom) -> None:
    for number in range(PAGE):
        newsroom.house.accounts.add(f"n{number}@example.org", f"Name {number:03}", "reporter")
    ada, seen = newsroom.browser("ada").go(HOME), set[str]()
    assert f"{PAGE + len(PEOPLE)} people, 1 to {PAGE}" in ada.text
    for page in (f"{HOME}?page=2", f"{HOME}?page=1"):
        seen |= set(re.findall(r'<a href="/desk/people/([^"/?]+)">', ada.go(page).page.text)) - {"journal"}
    assert len(seen) == PAGE + len(PEOPLE)
    assert 'href="/desk/people?page=2&amp;role=reporter"' in ada.go(f"{HOME}?role=reporter").page.text


# --- changing


def test_an_address_is_changed_by_an_administrator(newsroom: Newsroom) -> None:
    rita, target = newsroom.browser("rita"), of(newsroom, "rita")
    ada = newsroom.browser("ada").go(target)
    ada.send(f"{target}/do/email", 422, email="ed@example.org")
    assert "There is somebody with the address ed@example.org already." in ada.text
    ada.send(f"{target}/do/email", email="Rita.Osei@example.org")
    assert "from rita@example.org to rita.osei@example.org" in ada.text
    rita.go("/desk")  # nothing of theirs has ended
    again = Browser(newsroom.app.test_client()).go("/desk/sign-in")
    again.send("/desk/sign-in", email="rita.osei@example.org", password=PASSWORD)
    assert "Rita Okafor" in again.text
    newsroom.browser("ed").go(target, 403)


def test_name_and_role_are_changed(newsroom: Newsroom) -> None:
    target = of(newsroom, "rita")
    ada = newsroom.browser("ada").go(target)
    ada.send(f"{target}/do/rename", name="Rita Osei").send(f"{target}/do/role", role="editor")
    rita = newsroom.house.accounts.get(newsroom.people["rita"].id)
    assert rita
    assert (rita.name, rita.role) == ("Rita Osei", "editor")
    assert "from reporter to editor" in ada.text
    ada.send(f"{target}/do/role", 422, role="boss")
    ada.go(f"{HOME}/nobody", 404)


def test_the_last_administrator_stays_one(newsroom: Newsroom) -> None:
    target = of(newsroom, "ada")
    ada = newsroom.browser("ada").go(target)
    for deed, typed in (("disable", {}), ("role", {"role": "reporter"})):
        ada.send(f"{target}/do/{deed}", 422, **typed)
        assert "only administrator who can sign in" in ada.text
    ada.go("/desk")


def test_the_second_step_is_taken_away_with_a_reason(newsroom: Newsroom) -> None:
    rita, target = newsroom.browser("rita"), of(newsroom, "rita")
    ada = newsroom.browser("ada").go(target)
    assert f"{target}/do/second-step" not in ada.page.text
    set_up(newsroom, rita)
    ada.go(target).send(f"{target}/do/second-step", 422, reason="  ")
    assert "Please fill this in." in ada.text
    ada.send(f"{target}/do/second-step", reason="Lost her phone")
    assert "Took the second step away Lost her phone" in ada.text
    rita.go("/desk", 303)
    newsroom.browser("rita").go("/desk")


def test_the_journal_says_who_did_what_to_whom(newsroom: Newsroom) -> None:
    target = of(newsroom, "pia")
    ada = newsroom.browser("ada").go(target)
    ada.send(f"{target}/do/disable").send(f"{target}/do/enable").go(f"{HOME}/journal")
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall("<tr>.*?</tr>", ada.page.text, re.DOTALL)]
    assert " ".join(rows[1]).startswith("Enabled Pia Novak Ada Morrow 23 November 2026")
    assert " ".join(rows[2]).startswith("Disabled Pia Novak Ada Morrow")
    assert " ".join(rows[3]).startswith("Added as administrator Ada Morrow the command line")


def test_a_long_journal_has_pages_and_an_end(newsroom: Newsroom) -> None:
    accounts, rita = newsroom.house.accounts, newsroom.people["rita"].id
    for number in range(60):
        accounts.rename(rita, f"Rita {number}")
    ada = newsroom.browser("ada").go(f"{HOME}/journal")
    older = re.search(r'href="(/desk/people/journal\?before=\d+)"', ada.page.text)
    assert older
    assert "Added" in ada.go(older[1]).text
    assert "There is nothing earlier." in ada.go(f"{HOME}/journal?before=1").text


# --- out at once


def streamed(answer: TestResponse) -> Any:
    return (piece.decode() for piece in answer.iter_encoded())


@pytest.mark.parametrize("deed", ["disable", "sessions"])
def test_who_is_disabled_or_signed_out_is_out_of_an_open_story_at_once(newsroom: Newsroom, deed: str) -> None:
    story = str(uuid7())
    newsroom.do(a.Draft(story, "Bridge closed"), a.ReplaceBody(story, from_paragraphs(["It is closed."])), who="rita")
    rita, target = newsroom.browser("rita"), of(newsroom, "rita")
    stream = streamed(rita.client.get(f"/desk/api/articles/{story}/stream?after=0&client=c", buffered=False))
    assert "event: changes" in "".join(next(stream) for _ in "12")
    with newsroom.app.app_context():
        hub().arrive(story, Here(client="r", account=newsroom.people["rita"].id, name="Rita Okafor"))
    newsroom.browser("ada").go(target).send(f"{target}/do/{deed}")
    assert [piece for piece in stream if piece.startswith("event:")][-1] == "event: expired\ndata: null\n\n"
    with newsroom.app.app_context():
        assert hub().here(story) == []
    assert rita.client.get(f"/desk/api/articles/{story}/changes").status_code == 401
    rita.go(f"/desk/articles/{story}/write", 303)


def test_one_of_their_browsers_is_signed_out(newsroom: Newsroom) -> None:
    one, other, target = newsroom.browser("rita"), newsroom.browser("rita"), of(newsroom, "rita")
    ada = newsroom.browser("ada").go(target)
    ends = re.findall(rf'action="({target}/sessions/[^"]+/end)"', ada.page.text)
    assert len(ends) == 2
    ada.send(ends[0])
    assert sorted(browser.client.get("/desk").status_code for browser in (one, other)) == [200, 303]
    assert "Signed out elsewhere one browser" in ada.text
    mine = newsroom.house.accounts.sessions(newsroom.people["ada"].id)[0]
    ada.client.post(f"{target}/sessions/{mine.id}/end", data={"key": ada.form("/desk/sign-out")["key"]})
    ada.go(HOME)
