"""The desk in a real Chromium, with no script running: by day and by night, on a phone and a desk, by keyboard."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

from app import create_app
from cms.settings import load_settings
from tests.browser import chromium, chromium_path, served
from tests.desk.conftest import PASSWORD, PEOPLE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs Chromium, which is not installed on this machine"),
]


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


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


def pages(page: Page, desk: str) -> Iterator[str]:
    """Every screen, with everything on it opened."""
    page.goto(f"{desk}/desk")
    page.get_by_label("Headline of a new story").fill("A story to look at, with a headline of some length")
    page.get_by_role("button", name="Write").click()
    page.wait_for_url(re.compile("/write$"))
    page.goto(page.url.replace("/write", "/edit"))
    yield "edit"
    page.get_by_label("Slug").fill("Not A Slug")
    page.get_by_role("button", name="Save").click()
    yield "edit, refused"
    page.get_by_label("Slug").fill("a-slug")
    page.get_by_label("Body").fill("Words.\n\n> Quoted\n\n- one\n- two\n\n::: pull quote\nLoud\n-- Somebody\n:::")
    page.get_by_role("button", name="Save").click()
    yield "article"
    page.goto(f"{page.url}/history")
    yield "history"
    file = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "JPEG")
    page.goto(f"{desk}/desk/images")
    upload: FilePayload = {"name": "quay.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    page.get_by_label("Take in pictures").set_input_files([upload])
    page.locator("#upload-files a").click()
    yield "image"
    for kind in ("bylines", "sections", "tags"):
        page.goto(f"{desk}/desk/{kind}")
        page.get_by_label("Name of a new").fill(f"One of the {kind} {page.viewport_size}")
        page.get_by_role("button", name="Add").click()
        yield kind[:-1]
        page.goto(f"{desk}/desk/{kind}")
        yield kind
    for path in ("", "/images", "/you", "/nothing"):
        page.goto(f"{desk}/desk{path}")
        yield path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(
    browser: Browser, desk: str, width: int, scheme: str
) -> None:
    faults: list[tuple[object, ...]] = []
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:  # type: ignore[arg-type]
        page = signed_in(context, desk, "ada")
        page.on("console", lambda message: faults.append((page.url, message.text)))
        for name in pages(page, desk):
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            for violation in Axe().run(page).response["violations"]:
                faults.append((name, violation["id"], [node["html"][:200] for node in violation["nodes"]][:3]))
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append((name, "wider than the screen"))
    assert [fault for fault in faults if "404" not in str(fault) and "422" not in str(fault)] == []
