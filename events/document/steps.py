"""Edits to a document: ProseMirror's steps, applied as the browser applied them.

Positions count as in ProseMirror: a text is as long as its UTF-16 code units (an emoji is 2), a leaf is 1, any other
node is its content and 2. A step only ever touches the top-level blocks that its range lies in, so just those are
handed to the ProseMirror port; a step that replaces whole blocks (what `replacing` makes) does without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct, field
from prosemirror.model import Node as PortNode
from prosemirror.model import Schema
from prosemirror.transform import Step as PortStep

from .browser import prosemirror_spec
from .codec import convert, parsed, settled, within_limits
from .comparing import ends_in_common
from .errors import DocumentError
from .schema import MAX_DEPTH, NODES, AnyMark, Attrs, Block, Doc, Node, PlainText, Text

Position: TypeAlias = Annotated[int, Meta(ge=0)]
JSON: TypeAlias = dict[str, Any]


class Slice(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    content: list[JSON] | None = None
    open_start: Annotated[int, Meta(ge=0, le=2 * MAX_DEPTH)] = 0
    open_end: Annotated[int, Meta(ge=0, le=2 * MAX_DEPTH)] = 0


class _Step(Struct, frozen=True, rename="camel", forbid_unknown_fields=True, tag_field="stepType"):
    pass


class _Ranged(_Step, frozen=True):
    from_: Position = field(name="from")
    to: Position

    def reach(self) -> tuple[int, int]:
        return self.from_, self.to


class _Placed(_Step, frozen=True):
    pos: Position

    def reach(self) -> tuple[int, int]:
        return self.pos, self.pos + 1


class Replace(_Ranged, frozen=True, tag="replace"):
    slice: Slice | None = None
    structure: bool = False


class ReplaceAround(_Ranged, frozen=True, tag="replaceAround"):
    gap_from: Position
    gap_to: Position
    insert: Position
    slice: Slice | None = None
    structure: bool = False

    def reach(self) -> tuple[int, int]:
        if not self.from_ <= self.gap_from <= self.gap_to <= self.to:
            raise DocumentError("$", "The gap of this step lies outside its range")
        return self.from_, self.to


class AddMark(_Ranged, frozen=True, tag="addMark"):
    mark: AnyMark


class RemoveMark(_Ranged, frozen=True, tag="removeMark"):
    mark: AnyMark


class AddNodeMark(_Placed, frozen=True, tag="addNodeMark"):
    mark: AnyMark


class RemoveNodeMark(_Placed, frozen=True, tag="removeNodeMark"):
    mark: AnyMark


class SetAttr(_Placed, frozen=True, tag="attr"):
    attr: str
    value: Any


AnyStep: TypeAlias = Replace | ReplaceAround | AddMark | RemoveMark | AddNodeMark | RemoveNodeMark | SetAttr


def _attrs_of(kind: type[Struct]) -> type[Attrs] | None:
    return next((f.type for f in msgspec.structs.fields(kind) if f.name == "attrs"), None)


_NODE_ATTRS: Final = {node.__struct_config__.tag: _attrs_of(node) for node in NODES if node is not Doc}
_POSITIONS: Final = frozenset(("from", "to", "gapFrom", "gapTo", "pos"))
_ATTR_NAMES: Final = {f.name for kind in _NODE_ATTRS.values() if kind for f in msgspec.structs.fields(kind)}


def apply(doc: Doc, steps: Sequence[JSON]) -> Doc:
    """The document after these steps, checked by the schema. `doc` itself is never changed.

    Raises DocumentError (path 'steps[2]…') for a step that is none, that does not fit this document, or whose result
    would not be a document.
    """
    blocks = list(doc.content)
    sizes = [size(block) for block in blocks]
    for index, raw in enumerate(steps):
        path = f"steps[{index}]"
        step: AnyStep = convert(raw, AnyStep, path)
        try:
            _step(blocks, sizes, step, raw, path)
        except DocumentError as error:
            raise error if error.path.startswith(path) else DocumentError(path, error.message) from None
    if not blocks:
        raise DocumentError("$.content", "A document keeps at least one block")
    result = Doc(content=tuple(blocks))
    within_limits(result)
    return result


def replacing(old: Doc, new: Doc) -> list[JSON]:
    """Steps that turn `old` into `new`: one replacement of the blocks that differ, none if they are equal."""
    before, after = old.content, new.content
    head, tail = ends_in_common(before, after)
    gone = before[head : len(before) - tail]
    come = after[head : len(after) - tail]
    if not gone and not come:
        return []
    start = sum(map(size, before[:head]))
    step: JSON = {"stepType": "replace", "from": start, "to": start + sum(map(size, gone))}
    if come:
        step["slice"] = {"content": parsed(come)}
    return [step]


def size(node: Node) -> int:
    """How many positions a node takes up."""
    kind = type(node)
    if kind is Text or kind is PlainText:
        text: str = node.text  # type: ignore[attr-defined]
        return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    content: tuple[Node, ...] | None = getattr(node, "content", None)
    return 1 if content is None else 2 + sum([size(child) for child in content])


def _step(blocks: list[Block], sizes: list[int], step: AnyStep, raw: JSON, path: str) -> None:
    """Applies one step to the blocks and their sizes, in place; on DocumentError they may be left as they were."""
    start, end = step.reach()
    if start > end:
        raise DocumentError(path, "This step ends before it begins")
    first, last, offset, whole = _range(sizes, start, end, path)
    content = (step.slice.content or []) if isinstance(step, Replace | ReplaceAround) and step.slice else []
    if isinstance(step, Replace) and whole and not step.structure and _closed(step.slice):
        new = convert(content, list[Block], f"{path}.slice.content")
    else:
        for index, node in enumerate(content):
            _check_loosely(node, f"{path}.slice.content[{index}]")
        if isinstance(step, SetAttr) and step.attr not in _ATTR_NAMES:
            raise DocumentError(path, f"No node has an attribute {step.attr!r}")
        new = convert(_by_port(blocks[first:last], raw, offset, path), list[Block], path)
    blocks[first:last] = settled(tuple(new))
    sizes[first:last] = [size(block) for block in blocks[first : first + len(new)]]


def _closed(piece: Slice | None) -> bool:
    return piece is None or (piece.open_start == 0 and piece.open_end == 0)


def _range(sizes: list[int], start: int, end: int, path: str) -> tuple[int, int, int, bool]:
    """The blocks [first, last) that positions start to end lie in, where the first of them begins, and whether
    both positions lie between blocks.
    """
    first = offset = 0
    while first < len(sizes) and offset + sizes[first] <= start:
        offset += sizes[first]
        first += 1
    last, reached = first, offset
    while last < len(sizes) and reached < end:
        reached += sizes[last]
        last += 1
    if reached < end:
        raise DocumentError(path, f"Position {end} lies behind the end of the document")
    return first, last, offset, offset == start and reached == end


def _check_loosely(node: object, path: str, depth: int = 0) -> None:
    """A piece of a document cut open at its ends: known nodes, attributes and marks only, though perhaps not whole.

    The port would drop what it does not know without a word, and recurse into what is too deep.
    """
    if depth > MAX_DEPTH:
        raise DocumentError(path, f"Blocks stand more than {MAX_DEPTH} deep in one another")
    if not isinstance(node, dict) or not isinstance(node.get("type"), str) or node["type"] not in _NODE_ATTRS:
        raise DocumentError(path, "Not a node that may stand in a document")
    if unknown := node.keys() - {"type", "attrs", "content", "marks", "text"}:
        raise DocumentError(path, f"A node has no field {min(map(str, unknown))!r}")
    kind = _NODE_ATTRS[node["type"]]
    if kind is not None:
        convert(node.get("attrs") or {}, kind, f"{path}.attrs")
    elif node.get("attrs"):
        raise DocumentError(path, f"{node['type']} has no attributes")
    if not isinstance(node.get("text", ""), str) or ("text" in node) != (node["type"] == "text"):
        raise DocumentError(path, "Text stands in text nodes only")
    convert(node.get("marks", []), list[AnyMark], f"{path}.marks")
    content = node.get("content", [])
    if not isinstance(content, list):
        raise DocumentError(path, "The content of a node is a list")
    for index, child in enumerate(content):
        _check_loosely(child, f"{path}.content[{index}]", depth + 1)


def _by_port(blocks: Sequence[Block], raw: JSON, offset: int, path: str) -> object:
    """The step applied by the ProseMirror port to a document of just these blocks; the new blocks as JSON."""
    schema = _port_schema()
    shifted = {k: v - offset if k in _POSITIONS else v for k, v in raw.items()}
    try:
        before = PortNode.from_json(schema, {"type": "doc", "content": parsed(blocks)})
        result = PortStep.from_json(schema, shifted).apply(before)
        if result.doc is None:
            raise DocumentError(path, f"This step does not fit the document: {result.failed}")
        return result.doc.to_json().get("content", [])
    except DocumentError:
        raise
    except UnicodeError:
        raise DocumentError(path, "This step cuts a character in half") from None
    except Exception as error:  # noqa: BLE001  the port answers a bad step with whatever exception it ran into
        raise DocumentError(path, f"This step does not fit the document: {error}") from None


@cache
def _port_schema() -> Schema[Any, Any]:
    """The schema for the port. Its document may be empty: it only ever holds the blocks that a step touches."""
    spec = prosemirror_spec()
    spec["nodes"]["doc"] = {"content": "block*"}
    return Schema(spec)  # type: ignore[arg-type]
