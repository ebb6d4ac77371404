"""Photographs of a demo newsroom: ``make screenshots``, or ``python -m tests.screenshots --full --to FOLDER``.

Each page at 1440 and 390 pixels, light and dark, as ``<page>-<width>-<scheme>.png``. The demo is made anew in a
folder of its own, so nothing of yours is on the pictures.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from PIL import Image
from playwright.sync_api import Browser, Page

from app import create_app
from cms.demo.loader import SignIn, remembered
from cms.settings import load_settings
from tests.browser import SETTLED, chromium, chromium_path, served

ROOT = Path(__file__).parents[1]
VIEWPORTS = {1440: 1000, 390: 844}  # width → height, pixels


@contextmanager
def demo() -> Iterator[tuple[str, SignIn]]:
    """A served demo newsroom: its address, and how to sign in."""
    with TemporaryDirectory() as var:
        app = create_app(load_settings({"DAYBOOK_VAR": var, "DAYBOOK_COMPONENTS": "yes"}, dotenv=None))
        with app.app_context():
            made = app.test_cli_runner().invoke(args=["demo"], catch_exceptions=False)
        if made.exit_code:
            sys.exit(made.output)
        sign_in = remembered(app.extensions["daybook"].settings)
        assert sign_in is not None
        with served(app) as site:
            yield site, sign_in


def addresses(page: Page, site: str) -> dict[str, str]:
    """Page → path, found by following links, as readers would."""

    def first(path: str, selector: str) -> str:
        page.goto(site + path)
        return str(page.locator(selector).first.get_attribute("href"))

    article = first("/corrections", ".ledger .headline a")
    return {
        "home": "/",
        "article": article,
        "section": first("/", "nav.sections a"),
        "byline": first(article, ".article-byline .by a"),
        "tag": first(article, ".tags a"),
        "search": "/search?q=harbour",
        "archive": article[:9],
        "corrections": "/corrections",
        "then": first(article, ".changes-list a"),
        "missing": "/no/such/page",
        "sign-in": "/desk/",
        "link-over": "/desk/welcome/over",
    }


def first_link(page: Page, at: str, beginning: str) -> str:
    """Where the first link of a page's table leads."""
    page.goto(at)
    return str(page.locator(f"tbody a[href^='{beginning}']").first.get_attribute("href"))


def public(page: Page, site: str) -> str:
    """A story that readers have."""
    page.goto(f"{site}/desk?state=published")
    return str(page.locator("a[href^='/desk/articles/']").first.get_attribute("href"))


def desk_addresses(page: Page, site: str) -> dict[str, str]:
    """The desk's screens, for somebody who is signed in."""
    page.goto(f"{site}/desk?text=storm+tears")
    story = str(page.get_by_role("link", name="Storm tears").first.get_attribute("href"))
    screens = {"desk": "/desk", "desk-story": story, "desk-writing": f"{story}/write"}
    return screens | {
        "desk-history": f"{story}/history",
        "desk-publish": f"{story}/publish",
        "desk-images": "/desk/images",
        "desk-activity": "/desk/activity",
        "desk-corrections": "/desk/corrections",
        "desk-redirects": "/desk/redirects",
        "desk-correct": f"{public(page, site)}/publish?change=correction",
        "desk-form": f"{story}/edit",
        "desk-bylines": "/desk/bylines",
        "desk-byline": (byline := first_link(page, f"{site}/desk/bylines", "/desk/bylines/")),
        "desk-byline-merge": f"{byline}/merge",
        "desk-portrait": f"{byline}/portrait",
        "desk-sections": "/desk/sections",
        "desk-section": first_link(page, f"{site}/desk/sections", "/desk/sections/"),
        "desk-tags": "/desk/tags",
        "desk-tag-merge": f"{first_link(page, f'{site}/desk/tags', '/desk/tags/')}/merge",
        "desk-system": "/desk/system",
    }


def administrators_addresses(page: Page, site: str) -> dict[str, str]:
    """Those that are for administrators, or for who works on Daybook."""
    return {
        "desk-people": "/desk/people",
        "desk-person": first_link(page, f"{site}/desk/people", "/desk/people/"),
        "desk-people-journal": "/desk/people/journal",
        "desk-you": "/desk/you",
        "desk-components": "/desk/components",
    }


def enter(page: Page, site: str, sign_in: SignIn, role: str = "chief") -> None:
    """Sign in as the first of the demo's people in a role."""
    account = next(one for one in sign_in.accounts if one.role == role)
    page.goto(f"{site}/desk")
    page.fill("input[name=email]", account.email)
    page.fill("input[name=password]", sign_in.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#you-menu, #code")  # an address alone may be that of the sign-in too
    page.wait_for_load_state("networkidle")


def photograph(browser: Browser, site: str, sign_in: SignIn, folder: Path, full: bool) -> None:
    """Every page in every shape, as PNG of 256 colours: a third of the size, and nobody sees it."""
    with browser.new_context() as context:
        page = context.new_page()
        outside = addresses(page, site)
        enter(page, site, sign_in)
        inside = desk_addresses(page, site)
        context.clear_cookies()
        enter(page, site, sign_in, "administrator")
        administrators = administrators_addresses(page, site)
    for width, height in VIEWPORTS.items():
        for scheme in ("light", "dark"):
            with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
                page = context.new_page()
                page.set_viewport_size({"width": width, "height": height})
                shape = f"{width}-{scheme}"
                shoot(page, site, outside, folder, shape, full)
                enter(page, site, sign_in)
                shoot(page, site, inside, folder, shape, full)
                context.clear_cookies()
                enter(page, site, sign_in, "administrator")
                shoot(page, site, administrators, folder, shape, full)
                second_step(page, site, sign_in, folder, shape, full)


def second_step(page: Page, site: str, sign_in: SignIn, folder: Path, shape: str, full: bool) -> None:
    """Set up the second step of who is signed in, sign in with it, and turn it off again."""
    page.goto(f"{site}/desk/you/second-step")
    page.fill("#begin-current", sign_in.password)
    page.keyboard.press("Enter")
    page.wait_for_selector(".qr")
    shot(page, folder / f"desk-second-step-{shape}.png", full)
    page.fill("#confirm-code", pyotp.TOTP(page.inner_text(".secret-key").replace(" ", "")).now())
    page.keyboard.press("Enter")
    page.wait_for_selector(".recovery")
    shot(page, folder / f"desk-recovery-codes-{shape}.png", full)
    code = page.locator(".recovery code").first.inner_text()
    page.context.clear_cookies()
    enter(page, site, sign_in, "administrator")
    shot(page, folder / f"sign-in-code-{shape}.png", full)
    page.fill("#code", code)
    page.keyboard.press("Enter")
    page.wait_for_selector("#you-menu")
    page.goto(f"{site}/desk/you")
    page.locator("summary", has_text="Turn it off").click()
    page.fill("#step-off-current", sign_in.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("a[href='/desk/you/second-step']")


def shoot(page: Page, site: str, paths: dict[str, str], folder: Path, shape: str, full: bool) -> None:
    """Each of these pages."""
    for name, path in paths.items():
        page.goto(site + path)
        shot(page, folder / f"{name}-{shape}.png", full)


def shot(page: Page, to: Path, full: bool) -> None:
    """The page that is open."""
    page.evaluate(SETTLED)
    picture = Image.open(BytesIO(page.screenshot(full_page=full)))
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(to, optimize=True)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens", help="the folder for the pictures")
    parser.add_argument("--full", action="store_true", help="whole pages instead of the first screen")
    options = parser.parse_args()
    if not chromium_path():
        sys.exit("There is no Chromium on this machine. On Debian and Ubuntu: apt install chromium")
    options.to.mkdir(parents=True, exist_ok=True)
    with demo() as (site, sign_in), chromium() as browser:
        photograph(browser, site, sign_in, options.to, options.full)
    print(f"Photographed into {options.to}")


if __name__ == "__main__":
    main()
