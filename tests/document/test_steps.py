"""Edits arrive as ProseMirror steps and mean what they meant in the browser."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from prosemirror.model import Node, Schema
from prosemirror.transform import Step

from events.document import (
    EMPTY,
    Doc,
    DocumentError,
    apply,
    decode,
    encode,
    from_paragraphs,
    prosemirror_spec,
    replacing,
    to_text,
)
from events.document.steps import size

from .documents import JSON, anything, documents, marks, st

SCHEMA = Schema(prosemirror_spec())


def by_the_port(doc: Doc, steps: list[JSON]) -> Doc | None:
    """What ProseMirror makes of it on the whole document, checked by our schema; None where it refuses."""
    try:
        node = Node.from_json(SCHEMA, json.loads(encode(doc)))
        for step in steps:
            result = Step.from_json(SCHEMA, step).apply(node)
            if result.doc is None:
                return None
            node = result.doc
        return decode(json.loads(json.dumps(node.to_json())))
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, AssertionError):
        return None


def ours(doc: Doc, steps: list[JSON]) -> Doc | None:
    try:
        return apply(doc, steps)
    except DocumentError:
        return None


def length(doc: Doc) -> int:
    return sum(map(size, doc.content))


@given(documents, documents)
def test_replacing_turns_the_old_document_into_the_new_one(old: Doc, new: Doc) -> None:
    steps = json.loads(json.dumps(replacing(old, new)))
    assert apply(old, steps) == new
    assert by_the_port(old, steps) == new
    assert replacing(old, old) == []


@given(documents, documents, st.data())
def test_only_the_blocks_that_differ_are_replaced(doc: Doc, other: Doc, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(doc.content) - 1))
    new = Doc(content=(*doc.content[:at], other.content[0], *doc.content[at + 1 :]))
    steps = replacing(doc, new)
    assert sum(len(step.get("slice", {}).get("content", [])) for step in steps) <= 1
    assert apply(doc, steps) == new


@given(documents, documents, st.data())
def test_whole_blocks_are_replaced_as_prosemirror_replaces_them(doc: Doc, other: Doc, data: st.DataObject) -> None:
    edges = [0]
    for block in doc.content:
        edges.append(edges[-1] + size(block))
    start, end = sorted((data.draw(st.sampled_from(edges)), data.draw(st.sampled_from(edges))))
    kept = data.draw(st.integers(0, len(other.content)))
    step = {"stepType": "replace", "from": start, "to": end}
    if kept:
        step["slice"] = {"content": json.loads(encode(other))["content"][:kept]}
    assert ours(doc, [step]) == by_the_port(doc, [step])


@st.composite
def edits(draw: st.DrawFn, doc: Doc, other: Doc) -> JSON:
    """A step somewhere in the document, with a piece cut out of another one: it may fit or not."""
    end = length(doc)
    low, high = sorted((draw(st.integers(0, end)), draw(st.integers(0, min(end, 40)) | st.integers(0, end))))
    kind = draw(st.sampled_from(["replace", "replace", "replaceAround", "addMark", "removeMark", "attr", "nodeMark"]))
    if kind in ("addMark", "removeMark"):
        return {"stepType": kind, "from": low, "to": high, "mark": draw(marks)}
    if kind == "attr":
        attr = draw(st.sampled_from(["id", "level", "start", "cite", "url"]))
        return {"stepType": kind, "pos": low, "attr": attr, "value": draw(st.sampled_from([None, 2, 3, "a", "<b>"]))}
    if kind == "nodeMark":
        return {"stepType": draw(st.sampled_from(["addNodeMark", "removeNodeMark"])), "pos": low, "mark": draw(marks)}
    cut = sorted((draw(st.integers(0, length(other))), draw(st.integers(0, length(other)))))
    try:
        piece = Node.from_json(SCHEMA, json.loads(encode(other))).slice(*cut).to_json()
    except UnicodeDecodeError:
        piece = None
    step: dict[str, Any] = {"stepType": kind, "from": low, "to": high}
    if kind == "replaceAround":
        gap = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
        step |= {"gapFrom": gap[0], "gapTo": gap[1], "insert": draw(st.integers(0, 3))}
    if piece:
        step["slice"] = piece
    if draw(st.booleans()):
        step["structure"] = True
    return step


@given(documents, documents, st.data())
def test_every_step_does_on_its_blocks_what_prosemirror_does_on_the_whole(
    doc: Doc, other: Doc, data: st.DataObject
) -> None:
    step = data.draw(edits(doc, other))
    assert ours(doc, [step]) == by_the_port(doc, [step])


@given(documents, st.data())
def test_typing_anywhere_in_the_text_works_step_after_step(doc: Doc, data: st.DataObject) -> None:
    steps: list[JSON] = []
    for _ in range(3):
        now = apply(doc, steps)
        at = data.draw(st.integers(0, length(now)))
        step = {"stepType": "replace", "from": at, "to": at, "slice": {"content": [{"type": "text", "text": "é😀"}]}}
        if ours(now, [step]) is not None:
            steps.append(step)
    assert ours(doc, steps) == by_the_port(doc, steps)


def test_positions_count_an_emoji_as_two_as_browsers_do() -> None:
    doc = from_paragraphs(["a😀b", "c"])
    assert [size(block) for block in doc.content] == [6, 3]
    typed = {"stepType": "replace", "from": 4, "to": 4, "slice": {"content": [{"type": "text", "text": "!"}]}}
    assert to_text(apply(doc, [typed])) == "a😀!b\nc"
    gone = {"stepType": "replace", "from": 2, "to": 4}
    assert to_text(apply(doc, [gone])) == "ab\nc"
    below = {"stepType": "replace", "from": 7, "to": 8, "slice": {"content": [{"type": "text", "text": "d"}]}}
    assert to_text(apply(doc, [below])) == "a😀b\nd"


def test_half_an_emoji_is_not_cut_off() -> None:
    with pytest.raises(DocumentError, match="half"):
        apply(from_paragraphs(["a😀b"]), [{"stepType": "replace", "from": 3, "to": 4}])


def test_a_paragraph_is_split_and_joined() -> None:
    halves = {"content": [{"type": "paragraph"}, {"type": "paragraph"}], "openStart": 1, "openEnd": 1}
    split = apply(from_paragraphs(["one two"]), [{"stepType": "replace", "from": 4, "to": 5, "slice": halves}])
    assert split == from_paragraphs(["one", "two"])
    assert apply(split, [{"stepType": "replace", "from": 4, "to": 6}]) == from_paragraphs(["onetwo"])


def test_a_document_is_never_changed_in_place() -> None:
    doc = from_paragraphs(["one", "two"])
    before = encode(doc)
    apply(doc, [{"stepType": "replace", "from": 0, "to": 5}])
    assert encode(doc) == before


def test_the_last_block_is_not_taken_away() -> None:
    with pytest.raises(DocumentError, match="at least one block"):
        apply(EMPTY, [{"stepType": "replace", "from": 0, "to": 2}])


LINK = {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
BAD_BLOCK = {"type": "paragraph", "attrs": {"onclick": "x"}}
HOSTILE: list[JSON] = [
    {},
    {"stepType": "nothing"},
    {"stepType": "docAttr", "attr": "onload", "value": "x"},
    {"stepType": "replace", "from": -1, "to": 2},
    {"stepType": "replace", "from": 2, "to": 1},
    {"stepType": "replace", "from": 0, "to": 10**30},
    {"stepType": "replace", "from": True, "to": 2},
    {"stepType": "replace", "from": "0", "to": 2},
    {"stepType": "replace", "from": 0, "to": 2, "slice": {"content": [], "openStart": 10**9, "openEnd": 10**9}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "a", "marks": [LINK]}]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "a", "x": 1}]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "\x00"}]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "\ud83d"}]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text"}]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": "text"}},
    {"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [BAD_BLOCK]}},
    {"stepType": "replace", "from": 1, "to": 1, "slice": {"content": [BAD_BLOCK] * 2, "openStart": 1, "openEnd": 1}},
    {"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [{"type": "script"}]}},
    {"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [{"type": "doc", "content": []}]}},
    {"stepType": "replaceAround", "from": 0, "to": 5, "gapFrom": 1, "gapTo": 9, "insert": 0},
    {"stepType": "replaceAround", "from": 0, "to": 5, "gapFrom": 1, "gapTo": 4, "insert": 10**12},
    {"stepType": "addMark", "from": 1, "to": 3, "mark": LINK},
    {"stepType": "addMark", "from": 1, "to": 3, "mark": {"type": "blink"}},
    {"stepType": "addNodeMark", "pos": 0, "mark": {"type": "bold"}},
    {"stepType": "attr", "pos": 0, "attr": "onclick", "value": "x"},
    {"stepType": "attr", "pos": 0, "attr": "id", "value": {"a": [1]}},
    {"stepType": "attr", "pos": 99, "attr": "id", "value": "a"},
]  # fmt: skip


@pytest.mark.parametrize("step", HOSTILE)
def test_a_hostile_step_is_refused_by_name_and_nothing_happens(step: JSON) -> None:
    doc = from_paragraphs(["abc"])
    with pytest.raises(DocumentError) as refused:
        apply(doc, [{"stepType": "replace", "from": 1, "to": 2}, step])
    assert refused.value.path.startswith(("steps[1]", "$"))


def test_deep_nesting_in_a_step_is_refused() -> None:
    node: JSON = {"type": "paragraph"}
    for _ in range(5000):
        node = {"type": "blockquote", "content": [node]}
    for opened in (0, 1):
        piece = {"content": [node], "openStart": opened, "openEnd": opened}
        with pytest.raises(DocumentError):
            apply(EMPTY, [{"stepType": "replace", "from": opened, "to": opened, "slice": piece}])


FIELDS = st.sampled_from(
    ["stepType", "from", "to", "pos", "slice", "mark", "attr", "value", "gapFrom", "gapTo", "insert", "structure"]
)
VALUES = anything | st.sampled_from(["replace", "replaceAround", "addMark", "attr", 0, 1, 2])


@given(st.lists(anything | st.dictionaries(FIELDS, VALUES, max_size=9), min_size=1, max_size=3))
@example([{"stepType": "replace", "from": 0, "to": 0, "slice": {"content": [{}]}}])
def test_whatever_comes_as_steps_there_is_a_document_or_a_document_error(steps: Any) -> None:
    result = ours(EMPTY, steps)
    assert result is None or decode(encode(result)) == result
