"""The panels beside the text, and what opens over the writing screen: where the focus goes, and that all is seen."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from cms import article as a
from tests.browser import faults
from tests.desk.test_writing_bar_browser import PHONE, cut
from tests.desk.writing_room import Room

pytestmark = pytest.mark.browser
LAPTOP: ViewportSize = {"width": 1280, "height": 900}
LOW: ViewportSize = {"width": 1280, "height": 620}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
TURNED: ViewportSize = {"width": 844, "height": 390}
# How far the knot of each sitting is from the middle of its name's first line.
KNOTS = """() => [...document.querySelectorAll("#rail .sitting-body")].map(body => {
    const knot = getComputedStyle(body, "::before"), name = body.querySelector("h3");
    const at = body.getBoundingClientRect().top + parseFloat(knot.top) + parseFloat(knot.height) / 2;
    return Math.abs(at - name.getBoundingClientRect().top - parseFloat(getComputedStyle(name).lineHeight) / 2);
})"""


def heading(page: Page, name: str) -> None:
    """The open panel is this, and its heading has the focus."""
    expect(page.locator("#rail").get_by_role("heading", name=name, level=2)).to_be_focused()


def whole(page: Page, size: ViewportSize) -> None:
    """The dialog is on the screen, and nothing in it is cut off at its sides."""
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    assert cut(page, "dialog[open]") == []


@pytest.mark.parametrize("size", [LAPTOP, LOW, TELEPHONE, TURNED])
@pytest.mark.parametrize("where", ["the story", "the list"])
def test_the_help_of_the_keys_is_on_the_screen_and_begins_at_its_beginning(
    room: Room, where: str, size: ViewportSize
) -> None:
    page = room.context("anna", viewport=size).new_page()
    if where == "the story":
        page.goto(f"{room.url}/desk/articles/{room.story('Words.')}/write")
        page.wait_for_selector("html[data-ready]")
        page.keyboard.press("Control+/")
    else:
        page.goto(f"{room.url}/desk")
        expect(page.locator(".list-new input[name=screen]")).to_have_count(1)  # its script has run
        page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keys")
    expect(help.get_by_role("heading", name="Keys")).to_be_focused()
    assert help.evaluate("help => help.scrollTop") == 0
    whole(page, size)
    help.evaluate("help => help.scrollTo(0, help.scrollHeight)")
    expect(help.locator("dd").last).to_be_in_viewport(ratio=1)
    close = help.get_by_role("button", name="Close")
    expect(close).to_be_in_viewport(ratio=1)  # however far down one has read
    close.click()
    expect(help).to_have_count(0)


@pytest.mark.parametrize("open_", ["a click", "its key"])
def test_a_panel_has_the_focus_from_its_opening_and_gives_it_back(room: Room, open_: str) -> None:
    anna = room.write("anna", room.story("Words."), viewport={"width": 1440, "height": 900})
    tab = anna.page.locator("#rail-tabs [data-panel=details]")
    if open_ == "a click":
        tab.click()
    else:
        anna.at(1).press("Control+2")
    heading(anna.page, "Details")
    anna.press("Escape")
    expect(anna.page.locator("#rail")).to_be_hidden()
    expect(tab).to_be_focused()
    tab.press("Enter")
    anna.page.locator("#d-slug").focus()
    anna.press("Escape")
    expect(tab).to_be_focused()
    tab.press("Enter")
    heading(anna.page, "Details")
    tab.focus()
    anna.press("Escape")
    expect(anna.page.locator("#rail")).to_be_hidden()
    assert anna.faults == []


def test_on_a_phone_a_panel_has_the_focus_and_gives_it_to_the_menu(room: Room) -> None:
    anna = room.write("anna", room.story("Words."), viewport=PHONE)
    anna.page.locator("#rail-menu").press("Enter")
    anna.page.keyboard.press("Enter")
    heading(anna.page, "Workflow")
    anna.press("Escape")
    expect(anna.page.locator("#rail")).to_be_hidden()
    expect(anna.page.locator("#rail-menu")).to_be_focused()


def test_escape_closes_a_panel_only_where_nothing_else_wants_it(room: Room) -> None:
    anna = room.write("anna", room.story("Words."), viewport={"width": 1440, "height": 900}).press("Control+2")
    rail, text = anna.page.locator("#rail"), anna.page.locator(".ProseMirror")
    heading(anna.page, "Details")
    anna.at(1).type(" /")
    anna.press("Escape")
    expect(anna.page.locator("#slash-menu")).to_be_hidden()
    anna.press("Control+f", "Escape")
    expect(anna.page.locator("#find")).to_be_hidden()
    anna.press("Alt+F10", "Escape", "Control+k")
    expect(anna.page.get_by_role("dialog", name="Link")).to_be_visible()
    anna.press("Escape")
    expect(anna.page.get_by_role("dialog")).to_have_count(0)
    anna.page.locator("#you-menu summary").press("Enter")
    anna.press("Escape")
    expect(anna.page.locator("#you-menu a").first).to_be_hidden()
    expect(rail).to_be_visible()
    anna.at(1).press("Escape")
    expect(rail).to_be_hidden()
    expect(text).to_be_focused()  # who writes goes on writing


def test_what_a_panel_draws_anew_keeps_the_focus_in_it(room: Room) -> None:
    id = room.story("Words.")
    cleo = room.write("cleo", id, viewport={"width": 1440, "height": 900}).press("Control+1")
    heading(cleo.page, "Workflow")
    cleo.page.locator("#rail").get_by_role("button", name="Submit").click()
    expect(cleo.page.locator("#rail .notice")).to_contain_text("Submitted")
    heading(cleo.page, "Workflow")


def test_knots_of_the_history_are_beside_their_names(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.Publish(id, without_approval="Urgent"), who="chief")
    room.do(a.ChangeHeadline(id, "Harbour bridge open"), who="anna")
    chief = room.write("chief", id).press("Control+5")
    expect(chief.page.locator("#rail .sitting")).to_have_count(3, timeout=30_000)
    assert max(chief.page.evaluate(KNOTS)) < 3


def test_on_a_phone_the_menu_leads_to_the_story_to_ones_account_and_out(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id, viewport=PHONE).at(1)
    anna.type(" After.")
    menu = anna.page.locator("#rail-menu")
    menu.click()
    more = anna.page.get_by_role("navigation", name="The story, and you")
    for name in ("Back to the story", "Your account"):
        expect(more.get_by_role("link", name=name)).to_be_visible()
    expect(more.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
    assert faults(anna.page) == []
    anna.press("ArrowUp")
    expect(more.get_by_role("button", name="Sign out")).to_be_focused()
    anna.press("Enter")
    anna.page.wait_for_url("**/sign-in**")
    assert room.text(id) == "Words. After."
    ben = room.write("ben", id, viewport=PHONE)
    ben.page.click("#rail-menu")
    ben.page.get_by_role("link", name="Back to the story").click()
    ben.page.wait_for_url(re.compile(f"/desk/articles/{id}$"))


def test_of_an_open_menu_the_chevron_alone_is_turned(room: Room) -> None:
    page = room.context("anna").new_page()
    page.goto(f"{room.url}/desk")
    page.locator("#you-menu summary").click()
    turned = "all => all.map(one => getComputedStyle(one).rotate)"
    assert page.locator("#you-menu summary .icon").evaluate_all(turned) == ["none", "180deg"]


def test_a_kicker_has_one_colour_everywhere(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.ChangeKicker(id, "Harbour"))
    page = room.context("anna").new_page()
    colours = set()
    for path, selector in (
        ("?q=Harbour", ".row-kicker"), (f"/articles/{id}", ".row-kicker"), (f"/articles/{id}/preview/page", ".kicker"),
        (f"/articles/{id}/write", "[data-field=kicker]"),
    ):  # fmt: skip
        page.goto(f"{room.url}/desk{path}")
        colours.add(page.locator(selector).first.evaluate("one => getComputedStyle(one).color"))
    assert len(colours) == 1


def test_the_find_bar_on_a_phone_is_three_rows_with_its_arrows_and_its_close_in_the_first(room: Room) -> None:
    anna = room.write("anna", room.story("Words and words."), viewport=PHONE).at(1).press("Control+f")
    anna.type("words")
    bar = anna.page.locator("#find")
    expect(bar.locator("output")).to_have_text("2 places")
    tops = {
        name: round(bar.get_by_role("button", name=name, exact=True).bounding_box()["y"])  # type: ignore[index]
        for name in ("Previous", "Next", "Close", "Remove", "Remove all 2")
    }
    assert tops["Previous"] == tops["Next"] == tops["Close"] < tops["Remove"] == tops["Remove all 2"]
    assert cut(anna.page, "#find") == []
    anna.press("Escape")
    expect(bar).to_be_hidden()


@pytest.mark.parametrize(("keys", "name"), [("Control+k", "Link"), ("/embed", "Embed"), ("/picture", "Choose")])
def test_dialogs_of_the_text_are_whole_on_a_phone(room: Room, keys: str, name: str) -> None:
    anna = room.write("anna", room.story("Words."), viewport=TELEPHONE).at(1)
    if keys.startswith("/"):
        anna.type(f" {keys}").press("Enter")
    else:
        anna.press(keys)
    expect(anna.page.get_by_role("dialog", name=re.compile(name))).to_be_visible()
    whole(anna.page, TELEPHONE)


def test_no_icon_of_the_writing_screen_means_two_things(room: Room) -> None:
    anna = room.write("anna", room.story("Words."))
    used = anna.page.locator("#tools [href], #rail-tabs [data-panel] [href]").evaluate_all(
        "all => all.map(one => one.getAttribute('href').split('#')[1])"
    )
    assert len(used) > 20
    assert sorted(used) == sorted(set(used))


def test_it_is_saved_at_the_time_of_the_newsroom_wherever_one_is(room: Room) -> None:
    anna = room.write("anna", room.story("Words."), timezone_id="Asia/Tokyo").at(1)
    zone = room.house.settings.zone
    before = datetime.now(zone).replace(microsecond=0)
    anna.type(" After.")
    room.until(lambda: anna.state.startswith("Saved "), "it is saved")
    said = re.fullmatch(r"Saved (\d\d):(\d\d):(\d\d)", anna.state)
    assert said, anna.state
    at = before.replace(hour=int(said[1]), minute=int(said[2]), second=int(said[3]))
    assert (at - before).total_seconds() % 86_400 <= (datetime.now(zone) - before).total_seconds()


def test_a_preview_begins_as_a_telephone_where_it_is_seen_on_one(room: Room) -> None:
    id = room.story("Words.")
    for size, wide, narrow in ((LAPTOP, "Desktop", "Phone"), (TELEPHONE, "Phone", "Phone")):
        page = room.context("anna", viewport=size).new_page()
        page.goto(f"{room.url}/desk/articles/{id}/preview")
        current = page.get_by_role("navigation", name="Width").locator("[aria-current=true]")
        expect(current).to_have_text(wide)
        page.get_by_role("link", name="Dark").click()
        page.wait_for_url("**theme=dark")
        expect(current).to_have_text(wide)
        page.get_by_role("link", name="Phone").click()
        page.wait_for_url("**width=phone**")
        expect(current).to_have_text(narrow)
    frame = page.locator(".frame")
    assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0


def test_words_of_the_masthead_are_whole_in_the_panel(room: Room) -> None:
    anna = room.write("anna", room.story("Words.")).press("Control+6")
    search = anna.page.frame_locator(".rail-preview").locator(".masthead-search span")
    expect(search).to_be_visible()
    lines = "one => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length; }"
    assert search.evaluate(lines) == 1
