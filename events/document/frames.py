"""Containers while they are being read: lists, quotes, tables, figures and what stands in them."""

from __future__ import annotations

import re
from typing import cast

from msgspec.structs import replace
from selectolax.lexbor import LexborNode

from .codec import joined
from .schema import (
    Block,
    Blockquote,
    BulletList,
    CellAttrs,
    Figure,
    HardBreak,
    Inline,
    Link,
    ListItem,
    Node,
    OrderedList,
    OrderedListAttrs,
    Paragraph,
    Table,
    TableCell,
    TableHeader,
    TableRow,
    Text,
)


class Frame:
    """A container that is open, with the blocks it has so far."""

    def __init__(self, tag: str, start: int = 1, spans: tuple[int, int] = (1, 1)) -> None:
        self.tag = tag
        self.start = start
        self.spans = spans
        self.children: list[Node] = []
        self.before: list[Node] = []  # what HTML lets stand in a table outside its cells


def _number(text: str | None, low: int, high: int) -> int:
    if text and re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII):
        return min(max(int(text), low), high)
    return max(low, 1)


def opened(tag: str, node: LexborNode) -> Frame:
    attributes = node.attributes
    if tag == "ol":
        return Frame(tag, start=_number(attributes.get("start"), 0, 999_999_999))
    if tag in ("td", "th"):
        columns, rows = _number(attributes.get("colspan"), 1, 100), _number(attributes.get("rowspan"), 1, 1000)
        return Frame(tag, spans=(columns, rows))
    return Frame(tag)


def closed(frame: Frame) -> Node | None:
    """The node of a container that has ended; None for one with nothing in it, except for cells and items."""
    content = frame.children
    blocks = cast(tuple[Block, ...], tuple(content))
    match frame.tag:
        case "li":
            return item(content)
        case "td" | "th":
            kind = TableHeader if frame.tag == "th" else TableCell
            attrs = CellAttrs(colspan=frame.spans[0], rowspan=frame.spans[1])
            return kind(attrs=attrs, content=blocks or (Paragraph(),))
        case _ if not content:
            return None
        case "ol":
            attrs_of_list = OrderedListAttrs(start=frame.start)
            return OrderedList(attrs=attrs_of_list, content=cast(tuple[ListItem, ...], blocks))
        case "ul":
            return BulletList(content=cast(tuple[ListItem, ...], blocks))
        case "blockquote":
            return Blockquote(content=blocks)
        case "tr":
            return TableRow(content=cast(tuple[TableCell | TableHeader, ...], blocks))
        case _:
            return Table(content=cast(tuple[TableRow, ...], blocks))


def item(content: list[Node]) -> ListItem:
    if not content or not isinstance(content[0], Paragraph):
        content = [Paragraph(), *content]
    return ListItem(content=cast(tuple[Block, ...], tuple(content)))


def captioned(blocks: list[Node], caption: list[Node]) -> list[Node]:
    """The blocks of a <figure>; its caption is the last picture's if it is plain words, else paragraphs after it."""
    last = blocks[-1] if blocks else None
    if isinstance(last, Figure) and len(caption) == 1 and isinstance(caption[0], Paragraph):
        words = _plain_words(caption[0].content)
        if words is not None and len(words) <= 5000:
            return [*blocks[:-1], Figure(attrs=replace(last.attrs, caption=words))]
    return [*blocks, *caption]


def _plain_words(content: tuple[Inline, ...]) -> str | None:
    """The words, or None if they hold a link or a line break that plain words would lose."""
    for node in content:
        if isinstance(node, HardBreak) or any(isinstance(mark, Link) for mark in node.marks):
            return None
    return "".join(node.text for node in content if isinstance(node, Text))


def trimmed(inline: list[Inline]) -> tuple[Inline, ...]:
    """The line without spaces around its breaks and ends, and without breaks at its ends; () if nothing is seen."""
    lines: list[list[Inline]] = [[]]
    for node in joined(inline):
        if isinstance(node, HardBreak):
            _strip_end(lines[-1])
            lines.append([node])
        else:
            lines[-1].append(node)
    _strip_end(lines[-1])
    content = [node for line in lines for node in line]
    while content and isinstance(content[-1], HardBreak):
        content.pop()
    first = next((i for i, node in enumerate(content) if isinstance(node, Text)), 0)
    if not any(isinstance(node, Text) and node.text.strip() for node in content):
        return ()
    return tuple(content[first:])


def _strip_end(line: list[Inline]) -> None:
    if line and isinstance(last := line[-1], Text):
        text = last.text.removesuffix(" ")
        line[-1:] = [Text(text, last.marks)] if text else []
