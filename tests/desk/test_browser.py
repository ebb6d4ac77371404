"""The desk in a real Chromium, with no script running."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app import create_app
from cms.settings import load_settings
from tests.browser import served
from tests.desk.conftest import PASSWORD, PEOPLE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environ = {"DAYBOOK_VAR": str(tmp_path_factory.mktemp("desk")), "DAYBOOK_PASSWORD_MEMORY": "32"}
    app = create_app(load_settings(environ, None))
    house = app.extensions["daybook"]
    house.views.rebuild()
    for key, (name, role) in PEOPLE.items():
        house.accounts.add(f"{key}@example.org", name, role, PASSWORD)
    with served(app) as address:
        yield address
    house.close()


def signed_in(context: BrowserContext, desk: str, who: str) -> Page:
    page = context.new_page()
    page.goto(f"{desk}/desk")
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/?$"))
    return page


def test_a_story_is_written_reviewed_and_published_without_a_script(browser: Browser, desk: str) -> None:
    with browser.new_context(java_script_enabled=False) as rita, browser.new_context(java_script_enabled=False) as cora:
        page = signed_in(rita, desk, "rita")
        page.get_by_label("Headline of a new story").fill("Ferries run again")
        page.get_by_role("button", name="Write").click()
        page.get_by_label("Standfirst").fill("From Monday on.")
        page.get_by_label("Body").fill("The *Edda* sails at six.\n\n## And then\n\nAt seven.")
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").inner_text() == "Saved."
        page.get_by_role("button", name="Submit").click()
        story = page.url
        page = signed_in(cora, desk, "cora")
        page.goto(story)
        page.get_by_role("button", name="Approve").click()
        page.get_by_role("button", name="Publish now").click()
        assert "readers have it now" in page.get_by_role("status").inner_text()
        page.locator("summary", has_text="Withdraw").click()
        page.get_by_role("button", name="Withdraw").click()
        assert page.get_by_text("Please fill this in.").is_visible()
