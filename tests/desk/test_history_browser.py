"""History, publishing and preview in a real Chromium."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app import create_app
from cms.house import House
from cms.settings import load_settings
from events.article import Publication
from tests.browser import served
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.desk.test_browser import signed_in

pytestmark = pytest.mark.browser


HOUSES: dict[str, House] = {}  # by the address of a desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environ = {"DAYBOOK_VAR": str(tmp_path_factory.mktemp("desk")), "DAYBOOK_PASSWORD_MEMORY": "32"}
    app = create_app(load_settings(environ, None))
    house = app.extensions["daybook"]
    house.prepare(lambda _: None)
    for key, (name, role) in PEOPLE.items():
        house.accounts.add(f"{key}@example.org", name, role, PASSWORD)
    with served(app) as address:
        HOUSES[address] = house
        yield address
    house.close()


@pytest.fixture
def page(browser: Browser, desk: str) -> Iterator[Page]:
    with browser.new_context() as context:
        yield signed_in(context, desk, "cora")


def written(page: Page, desk: str) -> str:
    """A story; the address of its page."""
    page.goto(f"{desk}/desk")
    page.get_by_label("Headline of a new story").fill("Ferries run again")
    page.get_by_role("button", name="Write").click()
    page.wait_for_url(re.compile("/desk/articles/"))
    story = re.sub(r"/(edit|write)$", "", page.url)
    page.goto(f"{story}/edit")
    page.get_by_label("Body").fill("The *Edda* sails at six.\n\nTickets cost four pounds.\n\nNothing else is known.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(story)
    return story


def changed(page: Page, story: str) -> None:
    page.goto(f"{story}/edit")
    page.get_by_label("Headline").fill("Ferries run again on Monday")
    page.get_by_label("Body").fill("The **Edda** sails at seven.\n\nNothing else is known.\n\nMore soon.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(story)


def publish(page: Page, story: str) -> None:
    page.goto(f"{story}/publish")
    page.get_by_label("Why without approval?").fill("The first boat leaves in an hour")
    page.locator(".publish-ask .says").click()
    page.wait_for_url(re.compile("/receipt/"))


@pytest.mark.parametrize("scripts", [True, False])
def test_the_button_says_what_it_does_and_the_receipt_fills_itself(browser: Browser, desk: str, scripts: bool) -> None:
    with browser.new_context(java_script_enabled=scripts) as context:
        page = signed_in(context, desk, "cora")
        story = written(page, desk)
        page.goto(f"{story}/publish")
        button = page.locator(".publish-ask .says")
        assert button.inner_text() == "Publish without approval"
        page.get_by_label("At a time").check()
        assert button.inner_text() == "Schedule it"
        assert page.get_by_label("London time").first.is_visible()
        publish(page, story)
        assert page.locator('[data-place="page"].there').is_visible()
        HOUSES[desk].step()
        page.locator('[data-place="search"].there').wait_for()
        changed(page, story)
        page.goto(f"{story}/publish")
        assert "changes without approval" in button.inner_text()
        page.get_by_label("A correction").check()
        assert button.inner_text() == "Publish the correction now"


def test_a_paragraph_is_put_back_by_keyboard(page: Page, desk: str) -> None:
    story = written(page, desk)
    changed(page, story)
    page.goto(f"{story}/history")
    page.get_by_role("link", name="See it at any moment").focus()
    page.goto(f"{story}/history/compare?then=2&now=4")
    page.get_by_role("button", name=re.compile("Put back this paragraph: Tickets")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/history$"))
    assert "The paragraph is as it was" in page.get_by_role("status").first.inner_text()
    page.goto(f"{story}/preview/page")
    body = page.locator(".body").inner_text()
    assert body.split("\n\n")[:2] == ["The Edda sails at seven.", "Tickets cost four pounds."]


def test_a_moment_and_a_field_are_put_back(page: Page, desk: str) -> None:
    story = written(page, desk)
    changed(page, story)
    page.goto(f"{story}/history/compare?then=2&now=4")
    page.get_by_role("button", name="Put back the Headline").click()
    page.wait_for_url(re.compile("/history$"))
    page.goto(story)
    assert page.get_by_role("heading", level=1).inner_text() == "Ferries run again"
    page.goto(f"{story}/preview/page")
    assert page.locator(".body").inner_text().startswith("The Edda sails at seven.")  # the field alone
    page.goto(f"{story}/history/2")
    page.get_by_role("button", name="Put everything back as it was here").click()
    page.wait_for_url(re.compile("/history$"))
    page.goto(f"{story}/preview/page")
    body = page.locator(".body").inner_text().split("\n\n")
    assert body == ["The Edda sails at six.", "Tickets cost four pounds.", "Nothing else is known."]


def test_a_double_click_publishes_once(page: Page, desk: str) -> None:
    story = written(page, desk)
    page.goto(f"{story}/publish")
    page.get_by_label("Why without approval?").fill("The first boat leaves in an hour")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator(".publish-ask .says").dblclick()
    page.wait_for_url(re.compile("/receipt/"))
    page.locator('[data-place="page"].there').wait_for()
    happened = HOUSES[desk].store.read_stream(f"article-{story.rpartition('/')[2]}")
    assert [one.type for one in happened if isinstance(one.event, Publication)] == ["article.published"]
    assert sent
