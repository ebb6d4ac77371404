"""Which blocks of two documents belong together, and which words in them: what ``diffing`` draws.

A document is taken as the row of its smallest blocks (a paragraph, a list's item, a table's cell), so that lists and
tables need no rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from .schema import (
    TEXTBLOCKS,
    Block,
    Blockquote,
    CodeBlock,
    Doc,
    Embed,
    Figure,
    Heading,
    HorizontalRule,
    Marks,
    Node,
    PlainText,
    Pullquote,
    Text,
)

ALIKE: Final = 0.45  # how many of their words two blocks share at least, to be one block that was changed
MOST: Final = 4000  # pairs of blocks that are compared; beyond that they are taken in their order
LONGEST: Final = 4_000_000  # pairs of words in one block; beyond that it is shown as replaced

_WORD: Final = re.compile(
    r"(\s*)("
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|{0}(?:['’-]{0})*|\S)".format(
        "[^\\s!-/:-@\\[-`{-~…–—“”‘’«»„\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
        "\U00020000-\U0003ffff]+"
    )
)
ATOMS: Final = (Figure, Embed, HorizontalRule)


class Word(NamedTuple):
    """A word, or one sign. space: what stands before it. It is compared without its space."""

    space: str
    text: str
    marks: Marks

    @property
    def key(self) -> object:
        return (self.text, self.marks) if self.marks else self.text


class Unit:
    """One of a document's smallest blocks. shape: how it is drawn; place: the top-level block that it stands in."""

    def __init__(self, node: Node, shape: str, place: int) -> None:
        self.node, self.shape, self.place = node, shape, place

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.node)

    @property
    def blank(self) -> bool:
        """Whether there is nothing of it to see."""
        return not self.words and not isinstance(self.node, ATOMS)

    @cached_property
    def bag(self) -> frozenset[str]:
        words = frozenset(word.text for word in self.words)
        return frozenset(text for text in words if text[:1].isalnum()) or words

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What it is besides its words: a table cell's width, a figure's size."""
        attrs = getattr(self.node, "attrs", None)
        told = {} if attrs is None else msgspec.structs.asdict(attrs)
        return {name: told[name] for name in told if name not in ("id", "caption", "alt", "credit", "cite", "url")}

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal where they are the same to look at."""
        node = self.node
        inner: object = getattr(node, "content", ())
        if isinstance(node, ATOMS):
            inner = tuple((name, value) for name, value in msgspec.structs.asdict(node.attrs).items() if name != "id")
        elif isinstance(node, Pullquote):
            inner = (node.attrs.cite, inner)
        return self.shape, inner, tuple(self.settings.items())


Pair: TypeAlias = tuple[Unit | None, Unit | None]
"""A block of the old document and what it is in the new one; None where it came or went."""


# --- blocks


def units(doc: Doc) -> Iterator[Unit]:
    for place, block in enumerate(doc.content):
        yield from _within(block, "", place)


def _within(node: Node, inside: str, place: int) -> Iterator[Unit]:
    if isinstance(node, (*ATOMS, CodeBlock)) or type(node) in TEXTBLOCKS:
        yield Unit(node, _shape(node, inside), place)
        return
    kind = node.__struct_config__.tag
    held: tuple[Block, ...] = getattr(node, "content", ())
    for number, child in enumerate(held):
        where = inside
        if kind == "listItem":
            where = inside if number == 0 else inside.replace("item", "more")
        elif kind in ("bulletList", "orderedList"):
            depth = inside.count("list") + 1
            where = f"{'list ' * depth}item {'number' if kind == 'orderedList' else 'bullet'}"
        elif isinstance(node, Blockquote):
            where = f"{inside} quote".strip()
        elif kind in ("tableHeader", "tableCell"):
            where = f"{inside} cell".strip()
        yield from _within(child, where, place)


def _shape(node: Node, inside: str) -> str:
    kind = str(node.__struct_config__.tag)
    if isinstance(node, Heading):
        kind = f"heading{node.attrs.level}"
    elif isinstance(node, Figure):
        kind = f"figure {node.attrs.image}"
    return f"{inside} {kind}".strip()


def aligned(before: list[Unit], after: list[Unit]) -> Iterator[Pair]:
    keys: dict[tuple[object, ...], int] = {}
    left = [keys.setdefault(unit.key, len(keys)) for unit in before]
    right = [keys.setdefault(unit.key, len(keys)) for unit in after]
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(before[a:b], after[c:d], strict=True)
        else:
            yield from _matched(before[a:b], after[c:d])


def _matched(before: list[Unit], after: list[Unit]) -> Iterator[Pair]:
    """The pairs that are most alike, in order (the longest common subsequence, weighed by likeness)."""
    rows, columns = len(before), len(after)
    pairs = _in_order(before, after)
    if rows and columns and rows * columns <= MOST and not len(pairs) == rows == columns:
        pairs = _most_alike([[_likeness(one, other) for other in after] for one in before])
    a = b = 0
    for one, other in [*pairs, (rows, columns)]:
        yield from ((unit, None) for unit in before[a:one])
        yield from ((None, unit) for unit in after[b:other])
        if one < rows:
            yield before[one], after[other]
        a, b = one + 1, other + 1


def _in_order(before: list[Unit], after: list[Unit]) -> list[tuple[int, int]]:
    pairs = enumerate(zip(before, after, strict=False))
    return [(n, n) for n, (one, other) in pairs if _likeness(one, other) >= ALIKE]


def _most_alike(like: list[list[float]]) -> list[tuple[int, int]]:
    rows, columns = len(like), len(like[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for a in range(rows - 1, -1, -1):
        here, below, alike = best[a], best[a + 1], like[a]
        for b in range(columns - 1, -1, -1):
            together = alike[b] + below[b + 1] if alike[b] >= ALIKE else 0.0
            here[b] = max(together, below[b], here[b + 1])
    pairs, a, b = [], 0, 0
    while a < rows and b < columns:
        if like[a][b] >= ALIKE and best[a][b] == like[a][b] + best[a + 1][b + 1]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _likeness(one: Unit, other: Unit) -> float:
    """From 0 to 1: how much of their words they share."""
    if isinstance(one.node, ATOMS) or isinstance(other.node, ATOMS):
        return 1.0 if one.shape == other.shape else 0.0
    if not one.bag or not other.bag:
        return 1.0 if one.shape == other.shape and one.bag == other.bag else 0.0
    return 2 * len(one.bag & other.bag) / (len(one.bag) + len(other.bag))


# --- words


def words_of(node: Node) -> list[Word]:
    if isinstance(node, Figure):
        own = [node.attrs.caption, node.attrs.alt, node.attrs.credit]
        return [word for text in own if text for word in words_in(f"{text}\n", ())]
    if isinstance(node, Embed):
        return [Word("", node.attrs.url, ())]
    words: list[Word] = []
    for inline in getattr(node, "content", ()):
        if isinstance(inline, Text | PlainText):
            words += words_in(inline.text, inline.marks)
        else:
            words.append(Word("", "\n", inline.marks))
    if isinstance(node, Pullquote) and node.attrs.cite:
        words += words_in(f"\n{node.attrs.cite}", ())
    return words


def words_in(text: str, marks: Marks) -> list[Word]:
    words = [Word(space, word, marks) for space, word in _WORD.findall(text)]
    rest = text[len(text.rstrip()) :]
    return [*words, Word(rest, "", marks)] if rest else words


def count(words: Sequence[Word]) -> int:
    return sum(1 for word in words if word.text and (word.text[0].isalnum() or len(word.text) > 1))


def runs(before: list[Word], after: list[Word]) -> Iterator[tuple[bool, int, int, int, int]]:
    """(the same?, from, to, from, to), without single signs standing forlorn between two changes."""
    left, right = [word.key for word in before], [word.key for word in after]
    head, tail = ends_in_common(left, right)
    a, b = len(left) - tail, len(right) - tail
    if head:
        yield True, 0, head, 0, head
    if (a - head) * (b - head) > LONGEST:
        yield False, head, a, head, b
    elif a > head or b > head:
        yield from _settled(SequenceMatcher(None, left[head:a], right[head:b], autojunk=False), head, before)
    if tail:
        yield True, a, len(left), b, len(right)


def ends_in_common(left: Sequence[object], right: Sequence[object]) -> tuple[int, int]:
    """How many are the same at the beginning, and how many of the others at the end."""
    shorter, head, tail = min(len(left), len(right)), 0, 0
    while head < shorter and left[head] == right[head]:
        head += 1
    while tail < shorter - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    return head, tail


def _settled(
    matcher: SequenceMatcher[object], head: int, before: list[Word]
) -> Iterator[tuple[bool, int, int, int, int]]:
    codes = [(tag == "equal", a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]
    waiting: tuple[bool, int, int, int, int] | None = None
    for place, code in enumerate(codes):
        same, a, b, c, d = code
        lonely = same and 0 < place < len(codes) - 1 and b - a == 1 and not before[a].text.isalnum()
        if same and not lonely:
            if waiting:
                yield waiting
            yield code
            waiting = None
        else:
            waiting = (False, waiting[1], b, waiting[3], d) if waiting else (False, a, b, c, d)
    if waiting:
        yield waiting


