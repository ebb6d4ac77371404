"""A newsroom whose server is a process that can be killed, and browsers that write in it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from uuid_utils.compat import uuid7

from cms import article as a
from cms import image as i
from cms.article import Article
from cms.decider import Actor, Command
from cms.house import House
from cms.pictures import take_in
from cms.settings import load_settings
from events import document
from events.document import from_paragraphs
from events.instant import Instant

PASSWORD = "seven quiet harbours"
PEOPLE = {
    "anna": ("Anna Brandt", "reporter"), "ben": ("Ben Okoro", "reporter"), "cleo": ("Cleo Marsh", "editor"),
    "chief": ("Cora Hale", "chief"),
}  # fmt: skip
ROOT = Path(__file__).parents[2]
# A network as in a courthouse corridor: answers come late, and of some it is never known whether they were given.
BAD_NETWORK = """(() => {
    const real = window.fetch, sleep = () => new Promise(done => setTimeout(done, Math.random() * MOST));
    window.fetch = async (...asked) => {
        if (String(asked[0]).includes("/stream")) return real(...asked);
        await sleep();
        const answer = await real(...asked);
        await sleep();
        if (Math.random() < LOST) throw new TypeError("the answer was lost");
        return answer;
    };
})()"""


class Room:
    """The newsroom. ``house`` is this process's own; the server is another's, on the same log."""

    def __init__(self, folder: Path, browser: Browser, **environ: str) -> None:
        self.environ = {
            "DAYBOOK_VAR": str(folder), "DAYBOOK_PASSWORD_MEMORY": "32", "DAYBOOK_SECRET_KEY": "s" * 40,
            "DAYBOOK_THREADS": "16", **environ,
        }  # fmt: skip
        self.browser, self.house = browser, House(load_settings(self.environ, None))
        self.house.prepare(lambda _: None)
        accounts = self.house.accounts
        self.people = {
            key: accounts.add(f"{key}@example.org", name, role, PASSWORD) for key, (name, role) in PEOPLE.items()
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.server: subprocess.Popen[bytes] | None = None
        self.contexts: list[BrowserContext] = []
        self.start()

    # --- the server

    def start(self, ahead: Instant = 0) -> None:
        """Begin to serve. ahead: by how much its clock is."""
        command = [sys.executable, "-m", "tests.desk.serving", str(self.port)]
        environ = {**os.environ, **self.environ, "SERVING_AHEAD": str(ahead)}
        self.server = subprocess.Popen(command, cwd=ROOT, env=environ)
        try:
            self.until(self._answers, "the server answers", 120)
        except AssertionError:
            self.kill()
            raise

    def kill(self) -> None:
        """As a power cut would."""
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def leave(self) -> None:
        """Everybody closes their browser."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def close(self) -> None:
        self.leave()
        self.kill()
        self.house.close()

    # --- the newsroom

    def do(self, *commands: Command, who: str = "cleo") -> None:
        person = self.people[who]
        self.house.newsroom.handle(list(commands), Actor(person.id, person.role), uuid7())

    def story(self, *paragraphs: str, headline: str = "Harbour bridge closed") -> str:
        """A story with these words; its id."""
        id = str(uuid7())
        self.do(a.Draft(id, headline))
        if paragraphs:
            self.do(a.ReplaceBody(id, from_paragraphs(list(paragraphs))))
        return id

    def picture(self, content: bytes, **words: str) -> str:
        """A picture of the library; its id."""
        id, taken = str(uuid7()), take_in(self.house.media, content)
        self.do(i.Upload(id, taken.picture, "picture.jpg", **words))
        return id

    def article(self, id: str) -> Article:
        """As the log has it."""
        state = Article()
        for recorded in self.house.store.read_stream(f"article-{id}"):
            state = a.decider.replay(state, recorded)
        return state

    def text(self, id: str) -> str:
        """The words of the body in the log."""
        return document.to_text(self.article(id).content.body.doc)

    # --- people

    def context(self, who: str, **options: Any) -> BrowserContext:
        """A browser of somebody who is signed in."""
        token, _ = self.house.accounts.sign_in(f"{who}@example.org", PASSWORD, "127.0.0.1")
        options = {"viewport": {"width": 1280, "height": 900}} | options
        context = self.browser.new_context(**options)
        context.add_cookies([{"name": "daybook_desk", "value": token, "domain": "127.0.0.1", "path": "/desk"}])
        self.contexts.append(context)
        return context

    def write(self, who: str | BrowserContext, id: str, **options: Any) -> "Writer":
        """Open a story to write in it."""
        context = self.context(who, **options) if isinstance(who, str) else who
        return Writer(self, context, id)

    @staticmethod
    def until(what: Callable[[], object], said: str, seconds: float = 15) -> None:
        """Wait for something that must come true."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"never came true: {said}"
            time.sleep(0.05)


class Writer:
    """Somebody at the writing screen."""

    def __init__(self, room: Room, context: BrowserContext, id: str) -> None:
        self.room, self.context, self.id = room, context, id
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.open()

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text and "ERR_" not in text:
            self.faults.append(text)

    def open(self) -> None:
        self.page.goto(f"{self.room.url}/desk/articles/{self.id}/write")
        self.page.wait_for_selector("html[data-ready]")

    @property
    def state(self) -> str:
        return self.page.inner_text("#state-line")

    @property
    def text(self) -> str:
        """The words on the screen, without the names at the carets."""
        words: str = self.page.evaluate("""() => {
            const copy = document.querySelector(".ProseMirror").cloneNode(true);
            copy.querySelectorAll(".caret, textarea, select, button").forEach(one => one.remove());
            return [...copy.querySelectorAll("p, h2, h3, li, pre, td, th")].filter(one => !one.querySelector("p"))
                .map(one => one.textContent).join("\\n");
        }""")
        return words

    def at(self, paragraph: int, end: bool = True) -> "Writer":
        """Put the caret at an end of a block, counted from 1."""
        self.page.evaluate("""([index, end]) => {
            const block = document.querySelector(".ProseMirror").children[index - 1], range = document.createRange();
            block.closest(".ProseMirror").focus();
            range.selectNodeContents(block);
            range.collapse(!end);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""", [paragraph, end])
        self.page.wait_for_timeout(30)  # the editor hears of selections from the browser
        return self

    def type(self, words: str, delay: float = 0) -> "Writer":
        self.page.keyboard.type(words, delay=delay)
        return self

    def press(self, *keys: str) -> "Writer":
        for key in keys:
            moves = "Arrow" in key or key.endswith(("End", "Home", "Control+a"))
            if moves:
                self.page.wait_for_timeout(60)  # for 50 ms after it is typed in, the editor takes no selection
            self.page.keyboard.press(key)
            if moves:
                self.page.wait_for_timeout(60)  # the editor hears of selections from the browser
        return self

    def paste(self, html: str = "", text: str = "") -> "Writer":
        """As from the clipboard, by an event that no permission is needed for."""
        self.page.evaluate("""([html, text]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(".ProseMirror").dispatchEvent(event);
        }""", [html, text])
        return self

    def saved(self) -> "Writer":
        """Wait until the screen says that everything is in the log, or what others did since."""
        told = ("Saved ", "Everything")
        self.room.until(lambda: self.state.startswith(told) or " changed the " in self.state, "everything is saved")
        return self

    def field(self, name: str) -> str:
        return self.page.input_value(f"[data-field={name}]")

    def sees(self, words: str) -> None:
        self.room.until(lambda: words in self.page.inner_text("body"), f"{words!r} is seen")


@pytest.fixture(scope="module")
def shared_room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One newsroom for the tests of a module."""
    made = Room(tmp_path_factory.mktemp("room") / "var", browser)
    yield made
    made.close()


@pytest.fixture
def room(shared_room: Room) -> Iterator[Room]:
    """The newsroom of the module, which everybody leaves after each test."""
    yield shared_room
    shared_room.leave()


def photo(colour: str = "teal", size: tuple[int, int] = (640, 420)) -> bytes:
    """A picture file of one colour."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


FIRST = ".ProseMirror > :first-child"
DROP = """([selector, bytes, name]) => {
    const data = new DataTransfer(), place = document.querySelector(selector);
    data.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
    const {left, bottom} = place.getBoundingClientRect();
    const options = {dataTransfer: data, bubbles: true, cancelable: true, clientX: left + 5, clientY: bottom - 5};
    place.dispatchEvent(new DragEvent("drop", options));
}"""


def drop(page: Page, selector: str, content: bytes, name: str) -> None:
    """Let a file fall on the end of a place."""
    page.evaluate(DROP, [selector, list(content), name])


def converged(writers: Sequence[Writer]) -> bool:
    """Whether all see the same, and all of it is saved."""
    return len({writer.text for writer in writers}) == 1 and all(
        writer.state.startswith("Saved") or "changed" in writer.state for writer in writers
    )
