"""People and accounts in a real Chromium: the screens by day and night, by keyboard, and over an open story."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from cms.people.second_step import PERIOD
from events.instant import SECOND
from tests.browser import faults
from tests.desk.writing_room import PASSWORD, Room

pytestmark = pytest.mark.browser
NEW = "nine loud lighthouses"
SHAPES = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def shared_room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("people") / "var", browser,
                DAYBOOK_COMPONENTS="yes", DAYBOOK_SECOND_STEP="photo_editor")  # fmt: skip
    made.people["ada"] = made.house.accounts.add("ada@example.org", "Ada Morrow", "administrator", PASSWORD)
    yield made
    made.close()


@pytest.fixture
def room(shared_room: Room) -> Iterator[Room]:
    yield shared_room
    shared_room.leave()
    accounts = shared_room.house.accounts
    for person in shared_room.people.values():
        accounts.take_second_step(person.id, "The next test")
        accounts.enable(person.id)
        accounts.change_role(person.id, person.role)


def turned_on(room: Room, who: str) -> pyotp.TOTP:
    """Somebody's second step, confirmed a period ago, so that this period's code is still to be used."""
    steps, person = room.house.accounts.second_steps, room.people[who]
    steps.begin(person.id)
    secret = steps.begun(person.id)
    assert secret
    phone = pyotp.TOTP(secret)
    steps.confirm(person.id, phone.at(room.house.now() // SECOND - PERIOD), "192.0.2.1")
    return phone


def give_password(page: Page, who: str) -> None:
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


# --- how they look


def screens(page: Page, room: Room) -> Iterator[str]:
    """Every screen of people and accounts, in each of its states, with everything on it opened."""
    page.goto(f"{room.url}/desk/people?text=nobody")
    yield "people, nobody found"
    page.goto(f"{room.url}/desk/people")
    yield "people"
    page.locator("#add-email").fill("no address")
    page.locator("#add-name").fill("Bob Hart")
    page.get_by_role("button", name="Add somebody").click()
    yield "people, refused"
    page.locator("#add-email").fill(f"bob-{len(room.house.accounts.people())}@example.org")
    page.locator("#add-role").select_option("editor")
    page.get_by_role("button", name="Add somebody").click()
    yield "person with a link"
    link = page.locator("#link").input_value()
    page.goto(f"{room.url}/desk/people/journal")
    yield "journal"
    page.goto(f"{room.url}/desk/you")
    yield "you"
    page.goto(f"{room.url}/desk/you/second-step")
    yield "second step"
    page.locator("#begin-current").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#confirm-code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".faults").get_by_text("not the code that your phone shows")).to_be_visible()
    yield "second step, refused"
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    page.locator("#confirm-code").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator(".recovery")).to_be_visible()
    yield "recovery codes"
    page.goto(f"{room.url}/desk/you")
    yield "you, with a second step"
    page.goto(f"{room.url}/desk/components")
    yield "components"
    page.context.clear_cookies()
    page.goto(f"{room.url}/desk")
    give_password(page, "ada")
    page.locator("#code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That code is not right.")).to_be_visible()
    yield "code, refused"
    for path in (link[link.index("/desk") :], "/desk/welcome/over"):
        page.goto(f"{room.url}{path}")
        yield path.rpartition("/")[0]
    page.goto(f"{room.url}/desk/sign-in")
    give_password(page, "anna")
    page.wait_for_url(re.compile("/desk/?$"))
    page.goto(f"{room.url}/desk/people")
    yield "people, forbidden"


@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_axe_finds_nothing_and_no_screen_is_wider_than_its_page(room: Room, width: int, scheme: str) -> None:
    context = room.context("ada", color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    found: list[tuple[str, str]] = []
    page.on("console", lambda said: found.append((page.url, said.text)))
    for name in screens(page, room):
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [(name, str(fault)) for fault in faults(page)]
    assert [fault for fault in found if not re.search(r"status of (403|410|422)", fault[1])] == []


# --- how they work


def test_the_menu_behind_ones_name_works_by_keyboard(room: Room) -> None:
    page = room.context("ada").new_page()
    page.goto(f"{room.url}/desk")
    menu, summary = page.locator("#you-menu"), page.locator("#you-menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="People")).to_be_focused()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
    summary.click()
    menu.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    page.locator("#you-menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")


def test_somebody_new_comes_in_by_the_link_and_sets_up_a_second_step(room: Room, tmp_path: Path) -> None:
    ada = room.context("ada", permissions=["clipboard-read", "clipboard-write"]).new_page()
    ada.goto(f"{room.url}/desk/people")
    ada.locator("#add-name").fill("Dora Finch")
    ada.locator("#add-email").fill("dora@example.org")
    ada.locator("#add-role").select_option("reporter")
    ada.get_by_role("button", name="Add somebody").click()
    ada.get_by_role("button", name="Copy").click()
    expect(ada.get_by_role("button", name="Copied")).to_be_visible()
    link = ada.evaluate("navigator.clipboard.readText()")
    context = room.browser.new_context()
    room.contexts.append(context)
    dora = context.new_page()
    dora.goto(room.url + link[link.index("/desk") :])
    dora.get_by_label("New password").fill(NEW)
    dora.get_by_label("The same again").fill(NEW)
    dora.keyboard.press("Enter")
    dora.wait_for_url(re.compile("/desk/?$"))
    dora.goto(f"{room.url}/desk/you")
    dora.get_by_role("link", name="Set it up").click()
    dora.get_by_label("Your password").fill(NEW)
    dora.keyboard.press("Enter")
    secret = dora.locator(".secret-key").inner_text().replace(" ", "")
    dora.get_by_label("The six digits").fill(pyotp.TOTP(secret).now())
    dora.keyboard.press("Enter")
    with dora.expect_download() as saving:
        dora.get_by_role("link", name="Save as a file").click()
    saving.value.save_as(tmp_path / "codes.txt")
    codes = dora.locator(".recovery code").all_inner_texts()
    assert (tmp_path / "codes.txt").read_text().splitlines()[-10:] == codes
    dora.get_by_role("link", name="I have kept them").click()
    expect(dora.get_by_text("10 recovery codes left.")).to_be_visible()


def test_a_session_that_ends_while_writing_asks_for_the_second_step_over_the_page(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    phone = turned_on(room, "anna")
    room.house.accounts.end_sessions(room.people["anna"].id)
    anna.at(1).type(" After.")
    anna.page.fill("#again-password", PASSWORD)
    anna.press("Enter")
    anna.page.fill("#again-code", "000000")
    anna.press("Enter")
    anna.sees("That code is not right.")
    anna.page.fill("#again-code", phone.now())
    anna.press("Enter")
    anna.saved()
    assert anna.page.locator("dialog[open]").count() == 0
    assert room.text(id) == "Before. After."
    assert anna.faults == []


def test_a_role_that_needs_a_second_step_loses_no_word_of_who_writes(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    anna.context.set_offline(True)  # else sign-in may open over the page before anything is typed
    anna.at(1).type(" After.")
    room.house.accounts.change_role(room.people["anna"].id, "photo_editor")
    anna.context.set_offline(False)
    anna.sees("Your role needs a second step")
    with anna.context.expect_page() as opened:
        anna.page.get_by_role("link", name="Set it up").click()
    tab = opened.value
    tab.get_by_label("Your password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    secret = tab.locator(".secret-key").inner_text().replace(" ", "")
    assert room.text(id) == "Before."
    tab.get_by_label("The six digits").fill(pyotp.TOTP(secret).now())
    tab.keyboard.press("Enter")
    expect(tab.locator(".recovery")).to_be_visible()
    anna.page.bring_to_front()
    anna.saved()
    assert anna.page.locator("dialog[open]").count() == 0
    assert room.text(id) == "Before. After."


@pytest.mark.parametrize("by", ["at the desk", "by command"])
def test_who_is_disabled_is_asked_to_sign_in_at_once_and_keeps_their_words(room: Room, by: str) -> None:
    id = room.story("Before.")
    ben, cleo, person = room.write("ben", id), room.write("cleo", id), room.people["ben"]
    room.until(lambda: cleo.page.locator("#here li").count() == 1, "Ben is here")
    disable: dict[str, Callable[[], None]] = {
        "at the desk": lambda: at_the_desk(room, person.id),
        "by command": lambda: room.house.accounts.disable(person.id),
    }
    disable[by]()
    ben.page.wait_for_selector("#again-password")  # nobody has typed: the stream said so
    room.until(lambda: cleo.page.locator("#here li").count() == 0, "Ben has left", 60)
    ben.page.fill("#again-password", PASSWORD)
    ben.press("Enter")
    ben.sees("This account is disabled.")
    ben.page.get_by_role("button", name="Later").click()
    ben.at(1).type(" After.")
    ben.sees("Signed out, 1 change kept on this device")
    assert room.text(id) == "Before."


def at_the_desk(room: Room, id: str) -> None:
    page = room.context("ada").new_page()
    page.goto(f"{room.url}/desk/people/{id}")
    page.locator("summary", has_text="Disable").click()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("status")).to_have_text("They are disabled and signed out everywhere.")
