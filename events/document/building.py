"""Builds blocks from what an HTML parser meets: elements that begin and end, and text between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, cast

from selectolax.lexbor import LexborNode

from .addresses import embed, file_name, href
from .frames import Frame, captioned, closed, item, opened, trimmed
from .schema import (
    MARKS,
    MAX_DEPTH,
    AnyMark,
    Block,
    Bold,
    Code,
    CodeBlock,
    CodeBlockAttrs,
    Embed,
    Figure,
    FigureAttrs,
    HardBreak,
    Heading,
    HeadingAttrs,
    HorizontalRule,
    Inline,
    Italic,
    Link,
    LinkAttrs,
    ListItem,
    Marks,
    Node,
    Paragraph,
    PlainText,
    Strike,
    Subscript,
    Superscript,
    TableCell,
    TableHeader,
    TableRow,
    Text,
)

_DROPPED: Final = frozenset((
    "head", "script", "style", "template", "noframes", "noembed", "datalist", "desc", "metadata",
))  # fmt: skip
_MARKS: Final[dict[str, AnyMark]] = {
    **dict.fromkeys(("b", "strong"), Bold()),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Italic()),
    **dict.fromkeys(("s", "strike", "del"), Strike()),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Code()),
    "sup": Superscript(),
    "sub": Subscript(),
}
_HEADINGS: Final = {"h1": 2, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3}
_PREFORMATTED: Final = frozenset(("pre", "xmp", "listing", "plaintext"))
_PLAYERS: Final = frozenset(("iframe", "video", "audio", "embed", "object", "source"))
_INLINE: Final = frozenset((
    "a", "span", "font", "u", "ins", "abbr", "acronym", "big", "small", "mark", "time", "data", "bdi", "bdo",
    "ruby", "rb", "rt", "rp", "rtc", "label", "button", "output", "wbr", "nobr", "picture", "svg", "g",
    "text", "tspan", "math", "map", "tbody", "thead", "tfoot", "colgroup", "col", "html", "body", "input",
    "slot", "meter", "progress",
))  # fmt: skip
"""Elements that begin no new line; every other one not named here does."""
# What an element may stand in, and how deep under it its innermost text lies.
_PARENTS: Final = {"li": ("ul", "ol"), "tr": ("table",), "td": ("tr",), "th": ("tr",)}
_LEVELS: Final = {"ul": 2, "ol": 2, "blockquote": 1, "table": 3}
_CONTAINERS: Final = frozenset((*_PARENTS, *_LEVELS))
_LANGUAGE: Final = re.compile(r"(?:^|\s)language-([A-Za-z0-9_+#.-]{1,32})(?:\s|$)")
_SPACE: Final = re.compile(r"[ \t\n\f]+")
_LINK: Final = MARKS.index(Link)


class Builder:
    """Takes `start`, `text` and `end` in the order of the text; `finish` gives the blocks."""

    def __init__(self, image: Callable[[str, str, str], str | FigureAttrs | None], base: str) -> None:
        self._image, self._base = image, base
        self._frames = [Frame("")]
        self._depth = 1
        self._undo: list[Callable[[], None]] = []
        self._heading = 0
        self._code: list[str] | None = None
        self._language: str | None = None
        self._inline: list[Inline] = []
        self._after: list[Node] = []  # figures that stood within the text of the block that is being read
        self._at_space = True
        self._active: list[list[AnyMark]] = [[] for _ in MARKS]
        self._marks: Marks = ()

    def finish(self) -> tuple[Block, ...]:
        self._flush()
        return cast(tuple[Block, ...], tuple(self._frames[0].children))

    def start(self, tag: str, node: LexborNode) -> bool:
        """An element begins. False where what is in it is not to be read; then no `end` follows."""
        if tag in _DROPPED:
            return False
        undo: Callable[[], None] = lambda: None  # noqa: E731
        if tag in _MARKS:
            undo = self._mark(_MARKS[tag])
            if tag == "code" and self._code is not None:
                self._note_language(node)
        elif tag == "a":
            address = href(node.attributes.get("href") or "", self._base)
            undo = self._mark(Link(LinkAttrs(address))) if address else undo
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(node)
        elif tag in _PLAYERS:
            self._player(node)
            if tag == "iframe":
                return False
        elif tag == "q":
            self.text("“")
            undo = self._closing_quote
        elif tag not in _INLINE:
            undo = self._block(tag, node)
        self._undo.append(undo)
        return True

    def end(self) -> None:
        """The element that began last and has not ended ends."""
        self._undo.pop()()

    def text(self, data: str) -> None:
        if self._code is not None:
            self._code.append(data)
            return
        data = _SPACE.sub(" ", data)
        if self._at_space:
            data = data.removeprefix(" ")
        if data:
            self._inline.append(Text(data, self._marks))
            self._at_space = data[-1] == " "

    def _closing_quote(self) -> None:
        self.text("”")

    # Blocks

    def _block(self, tag: str, node: LexborNode) -> Callable[[], None]:
        self._flush()
        if tag in _HEADINGS:
            before, self._heading = self._heading, _HEADINGS[tag]
            return lambda: self._end_heading(before)
        if tag in _PREFORMATTED and self._code is None:
            self._code = []
            self._note_language(node)
            return self._end_code
        if tag == "hr":
            self._add(HorizontalRule())
        elif tag in ("figure", "figcaption") or (tag in _CONTAINERS and self._fits(tag)):
            self._frames.append(opened(tag, node))
            self._depth += _LEVELS.get(tag, 0)
            return self._end_frame
        elif tag == "dt":
            return self._line_and(self._mark(Bold()))
        return self._flush

    def _line_and(self, unmark: Callable[[], None]) -> Callable[[], None]:
        def ends() -> None:
            self._flush()
            unmark()

        return ends

    def _fits(self, tag: str) -> bool:
        if tag in _PARENTS:
            return self._frames[-1].tag in _PARENTS[tag]
        return self._depth + _LEVELS[tag] < MAX_DEPTH

    def _end_heading(self, before: int) -> None:
        self._flush()
        self._heading = before

    def _end_code(self) -> None:
        self._flush()
        self._code = self._language = None

    def _end_frame(self) -> None:
        self._flush()
        frame = self._frames.pop()
        self._depth -= _LEVELS.get(frame.tag, 0)
        parent = self._frames[-1]
        if frame.tag == "figcaption" and parent.tag == "figure":
            parent.before.extend(frame.children)
        elif frame.tag == "figure":
            self._extend(captioned(frame.children, frame.before))
        elif frame.tag == "figcaption":
            self._extend(frame.children)
        else:
            self._extend(frame.before)
            if node := closed(frame):
                self._add(node)

    def _extend(self, blocks: list[Node]) -> None:
        for block in blocks:
            self._add(block)

    def _add(self, block: Node) -> None:
        frame = self._frames[-1]
        if frame.tag in ("ul", "ol") and not isinstance(block, ListItem):
            block = item([block])
        if frame.tag in ("table", "tr") and not isinstance(block, TableRow | TableCell | TableHeader):
            frame.before.append(block)
        else:
            frame.children.append(block)

    def _flush(self) -> None:
        """Whatever text has gathered becomes a block."""
        if self._code is not None:
            code = "".join(self._code).strip("\n")
            self._code = []
            if code.strip():
                self._add(CodeBlock(attrs=CodeBlockAttrs(language=self._language), content=(PlainText(code),)))
        elif self._inline:
            content = trimmed(self._inline)
            self._inline = []
            if content and self._heading:
                self._add(Heading(attrs=HeadingAttrs(level=2 if self._heading == 2 else 3), content=content))
            elif content:
                self._add(Paragraph(content=content))
        self._at_space = True
        if self._after:
            figures, self._after = self._after, []
            self._extend(figures)

    # What stands in a line

    def _mark(self, mark: AnyMark) -> Callable[[], None]:
        active = self._active[MARKS.index(type(mark))]
        active.append(mark)
        before, self._marks = self._marks, tuple(marks[-1] for marks in self._active if marks)

        def unmark() -> None:
            active.pop()
            self._marks = before

        return unmark

    def _note_language(self, node: LexborNode) -> None:
        if found := _LANGUAGE.search(node.attributes.get("class") or ""):
            self._language = found[1]

    def _break(self) -> None:
        if self._code is not None:
            self._code.append("\n")
        else:
            self._inline.append(HardBreak(self._marks))
            self._at_space = True

    def _picture(self, node: LexborNode) -> None:
        given = {name: " ".join((value or "").split()) for name, value in node.attributes.items()}
        address = given.get("src") or given.get("data-src", "")
        alt, title = given.get("alt", ""), given.get("title", "")
        if "1" in (given.get("width"), given.get("height")) and not alt:
            return  # a counting pixel
        image = self._image(address, alt, title) if address else None
        if image is not None:
            figure = Figure(attrs=image if isinstance(image, FigureAttrs) else FigureAttrs(image=image))
            if self._inline or self._code:
                self._after.append(figure)
            else:
                self._add(figure)
            return
        self._link(alt or title or ("" if address.startswith("data:") else file_name(address)), address)

    def _player(self, node: LexborNode) -> None:
        attributes = node.attributes
        address = href(attributes.get("src") or attributes.get("data") or "", self._base)
        if address is None:
            return
        if found := embed(address):
            self._flush()
            self._add(Embed(attrs=found))
        else:
            self._link(" ".join((attributes.get("title") or "").split()) or address, address)
            self._flush()

    def _link(self, label: str, address: str) -> None:
        """Words for something that cannot be shown here, leading to it; where they already lead elsewhere, a
        second link after them.
        """
        target = href(address, self._base)
        if target is None:
            self.text(label)
            return
        outer = self._active[_LINK]
        if outer and outer[-1] != Link(LinkAttrs(target)):
            self.text(f"{label} ")
            label = "(image)"
        unmark = self._mark(Link(LinkAttrs(target)))
        self.text(label or target)
        unmark()
