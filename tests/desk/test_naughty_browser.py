"""Input from hell at the desk, in a real Chromium whose content policy is off: nothing runs, and nothing is lost."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from selectolax.lexbor import LexborHTMLParser

from cms import article as a
from events import document
from events.document.codec import UNWRITABLE
from tests.desk.writing_room import Room, Writer
from tests.document.test_hostile import payloads

pytestmark = pytest.mark.browser
WATCH = """window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
    window[name] = (...said) => { ran.push([name, ...said]) };
"""
# Each in an empty story: what was there is selected and deleted, then it is pasted, and what is seen is told.
PASTE = """([payloads, kind]) => {
    const place = document.querySelector(".ProseMirror");
    const key = (name, code, more) => place.dispatchEvent(
        new KeyboardEvent("keydown", {key: name, keyCode: code, bubbles: true, cancelable: true, ...more}));
    const seen = () => {
        const copy = place.cloneNode(true);
        copy.querySelectorAll("button, select").forEach(one => one.remove());
        copy.querySelectorAll("br").forEach(one => one.replaceWith("\\n"));
        copy.querySelectorAll("p, li, td, th, h2, h3, pre, mark").forEach(one => one.append("\\n"));
        return copy.textContent;
    };
    return payloads.map(payload => {
        key("a", 65, {ctrlKey: true});
        key("Backspace", 8);
        const data = new DataTransfer();
        data.setData(kind, payload);
        place.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        return seen();
    });
}"""
# HTML that lexbor and Chromium take for different trees.
READ_IN_TWO_WAYS = ("<form><math><mtext></form><form><mglyph>", "<svg></p><title>", '<div id="117">')
WHOLE = """payloads => payloads.map(one => {
    const made = new DOMParser().parseFromString(one, "text/html").body;
    made.querySelectorAll("form, plaintext, xmp, textarea, select, title, img").forEach(
        one => one.replaceWith(one.textContent));
    return `<div>${made.innerHTML}</div>`;
}).join("")"""


@pytest.fixture(scope="module")
def room(shared_room: Room) -> Room:
    return shared_room


@pytest.fixture(scope="module")
def naughty(shared: Path) -> list[str]:
    """The big list of naughty strings, and the payloads of DOMPurify and bleach."""
    found = [text for text in payloads(shared / "data/naughty") if text.strip()]
    return found[: next(n for n, text in enumerate(found) if text == "\tfoo\tbaz\t\tbim\n")]  # then comes CommonMark


class Watched:
    """A browser without a content policy that notices what runs and where it asks."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(WATCH)
        self.strayed: list[str] = []
        context.on("request", lambda request: self._asked(request.url))
        context.on("dialog", lambda dialog: self.strayed.append(dialog.message))

    def _asked(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.strayed.append(url)

    def nothing_ran(self, page: Page) -> None:
        assert page.evaluate("ran") == []
        assert self.strayed == []


@pytest.fixture
def context(room: Room) -> BrowserContext:
    return room.context("anna", bypass_csp=True)


@pytest.fixture
def watched(context: BrowserContext) -> Watched:
    return Watched(context)


def without_pictures(html: str) -> str:
    """A picture is told of by a note; what is lost of it is its bytes."""
    read = LexborHTMLParser(html)
    pictures = read.css("img, image, svg title")
    for picture in pictures:
        picture.decompose()
    return (read.html or "") if pictures else html


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def lost(came: str, seen: str) -> Counter[str]:
    """Words that are not there any more. Where a browser and our own reader break a word elsewhere, none is lost."""
    gone = words(came) - words(seen)
    return gone if gone and "".join(re.findall(r"\w", came)) not in "".join(re.findall(r"\w", seen)) else Counter()


def test_every_payload_pasted_as_html_keeps_its_words_and_runs_nothing(
    room: Room, context: BrowserContext, watched: Watched, naughty: list[str]
) -> None:
    anna = room.write(context, room.story())
    missing = []
    for start in range(0, len(naughty), 250):
        some = naughty[start : start + 250]
        for payload, seen in zip(some, anna.page.evaluate(PASTE, [some, "text/html"]), strict=True):
            if payload.startswith(READ_IN_TWO_WAYS):
                continue
            if gone := lost(document.to_text(document.from_html(without_pictures(payload))), seen):
                missing.append((payload, seen, gone))
    assert missing == [], "\n".join(map(repr, missing))
    watched.nothing_ran(anna.page)
    assert anna.page.url.endswith("/write") and anna.faults == []


def test_every_payload_pasted_as_text_is_that_text(
    room: Room, context: BrowserContext, watched: Watched, naughty: list[str]
) -> None:
    anna = room.write(context, room.story())
    for payload, seen in zip(naughty, anna.page.evaluate(PASTE, [naughty, "text/plain"]), strict=True):
        assert UNWRITABLE.sub("", payload).split() == seen.split(), payload
    watched.nothing_ran(anna.page)


@pytest.mark.parametrize("kind", ["html", "text"])
def test_all_of_it_in_one_story_is_the_same_on_the_screen_in_the_log_and_before_readers(
    room: Room, context: BrowserContext, watched: Watched, naughty: list[str], kind: str
) -> None:
    anna = room.write(context, id := room.story())
    if kind == "html":
        anna.paste(anna.page.evaluate(WHOLE, naughty))
    else:
        anna.paste(text="\n\n".join(naughty))
    room.until(lambda: anna.state.startswith("Saved"), "it is saved", 60)
    logged = room.article(id).content.body
    assert words(document.to_text(logged.doc)) == words(anna.page.evaluate("""() => {
        const copy = document.querySelector(".ProseMirror").cloneNode(true);
        copy.querySelectorAll("button, select, mark").forEach(one => one.remove());
        copy.querySelectorAll("br").forEach(one => one.replaceWith("\\n"));
        copy.querySelectorAll("p, li, td, th, h2, h3, pre").forEach(one => one.append("\\n"));
        return copy.textContent;
    }"""))
    room.do(a.Publish(id, without_approval="Urgent"), who="chief")
    page = context.new_page()
    page.goto(room.url + room.article(id).issues[0].path)
    shown = page.evaluate("""() => {
        const copy = document.querySelector(".body").cloneNode(true);
        copy.querySelectorAll("br").forEach(one => one.replaceWith("\\n"));
        copy.querySelectorAll("p, li, td, th, h2, h3, pre").forEach(one => one.append("\\n"));
        return copy.textContent;
    }""")
    assert words(shown) == words(document.to_text(logged.doc))
    watched.nothing_ran(page)
    reopened = Writer(room, context, id)
    watched.nothing_ran(reopened.page)
    assert room.article(id).content.body.digest == logged.digest, "opening it changes nothing"


def test_every_payload_in_every_field_is_that_text_on_every_screen(
    room: Room, context: BrowserContext, watched: Watched, naughty: list[str]
) -> None:
    """Typed as one types into the screen's own fields; kept as a line keeps it, or refused with what is wrong."""
    limits = {"kicker": 100, "headline": 300, "standfirst": 2000}
    id = room.story("Words.")
    anna = room.write(context, id)
    for name, limit in limits.items():
        packed = list(packs(naughty, limit))
        for text in [*packed[:: max(1, len(packed) // 8)]]:
            anna.page.fill(f"[data-field={name}]", text)
            anna.page.locator(f"[data-field={name}]").blur()
            room.until(lambda text=text, name=name: kept(room, id, name) == visible(text), f"{name} is {text!r}")  # type: ignore[misc]
    watched.nothing_ran(anna.page)
    for screen in ("", "/write", "/edit", "/history", "/publish", "/preview"):
        page = context.new_page()
        page.goto(f"{room.url}/desk/articles/{id}{screen}")
        page.wait_for_load_state()
        watched.nothing_ran(page)
        page.close()
    page = context.new_page()
    page.goto(f"{room.url}/desk")
    watched.nothing_ran(page)


def kept(room: Room, id: str, name: str) -> str:
    return visible(getattr(room.article(id).content, name))


def visible(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Zs", "Zl", "Zp"))


def packs(strings: list[str], limit: int) -> Iterator[str]:
    """The strings that a field can hold, as many together as fit."""
    pack = ""
    for text in map(clean, strings):
        if len(text) > limit or not text:
            continue
        if len(pack) + len(text) + 1 > limit:
            yield pack
            pack = ""
        pack = f"{pack} {text}".strip()
    if pack:
        yield pack


def clean(text: str) -> str:
    return " ".join(UNWRITABLE.sub("", text).split())
