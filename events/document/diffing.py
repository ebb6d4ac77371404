"""What differs between two documents, for people: blocks side by side, and words with their marks inside them.

Blocks that are the same are found first, then those that are alike among what is left, then the words that differ in
them (see ``comparing``). In what comes out, ``<ins>`` holds what only the new one has and ``<del>``
what only the old one has: without the ``<ins>`` it reads as the old one, without the ``<del>`` as the new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec
from markupsafe import Markup, escape

from .comparing import ATOMS, Pair, Unit, Word, aligned, count, runs, units, words_in, words_of
from .embeds import PROVIDERS
from .render import inline_tags
from .schema import CodeBlock, Doc, Embed, Figure, HorizontalRule, Marks, Node, PlainText, Pullquote, Text

What = Literal["same", "changed", "added", "removed", "moved away", "moved here"]
Pictures = Callable[[Figure], Markup | None]

MOVED: Final = 5  # words that a block has at least, for its reappearing elsewhere to be no chance


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One block of the comparison. old, new: which top-level block of each document it stands in.

    blank: an empty paragraph, which readers do not see.
    """

    what: What
    html: Markup
    old: int | None
    new: int | None
    blank: bool


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """added, removed: words."""

    rows: tuple[Row, ...]
    added: int
    removed: int

    @property
    def differs(self) -> bool:
        """Whether there is any difference."""
        return any(row.what != "same" for row in self.rows)

    @property
    def html(self) -> Markup:
        """All of it."""
        return Markup("").join(row.html for row in self.rows)


def diff(old: Doc, new: Doc, pictures: Pictures | None = None) -> Diff:
    """What differs between two documents. ``pictures`` draws a figure's picture; without it, it is named."""
    before, after = list(units(old)), list(units(new))
    pairs = list(aligned(before, after))
    moved = _moved(pairs)
    draw = _Drawing(pictures)
    rows, added, removed = [], 0, 0
    for one, other in pairs:
        if one is None or other is None:
            unit = one or other
            assert unit is not None
            is_moved = unit.key in moved
            added += 0 if one or is_moved else count(unit.words)
            removed += 0 if other or is_moved else count(unit.words)
            html = draw.whole(unit, "del" if one else "ins", moved=is_moved)
            what: What = ("moved away" if one else "moved here") if is_moved else ("removed" if one else "added")
        elif one.key == other.key:
            html, what = draw.same(other), "same"
        else:
            html, come, gone = draw.changed(one, other)
            added, removed, what = added + come, removed + gone, "changed"
        places = one.place if one else None, other.place if other else None
        blank = all(unit is None or unit.blank for unit in (one, other))
        rows.append(Row(what=what, html=html, old=places[0], new=places[1], blank=blank))
    return Diff(rows=tuple(rows), added=added, removed=removed)


def diff_text(old: str, new: str) -> Markup:
    """The same for two plain texts."""
    html, _, _ = _inline(words_in(old, ()), words_in(new, ()))
    return html


def put_back(old: Doc, new: Doc, place: int) -> Doc:
    """The new document with one top-level block of the old one as it was, where it belongs. Raises IndexError.

    What the block has become is replaced; where it is gone, it comes back behind what it stood behind. Everything
    else stays.
    """
    block = old.content[place]
    became: Counter[int] = Counter()
    behind = -1
    for one, other in aligned(list(units(old)), list(units(new))):
        if one is not None and other is not None:
            if one.place == place:
                became[other.place] += 1
            elif one.place < place:
                behind = max(behind, other.place)
    content = list(new.content)
    if became:
        content[became.most_common(1)[0][0]] = block
    else:
        content.insert(behind + 1, block)
    return Doc(content=tuple(content))


def _moved(pairs: Sequence[Pair]) -> frozenset[tuple[object, ...]]:
    """The keys of blocks that went from one place to another: once away, once back."""
    gone = Counter(one.key for one, other in pairs if one and not other and len(one.words) >= MOVED)
    come = Counter(other.key for one, other in pairs if other and not one and len(other.words) >= MOVED)
    return frozenset(key for key, count in gone.items() if count == come[key])


# --- words


def _inline(before: list[Word], after: list[Word]) -> tuple[Markup, int, int]:
    """The words of both; how many came and went."""
    out: list[str] = []
    added = removed = 0
    for same, a, b, c, d in runs(before, after):
        old, new = before[a:b], after[c:d]
        if not same:
            removed, added = removed + count(old), added + count(new)
            if old and new and old[0].space == new[0].space:
                out.append(escape(old[0].space))
                old, new = [old[0]._replace(space=""), *old[1:]], [new[0]._replace(space=""), *new[1:]]
            out += [_tagged("del", old), _tagged("ins", new)]
            continue
        begun: list[Word] = []
        for one, other in zip(old, new, strict=True):
            if one.space != other.space:
                out += [_written(begun), _tagged("del", [Word(one.space, "", ())]),
                        _tagged("ins", [Word(other.space, "", ())])]  # fmt: skip
                begun = [other._replace(space="")]
            else:
                begun.append(other)
        out.append(_written(begun))
    return Markup("".join(out)), added, removed  # noqa: S704 every word was escaped


def _whole(node: Node) -> Markup:
    """All the words of a block with their marks, escaped."""
    if isinstance(node, (*ATOMS, Pullquote)):
        return Markup(_written(words_of(node)))  # noqa: S704 escaped there
    out: list[str] = []
    for inline in getattr(node, "content", ()):
        starts, ends = inline_tags(inline.marks) if inline.marks else ((), ())
        text = escape(inline.text) if isinstance(inline, Text | PlainText) else "<br>"
        out += [*starts, text, *reversed(ends)]
    return Markup("".join(out))  # noqa: S704 every word was escaped


def _tagged(tag: str, words: Sequence[Word]) -> str:
    inner = _written(words)
    return f"<{tag}>{inner}</{tag}>" if inner else ""


def _written(words: Sequence[Word]) -> str:
    """The words with their marks, escaped."""
    out: list[str] = []
    ends: list[str] = []
    open_: Marks = ()
    for word in words:
        if word.marks != open_:
            out.extend(reversed(ends))
            starts, ends = inline_tags(word.marks)
            if word.space and not open_:
                out.append(escape(word.space))
                word = word._replace(space="")
            out.extend(starts)
            open_ = word.marks
        out.append(f"{escape(word.space)}{'<br>' if word.text == chr(10) else escape(word.text)}")
    out.extend(reversed(ends))
    return "".join(out)


# --- how it looks


class _Drawing:
    def __init__(self, pictures: Pictures | None) -> None:
        self._pictures = pictures

    def same(self, unit: Unit) -> Markup:
        return self._block(unit, _whole(unit.node))

    def whole(self, unit: Unit, tag: str, *, moved: bool) -> Markup:
        said = Markup("") if not moved else _note("Moved away from here" if tag == "del" else "Moved here")
        block = self._block(unit, _whole(unit.node))
        if tag == "del":
            return said + Markup('<del class="diff-whole">{}</del>').format(block)
        return said + Markup('<ins class="diff-whole">{}</ins>').format(block)

    def changed(self, one: Unit, other: Unit) -> tuple[Markup, int, int]:
        inner, added, removed = _inline(one.words, other.words)
        said = Markup("")
        if one.shape != other.shape:
            said = _note(f"Was {_named(one.shape)}, is {_named(other.shape)}")
        elif one.settings != other.settings:
            said = _note("Set in another way")
        return said + self._block(other, inner), added, removed

    def _block(self, unit: Unit, inner: Markup) -> Markup:
        node, kind = unit.node, unit.shape.rpartition(" ")[2]
        if isinstance(node, Figure):
            drawn = (self._pictures(node) if self._pictures else None) or _note("Picture")
            figure = Markup('<figure class="diff-block">{}<figcaption>{}</figcaption></figure>\n')
            return figure.format(drawn, inner)
        if isinstance(node, Embed):
            name = _note(PROVIDERS[node.attrs.provider])
            return Markup('<p class="diff-block diff-embed">{} {}</p>\n').format(name, inner)
        if isinstance(node, HorizontalRule):
            return Markup('<hr class="diff-block">\n')
        if isinstance(node, CodeBlock):
            return Markup('<pre class="diff-block">{}</pre>\n').format(inner)
        tag = {"heading2": "h3", "heading3": "h4"}.get(kind, "p")
        classes = ["diff-block", *(f"diff-{part}" for part in dict.fromkeys(unit.shape.split()) if part != "paragraph")]
        depth = min(4, unit.shape.split().count("list"))
        classes += [f"diff-deep-{depth}"] if depth > 1 else []
        return Markup('<{0} class="{1}">{2}</{0}>\n').format(tag, " ".join(classes), inner)


def _note(text: str) -> Markup:
    return Markup('<span class="diff-note">{}</span>').format(text)


def _named(shape: str) -> str:
    kind = shape.rpartition(" ")[2]
    names = {"heading2": "a heading", "heading3": "a small heading", "pullquote": "a pull quote", "codeBlock": "code"}
    if kind in names:
        return names[kind]
    for sign, name in (("cell", "a table’s cell"), ("list", "in a list"), ("quote", "a quotation")):
        if sign in shape.split():
            return name
    return "a paragraph"
