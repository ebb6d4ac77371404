"""Every key that the help shows does what it says: on the list and on the writing screen.

The help is read from the screen itself. A key in it that has no test here fails, and so does a test of no key.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cms import article as a
from events import document
from tests.browser import focused
from tests.desk.writing_room import Room, Writer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def room(shared_room: Room) -> Room:
    for headline in ("First", "Second", "Third"):
        shared_room.story("Words.", headline=f"{headline} story")
    return shared_room


def told(page: Page) -> set[str]:
    """The keys that the open help tells, each line as it stands there."""
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    lines = dialog.locator("dt").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('kbd')].map(key => key.textContent).join('  '))"
    )
    page.keyboard.press("Escape")
    return set(lines)


# --- the list


@pytest.fixture(scope="module")
def page(room: Room) -> Page:
    return room.context("cleo", base_url=room.url).new_page()


@pytest.fixture
def at_list(page: Page) -> Page:
    page.goto("/desk")
    expect(page.locator(".list-new input[name=screen]")).to_have_count(1)  # its script has run
    return page


def led(page: Page, where: str) -> None:
    page.wait_for_url(re.compile(where))


def _palette(room: Room, page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()


def _rows(room: Room, page: Page) -> None:
    seen = []
    for key in "jjjkk":
        page.keyboard.press(key)
        seen.append(focused(page))
    assert seen == ["Third story", "Second story", "First story", "Second story", "Third story"]


def _open(room: Room, page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    led(page, "/desk/articles/[^/]+$")


def _write(room: Room, page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("e")
    led(page, "/write$")


def _search(room: Room, page: Page) -> None:
    page.keyboard.press("/")
    assert focused(page) == "text"


def _new(room: Room, page: Page) -> None:
    page.keyboard.press("n")
    assert focused(page) == "headline"


def _news(room: Room, page: Page) -> None:
    id = room.story("Words.", headline="Just in")
    expect(page.get_by_role("button", name="1 new")).to_be_visible(timeout=30_000)
    page.keyboard.press(".")
    expect(page.get_by_role("link", name="Just in")).to_be_visible()
    room.do(a.Trash(id))


def _help(room: Room, page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def _going(key: str, where: str) -> Callable[[Room, Page], None]:
    def go(room: Room, page: Page) -> None:
        page.goto("/desk/tags")
        page.keyboard.press("g")
        page.keyboard.press(key)
        led(page, where)

    return go


LIST: dict[str, Callable[[Room, Page], None]] = {
    "Ctrl K": _palette, "j  k": _rows, "Enter": _open, "e": _write, "/": _search, "n": _new, ".": _news, "?": _help,
    "g  h": _going("h", "/desk/?$"), "g  m": _going("m", "scope=mine"), "g  r": _going("r", "state=submitted"),
    "g  i": _going("i", "/desk/images"),
}  # fmt: skip


def test_every_key_of_the_list_is_tested(at_list: Page) -> None:
    at_list.keyboard.press("?")
    assert told(at_list) == LIST.keys()


@pytest.mark.parametrize("key", LIST)
def test_a_key_of_the_list(room: Room, at_list: Page, key: str) -> None:
    LIST[key](room, at_list)


# --- the writing screen


@pytest.fixture(scope="module")
def writer(room: Room) -> Writer:
    return room.write("anna", room.story("A few words."))


def _fresh(writer: Writer) -> Writer:
    """The same screen, with one paragraph of which all is chosen."""
    writer.page.keyboard.press("Escape")
    writer.page.goto("about:blank")
    writer.id = writer.room.story("A few words.")
    writer.open()
    return writer.at(1, end=False).press("Control+a")


def makes(keys: str, html: str) -> Callable[[Writer], None]:
    """What the chosen words become; the same keys take it away again."""

    def test(writer: Writer) -> None:
        writer.press(keys)
        there = "html => document.querySelector('.ProseMirror').innerHTML.includes(html)"
        writer.page.wait_for_function(there, arg=html)
        writer.saved()

    return test


def _saves(writer: Writer) -> None:
    with writer.page.expect_request("**/desk/api/commands", timeout=30_000):
        writer.page.evaluate("window.setTimeout = () => 0")  # nothing comes by itself any more
        writer.press("End").type(" More.").press("Control+s")
    writer.room.until(lambda: writer.room.text(writer.id).endswith("More."), "it is saved")


def _inserts(writer: Writer) -> None:
    writer.press("End").type(" /")
    expect(writer.page.get_by_role("listbox", name="Insert")).to_be_visible()


def _breaks(writer: Writer) -> None:
    writer.press("End", "Shift+Enter").type("below").saved()
    assert document.to_html(writer.room.article(writer.id).content.body.doc) == "<p>A few words.<br>\nbelow</p>\n"


def _moves(writer: Writer) -> None:
    writer.press("End", "Enter").type("Second.").press("Alt+ArrowUp").saved()
    writer.room.until(lambda: writer.room.text(writer.id).split() == ["Second.", "A", "few", "words."], "it is above")
    writer.press("Alt+ArrowDown").saved()
    writer.room.until(lambda: writer.room.text(writer.id).split()[0] == "A", "it is below again")


def _tools(writer: Writer) -> None:
    writer.press("Alt+F10")
    tools = writer.page.get_by_role("toolbar").get_by_role("button")
    expect(tools.first).to_be_focused()
    writer.press("ArrowRight")
    expect(tools.nth(1)).to_be_focused()
    writer.press("Escape")
    expect(writer.page.locator(".ProseMirror")).to_be_focused()


def _keys(writer: Writer) -> None:
    writer.press("Control+/")
    expect(writer.page.get_by_role("dialog", name="Keys")).to_be_visible()


def _link(writer: Writer) -> None:
    writer.press("Control+k").type("https://example.org/quay").press("Enter").saved()
    assert document.links(writer.room.article(writer.id).content.body.doc) == ("https://example.org/quay",)


def _undoes(writer: Writer) -> None:
    writer.press("End").type(" Gone.").press("Control+z")
    writer.room.until(lambda: writer.text == "A few words.", "it is taken back")
    writer.saved()


def _redoes(writer: Writer) -> None:
    writer.press("End").type(" Back.").press("Control+z", "Control+Shift+z").saved()
    assert writer.room.text(writer.id) == "A few words. Back."


def _finds(writer: Writer) -> None:
    writer.press("Control+f")
    expect(writer.page.get_by_role("search", name="Find and replace").get_by_label("Find", exact=True)).to_be_focused()


WRITING: dict[str, Callable[[Writer], None]] = {
    "Ctrl+S": _saves, "/": _inserts, "Shift+Enter": _breaks, "Alt+↑  Alt+↓": _moves, "Alt+F10": _tools, "Ctrl+/": _keys,
    "Ctrl+B": makes("Control+b", "<strong>"), "Ctrl+I": makes("Control+i", "<em>"), "Ctrl+K": _link,
    "Ctrl+Shift+X": makes("Control+Shift+x", "<s>"), "Ctrl+.": makes("Control+.", "<sup>"),
    "Ctrl+,": makes("Control+,", "<sub>"), "Ctrl+E": makes("Control+e", "<code>"),
    "Ctrl+Alt+2": makes("Control+Alt+2", "<h2"), "Ctrl+Alt+3": makes("Control+Alt+3", "<h3"),
    "Ctrl+Shift+8": makes("Control+Shift+8", "<ul"), "Ctrl+Shift+7": makes("Control+Shift+7", "<ol"),
    "Ctrl+Shift+9": makes("Control+Shift+9", "<blockquote"), "Ctrl+Z": _undoes, "Ctrl+Shift+Z": _redoes,
    "Ctrl+F": _finds, "Ctrl+Alt+M": makes("Control+Alt+m", '<mark class="note"'),
}  # fmt: skip


def _plain(writer: Writer) -> None:
    writer.press("Control+Alt+2")
    expect(writer.page.locator(".ProseMirror h2")).to_have_count(1)
    writer.press("Control+Alt+0")
    expect(writer.page.locator(".ProseMirror h2")).to_have_count(0)


WRITING["Ctrl+Alt+0"] = _plain


def test_every_key_of_the_writing_screen_is_tested(writer: Writer) -> None:
    tabs = writer.page.get_by_role("navigation", name="Panels").get_by_role("button").all()
    names = [tab.inner_text().strip() for tab in tabs]
    writer.press("Control+/")
    keys = told(writer.page)
    assert keys - {f"Ctrl+{tab.get_attribute('data-key')}" for tab in tabs} == WRITING.keys()
    for name, tab in zip(names, tabs, strict=True):
        key = tab.get_attribute("data-key")
        assert f"Ctrl+{key}" in keys
        for expanded in ("true", "false"):
            writer.press(f"Control+{key}")
            expect(tab, f"{name} by Ctrl+{key}").to_have_attribute("aria-expanded", expanded)


@pytest.mark.parametrize("key", WRITING)
def test_a_key_of_the_writing_screen(writer: Writer, key: str) -> None:
    WRITING[key](_fresh(writer))
    assert writer.faults == []
