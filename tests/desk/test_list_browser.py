"""The list in a real Chromium, with its scripts: by keyboard, kept up to date without moving, the palette."""

import json
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, FloatRect, Locator, Page, expect
from uuid_utils.compat import uuid7

from app import create_app
from cms import article as a
from cms import section as s
from cms.decider import Actor, Command
from cms.settings import load_settings
from events.article import Lead
from events.instant import DAY
from tests.browser import chromium, focused, served
from tests.desk.conftest import PASSWORD, PEOPLE

pytestmark = pytest.mark.browser
SIZED = "() => document.querySelector('.shaper-stage > img').naturalWidth > 0"  # the picture has its size then
STORIES = {name: f"0193aaaa-0000-7000-8000-0000000000{n:02x}" for n, name in enumerate(["First", "Second", "Third"])}
CITY = "0193aaaa-0000-7000-8000-0000000000c1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    environ = {"DAYBOOK_VAR": str(tmp_path_factory.mktemp("list")), "DAYBOOK_PASSWORD_MEMORY": "32"}
    app = create_app(load_settings(environ, None))
    house = app.extensions["daybook"]
    house.views.rebuild()
    for key, (name, role) in PEOPLE.items():
        house.accounts.add(f"{key}@example.org", name, role, PASSWORD, id=key)
    do(app, s.Open(CITY, "City"))
    for name, id in STORIES.items():
        do(app, a.Draft(id, f"{name} story"))
    yield app
    house.close()


def do(app: Flask, *commands: Command) -> None:
    app.extensions["daybook"].newsroom.handle(list(commands), Actor("ada", "administrator"), uuid7())


@pytest.fixture(scope="module")
def page(app: Flask) -> Iterator[Page]:
    with served(app) as address, chromium() as launched:
        context = launched.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
        page = context.new_page()
        page.goto("/desk")
        page.get_by_label("E-mail address").fill("ed@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/desk/?$"))
        yield page


@pytest.fixture
def at_list(page: Page) -> Page:
    page.goto("/desk")
    expect(page.locator(".list-new input[name=screen]")).to_have_count(1)  # its script has run
    return page


def test_fields_have_their_keys_and_typing_is_never_a_command(at_list: Page) -> None:
    at_list.keyboard.press("/")
    assert focused(at_list) == "text"
    at_list.keyboard.type("jn?")
    assert at_list.get_by_label("Words anywhere").input_value() == "jn?"
    at_list.keyboard.press("Escape")
    at_list.locator("h1").click()
    at_list.evaluate("document.activeElement.blur()")
    at_list.keyboard.press("n")
    assert focused(at_list) == "headline"


def test_what_goes_on_beyond_an_edge_fades_there_and_only_there(at_list: Page) -> None:
    menu = at_list.locator(".list-menu")
    expect(menu).not_to_have_class(re.compile("more-"))
    at_list.set_viewport_size({"width": 390, "height": 844})
    try:
        expect(menu).to_have_class("list-menu more-after")
        assert "gradient" in menu.evaluate("one => getComputedStyle(one).maskImage")
        menu.evaluate("one => one.scrollTo({left: 60, behavior: 'instant'})")
        expect(menu).to_have_class(re.compile("(?=.*more-before)(?=.*more-after)"))
        menu.evaluate("one => one.scrollTo({left: 9999, behavior: 'instant'})")
        expect(menu).to_have_class("list-menu more-before")
        at_list.goto("/desk?state=binned")  # what is current is in sight
        expect(at_list.locator(".list-menu [aria-current]")).to_be_in_viewport(ratio=1)
    finally:
        at_list.set_viewport_size({"width": 1440, "height": 900})


# The buttons of searches that no field stands beside, unless they are as wide as their form.
ALONE = """() => [...document.querySelectorAll("form[role=search] .button")].filter(button => {
    const {top, bottom, width} = button.getBoundingClientRect();
    const fields = [...button.form.querySelectorAll("input, select")].map(one => one.getBoundingClientRect());
    const whole = width > button.form.getBoundingClientRect().width - 1;
    return !whole && !fields.some(one => one.top < bottom && one.bottom > top);
}).map(button => button.textContent.trim())"""


@pytest.mark.parametrize("path", ["/desk", "/desk/tags", "/desk/redirects", "/desk/images", "/desk/activity"])
def test_a_button_stands_beside_its_field_at_any_width(at_list: Page, path: str) -> None:
    at_list.goto(path)
    try:
        for width in (1440, 1000, 800, 600, 500, 390, 320):
            at_list.set_viewport_size({"width": width, "height": 844})
            assert at_list.evaluate(ALONE) == [], width
    finally:
        at_list.set_viewport_size({"width": 1440, "height": 900})


def test_the_keys_are_told_and_escape_gives_the_focus_back(at_list: Page) -> None:
    at_list.keyboard.press("j")
    at_list.keyboard.press("?")
    expect(at_list.get_by_role("dialog", name="Keys")).to_contain_text("Next row")
    assert Axe().run(at_list).response["violations"] == []
    at_list.keyboard.press("Escape")
    assert focused(at_list) == "Third story"


def test_the_palette_finds_and_goes(at_list: Page) -> None:
    at_list.keyboard.press("Control+k")
    box = at_list.get_by_role("combobox", name="Find a story")
    expect(at_list.get_by_role("option", name="Write a new story")).to_be_visible()
    box.fill("second")
    expect(at_list.get_by_role("option", name="Second story")).to_have_attribute("aria-selected", "true")
    assert Axe().run(at_list).response["violations"] == []
    at_list.keyboard.press("ArrowDown")
    at_list.keyboard.press("ArrowUp")
    at_list.keyboard.press("Enter")
    at_list.wait_for_url(re.compile(STORIES["Second"]))


def test_the_palette_begins_a_story(at_list: Page) -> None:
    at_list.keyboard.press("Control+k")
    at_list.get_by_role("combobox", name="Find a story").fill("Zebra crossing")
    expect(at_list.get_by_role("option", name="Write a new story: Zebra crossing")).to_be_visible()
    at_list.keyboard.press("Enter")
    at_list.wait_for_url(re.compile("/write$"))
    assert at_list.get_by_label("Headline", exact=True).input_value() == "Zebra crossing"


def test_what_others_do_shows_without_moving_a_row(app: Flask, at_list: Page) -> None:
    first = at_list.locator(f"#story-{STORIES['First']}")
    at_list.locator(f"#story-{STORIES['First']} :is(h2, h3) a").focus()
    before = first.bounding_box()
    order = at_list.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    do(app, a.ChangeHeadline(STORIES["First"], "First story, changed"))
    do(app, a.Draft(str(uuid7()), "Fourth story"))
    expect(first).to_contain_text("First story, changed", timeout=15_000)
    assert focused(at_list) == "First story, changed"
    assert first.bounding_box() == before
    assert at_list.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)") == order
    expect(at_list.get_by_role("button", name="1 new")).to_be_visible()
    at_list.keyboard.press(".")
    expect(at_list.locator("[data-id]").first).to_contain_text("Fourth story")
    assert focused(at_list) == "First story, changed"


def test_a_lost_connection_and_an_ended_session_are_said(app: Flask, at_list: Page) -> None:
    at_list.route("**/desk/list/news*", lambda route: route.abort())
    expect(at_list.get_by_text("The server cannot be reached.")).to_be_visible(timeout=15_000)
    at_list.unroute("**/desk/list/news*")
    expect(at_list.get_by_text("The server cannot be reached.")).to_be_hidden(timeout=30_000)


def test_names_are_suggested_for_filters_and_a_choice_filters_at_once(at_list: Page) -> None:
    at_list.get_by_label("Section", exact=True).select_option(label="City")
    at_list.wait_for_url(re.compile(rf"/desk\?section={CITY}$"))
    expect(at_list.get_by_text("Nothing here with these filters.")).to_be_visible()


def test_pictures_are_taken_in_one_by_one_and_each_is_told_of(at_list: Page) -> None:
    def photo(colour: str) -> bytes:
        file = BytesIO()
        Image.new("RGB", (90, 60), colour).save(file, "JPEG")
        return file.getvalue()

    at_list.goto("/desk/images")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "image/jpeg", "buffer": content}
        for name, content in (("a.jpg", photo("teal")), ("b.jpg", b"%PDF-1.7"), ("c.jpg", photo("red")))
    ]
    at_list.get_by_label("Upload pictures").set_input_files(files)
    said = at_list.locator("#upload-files li")
    expect(said.nth(0)).to_contain_text("Uploaded")
    expect(said.nth(1)).to_contain_text("This is a PDF.")
    expect(said.nth(2)).to_contain_text("Uploaded")
    at_list.get_by_label("Upload pictures").set_input_files(files[:1])
    expect(said.nth(3)).to_contain_text("Here already")
    assert Axe().run(at_list).response["violations"] == []
    said.nth(3).get_by_role("link").click()
    expect(at_list.get_by_role("heading", level=1)).to_have_text("a.jpg")


def uploaded(at_list: Page, picture: FilePayload) -> tuple[Locator, FloatRect]:
    """Take in a picture and go to it: where it is cropped, and how large that is."""
    at_list.goto("/desk/images")
    at_list.get_by_label("Upload pictures").set_input_files([picture])
    at_list.get_by_role("link", name="look at its words").click()
    stage = at_list.locator(".shaper-stage")
    at_list.wait_for_function(SIZED)
    where = stage.bounding_box()
    assert where
    return stage, where


def test_the_focal_point_and_a_crop_are_set_by_pointer_and_by_keyboard(app: Flask, at_list: Page) -> None:
    file = BytesIO()
    Image.new("RGB", (1200, 800), "navy").save(file, "JPEG")
    at_list.set_viewport_size({"width": 1440, "height": 1200})
    _, where = uploaded(at_list, {"name": "wide.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    at_list.mouse.click(where["x"] + where["width"] / 4, where["y"] + where["height"] / 2)
    at_list.keyboard.press("ArrowDown")
    expect(
        at_list.get_by_role("button", name="Focal point: 25 per cent from the left, 51 from the top")
    ).to_be_focused()
    at_list.get_by_role("button", name="Save").click()
    expect(at_list.get_by_role("status").first).to_contain_text("Every crop keeps this point now.")
    at_list.get_by_role("button", name="1:1", exact=True).click()
    frame = at_list.get_by_role("button", name="Crop 1:1: 800 by 800 pixels")
    frame.press("-")
    frame = at_list.get_by_role("button", name="Crop 1:1: 788 by 788 pixels")
    frame.press("Shift+ArrowRight")
    expect(at_list.get_by_text("1:1, by hand")).to_be_visible()
    assert Axe().run(at_list).response["violations"] == []
    at_list.get_by_role("button", name="Save").click()
    expect(at_list.get_by_role("status").first).to_contain_text("Cropped")
    id = at_list.url.rpartition("/")[2]
    house = app.extensions["daybook"]
    image = house.views.desk(house.now()).library.image(id)
    assert (image.view.focus_x, image.view.focus_y) == (0.25, 0.51)
    assert image.crops == {"1:1": (60, 0, 788, 788)}


def test_crops_made_by_pointer_and_keyboard_are_what_readers_get(app: Flask, at_list: Page) -> None:
    tall = Image.new("RGB", (800, 1200), "red")
    tall.paste("blue", (0, 600, 800, 1200))
    file = BytesIO()
    tall.save(file, "PNG")
    at_list.set_viewport_size({"width": 1440, "height": 1600})
    stage, where = uploaded(at_list, {"name": "tall.png", "mimeType": "image/png", "buffer": file.getvalue()})
    stage.click(position={"x": where["width"] / 2, "y": where["height"] * 0.85})
    expect(at_list.get_by_role("button", name=re.compile("from the left, 8[456] from the top"))).to_be_focused()
    at_list.get_by_role("button", name="Save", exact=True).click()
    expect(at_list.get_by_role("status").first).to_contain_text("Every crop keeps this point now.")
    at_list.get_by_role("button", name="1:1", exact=True).click()
    frame = at_list.get_by_role("button", name="Crop 1:1: 800 by 800 pixels")
    for _ in range(20):
        frame.press("Shift+ArrowUp")
    at_list.get_by_role("button", name="Save", exact=True).click()
    expect(at_list.get_by_role("status").first).to_contain_text("Cropped")
    picture, story = at_list.url.rpartition("/")[2].partition("#")[0], str(uuid7())
    do(app, a.Draft(story, "Red and blue"), a.ChangeKind(story, "brief"), a.SetLeadImage(story, Lead(picture)))
    do(app, a.Publish(story, without_approval="News"))
    house = app.extensions["daybook"]
    at_list.goto(house.views.desk(house.now()).story(story).path)
    told = json.loads(at_list.locator('script[type="application/ld+json"]').first.inner_text())
    shown = {}
    for address in told["@graph"][0]["image"]:
        answer = at_list.request.get(re.sub(r"^https?://[^/]+", "", address))
        shown[address.split("-")[1]] = Image.open(BytesIO(answer.body())).convert("RGB")
    assert [_reddish(shown["16x9"], down) for down in (0.02, 0.98)] == [False, False]
    assert [_reddish(shown["1x1"], down) for down in (0.02, 0.7, 0.8)] == [True, True, False]


def _reddish(picture: Image.Image, down: float) -> bool:
    red, _, blue = picture.getpixel((picture.width // 2, int(picture.height * down)))  # type: ignore[misc]
    return red > blue


def test_what_leaves_a_list_stays_where_it_stood_until_the_list_is_asked_for_anew(app: Flask, at_list: Page) -> None:
    id = str(uuid7())
    do(app, a.Draft(id, "To be thrown away"))
    at_list.goto("/desk?state=draft")
    row, after = at_list.locator(f"#story-{id}"), at_list.locator(f"#story-{id} ~ li").first
    before, order = after.bounding_box(), _order(at_list)
    do(app, a.Trash(id))
    expect(row).to_have_class(re.compile(r"\bis-left\b"), timeout=15_000)
    expect(row).to_contain_text("bin")
    assert (after.bounding_box(), _order(at_list)) == (before, order)
    at_list.reload()
    expect(row).to_have_count(0)


def test_rows_of_the_timeline_are_drawn_again_with_their_day(app: Flask, at_list: Page) -> None:
    id, house = str(uuid7()), app.extensions["daybook"]
    do(app, a.Draft(id, "News of tomorrow"), a.ChangeKind(id, "brief"))
    do(app, a.Schedule(id, house.now() + DAY, without_approval="News"))
    at_list.goto("/desk?state=scheduled")
    row = at_list.locator(f"#story-{id}")
    expect(row.locator(".row-time")).to_have_text(re.compile(r"^\d+\.\d\d[ap]m$"))
    do(app, a.ChangeHeadline(id, "News of the day after"))
    do(app, a.Schedule(id, house.now() + 2 * DAY, without_approval="News", pending="cancel"))
    expect(row).to_contain_text("News of the day after", timeout=15_000)
    expect(row.locator(".row-time")).to_have_text(re.compile(r"^\d+ \w+ \d{4}, \d+\.\d\d[ap]m$"))
    do(app, a.CancelSchedule(id))
    expect(row).to_have_class(re.compile(r"\bis-left\b"), timeout=15_000)


def _order(page: Page) -> list[str]:
    return list(page.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)"))
