"""Every screen of the desk in a real Chromium, on a phone and a desk, by day and by night: axe finds nothing.

Which screens there are is read from the app's own addresses, so that a new one is looked at without being named here;
one whose address holds something new has to be given an example.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import create_app
from cms.demo.loader import SignIn, remembered
from cms.desk.publishing.preview import signed
from cms.settings import load_settings
from events.article import Publication
from events.event import Recorded
from events.instant import DAY
from tests.browser import served

pytestmark = pytest.mark.browser
SHAPES = [(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]
LOOK = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# By night only colours differ, so only the rules about colours are asked again. axe itself is put into a page once.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
AXE = Axe().axe_script
PLACES = ("/desk", "/preview")
# Answers for scripts, files, and parts of screens, which are looked at where they stand.
NO_SCREENS = (
    "/desk/api/", "/desk/pictures/", "/media/", "/panels/", "/preview/page", "<int:version>/page", "/suggest/",
)  # fmt: skip
# How many items of the desk's menu that can be seen are the current one; null where there is no menu.
CURRENT = """() => document.querySelector(".desk-bar nav") && [...document.querySelectorAll(".desk-bar [aria-current]")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().width).length"""
NOWHERE = ("desk.nothing", "desk.components", "desk.sign_in", "desk.welcome")  # nothing is there, or no room yet
SLOW = 60_000  # milliseconds that a busy machine may take


@dataclass
class Place:
    """A demo newsroom that is served, and how to get in."""

    app: Flask
    site: str
    sign_in: SignIn

    def person(self, role: str) -> str:
        return next(one.email for one in self.sign_in.accounts if one.role == role)

    def draft(self) -> str:
        """A story that readers never had."""
        drafted, out = list[str](), set[str]()
        for one in self.app.extensions["daybook"].store.read_all():
            if one.type == "article.drafted":
                drafted.append(one.id)
            elif isinstance(one.event, Publication):
                out.add(one.id)
        return next(id for id in drafted if id not in out)

    def examples(self) -> dict[str, str]:
        """What may stand in an address, by the part of it where it stands."""
        house = self.app.extensions["daybook"]
        first: dict[str, Recorded] = {}  # kind of stream → an event of one
        for one in house.store.read_all():
            first.setdefault(one.stream.partition("-")[0], one)
            if one.type == "article.corrected":
                corrected = one
        with self.app.app_context():
            account = house.accounts.find(self.person("editor")).id
            token = signed(corrected.id, account, house.now() + DAY)
        things = {f"/{kind}s/<uuid:id>": first[kind].id for kind in ("image", "byline", "section", "tag")}
        return things | {
            "/articles/<uuid:id>": corrected.id, "/people/<id>": account, "<int:version>": str(corrected.version),
            "/preview/<token>": token, "<token>": "no-such-token", "<path:rest>": "nowhere",
            "<any(csv, ndjson):kind>": "csv",
        }  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    environ = {"DAYBOOK_VAR": str(tmp_path_factory.mktemp("axe")), "DAYBOOK_PASSWORD_MEMORY": "64"}
    app = create_app(load_settings(environ, None))
    with app.app_context():
        made = app.test_cli_runner().invoke(args=["demo"], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    sign_in = remembered(app.extensions["daybook"].settings)
    assert sign_in is not None
    with served(app) as site:
        yield Place(app, site, sign_in)
    app.extensions["daybook"].close()


def entered(place: Place, context: BrowserContext, role: str) -> Page:
    page = context.new_page()
    page.goto(f"{place.site}/desk")
    page.get_by_label("E-mail address").fill(place.person(role))
    page.get_by_label("Password").fill(place.sign_in.password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/?$"))
    return page


def screens(app: Flask, examples: dict[str, str]) -> dict[str, str]:
    """Every address of the desk, and of previews, that can be gone to: endpoint → address."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith(PLACES):
            continue
        if not any(part in rule.rule for part in NO_SCREENS):
            found[rule.endpoint] = filled(rule.rule, examples)
    return found


def filled(rule: str, examples: dict[str, str]) -> str:
    """The address with something in it. Raises KeyError for a part that has no example."""
    for part, value in examples.items():
        if part in rule:
            rule = rule.replace(part, part[: part.index("<")] + value)
    if left := re.search(r"<[^>]+>", rule):
        raise KeyError(f"give an example of {left[0]} in {rule}")
    return rule


class Inspector:
    """Looks at a page in every shape, and keeps what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults, self.seen = page, list[tuple[object, ...]](), list[str]()
        page.set_default_timeout(SLOW)
        page.on("pageerror", lambda error: self.faults.append((page.url, str(error))))

    def look(self, name: str) -> None:
        page = self.page
        self.seen.append(name)
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        for width, scheme in SHAPES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for violation in self.violations(COLOURS if scheme == "dark" else LOOK):
                nodes = [(node["html"][:160], node["failureSummary"][-200:]) for node in violation["nodes"]][:3]
                self.faults.append((name, width, scheme, violation["id"], nodes))
            if (current := page.evaluate(CURRENT)) not in (None, 1) and name not in NOWHERE:
                self.faults.append((name, width, scheme, f"{current} current items in the menu"))
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.faults.append((name, width, scheme, "wider than the screen"))
        page.set_viewport_size({"width": 1440, "height": 900})

    def violations(self, options: dict[str, object]) -> list[dict[str, Any]]:
        """What axe finds in the page as it is now."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found: list[dict[str, Any]] = self.page.evaluate(
            "options => axe.run(options).then(found => found.violations)", options
        )
        return found


def test_every_screen(place: Place, browser: Browser) -> None:
    with browser.new_context() as inside, browser.new_context() as outside:
        inspector, stranger = Inspector(entered(place, inside, "administrator")), Inspector(outside.new_page())
        for endpoint, address in screens(place.app, place.examples()).items():
            for who in (inspector, stranger):
                answer = who.page.request.get(place.site + address, max_redirects=0)
                if answer.status not in (302, 303) and "text/html" in answer.headers.get("content-type", ""):
                    who.page.goto(place.site + address)
                    who.look(endpoint)
    assert not (faults := inspector.faults + stranger.faults), "\n".join(map(str, faults))
    assert len(inspector.seen) > 20
    assert {"desk.sign_in", "shared.page"} <= set(stranger.seen)


def states(page: Page, place: Place) -> Iterator[str]:
    """What screens look like while something is done on them, went wrong, or is not there."""
    examples = place.examples()
    story = f"{place.site}/desk/articles/{examples['/articles/<uuid:id>']}"
    for query in ("?scope=mine", "?state=scheduled", "?text=storm", "?text=nothing+at+all&tag=no", "?state=binned"):
        page.goto(f"{place.site}/desk{query}")
        yield f"list {query}"
    page.keyboard.press("?")
    yield "keys"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("storm")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()
    yield "palette"
    page.goto(f"{place.site}/preview/no-such-token")
    yield "preview, no such link"
    page.goto(f"{place.site}/desk")
    page.locator("#you-menu > summary").click()
    yield "account menu, opened"
    page.goto(f"{story}/edit")
    page.get_by_label("Slug").fill("Not A Slug")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Slug").and_(page.locator("[aria-invalid]")).wait_for()
    yield "form, refused"
    page.goto(f"{story}/preview?width=phone&theme=dark")
    page.get_by_role("button", name="Make a link").click()
    page.locator("#link").wait_for()
    yield "preview, with a link"
    page.goto(f"{story}/history/compare?then=2&now=5")
    yield "comparison"
    page.goto(f"{story}/history/compare?then=5&now=5")
    yield "comparison of two that are the same"
    page.goto(f"{story}/history?every=1")
    yield "history, every one"
    page.goto(f"{place.site}/desk/articles/{place.draft()}/publish")
    page.get_by_label("Why without approval?").wait_for()
    yield "publish, for the first time"
    page.goto(f"{story}/publish")
    page.locator(".publish-ask .says").click()
    page.get_by_text("Nothing was done yet").wait_for()
    yield "publish, refused"
    for place_ in ("/desk/images?shelf=needs-alt", "/desk/images?text=nothing+at+all", "/desk/articles/nothing"):
        page.goto(place.site + place_)
        yield place_


def writing(page: Page, place: Place) -> Iterator[str]:
    """The writing screen with each of its panels, menus and dialogs."""
    page.goto(f"{place.site}/desk/articles/{place.examples()['/articles/<uuid:id>']}/write")
    page.wait_for_selector("html[data-ready]")
    for panel in page.get_by_role("navigation", name="Panels").get_by_role("button").all():
        panel.click()
        page.wait_for_selector("#rail [data-root][data-panel]")
        expect(page.locator("#rail .loading")).to_have_count(0)
        yield f"panel {panel.inner_text()}"
        panel.click()
    page.locator(".ProseMirror p").first.click()
    page.keyboard.press("Control+f")
    yield "find"
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.keyboard.type(" /")
    page.wait_for_selector("#slash-menu:not([hidden])")
    yield "menu"
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog[open]")
    yield "link"
    page.keyboard.press("Escape")
    for label in ("Picture", "Embed"):
        page.get_by_role("toolbar").get_by_role("button", name=label, exact=True).click()
        page.wait_for_selector("dialog[open]")
        yield label
        page.keyboard.press("Escape")
    page.locator("#lead img").click()
    yield "lead picture"


@pytest.mark.parametrize("walk", [states, writing])
def test_every_state(place: Place, browser: Browser, walk: Callable[[Page, Place], Iterator[str]]) -> None:
    with browser.new_context() as context:
        inspector = Inspector(entered(place, context, "chief"))
        for name in walk(inspector.page, place):
            inspector.look(name)
    assert not inspector.faults, "\n".join(map(str, inspector.faults))
