"""A document as the reader gets it: clean HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from .embeds import PROVIDERS
from .notes import for_readers
from .schema import (
    Block,
    Blockquote,
    Bold,
    BulletList,
    Code,
    CodeBlock,
    Doc,
    Embed,
    Figure,
    Heading,
    HorizontalRule,
    Inline,
    Italic,
    Link,
    ListItem,
    Note,
    OrderedList,
    Paragraph,
    Pullquote,
    Strike,
    Subscript,
    Superscript,
    Table,
    TableCell,
    TableHeader,
    TableRow,
    Text,
)
from .telling import plain

Figures: TypeAlias = Callable[[Figure], Markup | None]
"""What a figure looks like: its HTML, or None where its image must not be shown."""

_TAGS: Final[dict[type, tuple[str, str]]] = {
    Note: ('<mark class="note">', "</mark>"),
    Bold: ("<strong>", "</strong>"),
    Italic: ("<em>", "</em>"),
    Strike: ("<s>", "</s>"),
    Superscript: ("<sup>", "</sup>"),
    Subscript: ("<sub>", "</sub>"),
    Code: ("<code>", "</code>"),
}
_NOT_SLUG: Final = re.compile(r"[\W_]+")
_NUMBER: Final = re.compile(r"[+\-−–±]?\s?[^\w\s]?\d[\d.,\s]*\s?\w{0,3}%?")  # 1,140 · −3.5% · £61m · 12 km


def to_html(doc: Doc, figures: Figures | None = None, *, site: str = "", notes: bool = False) -> str:
    """The body as HTML without scripts, styles or handlers; every text and attribute is escaped.

    `figures` draws each figure (without it, or where it answers None, the figure is left out). `site` is the site's
    own origin ('https://example.org'), to tell its links from those that lead away. Empty paragraphs are left out;
    headings get ids made from their words ('h-the-goal', and 'h-the-goal-2' for the second). `notes`: with the notes
    to the desk, which is for the desk's own pages.
    """
    return _Html(figures, site).blocks((doc if notes else for_readers(doc)).content)


def inline_tags(marks: Iterable[object]) -> tuple[list[str], list[str]]:
    """The tags that open and close around a text with these marks, the outermost first."""
    pairs = [
        (f'<a href="{escape(mark.attrs.href)}">', "</a>") if isinstance(mark, Link) else _TAGS[type(mark)]
        for mark in marks
    ]
    return [start for start, _ in pairs], [end for _, end in pairs]


class _Html:
    """One rendering; remembers which heading ids are taken."""

    def __init__(self, figures: Figures | None, site: str) -> None:
        self._figures = figures
        self._host = urlsplit(site).netloc.lower()
        self._ids: dict[str, int] = {}

    def blocks(self, nodes: tuple[Block, ...]) -> str:
        return "".join([self._draw[type(node)](self, node) for node in nodes])

    def _paragraph(self, node: Paragraph) -> str:
        content = node.content
        return f"<p>{self._inline(content)}</p>\n" if content else ""

    def _heading(self, node: Heading) -> str:
        if not node.content:
            return ""
        tag = f"h{node.attrs.level}"
        return f'<{tag} id="{self._slug(plain(node.content))}">{self._inline(node.content)}</{tag}>\n'

    def _slug(self, text: str) -> str:
        slug = "h-" + (_NOT_SLUG.sub("-", text.lower()).strip("-")[:80] or "section")
        candidate, number = slug, self._ids.get(slug, 0)
        while candidate in self._ids:
            number += 1
            candidate = f"{slug}-{number}"
        self._ids[slug] = max(number, 1)
        self._ids.setdefault(candidate, 1)
        return candidate

    def _bullet_list(self, node: BulletList) -> str:
        return f"<ul>\n{self._items(node.content)}</ul>\n"

    def _ordered_list(self, node: OrderedList) -> str:
        start = f' start="{node.attrs.start}"' if node.attrs.start != 1 else ""
        return f"<ol{start}>\n{self._items(node.content)}</ol>\n"

    def _items(self, items: tuple[ListItem, ...]) -> str:
        return "".join([f"<li>{self._snug(item.content)}</li>\n" for item in items])

    def _snug(self, content: tuple[Block, ...]) -> str:
        """What stands in an item or a cell; its paragraph needs no tags if it is the only one, or opens a list."""
        first = content[0]
        if isinstance(first, Paragraph) and not any(isinstance(other, Paragraph) for other in content[1:]):
            rest = self.blocks(content[1:])
            return self._inline(first.content) + (f"\n{rest}" if rest else "")
        return "\n" + self.blocks(content)

    def _blockquote(self, node: Blockquote) -> str:
        return f"<blockquote>\n{self.blocks(node.content)}</blockquote>\n"

    def _pullquote(self, node: Pullquote) -> str:
        if not node.content:
            return ""
        cite = f"<figcaption>{escape(node.attrs.cite)}</figcaption>\n" if node.attrs.cite else ""
        quote = f"<blockquote><p>{self._inline(node.content)}</p></blockquote>\n"
        return f'<figure class="pullquote">\n{quote}{cite}</figure>\n'

    def _figure(self, node: Figure) -> str:
        drawn = self._figures(node) if self._figures is not None else None
        return f"{drawn}\n" if drawn else ""

    def _embed(self, node: Embed) -> str:
        """A card that links there: nothing is fetched from the provider before the reader asks for it."""
        name, url = PROVIDERS[node.attrs.provider], escape(node.attrs.url)
        shown = escape(node.attrs.url.removeprefix("https://").removeprefix("www.").rstrip("/"))
        return (
            f'<p class="embed embed-{node.attrs.provider}"><a href="{url}" rel="external noopener">'
            f'<span class="embed-provider">{name}</span> <span class="embed-address">{shown}</span></a></p>\n'
        )

    def _code_block(self, node: CodeBlock) -> str:
        language = f' class="language-{escape(node.attrs.language)}"' if node.attrs.language else ""
        return f"<pre><code{language}>{escape(''.join(text.text for text in node.content))}</code></pre>\n"

    def _horizontal_rule(self, _node: HorizontalRule) -> str:
        return "<hr>\n"

    def _table(self, node: Table) -> str:
        heads = 0
        for row in node.content:
            if not all(isinstance(cell, TableHeader) for cell in row.content):
                break
            heads += 1
        if heads == len(node.content):  # a table of headings only has no body to head
            heads = 0
        numbers = _number_columns(node.content[heads:])
        head = "".join([self._row(row, "col", numbers) for row in node.content[:heads]])
        body = "".join([self._row(row, "row", numbers) for row in node.content[heads:]])
        head = f"<thead>\n{head}</thead>\n" if head else ""
        return f'<div class="table"><table>\n{head}<tbody>\n{body}</tbody>\n</table></div>\n'

    def _row(self, row: TableRow, scope: str, numbers: frozenset[int]) -> str:
        cells = [self._cell(cell, scope, column in numbers) for column, cell in enumerate(row.content)]
        return f"<tr>{''.join(cells)}</tr>\n"

    def _cell(self, cell: TableCell | TableHeader, scope: str, number: bool) -> str:
        tag, attrs = ("th", f' scope="{scope}"') if isinstance(cell, TableHeader) else ("td", "")
        if number:
            attrs += ' class="number"'
        if cell.attrs.colspan > 1:
            attrs += f' colspan="{cell.attrs.colspan}"'
        if cell.attrs.rowspan > 1:
            attrs += f' rowspan="{cell.attrs.rowspan}"'
        return f"<{tag}{attrs}>{self._snug(cell.content)}</{tag}>"

    def _inline(self, content: tuple[Inline, ...]) -> str:
        out: list[str] = []
        open_: tuple[object, ...] = ()
        ends: list[str] = []
        for node in content:
            marks = node.marks
            if marks != open_:
                kept = 0
                for a, b in zip(open_, marks, strict=False):
                    if a != b:
                        break
                    kept += 1
                out.extend(reversed(ends[kept:]))
                del ends[kept:]
                for mark in marks[kept:]:
                    start, end = self._mark(mark)
                    out.append(start)
                    ends.append(end)
                open_ = marks
            out.append(escape(node.text) if type(node) is Text else "<br>\n")
        out.extend(reversed(ends))
        return "".join(out)

    def _mark(self, mark: object) -> tuple[str, str]:
        if isinstance(mark, Link):
            return f'<a href="{escape(mark.attrs.href)}"{self._rel(mark.attrs.href)}>', "</a>"
        return _TAGS[type(mark)]

    def _rel(self, href: str) -> str:
        if not href.startswith("http"):
            return ""
        return "" if self._host and href.split("/", 3)[2].lower() == self._host else ' rel="external noopener"'

    _draw: Final[dict[type, Callable[[Any, Any], str]]] = {
        Paragraph: _paragraph,
        Heading: _heading,
        BulletList: _bullet_list,
        OrderedList: _ordered_list,
        Blockquote: _blockquote,
        Pullquote: _pullquote,
        Figure: _figure,
        Embed: _embed,
        CodeBlock: _code_block,
        HorizontalRule: _horizontal_rule,
        Table: _table,
    }


def _number_columns(rows: Iterable[TableRow]) -> frozenset[int]:
    """The columns in which every row has a number: set to the right, they can be compared. None where cells span."""
    cells = [row.content for row in rows]
    if any(cell.attrs.colspan > 1 or cell.attrs.rowspan > 1 for row in cells for cell in row):
        return frozenset()
    width = min(map(len, cells), default=0)
    return frozenset(column for column in range(width) if all(_is_number(row[column]) for row in cells))


def _is_number(cell: TableCell | TableHeader) -> bool:
    block = cell.content[0]
    return len(cell.content) == 1 and isinstance(block, Paragraph) and bool(_NUMBER.fullmatch(plain(block.content)))
