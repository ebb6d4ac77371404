"""The bar of the writing screen, and what it says: lengths, panels on a phone, what ails Daybook; uploads; embeds."""

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from cms import article as a
from events import document
from events.document import Doc
from events.document.schema import Block, Figure, FigureAttrs, Paragraph, Text
from tests.browser import faults
from tests.desk.writing_room import FIRST, Room, drop, photo

pytestmark = pytest.mark.browser
# What of the words in a place is cut off by its box or lies beyond the screen.
CUT = """place => [...document.querySelector(place).querySelectorAll("*")].filter(one => {
    const {left, right, width, height} = one.getBoundingClientRect();
    const {clipPath, overflow} = getComputedStyle(one);
    if (!width || !height || one.closest("svg, [class*=-name]") || clipPath !== "none") return false;
    const cut = overflow !== "visible"
        && (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
    return cut || left < 0 || right > innerWidth;
}).map(one => one.outerHTML.slice(0, 120))"""
PHONE = {"width": 390, "height": 844}


def cut(page: Page, place: str) -> list[str]:
    return list(page.evaluate(CUT, place))


def test_lengths_of_the_story_and_of_what_is_selected(room: Room) -> None:
    id = room.story("The bridge is closed.", "Über 460 Wörter? " + "wort " * 460)
    anna = room.write("anna", id, viewport={"width": 1680, "height": 900})  # narrower bars say the words alone
    said = anna.page.locator("#words")
    room.until(lambda: said.inner_text().startswith("467 words · 2,3"), f"words, characters: {said.inner_text()}")
    assert said.inner_text().endswith(" characters · 2 min read")
    anna.at(1, end=False).press("Shift+End")
    room.until(lambda: said.inner_text() == "4 of 467 words · 21 characters selected", f"selected: {said.inner_text()}")
    anna.press("ArrowRight").type(" %%a note counts for nothing%%").saved()
    room.until(lambda: said.inner_text().startswith("467 words"), f"notes are no words: {said.inner_text()}")


def test_two_percent_signs_in_a_web_address_begin_no_note(room: Room) -> None:
    id = room.story()
    room.write("anna", id).at(1).type("See https://example.org/%%20a?b=%%c and 5 %%so%%").saved()
    assert [note.text for note in document.notes(room.article(id).content.body.doc)] == ["so"]
    assert "https://example.org/%%20a?b=%%c" in room.text(id)


def watch(page: Page, place: str) -> None:
    """Note in ``told`` every word that a place says from now on."""
    page.evaluate("""place => {
        window.told = [];
        const watch = new MutationObserver(seen => told.push(...seen.map(one => one.target.textContent)));
        watch.observe(document.querySelector(place), {childList: true, subtree: true});
    }""", place)


@pytest.mark.parametrize(("where", "says"), [(FIRST, ".ProseMirror .uploading"), ("#lead", "#lead-sent")])
def test_a_picture_that_is_dropped_says_how_much_of_it_is_sent(room: Room, where: str, says: str) -> None:
    id = room.story("Above.", "Below.")
    anna = room.write("anna", id)
    held: list[Route] = []
    anna.page.route("**/desk/api/images", lambda route: held.append(route))  # noqa: PLW0108 - a plain function, as Playwright marks it
    drop(anna.page, where, photo("navy") * 40, "dropped.jpg")
    place = anna.page.locator(says)
    room.until(lambda: "dropped.jpg" in place.inner_text() and held, "its place says so, and it is on its way")
    watch(anna.page, says)
    held[0].continue_()
    room.until(lambda: anna.page.locator(".ProseMirror figure, #lead.has-image").count(), "the picture is in the story")
    told = anna.page.evaluate("told")
    assert {"dropped.jpg: 100 % sent", "dropped.jpg has arrived and is being read …"} & set(told), told
    assert place.count() == 0 or place.inner_text() == ""
    anna.saved()
    content = room.article(id).content
    assert bool(content.body.images) != bool(content.lead)


def test_the_panel_of_images_says_how_much_of_each_file_is_sent_and_what_was_refused(room: Room) -> None:
    anna = room.write("anna", room.story("Words.")).press("Control+3")
    anna.page.wait_for_selector("#i-file", state="attached")
    held: list[Route] = []
    anna.page.route(
        "**/desk/api/images", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    files: list[FilePayload] = [
        {"name": "quay.jpg", "mimeType": "image/jpeg", "buffer": photo("navy") * 40},
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"},
    ]
    anna.page.set_input_files("#i-file", files)
    lines = anna.page.locator("[data-uploads] li")
    room.until(lambda: lines.count() == len(held) == 2, "both are on their way")
    assert [one.split()[0].rstrip(":") for one in lines.all_inner_texts()] == ["quay.jpg", "broken.jpg"]
    watch(anna.page, "[data-uploads]")
    for route in held:
        route.continue_()
    room.until(lambda: lines.first.inner_text() == "quay.jpg is in the library, ready to be used.", "one is there")
    room.until(lambda: "broken.jpg: " in lines.last.inner_text() and lines.last.get_attribute("role") == "alert", "why")
    told = anna.page.evaluate("told")
    assert {"quay.jpg: 100 % sent", "quay.jpg has arrived and is being read …"} & set(told), told


def test_whose_things_we_do_not_embed_is_told_with_who_and_becomes_a_link(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id).at(1).press("Enter").type("/embed").press("Enter")
    for address, why in (
        ("nothing", "This is no web address."),
        ("javascript:alert(1)", "begins with https://, not with javascript:"),
        ("https://me:word@youtube.com/watch?v=1", "There is a name or a password in this address."),
        ("https://youtube.com.example.org/watch?v=1", "youtube.com.example.org is none of those whose things we embed"),
    ):
        anna.page.fill("#embed-address", address)
        anna.press("Enter")
        anna.sees(why)
    anna.page.click("dialog summary")
    anna.sees("youtube.com, youtu.be, youtube-nocookie.com")
    anna.page.click("dialog button:has-text('Set it as a link')")
    wanted = ("https://youtube.com.example.org/watch?v=1",)
    room.until(lambda: document.links(room.article(id).content.body.doc) == wanted, "it is a link")


def test_on_a_phone_the_bar_is_one_row_and_panels_are_a_menu(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id, viewport=PHONE)
    assert anna.page.locator(".writing-bar").bounding_box()["height"] < 60  # type: ignore[index]
    assert not anna.page.is_visible("[data-panel=details]")
    anna.page.click("#rail-menu")
    assert anna.page.evaluate("document.activeElement.dataset.panel") == "workflow"
    anna.press("ArrowDown", "Enter")
    anna.page.wait_for_selector("#rail #d-section")
    assert not anna.page.is_visible("[data-panel=details]")
    anna.page.click(".rail-close")
    assert not anna.page.is_visible("#rail")
    anna.page.click("#rail-menu")
    anna.press("Escape")
    assert anna.page.evaluate("document.activeElement.id") == "rail-menu"
    assert anna.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_the_line_says_all_of_what_is_wrong(room: Room, width: int) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id, viewport={"width": width, "height": 800})
    others = [room.write(who, id).at(1) for who in ("ben", "cleo", "chief")]
    room.until(lambda: anna.page.locator("#here li").count() == len(others), "all are here")
    full = '{"error": "log", "message": "The log cannot be written to just now, since the disk is full. It is kept."}'
    anna.page.route("**/commands", lambda route: route.fulfill(status=503, body=full, content_type="application/json"))
    anna.at(1).type(" After.")
    wanted = "The log cannot be written to just now, since the disk is full, 1 change kept on this device"
    room.until(lambda: anna.state == wanted, f"says so: {anna.state}")
    assert cut(anna.page, ".writing-bar") == []
    assert faults(anna.page) == []


def test_on_a_phone_the_tools_fade_at_the_edge_behind_which_there_are_more(room: Room) -> None:
    tools = room.write("anna", room.story("Words."), viewport=PHONE).page.locator("#tools")
    expect(tools).to_have_class("tools more-after")
    tools.evaluate("one => one.scrollTo({left: 9999, behavior: 'instant'})")
    expect(tools).to_have_class("tools more-before")


def test_a_short_text_and_its_correction_stand_together(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.Submit(id), who="anna")
    room.do(a.Approve(id, room.article(id).version), a.Publish(id), who="chief")
    cleo = room.write("chief", id, viewport=PHONE)
    text, box = (cleo.page.locator(one).bounding_box() for one in (".ProseMirror > p", ".correction-box"))
    assert text is not None
    assert box is not None
    assert 10 < box["y"] - (text["y"] + text["height"]) < 80


def test_what_ails_daybook_is_told_here_to_those_who_can_mend_it_and_as_it_happens(room: Room) -> None:
    id = room.story("Words.")
    chief = room.write("chief", id)
    assert chief.page.locator(".ailment").count() == 0
    ailment = '{"here":[],"ailments":[{"what":"The search lags.","safe":"All is safe.","todo":"Rebuild it."}]}'
    chief.page.route("**/here", lambda route: route.fulfill(body=ailment, content_type="application/json"))
    chief.at(1)
    chief.sees("The search lags. All is safe. Rebuild it. Open the System room")
    chief.page.unroute("**/here")
    chief.at(1, end=False)
    room.until(lambda: chief.page.locator(".ailment").count() == 0, "it is over")


def test_signing_out_sends_first_what_waits(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id).at(1)
    anna.type(" After.")
    anna.page.click("#you-menu summary")
    anna.page.click("#you-menu form button")
    anna.page.wait_for_url("**/sign-in**")
    assert room.text(id) == "Before. After."


def test_a_key_in_a_long_story_touches_no_picture_and_no_other_block(room: Room) -> None:
    id = room.story("A block of its own.")
    blocks: list[Block] = []
    for number in range(30):
        image = room.picture(photo(f"hsl({number * 10}, 50%, 50%)"), alt="A quay")
        blocks += [Paragraph(content=(Text("word " * 200),)), Figure(attrs=FigureAttrs(image=image))]
    room.do(a.ReplaceBody(id, Doc(content=tuple(blocks))))
    anna = room.write("anna", id).at(31).type(" Warming up.").saved()
    anna.page.evaluate("""() => {
        const editor = document.querySelector(".ProseMirror"), own = editor.children[30];
        window.touched = [];
        const elsewhere = one => one.target !== editor && !own.contains(one.target);
        new MutationObserver(seen => touched.push(...seen.filter(elsewhere)
            .map(one => [one.type, one.attributeName, one.target.nodeName].join(" "))))
            .observe(editor, {subtree: true, childList: true, characterData: true, attributes: true});
    }""")
    anna.type(" Thirty words are typed here, and none of the pictures is drawn again.", delay=5).saved()
    assert anna.page.evaluate("touched") == []
    assert room.text(id).count("none of the pictures") == 1
