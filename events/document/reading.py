"""Texts from elsewhere as documents: Markdown, HTML, plain paragraphs.

Nothing a reader could see is lost, whatever comes in, and nothing that could run is kept. The same text gives the
same document every time: block ids stay null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from .building import Builder
from .codec import UNWRITABLE, within_limits
from .errors import DocumentError
from .schema import (
    EMPTY,
    MAX_BYTES,
    Block,
    CodeBlock,
    Doc,
    FigureAttrs,
    HardBreak,
    Inline,
    Paragraph,
    PlainText,
    Text,
)

Image: TypeAlias = Callable[[str, str, str], str | FigureAttrs | None]
"""(address, alt text, title) of an image → the id it has here, or None for one that is not taken in."""

_BREAK: Final = re.compile(r"\r\n?|[\n\x0b\x0c\u2028\u2029]")
_SPACES: Final = re.compile(r"[ \t]+")
_COLUMNS: Final = re.compile(r"\S(?: {3,}|\t)\s*\S")
_DEEPEST: Final = 500
_TAG: Final = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>?")
# Elements that have no content, or that end by themselves where the next of their kind begins.
_NEVER_DEEP: Final = frozenset((
    "br", "hr", "img", "input", "wbr", "source", "track", "area", "col", "embed", "link", "meta", "base", "param",
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "rp", "rt",
))  # fmt: skip


def no_images(_address: str, _alt: str, _title: str) -> None:
    """Takes in no image: each becomes a link with its alt text."""


def from_markdown(text: str, image: Image = no_images, *, base: str = "") -> Doc:
    """A document from Markdown: CommonMark with tables and strikethrough, and HTML inside it as a browser reads it.

    h1 and h2 become headings of level 2, deeper ones of level 3. Where `image` answers an id stands a figure that
    follows the image's own caption, alt text and credit (a <figcaption> is kept as the figure's caption), where it
    answers a figure's attributes one with those; where it answers None, a link. Relative addresses are resolved
    against `base`, or else against the site's root.
    Raises DocumentError only for a text that would make too long a document (8 MB).
    """
    text = _writable(text)
    try:
        html = _markdown.render(text)
    except RecursionError:  # thousands of nested brackets or quotes: hostile, but its words are still words
        return from_paragraphs(re.split(r"\n\s*\n", text))
    return _from_html(html, image, base)


def from_html(html: str, image: Image = no_images, *, base: str = "") -> Doc:
    """A document from HTML, whole page or fragment, read as a browser reads it. Unknown elements are unwrapped,
    scripts and styles dropped; the rest as `from_markdown`.
    """
    return _from_html(_writable(html), image, base)


def from_paragraphs(paragraphs: Iterable[str]) -> Doc:
    """A document from plain text, a paragraph each. Line breaks inside one are kept; lines set in columns with runs
    of spaces (a table on the wire) become a preformatted block. No markup is read.
    """
    blocks = [block for text in paragraphs for block in _plain_block(_writable(text))]
    return _document(tuple(blocks))


def _document(blocks: tuple[Block, ...]) -> Doc:
    doc = Doc(content=blocks) if blocks else EMPTY
    within_limits(doc)
    return doc


def _plain_block(text: str) -> Iterator[Block]:
    lines = _BREAK.split(text.strip("\r\n"))
    if len(lines) > 1 and sum(1 for line in lines if _COLUMNS.search(line)) > 1:
        yield CodeBlock(content=(PlainText("\n".join(line.rstrip() for line in lines)),))
        return
    content: list[Inline] = []
    for line in (_SPACES.sub(" ", line).strip() for line in lines):
        if line:
            content.extend((HardBreak(), Text(line)) if content else (Text(line),))
    if content:
        yield Paragraph(content=tuple(content))


def _from_html(html: str, image: Image, base: str) -> Doc:
    builder = Builder(image, base)
    if html.count("<") > _DEEPEST:
        html = _shallow(html)
    root = LexborHTMLParser(html).root
    if root is not None:
        _feed(root, builder)
    return _document(builder.finish())


def _shallow(html: str) -> str:
    """The HTML without those tags that would stand more than 500 deep, where the parser's time grows with the square
    of the depth. Browsers draw the same line.
    """
    depth = 0

    def tag(found: re.Match[str]) -> str:
        nonlocal depth
        if found["name"].lower() in _NEVER_DEEP:
            return found[0]
        if found["end"]:
            depth -= depth > 0
            return found[0] if depth < _DEEPEST else " "
        depth += 1
        return found[0] if depth <= _DEEPEST else " "

    return _TAG.sub(tag, html)


def _feed(root: LexborNode, builder: Builder) -> None:
    """Walks the tree in order, without recursion: hostile HTML nests by the thousand."""
    node: LexborNode | None = root
    open_: list[LexborNode] = []
    while node is not None:
        tag = node.tag or ""
        inner = None
        if tag == "-text":
            builder.text(node.text_content or "")
        elif not tag.startswith("-") and builder.start(tag, node):
            inner = node.child
            if inner is None:
                builder.end()
            else:
                open_.append(node)
        if inner is not None:
            node = inner
            continue
        following = node.next
        while following is None and open_:
            node = open_.pop()
            builder.end()
            following = node.next
        node = following


def _writable(text: str) -> str:
    """The text without characters that no page, feed or database could carry: they are not visible anyway."""
    if len(text) > MAX_BYTES // 2:
        raise DocumentError("$", f"The text is longer than {MAX_BYTES // 2:,} characters")
    if "\r" in text:
        text = _BREAK.sub("\n", text)
    return UNWRITABLE.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    character = found[0]
    if character in "\x0b\x0c":
        return "\n"
    return "\ufffd" if character >= "\ud800" or character == "\x00" else ""


def _markdown_reader() -> MarkdownIt:
    # Nesting is bounded by Python's recursion limit, and no earlier: markdown-it drops what lies deeper than its own.
    return MarkdownIt("commonmark", {"maxNesting": 100_000}).enable(["table", "strikethrough"])


_markdown: Final = _markdown_reader()
