"""The whole life of a story, by three people in three browsers and a reader in a fourth.

Everything is done as people do it: what is on the screen is clicked, and words are typed. What is looked at is what
they see, and what the reader sees.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from uuid_utils.compat import uuid7

from cms import byline as b
from cms import section as s
from events.instant import HOUR
from tests.desk.writing_room import PASSWORD, Room, drop, photo

pytestmark = pytest.mark.browser
SLOW = 30_000  # milliseconds that a busy machine may take
expect.set_options(timeout=SLOW)
WRONG = "An earlier version said that divers found the crack."


@pytest.fixture
def room(browser: Browser, tmp_path: Path) -> Iterator[Room]:
    """A newsroom with a section, two bylines and a picture; what it writes is served an hour behind the others."""
    made = Room(tmp_path / "var", browser)
    made.do(s.Open(str(uuid7()), "City", "city"), who="chief")
    for name, slug in (("Anna Brandt", "anna-brandt"), ("Ben Okoro", "ben-okoro")):
        made.do(b.Create(str(uuid7()), name, slug), who="chief")
    made.picture(photo("seagreen"), caption="The old bridge", alt="A bridge of stone", credit="Archive")
    yield made
    made.close()


class Person:
    """Somebody in a browser of their own."""

    def __init__(self, room: Room, key: str) -> None:
        self.room = room
        context = room.browser.new_context(base_url=room.url, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(SLOW)
        room.contexts.append(context)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if key:
            self.page.goto("/desk")
            self.page.get_by_label("E-mail address").fill(f"{key}@example.org")
            self.page.get_by_label("Password").fill(PASSWORD)
            self.page.keyboard.press("Enter")
            self.page.wait_for_url(re.compile("/desk/?$"))

    def find(self, headline: str, place: str = "") -> None:
        """Open a story from the list."""
        self.page.goto("/desk")
        if place:
            self.page.get_by_role("navigation", name="Lists").get_by_role("link", name=re.compile(place)).click()
        self.page.get_by_role("link", name=headline).click()
        self.page.wait_for_url(re.compile("/desk/articles/[^/]+$"))

    def write(self) -> None:
        """From the story's page to its writing screen."""
        self.page.get_by_role("link", name="Write", exact=True).click()
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("html[data-ready]")

    def saved(self) -> None:
        """Wait until the line says so."""
        expect(self.page.locator("#state-line")).to_have_text(re.compile("^(Saved|Everything)"))

    def end_of(self, words: str) -> None:
        """Put the caret behind the paragraph with these words."""
        self.page.locator(".ProseMirror").get_by_text(words).click()
        self.page.keyboard.press("End")

    def panel(self, name: str) -> None:
        """Open a panel beside the writing screen."""
        button = self.page.get_by_role("navigation", name="Panels").get_by_role("button", name=name)
        if button.get_attribute("aria-expanded") != "true":
            button.click()
        expect(self.page.locator("#rail").get_by_role("heading", name=name, level=2)).to_be_visible()

    def act(self, name: str, says: str, **typed: str) -> None:
        """Press a button of the workflow panel, with what it asks for."""
        self.saved()
        self.panel("Workflow")
        rail = self.page.locator("#rail")
        if typed:
            rail.locator("summary", has_text=name).click()
        for label, words in typed.items():
            rail.get_by_label(label.replace("_", " ")).fill(words)
        rail.get_by_role("button", name=name, exact=True).click()
        expect(rail.get_by_role("status")).to_contain_text(says)


class Reader(Person):
    """Somebody who knows nothing but an address."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, "")
        # Nothing is kept: pages may be, for seconds; and here hours pass in one.
        self.page.route("**/*", lambda route: route.continue_())

    def gets(self, path: str) -> int:
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status


def publishing(editor: Person, button: str) -> None:
    """Press the button of the publish dialog, which says what it does; wait for a receipt from every place."""
    editor.page.get_by_role("button", name=button, exact=True).click()
    editor.page.wait_for_url(re.compile(r"/receipt/\d+$"))


def arrived(editor: Person) -> None:
    """Every place of the receipt has the words, and says when, while the follower goes on as it does."""
    for place in ("On the page", "In search", "In the feeds"):
        line, there = editor.page.get_by_role("listitem").filter(has_text=place), re.compile(r"\d+\.\d\d s")

        def has_it(line: Locator = line, there: re.Pattern[str] = there) -> object:
            editor.room.house.step()
            return there.search(line.inner_text())

        editor.room.until(has_it, f"{place} with its time", 60)


def begun(anna: Person) -> None:
    """A reporter writes: words, two names, two pictures."""
    anna.page.get_by_label("Headline of a new story").fill("Bridge to close")
    anna.page.get_by_role("button", name="Write").click()
    anna.page.wait_for_url(re.compile("/write$"))
    anna.ready()
    anna.page.get_by_label("Standfirst").click()
    anna.page.keyboard.type("For a year, says the council.")
    anna.page.keyboard.press("Enter")
    anna.page.keyboard.type("The stone bridge is cracked.\nNobody was hurt.\n/picture")
    anna.page.keyboard.press("Enter")
    anna.page.get_by_role("dialog").get_by_role("button", name="The old bridge").click()
    drop(anna.page, "#lead", photo("slategray"), "crack.jpg")
    expect(anna.page.locator("#lead img")).to_be_visible()
    anna.page.locator("#lead img").click()  # what it lacks is asked for at once
    anna.page.keyboard.type("A crack in a pier")
    anna.panel("Details")
    rail = anna.page.locator("#rail")
    rail.get_by_label("Section").select_option(label="City")
    for name in ("Anna Brandt", "Ben Okoro"):
        rail.get_by_label("Add a byline").select_option(label=name)
    expect(anna.page.locator("#byline-line")).to_have_text("By Anna Brandt and Ben Okoro")
    anna.act("Submit for review", "Submitted")


def returned_revised_approved(anna: Person, cleo: Person) -> None:
    """An editor sends it back, the reporter reads why and puts it right, the editor approves."""
    cleo.find("Bridge to close", "In review")
    cleo.write()
    expect(cleo.page.locator("#byline-line")).to_have_text("By Anna Brandt and Ben Okoro")
    cleo.act("Send back with a note", "Sent back", What_should_be_done="Say who found the crack.")
    anna.page.goto("/desk")
    expect(anna.page.get_by_text("sent back")).to_be_visible()
    anna.find("Bridge to close", "Mine")
    expect(anna.page.get_by_text("Say who found the crack.").first).to_be_visible()
    anna.write()
    anna.end_of("The stone bridge is cracked.")
    anna.page.keyboard.type(" Divers found it.")
    anna.act("Submit for review", "Submitted")
    cleo.find("Bridge to close", "In review")
    cleo.write()
    expect(cleo.page.locator(".ProseMirror")).to_contain_text("Divers found it.")
    cleo.act("Approve", "Approved")


def scheduled(cleo: Person, reader: Reader) -> str:
    """It is to go out in an hour, and nobody finds it before. Its address."""
    cleo.page.locator("#rail").get_by_role("link", name="Publish …").click()
    at = datetime.now(cleo.room.house.settings.zone) + timedelta(hours=1)
    cleo.page.get_by_label("At a time").check()
    cleo.page.locator("input[type=datetime-local]:visible").fill(at.strftime("%Y-%m-%dT%H:%M"))
    publishing(cleo, "Schedule it")
    expect(cleo.page.get_by_text("at its time")).to_have_count(3)
    path = re.sub(r"^https?://[^/]+", "", cleo.page.locator(".address").inner_text())
    assert re.fullmatch(r"/\d{4}/\d\d/\d\d/bridge-to-close", path)
    assert reader.gets(path) == 404
    cleo.page.goto("/desk?state=scheduled")
    expect(cleo.page.get_by_role("link", name="Bridge to close")).to_be_visible()
    return path


def published(reader: Reader, path: str) -> None:
    """At its time it is there by itself, with its pictures and the names of its writers."""
    reader.room.kill()
    reader.room.start(ahead=2 * HOUR)
    assert reader.gets(path) == 200
    article = reader.page.get_by_role("article").first
    for words in ("For a year, says", "By Anna Brandt and Ben Okoro", "Divers found it.", "The old bridge"):
        expect(article).to_contain_text(words)
    pictures = article.locator("figure img")
    assert pictures.evaluate_all("all => all.map(one => one.alt)") == ["A crack in a pier", "A bridge of stone"]
    pictures.last.scroll_into_view_if_needed()
    drawn = "() => [...document.querySelectorAll('figure img')].every(one => one.naturalWidth > 0)"
    reader.page.wait_for_function(drawn)


def updated(anna: Person, cleo: Person, reader: Reader, path: str) -> None:
    """The reporter writes on; readers have it once an editor has looked at it, and are told what is new."""
    anna.find("Bridge to close", "Mine")
    anna.write()
    anna.end_of("Nobody was hurt.")
    anna.page.keyboard.type(" Buses go round by Orran.")
    anna.act("Submit for review", "Submitted")
    assert reader.gets(path) == 200
    assert "Orran" not in reader.page.inner_text("body")
    cleo.find("Bridge to close", "In review")
    cleo.page.get_by_role("button", name="Approve").click()
    cleo.page.get_by_role("link", name="Publish the changes …").click()
    expect(cleo.page.locator("ins", has_text="Buses go round by Orran.")).to_be_visible()
    cleo.page.get_by_label("An update").check()
    cleo.page.get_by_label("What is new").fill("Where the buses go.")
    publishing(cleo, "Publish 1 change as an update")
    arrived(cleo)
    reader.gets(path)
    expect(reader.page.get_by_role("article").first).to_contain_text("Buses go round by Orran.")
    expect(reader.page.get_by_role("region", name="What changed, and when")).to_contain_text("Where the buses go.")


def corrected(chief: Person, reader: Reader, path: str) -> None:
    """The chief puts it right at once and says why; readers are told what was wrong."""
    chief.find("Bridge to close", "All stories")
    chief.write()
    chief.end_of("Divers found it.")
    for _ in "Divers found it.":
        chief.page.keyboard.press("Backspace")
    chief.page.keyboard.type("An engineer found it.")
    chief.saved()
    chief.panel("Workflow")
    chief.page.locator("#rail").get_by_role("link", name="Correct …").click()
    expect(chief.page.get_by_label("A correction")).to_be_checked()
    chief.page.get_by_label("What was wrong").fill(WRONG)
    chief.page.get_by_label("Why without approval?").fill("The council rang")
    publishing(chief, "Publish the correction now")
    arrived(chief)
    for address in ("/corrections", path):
        assert reader.gets(address) == 200
        expect(reader.page.get_by_text(WRONG).first).to_be_visible()
    assert "Divers found it" not in reader.page.inner_text(".body")


def withdrawn(chief: Person, reader: Reader, path: str) -> None:
    """Gone for good, and the address says so."""
    chief.find("Bridge to close", "Corrected")
    chief.page.locator("summary", has_text="Withdraw").click()
    chief.page.get_by_label("Why?").locator("visible=true").fill("It was another bridge")
    chief.page.get_by_role("button", name="Withdraw").click()
    expect(chief.page.get_by_role("status")).to_contain_text("Withdrawn")
    assert reader.gets(path) == 410
    assert "engineer" not in reader.page.inner_text("body")


def told(chief: Person) -> None:
    """All of it is in the history, in words."""
    chief.page.get_by_role("link", name="compare and restore").click()
    told = chief.page.locator("main")
    for words in ("Anna Brandt", "Cleo Marsh", "Cora Hale", "Say who found the crack.", "Where the buses go.", WRONG,
                  "It was another bridge", "The council rang"):  # fmt: skip
        expect(told).to_contain_text(words)
    for mark in ("Scheduled", "Updated", "Corrected", "Withdrawn"):
        expect(told.get_by_role("heading", name=mark)).to_be_visible()


def test_the_whole_life_of_a_story(room: Room) -> None:
    anna, cleo, chief, reader = Person(room, "anna"), Person(room, "cleo"), Person(room, "chief"), Reader(room)
    begun(anna)
    returned_revised_approved(anna, cleo)
    path = scheduled(cleo, reader)
    published(reader, path)
    updated(anna, cleo, reader, path)
    corrected(chief, reader, path)
    withdrawn(chief, reader, path)
    told(chief)
    assert [one.faults for one in (anna, cleo, chief, reader)] == [[], [], [], []]
