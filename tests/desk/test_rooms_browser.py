"""The desk's other rooms in a real Chromium: what is new waits, work is watched without loading the page anew."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from uuid_utils.compat import uuid7

from app import create_app
from cms import article as a
from cms import byline as b
from cms.decider import Actor
from cms.house import House
from cms.redirect import Point
from cms.settings import load_settings
from tests.browser import chromium, chromium_path, served
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.desk.test_browser import signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs Chromium, which is not installed on this machine"),
]
EDITOR = Actor("editor", "administrator", "desk")
STORY, ANNA = "0193aaaa-0000-7000-8000-0000000000a1", "0193aaaa-0000-7000-8000-0000000000b1"
PATIENCE = 60_000.0  # milliseconds


@pytest.fixture(scope="module")
def house_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    environ = {"DAYBOOK_VAR": str(tmp_path_factory.mktemp("rooms")), "DAYBOOK_PASSWORD_MEMORY": "32"}
    app = create_app(load_settings(environ, None))
    house: House = app.extensions["daybook"]
    house.prepare(lambda _: None)
    for key, (name, role) in PEOPLE.items():
        house.accounts.add(f"{key}@example.org", name, role, PASSWORD)
    house.newsroom.handle(
        [
            b.Create(ANNA, "Anna Brandt"), a.Draft(STORY, "Quay"), a.ChangeKind(STORY, "brief"),
            a.Publish(STORY, without_approval="News"), a.ChangeHeadline(STORY, "The quay"),
            a.Correct(STORY, "It is a quay.", without_approval="Now"), Point("/old/quay", "/corrections"),
        ],
        EDITOR,
        uuid7(),
    )  # fmt: skip
    house.step()
    with served(app) as address:
        yield house, address
    house.close()


@pytest.fixture
def page(house_of: tuple[House, str]) -> Iterator[Page]:
    with chromium() as browser:
        yield _page(browser, house_of[1])


def _page(browser: Browser, address: str) -> Page:
    return signed_in(browser, address, "ada")


def test_what_happens_meanwhile_waits_behind_a_button(house_of: tuple[House, str], page: Page) -> None:
    house, address = house_of
    page.goto(f"{address}/desk/activity?thing=article")
    first = page.locator(".activity-lines li").first.inner_text()
    house.newsroom.handle(a.ChangeKicker(STORY, "Harbour"), EDITOR, uuid7())
    pill = page.locator("#news-place button")
    expect(pill).to_have_text("1 new", timeout=PATIENCE)
    assert page.locator(".activity-lines li").first.inner_text() == first
    pill.click()
    expect(page.locator(".activity-lines li").first).to_contain_text("set the kicker to “Harbour”", timeout=PATIENCE)


def test_a_verification_is_started_and_watched_to_its_end(house_of: tuple[House, str], page: Page) -> None:
    house, address = house_of
    house.step()
    page.goto(f"{address}/desk/system")
    page.get_by_role("button", name="Verify the log").click()
    expect(page.locator(".work li").first).to_contain_text("Verify the log")
    expect(page.locator(".work li").first).to_contain_text("done", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Verify the log")).to_be_visible(timeout=PATIENCE)
