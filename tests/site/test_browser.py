"""The public pages in a real Chromium: by day and by night, on a phone and a desk, for everybody."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cms.site import register
from tests.browser import SETTLED, served
from tests.site.fake_reader import FakeDaybook, Newsroom, Said, small_newsroom
from tests.site.test_hostile import poisoned
from tests.site.test_pages import path

pytestmark = pytest.mark.browser

ROOM = small_newsroom()
STORM, VOTE = path(ROOM, "storm-tears-gap"), path(ROOM, "council-votes-stone")
PAGES = ("/", STORM, VOTE, path(ROOM, "invented-grant"), path(ROOM, "quoted-in-error"), "/news", "/sport",
         "/by/imogen-farrant", "/tag/harbour", "/search", "/search?q=town", "/search?q=zebra&section=news", "/archive",
         f"{STORM[:8]}/", f"{STORM[:11]}/", "/corrections", "/about", "/nothing", f"/at/2026-01-01T00:00:00Z{STORM}")
WIDTHS = (320, 390, 768, 1440)


@pytest.fixture(scope="module")
def room() -> Newsroom:
    return ROOM


@pytest.fixture(scope="module")
def site(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    daybook = FakeDaybook(room, folder)
    daybook.media.folder.mkdir()
    for image in room.images.values():
        Image.new("RGB", (image.width, image.height), "teal").save(daybook.media.path(image.sha256), "JPEG")
    app = Flask("site", static_folder=None)
    register(app, daybook)
    with served(app) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(context: BrowserContext, site: str, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    faults = []
    for address in PAGES:
        page.goto(site + address)
        for violation in Axe().run(page).response["violations"]:
            faults.append((address, violation["id"], [node["html"][:200] for node in violation["nodes"]][:3]))
    assert faults == []


def test_no_page_is_wider_than_its_screen(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in PAGES:
            page.goto(site + address)
            assert overflow(page) <= 0, (address, width)


def test_nothing_is_missing_and_the_policy_is_kept(context: BrowserContext, site: str) -> None:
    """Every font, icon, style and picture arrives, from this site alone, and no rule of the policy is hit."""
    page = context.new_page()
    said: list[str] = []
    foreign: list[str] = []
    failed: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(site) else None)
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    for address in PAGES:
        page.goto(site + address)
        page.evaluate(SETTLED)
    expected = {site + address for address in ("/nothing", path(ROOM, "invented-grant"), PAGES[-1])}
    assert foreign == []
    assert set(failed) == expected
    assert [line for line in said if "Failed to load resource" not in line] == []
    page.goto(site + STORM)
    assert page.evaluate("document.fonts.check('1em Newsreader') && document.fonts.check('1em \"Public Sans\"')")
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.evaluate("document.querySelector('.icon use').getBoundingClientRect().width > 4")


def test_everything_can_be_read_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/")
    page.get_by_role("link", name="Council votes to rebuild it in stone").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Council votes to rebuild it in stone"
    page.get_by_role("link", name="Search").first.click()
    page.get_by_label("Search the archive").fill("storm")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text().startswith("1 article for “storm”")
    page.get_by_role("link", name="Storm tears 40-metre gap in the breakwater").click()
    page.get_by_role("link", name="Read the article as it was then").click()
    assert "You are reading the site as it was on" in page.get_by_label("Time travel").inner_text()
    page.get_by_role("link", name="Return to the present").click()
    assert page.url == site + STORM
    context.close()


def test_the_first_tab_leads_past_the_menu(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(site + STORM)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.close()


def test_a_moment_chosen_in_the_archive_opens_the_front_of_then(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/archive")
    page.get_by_label("Day and time").fill("2026-01-02T09:00")
    page.get_by_role("button", name="Go there").click()
    assert page.url == f"{site}/at/2026-01-02T09:00:00Z/"
    page.close()


def test_an_article_prints_without_the_furniture(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(site + STORM)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Sections").is_visible()
    assert not page.get_by_role("contentinfo").last.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert len(page.pdf()) > 10_000
    page.close()


def test_hostile_words_run_nothing_and_break_no_layout(browser: Browser, site: str, shared: Path) -> None:
    strings = [text for text in json.loads((shared / "data/naughty/blns/blns.json").read_text()) if text]
    lines = (shared / "data/naughty/dompurify/expect.jsonl").read_text().split("\n")
    strings += [text for line in lines if line and isinstance(text := json.loads(line)["payload"], str)]
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: ran.append(message.text) if "Security" in message.text else None)
    page.on("request", lambda request: ran.append(request.url) if not request.url.startswith(site) else None)
    stories = ROOM.stories
    try:
        ROOM.stories = []
        now = stories[0].said[0].at
        for number, text in enumerate(strings):
            words = text.replace("\0", "").encode("utf-8", "replace").decode()
            ROOM.add(f"h-{number}", Said(now + number, words, words, standfirst=words, kicker=words, section="sport"))
        address: str | None = "/sport"
        seen = 0
        while address:
            page.goto(site + address)
            seen += page.locator(".list > li, .section-top .card").count()
            assert overflow(page) <= 0, address
            onward = page.locator('a[rel="next"]')
            address = onward.get_attribute("href") if onward.count() else None
        assert seen == len(strings)
        for number in range(0, len(strings), 40):
            page.goto(site + ROOM.path(ROOM.stories[number]))
            assert overflow(page) <= 0, strings[number]
    finally:
        ROOM.stories = stories
        ROOM.changed()
    assert ran == []
    context.close()


def test_one_very_long_word_in_every_place_breaks_no_layout(browser: Browser, tmp_path: Path) -> None:
    room = small_newsroom()
    poisoned(room, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4)
    app = Flask("site", static_folder=None)
    register(app, FakeDaybook(room, tmp_path))
    page = browser.new_page(viewport={"width": 390, "height": 800})
    with served(app) as address:
        for each in ("/", STORM, "/news", "/by/imogen-farrant", "/tag/harbour", "/corrections", "/search?q=town"):
            for width in (390, 1440):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(address + each)
                assert overflow(page) <= 0, (each, width)
    page.close()


def test_suggestions_are_walked_by_arrow_keys_and_taken_by_enter(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/search")
    box = page.locator("#q")
    box.press_sequentially("storm te")
    options = page.locator(".suggestions [role=option]")
    expect(options).to_have_count(1)
    assert box.get_attribute("aria-expanded") == "true"
    assert not Axe().run(page).response["violations"]
    box.press("Escape")
    expect(options).to_have_count(0)
    assert box.input_value() == "storm te"
    box.press("Backspace")
    expect(options).to_have_count(1)
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    with page.expect_navigation():
        box.press("Enter")
    assert page.url == site + STORM
    page.go_back()
    box.fill("storm te")
    expect(options).to_have_count(1)
    with page.expect_navigation():
        box.press("Enter")  # none chosen: it is a search as ever
    assert "/search?q=storm+te" in page.url
    page.close()
