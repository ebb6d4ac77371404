"""“Your account”, the second step at the desk, and signing in with it; on a page and over a page."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pyotp
import pytest

from cms.people.second_step import PERIOD
from cms.people.sessions import LONGEST_ENTERING
from events.instant import SECOND
from tests.desk.conftest import PASSWORD, Browser, Newsroom
from tests.desk.test_writing_api import Script

NEW = "nine loud lighthouses"
YOU, STEP = "/desk/you", "/desk/you/second-step"


class Phone:
    """Shows a code that was not used yet, by waiting for it."""

    def __init__(self, newsroom: Newsroom, secret: str) -> None:
        self.newsroom, self.codes = newsroom, pyotp.TOTP(secret)

    def code(self) -> str:
        self.newsroom.clock.at += PERIOD * SECOND
        return self.codes.at(self.newsroom.clock.at // SECOND)


def set_up(newsroom: Newsroom, browser: Browser) -> tuple[Phone, list[str]]:
    """Through the screens: password, square, code, recovery codes."""
    browser.go(STEP).send(f"{STEP}/begin", current=PASSWORD)
    secret = re.search(r'class="secret-key">([A-Z2-7 ]+)<', browser.page.text)
    assert secret
    phone = Phone(newsroom, secret[1].replace(" ", ""))
    browser.send(f"{STEP}/confirm", 200, code=phone.code())
    return phone, re.findall(r"<li><code>([^<]+)</code></li>", browser.page.text)


def at_sign_in(newsroom: Newsroom, who: str) -> Browser:
    """The password is given, the code is asked for."""
    browser = Browser(newsroom.app.test_client())
    browser.go("/desk/tags", 303).go("/desk/sign-in?next=/desk/tags")
    return browser.send("/desk/sign-in", email=f"{who}@example.org", password=PASSWORD)


# --- setting up


def test_a_second_step_is_set_up_and_asked_for_from_then_on(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    phone, codes = set_up(newsroom, rita)
    assert len(codes) == 10
    assert "recovery codes left" in rita.go(YOU).text
    assert not re.search("|".join(codes), rita.page.text)
    again = at_sign_in(newsroom, "rita")
    assert again.page.request.path == "/desk/sign-in/code"
    again.go("/desk", 303).go("/desk/sign-in/code?next=/desk/tags")
    again.send("/desk/sign-in/code", 422, code="000000")
    assert "That code is not right." in again.text
    again.send("/desk/sign-in/code", code=phone.code())
    assert again.page.request.path == "/desk/tags"


def test_the_square_says_what_the_key_says(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").go(STEP).send(f"{STEP}/begin", current=PASSWORD)
    page = rita.page.text
    address = re.search(r'href="(otpauth://[^"]+)"', page)
    assert address
    told = pyotp.parse_uri(unquote(address[1].replace("&amp;", "&")))
    assert (told.name, told.issuer) == ("rita@example.org", "Daybook")
    assert told.secret in page.replace(" ", "")
    assert re.search(r'<svg [^>]*class="qr"', page)
    assert "style=" not in page


def test_setting_up_asks_for_the_password_and_survives_a_wrong_code(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").go(STEP).send(f"{STEP}/begin", 422, current="a guess")
    assert "That is not your password." in rita.text
    assert 'class="qr"' not in rita.page.text
    rita.send(f"{STEP}/begin", current=PASSWORD)
    square = re.findall(r"<svg .*?</svg>", rita.page.text, re.DOTALL)
    rita.send(f"{STEP}/confirm", 422, code="12345")
    assert "not the code that your phone shows" in rita.text
    assert rita.page.headers["Cache-Control"] == "no-store"  # the secret is on it
    assert re.findall(r"<svg .*?</svg>", rita.page.text, re.DOTALL)[0] == square[0]
    assert "Set it up" in rita.go(YOU).text


def test_codes_are_in_the_file_and_nowhere_else(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    _, codes = set_up(newsroom, rita)
    file = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)" download', rita.page.text)
    assert file
    assert [line for line in unquote(file[1]).splitlines() if line in codes] == codes
    assert rita.page.headers["Cache-Control"] == "no-store"
    assert rita.go(STEP, 303).page.headers["Location"] == YOU


def test_new_codes_and_turning_off_ask_for_the_password(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    _, old = set_up(newsroom, rita)
    for deed in ("codes", "step-off"):
        rita.go(YOU).send(f"{YOU}/do/{deed}", 422, current="a guess")
        assert "That is not your password." in rita.text
    rita.go(YOU).send(f"{YOU}/do/codes", 200, current=PASSWORD)
    new = re.findall(r"<li><code>([^<]+)</code></li>", rita.page.text)
    assert not set(old) & set(new)
    rita.go(YOU).send(f"{YOU}/do/step-off", current=PASSWORD)
    assert "The second step is off." in rita.text
    newsroom.browser("rita").go("/desk")


def test_without_a_second_step_there_is_nothing_to_turn_off(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").go(YOU)
    key = rita.form("/desk/sign-out")["key"]
    for deed in ("codes", "step-off", "nothing"):
        rita.page = rita.client.post(f"{YOU}/do/{deed}", data={"key": key, "current": PASSWORD})
        assert rita.page.status_code == 422
        assert "cannot be done any more" in rita.text


# --- signing in


def test_a_recovery_code_signs_in_once_and_few_are_said(newsroom: Newsroom) -> None:
    _, codes = set_up(newsroom, newsroom.browser("rita"))
    for left, code in zip(range(9, 1, -1), codes, strict=False):
        rita = at_sign_in(newsroom, "rita").send("/desk/sign-in/code", code=code)
        assert rita.page.request.path == "/desk/tags"
        assert (f"You have {left} recovery codes left" in rita.text) is (left <= 3)
    assert "2 recovery codes left" in rita.go(YOU).text
    assert "you cannot sign in: make new ones" in rita.text
    used = at_sign_in(newsroom, "rita").send("/desk/sign-in/code", 422, code=codes[0])
    assert "once only" in used.text


def test_the_code_is_given_within_ten_minutes(newsroom: Newsroom) -> None:
    phone, _ = set_up(newsroom, newsroom.browser("rita"))
    late = at_sign_in(newsroom, "rita")
    newsroom.clock.at += LONGEST_ENTERING + SECOND
    late.send("/desk/sign-in/code", code=phone.code())
    assert late.page.request.path == "/desk/sign-in"
    assert "Too much time has passed" in late.text
    nobody = Browser(newsroom.app.test_client())
    nobody.page = nobody.client.get("/desk/sign-in/code", follow_redirects=True)
    assert "Sign in with your password first." in nobody.text


def test_signing_in_over_the_page_takes_the_second_step_too(newsroom: Newsroom) -> None:
    script = Script(newsroom, "rita")
    phone, _ = set_up(newsroom, script.browser)
    newsroom.house.accounts.end_sessions(newsroom.people["rita"].id)
    script.key = script.get("/session").json["key"]  # type: ignore[index]
    words = {"email": "rita@example.org", "password": PASSWORD, "account": newsroom.people["rita"].id}
    assert script.post("/sign-in", words).json == {"second_step": True}
    assert script.get("/session").json["signed_in"] is False  # type: ignore[index]
    assert script.get("/images").status_code == 401
    assert script.post("/sign-in/code", {}).status_code == 422
    wrong = script.post("/sign-in/code", {"code": "000000"})
    assert (wrong.status_code, wrong.json["error"]) == (422, "refused")  # type: ignore[index]
    signed = script.post("/sign-in/code", {"code": phone.code()})
    assert signed.json["account"] == newsroom.people["rita"].id  # type: ignore[index]
    script.key = signed.json["key"]  # type: ignore[index]
    assert script.get("/images").status_code == 200
    over = script.post("/sign-in/code", {"code": phone.code()})
    assert over.json["error"] == "again"  # type: ignore[index]


# --- roles that need one


@pytest.fixture
def strict(newsroom: Newsroom) -> Iterator[Newsroom]:
    """Administrators and chiefs need a second step here."""
    settings = newsroom.house.settings
    newsroom.house.settings = type(settings)(**{
        **{name: getattr(settings, name) for name in settings.__slots__},
        "second_step": frozenset({"administrator", "chief"}),
    })  # fmt: skip
    return newsroom


def test_who_owes_a_second_step_is_led_to_it_before_anything_else(strict: Newsroom) -> None:
    ada = strict.browser("ada")
    assert ada.page.request.path == STEP
    assert "As administrator you need one" in ada.text
    for path in ("/desk", "/desk/you", "/desk/people", "/desk/images", "/desk/nothing"):
        assert ada.go(path, 303).page.headers["Location"] == STEP
    set_up(strict, ada)
    ada.go("/desk").go("/desk/people")
    ada.go(YOU)
    assert "cannot be turned off" in ada.text
    key = ada.form("/desk/sign-out")["key"]
    ada.page = ada.client.post(f"{YOU}/do/step-off", data={"key": key, "current": PASSWORD})
    assert ada.page.status_code == 422
    strict.browser("rita").go("/desk/you")


def test_what_was_typed_before_it_was_owed_is_not_lost(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").go("/desk")
    settings = newsroom.house.settings
    object.__setattr__(settings, "second_step", frozenset({"reporter"}))
    rita.send("/desk/articles", 403, headline="Never lost")
    assert "Your role needs a second step" in rita.text
    assert rita.form("/desk/articles")["headline"] == "Never lost"
    script = rita.client.get("/desk/api/session")
    assert (script.json["signed_in"], script.json["owes"]) == (False, True)  # type: ignore[index]
    assert rita.client.get("/desk/api/images").status_code == 401


# --- the rest of the screen


def test_ones_own_name_and_password(newsroom: Newsroom) -> None:
    here, there = newsroom.browser("rita"), newsroom.browser("rita")
    here.go(YOU).send(f"{YOU}/do/name", name="Rita O’Kafor")
    assert "Rita O’Kafor" in here.text
    here.send(f"{YOU}/do/name", 422, name="x" * 101)
    assert here.form(f"{YOU}/do/name")["name"] == "x" * 101
    here.go(YOU).send(f"{YOU}/do/password", 422, current=PASSWORD, password=NEW, repeated="nine loud lighthousse")
    assert "The two are not the same." in here.text
    assert NEW not in here.page.text
    here.send(f"{YOU}/do/password", 422, current="a guess", password=NEW, repeated=NEW)
    assert "That is not your password." in here.text
    here.send(f"{YOU}/do/password", 422, current=PASSWORD, password="rita@example.org", repeated="rita@example.org")
    assert "Your own name or address" in here.text
    here.send(f"{YOU}/do/password", current=PASSWORD, password=NEW, repeated=NEW)
    assert "Your password is changed." in here.text
    there.go("/desk", 303)


def test_sessions_are_told_in_words_and_all_others_end_at_once(newsroom: Newsroom) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    accounts, rita = newsroom.house.accounts, newsroom.people["rita"]
    other, _ = accounts.sign_in(rita.email, PASSWORD, "192.0.2.9", firefox)
    here = newsroom.browser("rita").go(YOU)
    assert "Firefox on Windows" in here.text
    assert here.text.count("this one") == 1
    here.send(f"{YOU}/do/others")
    assert accounts.session(other) is None
    assert "Nowhere else." in here.text


def test_nobody_ends_anothers_session_there(newsroom: Newsroom) -> None:
    ed = newsroom.browser("ed")
    (session,) = newsroom.house.accounts.sessions(newsroom.people["ed"].id)
    rita = newsroom.browser("rita").go(YOU)
    rita.client.post(f"{YOU}/sessions/{session.id}/end", data={"key": rita.form("/desk/sign-out")["key"]})
    ed.go("/desk")
