"""The body of an article: which nodes and marks there are, and what may stand in what.

These classes are the only definition. msgspec checks stored and incoming JSON against them (no unknown field, no
unknown attribute, no link that could run something), and `prosemirror_spec` derives from the same classes the schema
that ProseMirror in the browser and its port on the server are built from. A node's `SPEC` holds what types cannot
say: its content expression and the flags that ProseMirror's commands go by.

The JSON is ProseMirror's own: `{"type": "paragraph", "attrs": {"id": null}, "content": [...]}`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from .embeds import EMBED_HOSTS, Provider, is_from

SCHEMA: Final = 2
"""The number stored beside every document and every edit. 2: notes to the desk."""
READABLE: Final = frozenset((1, 2))
"""Schemas whose documents are documents of today as they stand, and whose steps mean today what they meant: each has
only added to the one before. One that takes something away needs an upcaster for documents, and the frozen schema
before it for steps."""

MAX_DEPTH: Final = 32
"""Nodes above each other, the document itself not counted: fifteen lists in one another."""
MAX_BYTES: Final = 8_000_000
"""Of a document in its canonical JSON."""

HREF: Final = r"\A(?:https?://[^\s/\\?#]|mailto:[^\s]|/(?![/\\])|#)[^\s\x00-\x1f\x7f\\]*\Z"

Id: TypeAlias = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Href: TypeAlias = Annotated[str, Meta(pattern=HREF, max_length=8192)]
Words: TypeAlias = Annotated[str, Meta(max_length=5000)]
"""One attribute's worth of text: a caption, a credit."""


class Attrs(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Attributes of a node or mark. Always written out in full, as ProseMirror does."""


class BlockAttrs(Attrs, frozen=True, kw_only=True):
    id: Id | None = None


class HeadingAttrs(BlockAttrs, frozen=True, kw_only=True):
    level: Literal[2, 3] = 2


class OrderedListAttrs(BlockAttrs, frozen=True, kw_only=True):
    start: Annotated[int, Meta(ge=0, le=999_999_999)] = 1


class PullquoteAttrs(BlockAttrs, frozen=True, kw_only=True):
    cite: Words | None = None


class FigureAttrs(BlockAttrs, frozen=True, kw_only=True):
    """`image` is the image's id; caption, alt and credit are null where the figure follows the image's own."""

    image: Id
    caption: Words | None = None
    alt: Words | None = None
    credit: Words | None = None
    size: Literal["column", "wide", "full"] = "column"


class EmbedAttrs(BlockAttrs, frozen=True, kw_only=True):
    provider: Provider
    url: Href

    def __post_init__(self) -> None:
        if not is_from(self.url, EMBED_HOSTS[self.provider]):
            raise ValueError(f"Not an https address of {self.provider}")


class CodeBlockAttrs(BlockAttrs, frozen=True, kw_only=True):
    language: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_+#.-]{1,32}\Z")] | None = None


class CellAttrs(BlockAttrs, frozen=True, kw_only=True):
    """`colwidth`: pixels of each column spanned, as the browser's table editing keeps them."""

    colspan: Annotated[int, Meta(ge=1, le=100)] = 1
    rowspan: Annotated[int, Meta(ge=1, le=1000)] = 1
    colwidth: Annotated[tuple[Annotated[int, Meta(ge=0, le=10_000)], ...], Meta(max_length=100)] | None = None


class LinkAttrs(Attrs, frozen=True):
    href: Href


class NoteAttrs(Attrs, frozen=True):
    """`by`: the account of who left it."""

    by: Id | None = None


class Mark(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", gc=False):
    SPEC: ClassVar[dict[str, Any]] = {}


class Link(Mark, frozen=True, tag="link"):
    SPEC = {"inclusive": False}
    attrs: LinkAttrs


class Note(Mark, frozen=True, tag="note"):
    """Words to the desk: they are in no publication, and readers never see them (see `notes`)."""

    attrs: NoteAttrs = field(default_factory=NoteAttrs)


class Bold(Mark, frozen=True, tag="bold"):
    pass


class Italic(Mark, frozen=True, tag="italic"):
    pass


class Strike(Mark, frozen=True, tag="strike"):
    pass


class Superscript(Mark, frozen=True, tag="superscript"):
    pass


class Subscript(Mark, frozen=True, tag="subscript"):
    pass


class Code(Mark, frozen=True, tag="code"):
    SPEC = {"code": True}


AnyMark: TypeAlias = Note | Link | Bold | Italic | Strike | Superscript | Subscript | Code
MARKS: Final[tuple[type[Mark], ...]] = (Note, Link, Bold, Italic, Strike, Superscript, Subscript, Code)
"""In the order in which they stand on a text, each at most once; a note is outermost."""
Marks: TypeAlias = tuple[AnyMark, ...]


class Node(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", gc=False):
    SPEC: ClassVar[dict[str, Any]] = {}


class Text(Node, frozen=True, tag="text"):
    SPEC = {"group": "inline"}
    text: Annotated[str, Meta(min_length=1)]
    marks: Marks = ()


class PlainText(Node, frozen=True, tag="text"):
    """The text of a code block, which bears no marks."""

    text: Annotated[str, Meta(min_length=1)]
    marks: Annotated[Marks, Meta(max_length=0)] = ()


class HardBreak(Node, frozen=True, tag="hardBreak"):
    SPEC = {"group": "inline", "inline": True, "selectable": False, "linebreakReplacement": True}
    marks: Marks = ()


Inline: TypeAlias = Text | HardBreak


class Paragraph(Node, frozen=True, kw_only=True, tag="paragraph"):
    SPEC = {"group": "block", "content": "inline*"}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: tuple[Inline, ...] = ()


class Heading(Node, frozen=True, kw_only=True, tag="heading"):
    SPEC = {"group": "block", "content": "inline*", "defining": True}
    attrs: HeadingAttrs = field(default_factory=HeadingAttrs)
    content: tuple[Inline, ...] = ()


class ListItem(Node, frozen=True, kw_only=True, tag="listItem"):
    SPEC = {"content": "paragraph block*", "defining": True}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: Annotated[tuple[Block, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if not isinstance(self.content[0], Paragraph):
            raise ValueError("A list item begins with a paragraph")


class BulletList(Node, frozen=True, kw_only=True, tag="bulletList"):
    SPEC = {"group": "block list", "content": "listItem+"}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: Annotated[tuple[ListItem, ...], Meta(min_length=1)]


class OrderedList(Node, frozen=True, kw_only=True, tag="orderedList"):
    SPEC = {"group": "block list", "content": "listItem+"}
    attrs: OrderedListAttrs = field(default_factory=OrderedListAttrs)
    content: Annotated[tuple[ListItem, ...], Meta(min_length=1)]


class Blockquote(Node, frozen=True, kw_only=True, tag="blockquote"):
    SPEC = {"group": "block", "content": "block+", "defining": True}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: Annotated[tuple[Block, ...], Meta(min_length=1)]


class Pullquote(Node, frozen=True, kw_only=True, tag="pullquote"):
    SPEC = {"group": "block", "content": "inline*", "defining": True}
    attrs: PullquoteAttrs = field(default_factory=PullquoteAttrs)
    content: tuple[Inline, ...] = ()


class Figure(Node, frozen=True, kw_only=True, tag="figure"):
    SPEC = {"group": "block", "atom": True, "draggable": True, "isolating": True}
    attrs: FigureAttrs


class Embed(Node, frozen=True, kw_only=True, tag="embed"):
    SPEC = {"group": "block", "atom": True, "draggable": True, "isolating": True}
    attrs: EmbedAttrs


class CodeBlock(Node, frozen=True, kw_only=True, tag="codeBlock"):
    SPEC = {"group": "block", "content": "text*", "marks": "", "code": True, "defining": True}
    attrs: CodeBlockAttrs = field(default_factory=CodeBlockAttrs)
    content: tuple[PlainText, ...] = ()


class HorizontalRule(Node, frozen=True, kw_only=True, tag="horizontalRule"):
    SPEC = {"group": "block"}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)


class TableCell(Node, frozen=True, kw_only=True, tag="tableCell"):
    SPEC = {"content": "block+", "tableRole": "cell", "isolating": True}
    attrs: CellAttrs = field(default_factory=CellAttrs)
    content: Annotated[tuple[Block, ...], Meta(min_length=1)]


class TableHeader(Node, frozen=True, kw_only=True, tag="tableHeader"):
    SPEC = {"content": "block+", "tableRole": "header_cell", "isolating": True}
    attrs: CellAttrs = field(default_factory=CellAttrs)
    content: Annotated[tuple[Block, ...], Meta(min_length=1)]


class TableRow(Node, frozen=True, kw_only=True, tag="tableRow"):
    SPEC = {"content": "(tableCell | tableHeader)+", "tableRole": "row"}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: Annotated[tuple[TableCell | TableHeader, ...], Meta(min_length=1)]


class Table(Node, frozen=True, kw_only=True, tag="table"):
    SPEC = {"group": "block", "content": "tableRow+", "tableRole": "table", "isolating": True}
    attrs: BlockAttrs = field(default_factory=BlockAttrs)
    content: Annotated[tuple[TableRow, ...], Meta(min_length=1)]


Block: TypeAlias = (
    Paragraph | Heading | BulletList | OrderedList | Blockquote | Pullquote | Figure | Embed | CodeBlock
    | HorizontalRule | Table
)  # fmt: skip
TEXTBLOCKS: Final = frozenset((Paragraph, Heading, Pullquote))
"""The blocks whose content is text with marks."""


class Doc(Node, frozen=True, kw_only=True, tag="doc"):
    SPEC = {"content": "block+"}
    content: Annotated[tuple[Block, ...], Meta(min_length=1)]


NODES: Final[tuple[type[Node], ...]] = (
    Doc, Paragraph, Heading, BulletList, OrderedList, ListItem, Blockquote, Pullquote, Figure, Embed, CodeBlock,
    HorizontalRule, Table, TableRow, TableHeader, TableCell, HardBreak, Text,
)  # fmt: skip
"""Every kind of node, the default block first among blocks, as ProseMirror wants them."""

EMPTY: Final = Doc(content=(Paragraph(),))
