"""What a story has besides its words: tables, pull quotes, links, pictures; quotation marks, find, the "/" menu."""

import pytest
from markupsafe import Markup

from cms import article as a
from events import document
from events.document import Doc
from events.document.schema import Figure, FigureAttrs, Paragraph, Table, TableCell, TableHeader, Text
from tests.desk.writing_room import Room, Writer, photo

pytestmark = pytest.mark.browser
CELLS = "<table><tr><td>Port</td><td>Ships</td></tr><tr><td>Kiel</td><td>12</td></tr></table>"


@pytest.fixture(scope="module")
def anna(shared_room: Room) -> Writer:
    return shared_room.write("anna", shared_room.story("Words."))


def fresh(writer: Writer, *paragraphs: str, language: str = "en") -> Writer:
    """The same screen with another story."""
    writer.page.goto("about:blank")
    writer.id = writer.room.story(*paragraphs)
    if language != "en":
        writer.room.do(a.ChangeLanguage(writer.id, language))
    writer.open()
    return writer


def html(writer: Writer) -> str:
    """The body in the log, without its line breaks."""
    body = writer.saved().room.article(writer.id).content.body.doc
    return document.to_html(body, lambda _: Markup("FIGURE"), notes=True).replace("\n", "")


def table(writer: Writer) -> list[list[str]]:
    """The cells in the log, those of a heading with a # before them."""
    (made,) = (one for one in writer.saved().room.article(writer.id).content.body.doc.content if isinstance(one, Table))

    def told(cell: TableCell | TableHeader) -> str:
        return "#" * isinstance(cell, TableHeader) + document.to_text(Doc(content=cell.content))

    return [[told(cell) for cell in row.content] for row in made.content]


# --- tables


def test_a_table_is_filled_with_tab_and_has_a_new_row_after_its_last_cell(anna: Writer) -> None:
    fresh(anna, "Before.", "After.").at(1).press("Enter").type("/table").press("Enter")
    for cell in "ABCDEFGHI":
        anna.type(cell).press("Tab")
    anna.type("J").press("Shift+Tab").type("K")
    assert table(anna) == [["#A", "#B", "#C"], ["D", "E", "F"], ["G", "H", "K"], ["J", "", ""]]
    anna.press("Control+z", "Control+z", "Control+z", "Control+z")
    anna.room.until(lambda: "Before." in html(anna) and "<td>J" not in html(anna), "it is undone")


def test_rows_and_columns_come_and_go_and_so_does_the_table(anna: Writer) -> None:
    fresh(anna, "Before.").at(1).press("Enter").type("/table").press("Enter").type("A").press("Tab").type("B")

    def change(what: str) -> list[list[str]]:
        anna.page.select_option("[aria-label='Change the table']", label=what)
        return table(anna)

    assert change("Row below")[1] == ["", "", ""]
    assert len(change("Row below")) == 5
    assert change("Column after")[0] == ["#A", "#B", "#", "#"]
    assert change("Column before")[0] == ["#A", "#", "#B", "#", "#"]
    assert change("First column is a heading")[1] == ["#", "", "", "", ""]
    assert change("First row is a heading")[0] == ["#A", "", "B", "", ""]
    assert change("Delete column")[0] == ["#A", "", "", ""]
    assert change("Delete row")[0] == ["#", "", "", ""]
    anna.page.select_option("[aria-label='Change the table']", label="Delete table")
    assert html(anna) == "<p>Before.</p>"
    assert anna.page.locator("[aria-label='Change the table']").is_hidden()
    anna.press("Control+z")
    anna.room.until(lambda: len(table(anna)) == 4, "the table is back")


@pytest.mark.parametrize("clipboard", [(CELLS, "Port\tShips\nKiel\t12"), ("", "Port\tShips\r\nKiel\t12\r\n")])
def test_cells_of_a_spreadsheet_are_a_table_and_what_is_typed_next_is_in_it(
    anna: Writer, clipboard: tuple[str, str]
) -> None:
    fresh(anna, "Before.", "After.").at(1).press("Enter").paste(*clipboard).type(" or so")
    assert table(anna) == [["Port", "Ships"], ["Kiel", "12 or so"]]
    assert html(anna).startswith("<p>Before.</p>")
    assert html(anna).endswith("<p>After.</p>")


def test_cells_pasted_into_a_table_are_headings_where_its_own_are(anna: Writer) -> None:
    fresh(anna).at(1).type("/table").press("Enter").paste(CELLS)
    assert table(anna) == [["#Port", "#Ships", "#"], ["Kiel", "12", ""], ["", "", ""]]


# --- pull quotes


def quoted(anna: Writer) -> Writer:
    return fresh(anna, "Before.", "After.").at(1).press("Enter").type("/pull").press("Enter").type("Big words")


QUOTE = '<figure class="pullquote"><blockquote><p>Big words</p></blockquote></figure>'


def test_a_pull_quote_says_who_said_it_and_enter_leads_on(anna: Writer) -> None:
    quoted(anna).press("Tab").type("Ina Voss").press("Enter").type("And so on. ")
    assert html(anna) == f"<p>Before.</p>{QUOTE}<p>And so on. After.</p>".replace(
        "</blockquote>", "</blockquote><figcaption>Ina Voss</figcaption>"
    )


def test_tab_leaves_the_text_and_is_caught_by_no_field_in_it(anna: Writer) -> None:
    quoted(anna).press("ArrowUp").press("Tab")
    assert not anna.page.evaluate("document.querySelector('.ProseMirror').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("keys", "becomes"),
    [
        (["Enter", "X"], f"<p>Before.</p>{QUOTE}<p>X</p><p>After.</p>"),
        (["Home", "Enter", "ArrowUp", "X"], f"<p>Before.</p><p>X</p>{QUOTE}<p>After.</p>"),
        (["ArrowLeft"] * 6 + ["Enter"], f"<p>Before.</p>{QUOTE}<p>After.</p>".replace("Big words", "Big<br> words")),
        (["Home", "Backspace"], "<p>Before.</p><p>Big words</p><p>After.</p>"),
        (["Delete", "X"], f"<p>Before.</p>{QUOTE}<p>After.</p>".replace("words", "wordsX")),
    ],
    ids=["enter at its end", "enter at its start", "enter within", "backspace at its start", "delete at its end"],
)
def test_keys_at_the_edges_of_a_pull_quote(anna: Writer, keys: list[str], becomes: str) -> None:
    quoted(anna).press(*keys)
    anna.room.until(lambda: html(anna) == becomes, f"{html(anna)}")


def test_deleting_beside_a_pull_quote_never_mixes_it_with_the_story(anna: Writer) -> None:
    quoted(anna).at(3, end=False).press("Backspace")
    anna.page.wait_for_selector(".pullquote.ProseMirror-selectednode")
    anna.at(1).press("Delete")
    assert html(anna) == f"<p>Before.</p>{QUOTE}<p>After.</p>"
    anna.at(3, end=False).press("Backspace", "Backspace")
    anna.room.until(lambda: html(anna) == "<p>Before.</p><p>After.</p>", "the second time it is deleted")
    anna.press("Control+z")
    anna.room.until(lambda: QUOTE in html(anna), "and is back")


# --- quotation marks

MARKS = {
    "en": "“Ja”, it’s ‘so’ – “", "de": "„Ja“, it’s ‚so‘ – „", "fr": "«\u202fJa\u202f», it’s ‘so’ – «\u202f",
    "es": "«Ja», it’s “so” – «", "de-CH": "«Ja», it’s ‹so› – «", "sv": "”Ja”, it’s ’so’ – ”",
}  # fmt: skip


@pytest.mark.parametrize("language", MARKS)
def test_quotation_marks_are_the_languages_and_backspace_gives_the_plain_one(anna: Writer, language: str) -> None:
    fresh(anna, language=language).at(1).type("\"Ja\", it's 'so' -- \"").saved()
    assert anna.room.text(anna.id) == MARKS[language]
    anna.press("Backspace").type("x").saved()
    assert anna.room.text(anna.id).endswith(' – "x')
    headline = anna.page.locator("[data-field=headline]")
    headline.fill("")
    headline.press_sequentially("\"Ja\", it's 'so'")
    assert anna.field("headline") == MARKS[language].partition(" – ")[0]
    headline.press_sequentially(' "')
    headline.press("Backspace")
    assert anna.field("headline").endswith(' "')


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("'90s and the '10s", "’90s and the ’10s"), ('("so")', "(“so”)"), ('""', "“”"),
        ("\"'So', she said\"", "“‘So’, she said”"),
    ],
)  # fmt: skip
def test_where_a_mark_stands_says_what_it_is(anna: Writer, typed: str, becomes: str) -> None:
    fresh(anna).at(1).type(typed).saved()
    assert anna.room.text(anna.id) == becomes


def test_an_apostrophe_within_a_quote_within_a_quote_does_not_end_it(anna: Writer) -> None:
    fresh(anna, language="de").at(1).type("\"Er rief: 'Geht's gut?'\"").saved()
    assert anna.room.text(anna.id) == "„Er rief: ‚Geht’s gut?‘“"


# --- find, links, the menu, pictures


def test_replacing_all_is_undone_at_once_and_alone(anna: Writer) -> None:
    fresh(anna, "The ferry, the Ferry.", "A ferry.", "Nothing.").at(3).type(" Typed before.").press("Control+f")
    anna.type("ferry")
    anna.page.fill("[aria-label='Replace by']", "tram")
    anna.page.click("text=Replace all")
    anna.sees("3 places replaced")
    assert html(anna) == "<p>The tram, the tram.</p><p>A tram.</p><p>Nothing. Typed before.</p>"
    anna.press("Escape", "Control+z")
    wanted = "<p>The ferry, the Ferry.</p><p>A ferry.</p><p>Nothing. Typed before.</p>"
    anna.room.until(lambda: html(anna) == wanted, "all of it is undone, and nothing else")


def test_a_link_is_set_changed_and_taken_away(anna: Writer) -> None:
    fresh(anna, "See here").at(1).press("Control+Shift+ArrowLeft", "Control+k").type("example.org/x").press("Enter")
    anna.type(" and there")
    assert html(anna) == '<p>See <a href="https://example.org/x" rel="external noopener">here</a> and there</p>'
    anna.press("Home", *["ArrowRight"] * 6, "Control+k")
    assert anna.page.input_value("#link-address") == "https://example.org/x"
    anna.sees("On “here”")
    anna.page.fill("#link-address", "https://example.org/y")
    anna.press("Enter")
    assert html(anna) == '<p>See <a href="https://example.org/y" rel="external noopener">here</a> and there</p>'
    anna.press("ArrowLeft", "Control+k")
    anna.page.click("text=Remove the link")
    assert html(anna) == "<p>See here and there</p>"


def test_an_address_pasted_on_words_is_their_link(anna: Writer) -> None:
    fresh(anna, "See here").at(1).press("Control+Shift+ArrowLeft").paste(text="https://example.org/z")
    assert html(anna) == '<p>See <a href="https://example.org/z" rel="external noopener">here</a></p>'


def test_a_story_of_ours_is_found_by_keyboard_and_stands_there_by_its_headline(anna: Writer) -> None:
    room = anna.room
    for headline in ("The harbour is deep", "The ferry is late again"):
        other = room.story("Body.", headline=headline)
        room.do(a.Submit(other), who="anna")
        room.do(a.Approve(other, room.article(other).version), a.Publish(other), who="chief")
    fresh(anna, "See:").at(1).type(" ").press("Control+k").type("ferry")
    anna.page.wait_for_function("() => document.querySelectorAll('.found button').length === 1")
    anna.press("ArrowDown")
    assert anna.page.evaluate("document.activeElement.innerText").startswith("The ferry is late again")
    anna.press("ArrowUp", "ArrowDown", "Enter")
    path = room.article(other).issues[0].path
    room.until(lambda: f'<a href="{path}">The ferry is late again</a>' in html(anna), "it is linked")


def test_the_menu_is_searched_walked_through_and_left_by_keyboard(anna: Writer) -> None:
    fresh(anna, "Words.").at(1).type(" /hea")
    menu = anna.page.get_by_role("listbox", name="Insert")
    assert menu.get_by_role("option").all_inner_texts() == ["Heading", "Small heading"]
    anna.press("ArrowDown", "ArrowDown", "ArrowUp", "Enter").type("x")
    assert html(anna) == '<h3 id="h-words-x">Words. x</h3>'
    anna.press("Enter").type("/quo").press("Escape").type(" 1/2, /zzz").saved()
    assert not menu.is_visible()
    assert anna.room.text(anna.id).endswith("/quo 1/2, /zzz")
    anna.press("Enter").type("/div").press("Tab").type("below")
    assert html(anna).endswith("<hr><p>below</p>")


def test_a_picture_is_dragged_to_another_place_with_its_words(anna: Writer) -> None:
    room, image = anna.room, anna.room.picture(photo(), caption="The quay", alt="A quay")
    fresh(anna)
    said = [Paragraph(content=(Text(f"{word}."),)) for word in ("One", "Two", "Three")]
    figure = Figure(attrs=FigureAttrs(image=image, caption="Own words"))
    room.do(a.ReplaceBody(anna.id, Doc(content=(said[0], figure, *said[1:]))))
    anna.open()
    anna.page.wait_for_function("() => document.querySelector('.ProseMirror figure img')?.complete")
    places = [anna.page.locator(f".ProseMirror {one}").last for one in ("figure img", "> p")]
    places[1].scroll_into_view_if_needed()
    picture, last = (place.bounding_box() for place in places)
    assert picture
    assert last
    mouse = anna.page.mouse
    mouse.move(picture["x"] + 100, picture["y"] + picture["height"] - 20)
    mouse.down()
    mouse.move(picture["x"] + 120, picture["y"] + picture["height"] - 10, steps=3)
    mouse.move(last["x"] + 60, last["y"] + last["height"] - 3, steps=8)
    anna.page.wait_for_selector(".drop-cursor", state="attached")
    mouse.up()
    room.until(lambda: html(anna) == "<p>One.</p><p>Two.</p><p>Three.</p>FIGURE", f"it is there: {html(anna)}")
    (moved,) = document.all_figures(room.article(anna.id).content.body.doc)
    assert (moved.attrs.image, moved.attrs.caption) == (image, "Own words")
    anna.press("Control+z")
    room.until(lambda: html(anna) == "<p>One.</p>FIGURE<p>Two.</p><p>Three.</p>", "and back")
    assert anna.faults == []
