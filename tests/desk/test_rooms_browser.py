"""The desk's other rooms in a real Chromium: what is new waits, work is watched without loading the page anew."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from uuid_utils.compat import uuid7

from app import create_app
from cms import article as a
from cms import byline as b
from cms import section as s
from cms.decider import Actor
from cms.house import House
from cms.redirect import Point
from cms.settings import load_settings
from tests.browser import chromium, served
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.desk.test_browser import signed_in

pytestmark = pytest.mark.browser
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
    page.get_by_role("button", name="Check the log").click()
    expect(page.locator(".work li").first).to_contain_text("Check the log")
    expect(page.locator(".work li").first).to_contain_text("done", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Check the log")).to_be_visible(timeout=PATIENCE)


def test_sections_are_dragged_into_another_order_or_moved_by_keyboard(house_of: tuple[House, str], page: Page) -> None:
    house, address = house_of
    for name in ("Arts", "City", "Sport"):
        house.newsroom.handle(s.Open(str(uuid7()), name), EDITOR, uuid7())

    def menu() -> list[str]:
        return [name for _, name in house.views.desk(house.now()).library.menu()]

    page.goto(f"{address}/desk/sections")
    assert menu() == ["Arts", "City", "Sport"]
    handles = page.locator(".order-handle")
    expect(handles).to_have_count(3)
    box = handles.first.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24
    page.set_viewport_size({"width": 390, "height": 844})
    for one in (handles.first, page.get_by_role("button", name="Move City down")):
        expect(one).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 900})
    handles.nth(2).hover()
    page.mouse.down()
    handles.nth(0).hover()
    page.mouse.up()
    expect(page.get_by_role("status").first).to_contain_text("The menu has this order now.", timeout=PATIENCE)
    assert menu() == ["Sport", "Arts", "City"]
    page.get_by_role("button", name="Move City up").press("Enter")
    page.wait_for_url("**/sections?moved=up**")
    assert menu() == ["Sport", "City", "Arts"]
    expect(page.get_by_role("button", name="Move City up")).to_be_focused()  # and again
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move City down")).to_be_focused(timeout=PATIENCE)  # it is the first now
    assert menu() == ["City", "Sport", "Arts"]


def test_what_a_byline_is_merged_into_is_typed_and_its_effect_is_seen_first(
    house_of: tuple[House, str], page: Page
) -> None:
    house, address = house_of
    for name in ("A. Brandt", "Zeno Ash"):
        house.newsroom.handle(b.Create(str(uuid7()), name), EDITOR, uuid7())
    page.goto(f"{address}/desk/bylines")
    page.get_by_role("link", name="A. Brandt").click()
    page.get_by_role("link", name="Merge into another").click()
    field = page.get_by_label("Which byline stays?")
    expect(field).to_be_focused()
    page.keyboard.type("anna")
    expect(page.locator("datalist option[value='Anna Brandt']")).to_have_count(1, timeout=PATIENCE)
    page.keyboard.type(" brandt")
    page.keyboard.press("Enter")
    expect(page.get_by_text("/by/a-brandt will lead to /by/anna-brandt.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Merge “A. Brandt” into “Anna Brandt”").click()
    expect(page.get_by_text("It was merged into")).to_be_visible(timeout=PATIENCE)
