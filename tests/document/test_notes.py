"""Notes to the desk: whatever is written around them, no reader gets a word of them, and loses none for them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from events.document import (
    EMPTY,
    Doc,
    apply,
    decode,
    digest,
    encode,
    for_readers,
    from_paragraphs,
    links,
    notes,
    to_html,
    to_text,
    words,
)

from .documents import JSON, documents, st

NOTED: JSON = {"type": "note", "attrs": {"by": "anna"}}
SECRET = "zzsecretzz"
TEXTBLOCKS = ("paragraph", "heading", "pullquote")


def noted(text: str, *marks: JSON) -> JSON:
    return {"type": "text", "text": text, "marks": [NOTED, *marks]}


def plain(text: str) -> JSON:
    return {"type": "text", "text": text}


def paragraph(*content: JSON) -> JSON:
    return {"type": "paragraph", "content": list(content)}


def read(*blocks: JSON) -> Doc:
    return decode({"type": "doc", "content": list(blocks)})


def textblocks(value: Any) -> list[JSON]:
    """Every block of text in a document's JSON."""
    if isinstance(value, list):
        return [found for one in value for found in textblocks(one)]
    if not isinstance(value, dict):
        return []
    return [value] if value["type"] in TEXTBLOCKS else textblocks(value.get("content", []))


@given(documents, st.data())
def test_notes_put_anywhere_change_nothing_for_readers(doc: Doc, data: st.DataObject) -> None:
    """Into every text, between any two characters, and as blocks of their own."""
    doc = for_readers(doc)
    raw = json.loads(encode(doc))
    blocks = textblocks(raw)
    for block in data.draw(st.lists(st.sampled_from(blocks), max_size=4)) if blocks else []:
        content = block.setdefault("content", [])
        if not (written := [node for node in content if node.get("text", " ").strip()]):
            continue
        node = data.draw(st.sampled_from(written))
        at, inside = content.index(node), data.draw(st.integers(0, len(node["text"])))
        halves = [{**node, "text": part} if part else None for part in (node["text"][:inside], node["text"][inside:])]
        content[at : at + 1] = [half for half in (halves[0], noted(SECRET), halves[1]) if half]
    for place in data.draw(st.lists(st.integers(0, len(raw["content"])), max_size=2)):
        raw["content"].insert(place, paragraph(noted(SECRET), {"type": "hardBreak", "marks": [NOTED]}, noted("more")))
    after = decode(raw)
    assert to_html(after).split() == to_html(doc).split()  # a space beside a note may have stood at an end
    assert SECRET not in encode(for_readers(after)).decode()
    assert words(after) == words(doc)
    assert links(after) == links(doc)


@given(documents)
def test_what_readers_get_has_no_note_whatever_the_document(doc: Doc) -> None:
    clean = for_readers(doc)
    assert decode(encode(clean)) == clean
    assert notes(clean) == ()
    assert b'"note"' not in encode(clean)
    assert for_readers(clean) is clean
    assert (clean is doc) == (notes(doc) == ())
    assert to_html(clean) == to_html(doc)
    assert to_text(clean) == to_text(doc)


@given(documents)
def test_the_desk_s_own_pages_show_every_note(doc: Doc) -> None:
    shown = to_html(doc, notes=True)
    assert shown.count('<mark class="note">') >= len(notes(doc))
    assert "<mark" not in to_html(doc)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((plain("It fell "), noted("when?"), plain(" at noon.")), "It fell at noon."),
        ((plain("It fell."), noted(" check with legal")), "It fell."),
        ((plain("It fell. "), noted("check with legal")), "It fell."),
        ((noted("Who says?"), plain(" It fell.")), "It fell."),
        ((plain("It fell"), noted("sic"), plain("!")), "It fell!"),
        ((plain("One"), {"type": "hardBreak"}, noted("two?")), "One"),
    ],
)
def test_the_words_close_up_where_a_note_stood(before: tuple[JSON, ...], after: str) -> None:
    assert for_readers(read(paragraph(*before))) == from_paragraphs([after])


def test_what_held_nothing_but_notes_goes_with_them() -> None:
    only, kept = paragraph(noted("ask Ben")), paragraph(plain("Kept"))
    item = {"type": "listItem", "content": [only]}
    figure = {"type": "figure", "attrs": {"image": "one"}}
    cell = {"type": "tableCell", "content": [only]}
    doc = read(
        {"type": "heading", "content": [noted("title?")]}, only, {"type": "blockquote", "content": [only]},
        {"type": "bulletList", "content": [item]},
        {"type": "bulletList", "content": [item, {"type": "listItem", "content": [kept]}]},
        {"type": "orderedList", "content": [{"type": "listItem", "content": [only, figure]}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [cell]}]},
    )  # fmt: skip
    assert for_readers(doc) == read(
        {"type": "bulletList", "content": [{"type": "listItem", "content": [kept]}]},
        {"type": "orderedList", "content": [{"type": "listItem", "content": [{"type": "paragraph"}, figure]}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [{**cell, "content": [{"type": "paragraph"}]}]}]},
    )  # fmt: skip
    assert len(notes(doc)) == 7


def test_a_body_of_notes_alone_is_empty_for_readers() -> None:
    assert for_readers(read(paragraph(noted("to come")))) == EMPTY


def test_a_note_that_runs_over_marks_and_lines_is_one() -> None:
    one = noted("ask "), noted("Ben", {"type": "bold"}), {"type": "hardBreak", "marks": [NOTED]}, noted("today")
    other = {"type": "text", "text": "and Cleo", "marks": [{"type": "note"}]}
    assert notes(read(paragraph(*one, other))) == (("ask Ben\ntoday", "anna"), ("and Cleo", None))


def test_documents_and_edits_of_the_first_schema_mean_what_they_meant() -> None:
    """What a log holds from before there were notes, and what was made of it then."""
    kept = json.loads((Path(__file__).parents[1] / "samples" / "documents" / "1.json").read_text())
    assert "note" not in kept["spec"]["marks"] and len(kept["edits"]) > 50
    for edit in kept["edits"]:
        before = decode(edit["document"], schema=1)
        assert json.loads(encode(before)) == edit["document"]
        after = apply(before, edit["steps"])
        assert (digest(after), words(after), to_html(after)) == (edit["digest"], edit["words"], edit["html"])
