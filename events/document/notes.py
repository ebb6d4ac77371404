"""Notes to the desk: words in the body that no reader gets.

What is published is `for_readers(doc)`, and everything that reads, counts or draws a body for readers begins with it
too, so that a note which came into a publication in some other way would still not be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple, TypeVar, cast

from msgspec.structs import replace

from .codec import checked, joined
from .schema import (
    EMPTY,
    TEXTBLOCKS,
    Block,
    Blockquote,
    BulletList,
    Doc,
    HardBreak,
    Inline,
    ListItem,
    Node,
    Note,
    OrderedList,
    Paragraph,
    PlainText,
    Text,
)

_N = TypeVar("_N", bound=Node)
_EMPTIED: Final = (Blockquote, BulletList, OrderedList)
"""Blocks that are nothing without what stands in them. A table keeps its cells."""


class Noted(NamedTuple):
    """A note. by: the account of who left it."""

    text: str
    by: str | None


def note_of(node: Inline) -> Note | None:
    """The note that these words belong to."""
    return next((mark for mark in node.marks if type(mark) is Note), None)


def without_note(node: Inline) -> Inline:
    """The same words as words for readers."""
    return replace(node, marks=tuple(mark for mark in node.marks if type(mark) is not Note))


def notes(doc: Doc) -> tuple[Noted, ...]:
    """The notes of a body, in order."""
    return tuple(_notes(doc.content))


def for_readers(doc: Doc) -> Doc:
    """The document without its notes, and without what is empty for want of them; the same object if it has none."""
    content = _blocks(doc.content)
    if content is doc.content:
        return doc
    return Doc(content=content) if content else EMPTY


def noting(doc: Doc, start: str, end: str, sign: str) -> Doc:
    """The document with a note made of what stands between these two characters; in code they are ``sign``."""
    return checked(Doc(content=_noting(doc.content, start, end, sign)))


def _noting(nodes: tuple[_N, ...], start: str, end: str, sign: str) -> tuple[_N, ...]:
    made: list[_N] = []
    for node in nodes:
        content: tuple[Node, ...] = getattr(node, "content", ())
        if type(node) in TEXTBLOCKS:
            inline = tuple(_noted(cast(tuple[Inline, ...], content), start, end))
            made.append(replace(node, content=inline))
        elif isinstance(node, PlainText):
            made.append(replace(node, text=re.sub(f"[{start}{end}]", sign, node.text)))
        else:
            made.append(replace(node, content=_noting(content, start, end, sign)) if content else node)
    return tuple(made)


def _noted(content: tuple[Inline, ...], start: str, end: str) -> Iterator[Inline]:
    within = False
    for node in content:
        if not isinstance(node, Text):
            yield HardBreak((Note(), *node.marks)) if within else node
            continue
        for part in re.split(f"([{start}{end}])", node.text):
            if part in (start, end):
                within = part == start
            elif part:
                yield Text(part, (Note(), *node.marks) if within else node.marks)


def _notes(nodes: Iterable[Node]) -> Iterator[Noted]:
    for node in nodes:
        content: tuple[Node, ...] = getattr(node, "content", ())
        if type(node) not in TEXTBLOCKS:
            yield from _notes(content)
            continue
        for note, run in groupby(cast(tuple[Inline, ...], content), key=note_of):
            if note is not None:
                yield Noted("".join(one.text if type(one) is Text else "\n" for one in run), note.attrs.by)


def _blocks(blocks: tuple[_N, ...]) -> tuple[_N, ...]:
    kept: list[_N] = []
    changed = False
    for block in blocks:
        left = _block(block)
        changed = changed or left is not block
        if left is not None:
            kept.append(left)
    return tuple(kept) if changed else blocks


def _block(block: _N) -> _N | None:
    """What is left of a block; None where that is nothing."""
    content: tuple[Node, ...] = getattr(block, "content", ())
    if type(block) in TEXTBLOCKS:
        inline = cast(tuple[Inline, ...], content)
        if not any(map(note_of, inline)):
            return block
        left = _inline(inline)
        return replace(block, content=left) if left else None
    inner = _blocks(content)
    if inner is content:
        return block
    if isinstance(block, ListItem):
        return _item(block, cast(tuple[Block, ...], inner))
    if isinstance(block, _EMPTIED) and not inner:
        return None
    return replace(block, content=inner or (Paragraph(),))


def _item(item: _N, left: tuple[Block, ...]) -> _N | None:
    if not left:
        return None
    first = left[0]
    return replace(item, content=left if isinstance(first, Paragraph) else (Paragraph(), *left))


def _inline(content: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """The words around the notes, with one space where a note between two has left both; () where nothing is seen."""
    kept: list[Inline] = []
    seam = False
    for node in content:
        if note_of(node):
            seam = True
            continue
        if seam and isinstance(node, Text) and node.text.startswith(" ") and _ends_in_space(kept):
            kept += [Text(node.text[1:], node.marks)] if len(node.text) > 1 else []
        else:
            kept.append(node)
        seam = False
    if seam:
        while kept and isinstance(kept[-1], HardBreak):
            kept.pop()
        if kept and isinstance(last := kept[-1], Text) and last.text.endswith(" "):
            kept[-1:] = [Text(last.text[:-1], last.marks)] if len(last.text) > 1 else []
    return joined(kept) if any(isinstance(node, Text) and node.text.strip() for node in kept) else ()


def _ends_in_space(kept: list[Inline]) -> bool:
    """Whether what stands before is a space, a line's break, or nothing."""
    return not kept or not isinstance(last := kept[-1], Text) or last.text.endswith(" ")
