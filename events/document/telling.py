"""What a document says, in plain words, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .notes import for_readers
from .schema import TEXTBLOCKS, Doc, Embed, Figure, Inline, Link, Node, PlainText, Pullquote, Text

# Scripts that are written without spaces between words: kana, and Chinese characters wherever they are used.
_CHARACTER: Final = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
                               "\U00020000-\U0003ffff]")  # fmt: skip
_LETTER: Final = re.compile(r"[^\W_]")


def to_text(doc: Doc, *, notes: bool = False) -> str:
    """The words of the body, a line for each block (and at each line break): for search, summaries and counting.

    Captions, alt texts and credits that a figure sets itself are among them; those it takes from its image are not,
    nor are notes to the desk, unless they are asked for.
    """
    return "\n".join(line for line in _lines((doc if notes else for_readers(doc)).content) if line.strip())


def words(doc: Doc) -> int:
    """How many words the body has; of Chinese and Japanese, each character is one."""
    return count_words(to_text(doc))


def count_words(text: str) -> int:
    """Words in a text: what stands between spaces and has a letter or digit; Chinese and Japanese by character."""
    characters = 0
    if not text.isascii():
        text, characters = _CHARACTER.subn(" ", text)
    return characters + sum(1 for word in text.split() if word[0].isalnum() or _LETTER.search(word))


def images(doc: Doc) -> tuple[str, ...]:
    """The ids of the images in the body, in order, each once."""
    return tuple(dict.fromkeys(figure.attrs.image for figure in all_figures(doc)))


def all_figures(doc: Doc) -> Iterator[Figure]:
    """Every figure, in order, wherever it stands."""
    return (node for node in _walk(doc.content) if isinstance(node, Figure))


def links(doc: Doc) -> tuple[str, ...]:
    """Where the body links to, in order, each once; the addresses of embeds are among them."""
    found: dict[str, None] = {}
    for node in _walk(for_readers(doc).content):
        if isinstance(node, Embed):
            found[node.attrs.url] = None
        elif type(node) in TEXTBLOCKS:
            for inline in node.content:  # type: ignore[attr-defined]
                for mark in inline.marks:
                    if isinstance(mark, Link):
                        found[mark.attrs.href] = None
    return tuple(found)


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if type(node) not in TEXTBLOCKS:
            yield from _walk(getattr(node, "content", ()))


def _lines(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        kind = type(node)
        if kind in TEXTBLOCKS:
            yield plain(node.content)  # type: ignore[attr-defined]
            if isinstance(node, Pullquote) and node.content and node.attrs.cite:
                yield node.attrs.cite
        elif isinstance(node, PlainText):
            yield node.text
        elif isinstance(node, Figure):
            yield from filter(None, (node.attrs.caption, node.attrs.alt, node.attrs.credit))
        else:
            yield from _lines(getattr(node, "content", ()))


def plain(content: tuple[Inline, ...]) -> str:
    """The words of one text block, without marks."""
    if len(content) == 1 and type(content[0]) is Text:
        return content[0].text
    return "".join(node.text if type(node) is Text else "\n" for node in content)
