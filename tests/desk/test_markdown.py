"""The body in a plain text field: what nobody touched stays as it was, to the last attribute."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from cms.desk.stories.markdown import from_text, pieces, to_markdown
from events import document
from events.document import Doc
from events.document.schema import (
    Block,
    BlockAttrs,
    Blockquote,
    Bold,
    BulletList,
    Code,
    CodeBlock,
    CodeBlockAttrs,
    Embed,
    EmbedAttrs,
    Figure,
    FigureAttrs,
    HardBreak,
    Heading,
    HeadingAttrs,
    HorizontalRule,
    Italic,
    Link,
    LinkAttrs,
    ListItem,
    Note,
    NoteAttrs,
    OrderedList,
    OrderedListAttrs,
    Paragraph,
    PlainText,
    Pullquote,
    PullquoteAttrs,
    Superscript,
    Text,
)

PHOTO = "01936f00-0000-7000-8000-000000000001"


def p(*words: str, id: str | None = None) -> Paragraph:
    return Paragraph(attrs=BlockAttrs(id=id), content=tuple(Text(text) for text in words))


def item(*words: str) -> ListItem:
    return ListItem(content=tuple(p(text) for text in words))


def drawn(*blocks: Block) -> str:
    """All that matters of blocks but their ids."""
    if not blocks:
        return ""
    return document.to_html(Doc(content=blocks), lambda figure: Markup(repr(figure.attrs)), notes=True)


DEEP = BulletList(content=(item("deep"),))
EVERYTHING: tuple[Block, ...] = (
    p("The bridge is closed.", id="b1"),
    Heading(attrs=HeadingAttrs(level=2), content=(Text("What happened"),)),
    Heading(attrs=HeadingAttrs(level=3), content=(Text("And then #2"),)),
    Paragraph(
        content=(
            Text("It was "),
            Text("very", (Bold(), Italic())),
            Text(" loud, says "),
            Text("the council", (Link(LinkAttrs("https://example.org/a_b?c=1&d=2")),)),
            HardBreak(),
            Text("E = mc"),
            Text("2", (Superscript(),)),
            Text(" in "),
            Text("a*b", (Code(),)),
        )
    ),
    p("1. not a list, *not* bold, <b>not</b> either & [no](link) _here_"),
    Paragraph(
        content=(
            Text("It fell "),
            Text("when, and ", (Note(NoteAttrs("anna")),)),
            Text("who", (Note(NoteAttrs("anna")), Bold())),
            HardBreak((Note(NoteAttrs("anna")),)),
            Text("says so?", (Note(NoteAttrs("anna")),)),
            Text(" at noon, by 5%% or 6%% it is said."),
        )
    ),
    p("# no heading"),
    p("- no item"),
    BulletList(content=(item("one"), item("two", "with more"), ListItem(content=(p("three"), DEEP)))),
    OrderedList(attrs=OrderedListAttrs(start=7), content=(item("seven"), item("eight"))),
    Blockquote(content=(p("Quoted"), p("twice"))),
    Pullquote(attrs=PullquoteAttrs(cite="Ina Voss"), content=(Text("We "), Text("never", (Italic(),)), Text(" knew"))),
    Pullquote(content=(Text("Nobody said it"),)),
    Figure(attrs=FigureAttrs(image=PHOTO)),
    Figure(attrs=FigureAttrs(image=PHOTO, caption="Ours <here>", alt="Other", credit="Us", size="wide")),
    Embed(attrs=EmbedAttrs(provider="youtube", url="https://www.youtube.com/watch?v=1&t=2")),
    CodeBlock(attrs=CodeBlockAttrs(language="python"), content=(PlainText("a = 1\n\nb = 2"),)),
    HorizontalRule(),
    p(),
    p("The end."),
)
DOC = Doc(content=EVERYTHING)


def test_a_text_that_nobody_touched_is_the_same_body() -> None:
    assert from_text(to_markdown(DOC), DOC) is DOC
    assert from_text(to_markdown(DOC).replace("\n", "\r\n") + "\r\n", DOC) is DOC
    assert document.replacing(DOC, from_text(to_markdown(DOC), DOC)) == []


def test_a_changed_paragraph_changes_nothing_else() -> None:
    text = to_markdown(DOC).replace("The end.", "The very end.")
    after = from_text(text, DOC)
    assert after.content[:-1] == EVERYTHING[:-2]
    assert after.content[-1] == p("The very end.")
    text = to_markdown(DOC).replace("The bridge is closed.", "The bridge is open.")
    assert from_text(text, DOC).content[1:] == tuple(block for block in EVERYTHING[1:] if block != p())


@pytest.mark.parametrize("place", range(len(EVERYTHING)), ids=lambda n: f"{n}-{type(EVERYTHING[n]).__name__}")
def test_each_block_is_read_back_as_it_was_even_if_all_around_it_is_new(place: int) -> None:
    block = EVERYTHING[place]
    text = to_markdown(Doc(content=(block,)))
    read = from_text(f"New\n\n{text}\n\nNew", Doc(content=(p("Old"), block))).content
    assert drawn(*read[1:-1]) == drawn(block)


def test_plain_words_look_plain() -> None:
    words = "“It’s 4-1,” she said (quietly) – then left; 50% of us & co. did not: £5.50 a go."
    assert to_markdown(Doc(content=(p(words),))) == words


def test_an_item_added_to_a_list_is_in_that_list() -> None:
    doc = Doc(content=(p("Before"), BulletList(content=(item("one"),)), p("After")))
    after = from_text(to_markdown(doc).replace("- one", "- one\n- two"), doc)
    assert after == Doc(content=(p("Before"), BulletList(content=(item("one"), item("two"))), p("After")))


def test_a_picture_is_placed_by_its_id() -> None:
    after = from_text(f"One.\n\n![](image:{PHOTO})\n\nTwo.", document.EMPTY)
    assert document.images(after) == (PHOTO,)


@pytest.mark.parametrize("caption", [None, "Ours [1]"])
@pytest.mark.parametrize("alt", ["A [red] bridge & *two* boats", "  spaced  ", None, ""])
def test_a_picture_shows_its_own_alt_text_and_takes_what_is_written_there(alt: str | None, caption: str | None) -> None:
    figure = Figure(attrs=FigureAttrs(image=PHOTO, alt=alt, caption=caption, credit="Us"))
    doc = Doc(content=(p("One"), figure))
    text = to_markdown(doc)
    assert 'alt=""' not in text and (not alt or "bridge" not in alt or "two" in text)
    assert from_text(text + "\n\nTwo", doc).content[1] == figure
    moved = from_text(text.replace("One\n\n", "") + "\n\nOne", doc)
    (found,) = document.all_figures(moved)
    assert (found.attrs.alt or None) == (alt.strip() if alt and alt.strip() else None)
    assert (found.attrs.caption, found.attrs.credit) == (caption, "Us")
    written = from_text(f"![New words](image:{PHOTO})", doc)
    assert [(one.attrs.alt, one.attrs.credit) for one in document.all_figures(written)] == [("New words", "Us")]


def test_everything_can_be_deleted() -> None:
    assert from_text("  \n", DOC) == document.EMPTY


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60)


@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(0, 5), WORDS)
def test_whatever_the_words_are_an_edit_leaves_the_others_alone(lines: list[str], place: int, new: str) -> None:
    doc = document.from_paragraphs(lines)
    text = to_markdown(doc)
    assert from_text(text, doc) in (doc, document.EMPTY)
    written = pieces(doc)
    read = from_text("\n\n".join(["Changed", *[piece for piece in written if piece]]), doc)
    assert read.content[1:] == tuple(block for block, piece in zip(doc.content, written, strict=True) if piece)
    from_text(text[:place] + new + text[place:], doc)


def test_a_note_to_the_desk_is_written_between_percent_signs() -> None:
    before = Doc(content=(p("The bridge is closed."),))
    text = "The bridge is closed. %%check **this** with legal%%\n\nThe ferry runs at 5% of its speed, or 6%."
    after = from_text(text, before)
    assert document.notes(after) == (("check this with legal", None),)
    assert document.to_text(after) == "The bridge is closed.\nThe ferry runs at 5% of its speed, or 6%."
    assert to_markdown(after) == text


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/a%%20b%%20c and go.",
        "See https://example.org/?q=50%%off and https://example.org/?q=%%x%% too.",
        "See www.example.org/%%a%%, [here](https://example.org/%%a%%b) or <https://example.org/%%a%%>.",
    ],
)
def test_percent_signs_in_a_web_address_are_its_own(text: str) -> None:
    after = from_text(text, document.EMPTY)
    assert document.notes(after) == ()
    assert from_text(to_markdown(after) + "\n\nMore.", document.EMPTY).content[0] == after.content[0]


def test_a_note_may_hold_a_web_address() -> None:
    after = from_text("Words. %%see https://example.org/a, or www.example.org%% More.", document.EMPTY)
    assert document.notes(after) == (("see https://example.org/a, or www.example.org", None),)


def test_percent_signs_in_code_stay_percent_signs() -> None:
    code = from_text("```\n%%sql%%\n```", document.EMPTY)
    assert document.to_text(code) == "%%sql%%"
