"""The desk in a real Chromium, with no script running."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

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
        page.get_by_role("link", name="Publish …").click()
        page.get_by_role("button", name="Publish now").click()
        page.get_by_role("link", name="Back to the story").click()
        page.locator("summary", has_text="Withdraw").click()
        page.get_by_role("button", name="Withdraw").click()
        assert page.locator(".faults").get_by_text("Why? Please fill this in.").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_wrong_is_in_sight_has_the_focus_and_leads_to_its_field(
    browser: Browser, desk: str, *, scripts: bool
) -> None:
    with browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 700}) as context:
        page = signed_in(context, desk, "cora")
        page.get_by_label("Headline of a new story").fill("Trams run again")
        page.get_by_role("button", name="Write").click()
        page.goto(page.url.replace("/write", "/edit"))
        page.get_by_label("Body").fill("At seven.")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(re.compile(r"/articles/[^/]+$"))
        story = page.url
        page.goto(f"{story}/publish")
        page.get_by_label("Why without approval?").fill("Nobody else is here")
        page.get_by_role("button", name="Publish without approval").click()
        page.wait_for_url(re.compile("/receipt/"))
        page.goto(f"{story}/publish?change=correction")
        page.get_by_role("button", name="Publish the correction now").click()
        faults = page.locator(".faults")
        expect(faults).to_be_focused()
        expect(faults).to_be_in_viewport()
        assert page.title().startswith("Error: ")
        faults.get_by_role("link", name="Tell readers what was wrong and what is right.").click()
        expect(page.get_by_label("What was wrong, and what is right")).to_be_focused()
        page.goto(story)
        page.locator("summary", has_text="Withdraw").click()
        page.get_by_role("button", name="Withdraw").click()
        expect(page.locator(".faults")).to_be_focused()
        page.locator(".faults").get_by_role("link", name="Why? Please fill this in.").click()
        expect(page.get_by_label("Why?").locator("visible=true")).to_be_focused()


def test_back_leads_to_a_refused_form_with_everything_typed(browser: Browser, desk: str) -> None:
    long = "Trams " * 60
    with browser.new_context() as context:
        page = signed_in(context, desk, "rita")
        page.get_by_label("Headline of a new story").fill(long)
        page.get_by_role("button", name="Write").click()
        expect(page.locator(".faults")).to_contain_text("The headline is 359 characters long")
        expect(page.get_by_label("Headline of a new story")).to_have_value(long)
        page.get_by_role("link", name="Tags").click()
        page.wait_for_url(re.compile("/tags"))
        page.go_back()
        expect(page.get_by_label("Headline of a new story")).to_have_value(long)


def test_what_is_hidden_is_not_seen(browser: Browser, desk: str) -> None:
    """Whatever else a style sheet makes of it: a button is a flex box, and hidden all the same."""
    with browser.new_context() as context:
        page = signed_in(context, desk, "rita")
        page.evaluate("document.querySelectorAll('main *').forEach((one) => one.toggleAttribute('hidden', true))")
        assert page.evaluate("""() => [...document.querySelectorAll("main *")].every(
            (one) => getComputedStyle(one).display === "none")""")
