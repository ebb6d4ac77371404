"""The body as Markdown, for a plain text field, and back without loss.

Every block becomes a piece of Markdown; what Markdown cannot say is written as HTML, which ``from_markdown`` reads. A
pull quote stands between lines of colons: ``::: pull quote``, its words, ``-- who said it``, ``:::``. A note to the
desk stands between two percent signs on either side: ``%%check with legal%%``.
When the text comes back, the pieces that nobody touched keep their blocks as they were, to the last attribute, and
only what stands between is read anew.
"""

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from markupsafe import Markup, escape
from msgspec.structs import replace

from events import document
from events.document import Doc, Figure
from events.document.notes import note_of, noting, without_note
from events.document.schema import (
    Block,
    Blockquote,
    Bold,
    BulletList,
    CodeBlock,
    Embed,
    FigureAttrs,
    HardBreak,
    Heading,
    HorizontalRule,
    Inline,
    Italic,
    Link,
    ListItem,
    OrderedList,
    Paragraph,
    Pullquote,
    PullquoteAttrs,
    Strike,
    Text,
)

IMAGE = "image:"  # ![alt text](image:0193…) is a figure of that image; ![] follows the library
_SPECIAL = re.compile(r"[\\`*_\[\]<>&~#|!]|%%|^\s*(?:[-+=>]|\d+[.)])|^ {4}|\t| {2}|://|@", re.MULTILINE)
_ESCAPED = re.compile(r"([\\`*_\[\]<>&~#|!])")
_LINE_START = re.compile(r"^(\s*)([-+=>]|\d+(?=[.)]))", re.MULTILINE)
_PULLQUOTE = re.compile(r"^::: ?pull quote[ \t]*\n(.*?)\n:::[ \t]*$", re.MULTILINE | re.DOTALL)
_CITE = re.compile(r"\n--[ \t]+(.+)\Z")
# Two percent signs in a web address are the address's own: no note begins there.
_NOTE = re.compile(
    r"""(?P<address>(?:https?://|\bwww\.)[^\s<>"]*|\]\([^)\s]*\))"""
    r"|%%(?=\S)(?P<note>(?:[^%\n]|%(?!%)|\n(?!\s*\n))+?)%%"
)
_NOTE_ENDS = ("\ufdd0", "\ufdd1")  # characters of no language, while Markdown is read
_TIGHT = (Bold, Italic, Strike)


def to_markdown(doc: Doc) -> str:
    """The whole body as Markdown."""
    return "\n\n".join(piece for piece in pieces(doc) if piece)


def pieces(doc: Doc) -> list[str]:
    """A piece of Markdown for each block; '' for an empty paragraph."""
    return [_piece(block) for block in doc.content]


def from_text(text: str, before: Doc) -> Doc:
    """The body that a changed text means; ``before`` is the one whose Markdown was changed.

    Raises DocumentError where it cannot be a body.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    known = [(piece, block) for piece, block in zip(pieces(before), before.content, strict=True) if piece]
    if text == "\n\n".join(piece for piece, _ in known):
        return before
    head = _same(text, [piece for piece, _ in known])
    start = sum(len(piece) + 2 for piece, _ in known[:head])
    tail = _same(text[start:][::-1], [piece[::-1] for piece, _ in known[head:]][::-1])
    head, tail = _give_way([block for _, block in known], head, tail)
    start = sum(len(piece) + 2 for piece, _ in known[:head])
    rest = known[len(known) - tail :] if tail else []
    end = len(text) - sum(len(piece) + 2 for piece, _ in rest)
    figures = {figure.attrs.image: figure for figure in document.all_figures(before)}
    middle = _read(text[start : max(end, start)], figures)
    blocks = (*(block for _, block in known[:head]), *middle, *(block for _, block in rest))
    return Doc(content=blocks) if blocks else document.EMPTY


def _same(text: str, known: Sequence[str]) -> int:
    """How many of the known pieces the text begins with, each whole."""
    at = 0
    for count, piece in enumerate(known):
        if not text.startswith(piece, at) or text[at + len(piece) : at + len(piece) + 2] not in ("", "\n\n"):
            return count
        at += len(piece) + 2
    return len(known)


def _give_way(blocks: Sequence[Block], head: int, tail: int) -> tuple[int, int]:
    """A list or a quotation beside what changed is read again with it: the change may go on with it."""
    open_ended = (BulletList, OrderedList, Blockquote)
    while head and isinstance(blocks[head - 1], open_ended):
        head -= 1
    while tail and isinstance(blocks[len(blocks) - tail], open_ended):
        tail -= 1
    return head, tail


def _read(text: str, figures: dict[str, Figure]) -> tuple[Block, ...]:
    """The blocks of a text: pull quotes by our own rule, what lies between as Markdown."""
    blocks: list[Block] = []
    for place, part in enumerate(_PULLQUOTE.split(text)):
        if place % 2:
            blocks.append(_pullquote(part))
        elif part.strip():
            blocks += (_as_it_was(block, figures) for block in _markdown(part))
    return tuple(blocks)


def _markdown(text: str) -> tuple[Block, ...]:
    """Markdown, with our notes in it."""
    if "%%" not in text:
        return document.from_markdown(text, _image).content
    start, end = _NOTE_ENDS
    clean = text.replace(start, "").replace(end, "")
    read = document.from_markdown(_NOTE.sub(_marked_note, clean), _image)
    return noting(read, start, end, "%%").content


def _marked_note(found: re.Match[str]) -> str:
    start, end = _NOTE_ENDS
    return found[0] if found["note"] is None else f"{start}{found['note']}{end}"


def _pullquote(text: str) -> Block:
    cite = _CITE.search(f"\n{text}")
    words = f"\n{text}"[: cite.start()] if cite else text
    read = _markdown(words)
    lines = [block.content for block in read if isinstance(block, Paragraph | Heading)]
    content = [node for line in lines for node in (HardBreak(), *line)][1:]
    return Pullquote(attrs=PullquoteAttrs(cite=cite[1].strip() if cite else None), content=tuple(content))


def _image(address: str, alt: str, _title: str) -> FigureAttrs | None:
    return FigureAttrs(image=address.removeprefix(IMAGE), alt=alt or None) if address.startswith(IMAGE) else None


def _as_it_was(block: Block, figures: dict[str, Figure]) -> Block:
    """A figure that was moved keeps its size and credit; its caption and alt text are as they stand in the text."""
    before = figures.get(block.attrs.image) if isinstance(block, Figure) else None
    if not isinstance(block, Figure) or before is None:
        return block
    alt = block.attrs.alt or ("" if before.attrs.alt == "" else None)  # no alt text at all cannot be written
    return replace(before, attrs=replace(before.attrs, caption=block.attrs.caption, alt=alt))


# --- out


def _piece(block: Block) -> str:
    """Plain where that is read back as the same, else with escapes, else as HTML."""
    plain = _block(block, str)
    if not plain or (isinstance(block, Paragraph | Heading) and not _risky(block)):
        return plain
    for attempt in (plain, _block(block, _escaped)):
        if _means(attempt, block):
            return attempt
    return _html(block)


def _risky(block: Paragraph | Heading) -> bool:
    texts = [node.text if isinstance(node, Text) else "" for node in block.content]
    marked = any(node.marks or isinstance(node, HardBreak) for node in block.content)
    return marked or any(_SPECIAL.search(text) or text != text.strip() for text in texts)


def _means(text: str, block: Block) -> bool:
    read = _read(text, {})
    return len(read) == 1 and _html(read[0]) == _html(block)


def _html(block: Block) -> str:
    if isinstance(block, Embed):
        return f'<iframe src="{escape(block.attrs.url)}"></iframe>'
    html = document.to_html(Doc(content=(block,)), _figure, notes=True).strip().replace("%%", "%&#37;")
    html = re.sub(r'<mark class="note">(\s*)(.*?)(\s*)</mark>', r"\1%%\2%%\3", html, flags=re.DOTALL)
    return re.sub(r' id="h-[^"]*"', "", re.sub(r"\n{2,}", "\n", html))


def _figure(figure: Figure) -> Markup:
    caption = figure.attrs.caption
    written = Markup("<figcaption>{}</figcaption>").format(caption) if caption is not None else Markup()
    alt = Markup(' alt="{}"').format(figure.attrs.alt) if figure.attrs.alt else ""
    return Markup('<figure><img src="{}{}"{}>{}</figure>').format(IMAGE, figure.attrs.image, alt, written)


def _block(block: Block, words: Callable[[str], str]) -> str:
    match block:
        case Paragraph():
            return _inline(block.content, words)
        case Heading():
            return f"{'#' * block.attrs.level} {_inline(block.content, words)}" if block.content else ""
        case BulletList():
            return "\n".join(_item(item, "- ", words) for item in block.content)
        case OrderedList():
            return "\n".join(
                _item(item, f"{number}. ", words) for number, item in enumerate(block.content, block.attrs.start)
            )
        case Blockquote():
            inner = "\n\n".join(_block(child, words) for child in block.content)
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case Figure() if block.attrs.caption is None:
            return f"![{words(block.attrs.alt or '')}]({IMAGE}{block.attrs.image})"
        case CodeBlock():
            code = "".join(text.text for text in block.content)
            return f"```{block.attrs.language or ''}\n{code}\n```"
        case Pullquote():
            cite = f"\n-- {block.attrs.cite}" if block.attrs.cite else ""
            return f"::: pull quote\n{_inline(block.content, words)}{cite}\n:::"
        case HorizontalRule():
            return "---"
        case _:
            return _html(block)


def _item(item: ListItem, bullet: str, words: Callable[[str], str]) -> str:
    inner = "\n".join(_block(child, words) for child in item.content)
    return bullet + inner.replace("\n", "\n" + " " * len(bullet))


def _inline(content: Sequence[Inline], words: Callable[[str], str]) -> str:
    parts = []
    for note, run in groupby(content, key=note_of):
        part = _line([without_note(node) for node in run], words)
        inner = part.strip()
        parts.append(part.replace(inner, f"%%{inner}%%") if note and inner else part)
    return "".join(parts)


def _line(content: Sequence[Inline], words: Callable[[str], str]) -> str:
    return "".join("\\\n" if isinstance(node, HardBreak) else _marked(node, words) for node in content)


def _marked(node: Text, words: Callable[[str], str]) -> str:
    signs = {Bold: "**", Italic: "*", Strike: "~~"}
    text = words(node.text)
    left, inner, right = text[: len(text) - len(text.lstrip())], text.strip(), text[len(text.rstrip()) :]
    for mark in reversed(node.marks):
        if isinstance(mark, Link):
            inner = f"[{inner}]({mark.attrs.href})"
        elif isinstance(mark, _TIGHT):
            inner = f"{signs[type(mark)]}{inner}{signs[type(mark)]}"
        else:
            tag = {"superscript": "sup", "subscript": "sub", "code": "code"}[str(type(mark).__struct_config__.tag)]
            inner = f"<{tag}>{inner}</{tag}>"
    return f"{left}{inner}{right}"


def _escaped(text: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _ESCAPED.sub(r"\\\1", text)).replace("\\1.", "1\\.").replace("%%", "%&#37;")
