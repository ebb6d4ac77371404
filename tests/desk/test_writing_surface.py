"""The writing screen in a real Chromium: what can be written, pasted, found and reached."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Literal

import pytest
from markupsafe import Markup
from playwright.sync_api import expect

from cms import article as a
from events import document
from events.document import Doc
from events.document.schema import (
    Block,
    Figure,
    FigureAttrs,
    Paragraph,
    Pullquote,
    PullquoteAttrs,
    Table,
    TableCell,
    TableRow,
    Text,
)
from tests.browser import faults
from tests.desk.writing_room import FIRST, Room, drop, photo

pytestmark = pytest.mark.browser
SIZES: tuple[Literal["column", "wide", "full"], ...] = ("column", "wide", "full")
# What of the text lies outside of its room; and what the frame of the selected block runs through.
COVERED = """() => {
    const room = document.querySelector(".writing-main").getBoundingClientRect(), found = [];
    const frame = document.querySelector(".ProseMirror-selectednode")?.getBoundingClientRect();
    for (const one of document.querySelectorAll(".ProseMirror > *")) {
        const {left, right, top, bottom} = one.getBoundingClientRect();
        if (left < room.left - 0.5 || right > room.right + 0.5) found.push(["outside", one.outerHTML.slice(0, 90)]);
        const apart = !frame || one.matches(".ProseMirror-selectednode")
            || left >= frame.right + 6 || right <= frame.left - 6 || top >= frame.bottom + 6 || bottom <= frame.top - 6;
        if (!apart) found.push(["under the frame", one.outerHTML.slice(0, 90)]);
    }
    return found;
}"""


# --- saving


def test_markdown_shortcuts_quotes_and_the_menu(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id)
    anna.at(1).type('## Crosshead\n**Bold** and *italic*, "quoted" -- it\'s so...\n- one\ntwo\n\n> Said she.\n\n')
    anna.type("/pull").press("Enter").type("Big words").saved()
    html = document.to_html(room.article(id).content.body.doc)
    assert html == (
        '<h2 id="h-crosshead">Crosshead</h2>\n<p><strong>Bold</strong> and <em>italic</em>, “quoted” – it’s so…</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<blockquote>\n<p>Said she.</p>\n</blockquote>\n"
        '<figure class="pullquote">\n<blockquote><p>Big words</p></blockquote>\n</figure>\n'
    )


def test_quotes_are_those_of_the_storys_language(room: Room) -> None:
    id = room.story()
    room.do(a.ChangeLanguage(id, "de"))
    room.write("anna", id).at(1).type('"Ja", sagte er.').saved()
    assert room.text(id) == "„Ja“, sagte er."


def test_every_block_that_is_written_has_an_id_of_its_own(room: Room) -> None:
    id = room.story()
    room.write("anna", id).at(1).type("One and two").press("ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter").saved()
    ids = [block.attrs.id for block in room.article(id).content.body.doc.content]  # type: ignore[union-attr]
    assert len(ids) == 2
    assert None not in ids
    assert len(set(ids)) == 2


def test_a_link_finds_our_own_stories_and_refuses_what_could_run(room: Room) -> None:
    other = room.story("Body.", headline="The ferry is late again")
    version = room.article(other).version
    room.do(a.Submit(other), who="anna")
    room.do(a.Approve(other, version + 1), a.Publish(other), who="chief")
    id = room.story("See here")
    anna = room.write("anna", id).at(1)
    anna.press("Control+Shift+ArrowLeft", "Control+k")
    anna.type("javascript:alert(1)").press("Enter")
    anna.sees("A link leads to https://")
    anna.page.fill("#link-address", "ferry")
    anna.page.wait_for_function("() => document.querySelectorAll('.found button').length === 1")
    anna.page.click(".found button:has-text('The ferry is late again')")
    path = room.article(other).issues[0].path
    room.until(lambda: document.links(room.article(id).content.body.doc) == (path,), "it is linked")


def test_a_picture_is_chosen_uploaded_and_given_words(room: Room) -> None:
    id = room.story("Words.")
    kept = room.picture(photo(), caption="The quay", alt="A quay", credit="Ina Voss")
    anna = room.write("anna", id)
    anna.at(1).press("Enter").type("/pict").press("Enter")
    anna.page.click("dialog .picture-tile >> nth=0")
    anna.page.fill(".ProseMirror figure [aria-label='Caption of this picture']", "Quay at dusk")
    anna.press("Enter")
    anna.saved()
    (figure,) = document.all_figures(room.article(id).content.body.doc)
    assert (figure.attrs.image, figure.attrs.caption, figure.attrs.alt) == (kept, "Quay at dusk", None)
    anna.press("Control+3")
    file = {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": photo("maroon")}
    anna.page.set_input_files("#i-file", file)
    anna.sees("new.jpg is in the library, ready to be used.")
    anna.page.click("#rail .picture-choice >> nth=0 >> text=As lead")
    room.until(lambda: room.article(id).content.lead is not None, "the lead picture")
    anna.page.click("#lead img")
    anna.page.fill("[aria-label='Credit of the lead picture']", "Ben Ode")
    room.until(lambda: room.article(id).content.lead.credit == "Ben Ode", "its credit in this story")


def test_a_picture_without_alt_text_in_the_library_may_have_it_in_the_story(room: Room) -> None:
    id, bare = room.story("Words."), room.picture(photo())
    untold, told = (Figure(attrs=FigureAttrs(image=bare, alt=alt)) for alt in (None, "A quay"))
    room.do(a.ReplaceBody(id, Doc(content=(untold, told))))
    anna = room.write("anna", id).press("Control+3")
    row = anna.page.locator("[data-used] li")
    expect(row).to_contain_text("no alt text")
    anna.page.locator(".ProseMirror figure").first.hover()
    anna.page.locator("[aria-label='Alt text of this picture']").first.fill("A quay at dusk")
    expect(row).to_contain_text("The library has no alt text; this story has its own.")


def test_enter_in_the_words_of_a_picture_goes_on_after_it(room: Room) -> None:
    id = room.story("Words.")
    room.picture(photo(), caption="The quay", alt="A quay", credit="Ina Voss")
    anna = room.write("anna", id)
    anna.at(1).press("Enter").type("/pict").press("Enter")
    anna.page.click("dialog .picture-tile >> nth=0")
    anna.page.fill(".ProseMirror figure [aria-label='Caption of this picture']", "Quay at dusk")
    anna.press("Enter").type("And on.")
    anna.saved()
    (figure,) = document.all_figures(room.article(id).content.body.doc)
    assert figure.attrs.caption == "Quay at dusk"
    assert document.to_text(room.article(id).content.body.doc).split() == ["Words.", "Quay", "at", "dusk", "And", "on."]


def test_a_file_that_is_dropped_is_taken_in_where_it_fell(room: Room) -> None:
    id = room.story("Above.", "Below.")
    anna = room.write("anna", id)
    drop(anna.page, FIRST, photo("navy"), "dropped.jpg")
    room.until(lambda: room.article(id).content.body.images, "the picture is in the story")
    kinds = [type(block).__name__ for block in room.article(id).content.body.doc.content]
    assert kinds == ["Paragraph", "Figure", "Paragraph"]
    drop(anna.page, FIRST, b"no picture", "broken.jpg")
    anna.sees("broken.jpg: ")


def test_an_address_alone_on_a_line_is_an_embed_and_a_link_elsewhere(room: Room) -> None:
    id = room.story("Words")
    anna = room.write("anna", id)
    anna.at(1).type(" ").paste(text="https://example.org/page").press("Enter")
    anna.paste(text="https://www.youtube.com/watch?v=abc123").saved()
    html = document.to_html(room.article(id).content.body.doc)
    assert '<a href="https://example.org/page" rel="external noopener">https://example.org/page</a>' in html
    assert '<p class="embed embed-youtube">' in html


def test_find_and_replace(room: Room) -> None:
    id = room.story("The ferry, the Ferry.", "A ferry.")
    anna = room.write("anna", id).at(1, end=False).press("Control+f")
    anna.type("ferry")
    anna.sees("3 places")
    anna.page.fill("[aria-label='Replace by']", "tram")
    anna.page.click("text=Replace all")
    anna.saved()
    assert room.text(id) == "The tram, the tram.\nA tram."


def test_replacing_by_nothing_says_that_it_removes(room: Room) -> None:
    id = room.story("The old ferry, the old quay.")
    anna = room.write("anna", id).at(1, end=False).press("Control+f").type("old ").press("Tab").type("new ")
    assert anna.page.evaluate("document.activeElement.ariaLabel") == "Replace by"
    expect(anna.page.locator("text=Replace all")).to_be_visible()
    anna.page.fill("[aria-label='Replace by']", "")
    anna.page.click("text=Remove all 2")
    anna.sees("2 places removed")
    anna.saved()
    assert room.text(id) == "The ferry, the quay."


# --- pasting

SAMPLES = json.loads((Path(__file__).parent / "pasted.json").read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["from"])
def test_what_is_pasted_keeps_its_words_and_its_structure(room: Room, sample: dict[str, str]) -> None:
    id = room.story()
    room.write("anna", id).at(1).paste(sample["html"]).saved()
    assert document.to_html(room.article(id).content.body.doc, notes=True) == sample["becomes"]


def test_a_picture_pasted_as_data_is_taken_in_where_it_stood(room: Room) -> None:
    id = room.story()
    data = f"data:image/jpeg;base64,{b64encode(photo('olive')).decode()}"
    anna = room.write("anna", id).at(1)
    anna.paste(f'<p>Above</p><p><img src="{data}" alt="Olive"></p><p>Below<img src="data:image/png;base64,!!"></p>')
    anna.sees("pasted 2.png")  # what is wrong with it
    room.until(lambda: room.article(id).content.body.images, "the picture")
    raw = document.to_html(room.article(id).content.body.doc, lambda figure: Markup("FIGURE"))
    assert raw.split() == ["<p>Above</p>", "FIGURE", "<p>Below</p>"]


def test_characters_that_no_document_holds_never_reach_the_log(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id)
    anna.at(1).paste(text="be\x07l\x00l \ud83d and 😀 \ufffe").saved()
    assert room.text(id).split() == ["bell", "and", "😀"]


# --- for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_the_screen_its_panels_and_dialogs(room: Room, scheme: str, width: int) -> None:
    id = room.story("Words in a paragraph.", "More of them.")
    room.do(a.SetLeadImage(id, a.commands.Lead(room.picture(photo()))))
    anna = room.write("anna", id, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = []

    def look(where: str) -> None:
        found.extend((where, *fault) for fault in faults(anna.page))

    look("screen")
    for key in ("2", "3"):
        anna.press(f"Control+{key}")
        anna.page.wait_for_selector("#rail h2")
        anna.page.wait_for_timeout(300)
        look(f"panel {key}")
    anna.press("Escape")
    anna.at(1).press("Control+k")
    look("link")
    anna.press("Escape")
    anna.at(1).press("Control+f")
    look("find")
    assert found == []


@pytest.mark.parametrize("width", [390, 1280, 1440])
def test_nothing_of_the_text_lies_under_a_panel_or_beyond_the_screen(room: Room, width: int) -> None:
    id, image = room.story("Words."), room.picture(photo(), caption="The quay", alt="A quay")
    quote = Pullquote(attrs=PullquoteAttrs(cite="Ina Voss, harbour master"), content=(Text("Nobody will cross it"),))
    blocks: list[Block] = []
    words = Paragraph(content=(Text("word " * 80),))
    for after in (words, *(Figure(attrs=FigureAttrs(image=image, size=size)) for size in SIZES)):
        blocks += [words, quote, after]
    room.do(a.ReplaceBody(id, Doc(content=tuple(blocks))))
    anna = room.write("anna", id, viewport={"width": width, "height": 900})
    assert anna.page.evaluate(COVERED) == []
    if width > 1000:
        anna.press("Control+2")
        anna.page.wait_for_selector("#rail h2")
        assert anna.page.evaluate(COVERED) == []
    for number in range(len(blocks)):
        anna.page.evaluate("number => document.querySelector('.ProseMirror').children[number].scrollIntoView()", number)
        field = anna.page.locator(f".ProseMirror > :nth-child({number + 1}) textarea")
        if field.count():
            field.first.focus()
            anna.press("Escape")
            anna.page.wait_for_selector(f".ProseMirror > :nth-child({number + 1}).ProseMirror-selectednode")
            assert anna.page.evaluate(COVERED) == []


def test_a_table_beside_a_pull_quote_stands_where_the_text_does(room: Room) -> None:
    id = room.story()
    quote = Pullquote(attrs=PullquoteAttrs(cite="Ina Voss"), content=(Text("Nobody will cross it"),))
    cell = TableCell(content=(Paragraph(content=(Text("Twelve"),)),))
    table = Table(content=(TableRow(content=(cell, cell)),))
    room.do(a.ReplaceBody(id, Doc(content=(Paragraph(content=(Text("Words."),)), quote, table))))
    room.do(a.Publish(id, without_approval="News"), who="chief")
    anna = room.write("anna", id, viewport={"width": 1440, "height": 900})
    edges = """at => [...document.querySelectorAll(at)].map(one => {
        const {left, right} = one.getBoundingClientRect();
        return [left, right];
    })"""
    for at in (".ProseMirror > :is(p, table)", ".body > :is(p, .table)"):
        text, beside = anna.page.evaluate(edges, at)
        assert text == beside, at
        anna.page.goto(f"{room.url}{room.article(id).issues[0].path}")


def test_the_name_at_a_caret_stays_within_the_column(room: Room) -> None:
    id = room.story("A line that is long enough to reach the end of the column on a phone, and more than that.")
    anna = room.write("anna", id, viewport={"width": 390, "height": 800})
    ben = room.write("ben", id, viewport={"width": 390, "height": 800}).at(1, end=False)
    ben.press("End", "ArrowLeft", "ArrowLeft")
    name = anna.page.locator(".caret-name")
    inside = """one => one.getBoundingClientRect().right
        <= one.closest(".ProseMirror").getBoundingClientRect().right + 0.5"""
    at = "document.querySelector('.caret')?.getBoundingClientRect().left ?? 0"
    room.until(lambda: anna.page.evaluate(at) > 250, "the caret is near the end of a line")
    room.until(lambda: name.evaluate(inside), "its name stands to the left of it")
    assert faults(anna.page) == []
    anna.page.set_viewport_size({"width": 330, "height": 800})
    room.until(lambda: name.evaluate(inside), "on a narrower screen too")
    ben.press("Home")
    room.until(lambda: name.evaluate("one => getComputedStyle(one).translate") == "none", "at its start it need not")


def test_a_third_click_takes_the_paragraph_and_nothing_of_the_next(room: Room) -> None:
    id = room.story("The first of them.", "The second.", "The third.")
    anna = room.write("anna", id)
    for clicks in (3, 4, 5):
        anna.page.click(".ProseMirror > :nth-child(2)", position={"x": 20, "y": 12}, click_count=clicks, delay=5)
        assert anna.page.evaluate("getSelection().toString()") == "The second.", clicks
        anna.type("The second.")
    anna.type(" Changed.").saved()
    assert room.text(id) == "The first of them.\nThe second. Changed.\nThe third."


def test_everything_can_be_reached_by_keyboard(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id)
    anna.page.focus("[data-field=kicker]")
    anna.type("Quay").press("Enter").type("!").press("Enter").type("Stand.").press("Enter")
    assert anna.page.evaluate("document.activeElement.ariaLabel") == "Body"
    anna.press("Alt+F10")
    assert anna.page.evaluate("document.activeElement.ariaLabel") == "Text"
    anna.press("ArrowRight", "Enter", "Control+2")
    anna.page.wait_for_selector("#rail h2:focus")
    anna.press("Tab")
    assert anna.page.evaluate("document.activeElement.id") == "d-section"
    anna.press("Escape")
    assert anna.page.evaluate("document.activeElement.dataset.panel") == "details"
    anna.saved()
    assert "<h2" in document.to_html(room.article(id).content.body.doc)


def test_a_story_in_the_bin_says_so_and_cannot_be_written_in(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.Trash(id))
    anna = room.write("anna", id)
    anna.sees("This article is in the bin. Recover it to write in it.")
    assert anna.page.get_attribute(".ProseMirror", "contenteditable") == "false"
    assert anna.page.locator("[data-field=headline]").is_editable() is False
