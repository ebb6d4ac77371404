"""Documents in and out of JSON. What `decode` returns is whole: valid, in normal form, within the limits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec.structs import replace

from .errors import DocumentError
from .schema import (
    HREF,
    MARKS,
    MAX_BYTES,
    MAX_DEPTH,
    READABLE,
    SCHEMA,
    TEXTBLOCKS,
    CodeBlock,
    Doc,
    HardBreak,
    Inline,
    Marks,
    Node,
    PlainText,
    Text,
)

_B = TypeVar("_B", bound=Node)
_RANK: Final = {mark: rank for rank, mark in enumerate(MARKS)}
_decoder: Final = msgspec.json.Decoder(Doc)
_encoder: Final = msgspec.json.Encoder()

# What XML, and so no feed, can carry; and what PostgreSQL cannot store.
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SUSPECTS: Final = (b"\\u00", "\ufffe".encode(), "\uffff".encode())  # how those look in JSON


def decode(raw: bytes | str | dict[str, Any], schema: int = SCHEMA) -> Doc:
    """A document from its JSON (or from that JSON already parsed), checked and in normal form: marks in their
    order, neighbouring texts with the same marks joined.

    Raises DocumentError, naming the place, for anything that is not a document of this schema.
    """
    if schema not in READABLE:
        raise DocumentError("$", f"Documents of schema {schema} are not known here, only those up to {SCHEMA}")
    if isinstance(raw, dict):
        return checked(cast(Doc, convert(raw, Doc)))
    if len(raw) > 2 * MAX_BYTES:
        raise DocumentError("$", f"The document is longer than {MAX_BYTES:,} bytes")
    try:
        doc = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _explained(error, "$") from None
    return checked(doc)


def encode(doc: Doc) -> bytes:
    """Canonical JSON: equal documents give equal bytes."""
    return _encoder.encode(doc)


def digest(doc: Doc) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(encode(doc)).hexdigest()


def parsed(nodes: Sequence[Node]) -> list[Any]:
    """Nodes as parsed JSON: lists and dicts."""
    return cast(list[Any], msgspec.json.decode(_encoder.encode(nodes)))


def convert(value: object, kind: Any, path: str = "$") -> Any:
    """Parsed JSON as one of the schema's structures; DocumentError with the path if it is not one."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _explained(error, path) from None


def checked(doc: Doc) -> Doc:
    """The document in normal form, once it is known to keep the limits that types cannot express."""
    content = settled(doc.content)
    if content is not doc.content:
        doc = Doc(content=content)
    within_limits(doc)
    return doc


def within_limits(doc: Doc) -> None:
    """Length, and characters that cannot be written out again; both seen cheaply in the JSON."""
    try:
        raw = _encoder.encode(doc)
    except UnicodeEncodeError:
        raise DocumentError("$", "The text holds half a character (a lone surrogate)") from None
    if len(raw) > MAX_BYTES:
        raise DocumentError("$", f"The document is longer than {MAX_BYTES:,} bytes")
    if any(suspect in raw for suspect in _SUSPECTS):
        _refuse_unwritable(msgspec.json.decode(raw), "$")


def settled(blocks: tuple[_B, ...], depth: int = 1) -> tuple[_B, ...]:
    """These blocks in normal form (the same object where they already are); `depth` is theirs, 1 in a document."""
    if depth > MAX_DEPTH:
        raise DocumentError("$", f"Blocks stand more than {MAX_DEPTH} deep in one another")
    changed: list[_B] | None = None
    for index, block in enumerate(blocks):
        inner: tuple[Node, ...] = getattr(block, "content", ())
        new: tuple[Node, ...] = inner
        kind = type(block)
        if kind in TEXTBLOCKS:
            new = _settled_inline(cast(tuple[Inline, ...], inner))
        elif kind is CodeBlock:
            if len(inner) > 1:
                new = (PlainText("".join(text.text for text in cast(tuple[PlainText, ...], inner))),)
        elif inner:
            new = settled(inner, depth + 1)
        if new is not inner:
            if changed is None:
                changed = list(blocks)
            changed[index] = replace(block, content=new)
    return blocks if changed is None else tuple(changed)


def _settled_inline(content: tuple[Inline, ...]) -> tuple[Inline, ...]:
    before: Marks | None = None  # of the text just before
    for node in content:
        marks = node.marks
        if marks == before or (len(marks) > 1 and not _in_order(node)):
            break
        before = marks if type(node) is Text else None
    else:
        return content
    return joined([_sorted(node) for node in content])


def joined(content: Iterable[Inline]) -> tuple[Inline, ...]:
    """Inline nodes with neighbouring texts of the same marks made one."""
    out: list[Inline] = []
    for kind_and_marks, run in groupby(content, key=lambda node: (type(node), node.marks)):
        texts = list(run)
        if kind_and_marks[0] is Text and len(texts) > 1:
            out.append(Text("".join(node.text for node in texts if isinstance(node, Text)), kind_and_marks[1]))
        else:
            out.extend(texts)
    return tuple(out)


def _in_order(node: Inline) -> bool:
    ranks = [_RANK[type(mark)] for mark in node.marks]
    return all(a < b for a, b in pairwise(ranks))


def _sorted(node: Inline) -> Inline:
    marks = tuple(sorted(node.marks, key=lambda mark: _RANK[type(mark)]))
    if len({type(mark) for mark in marks}) < len(marks):
        raise DocumentError("$", "A text bears the same mark twice")
    return HardBreak(marks) if isinstance(node, HardBreak) else Text(node.text, marks)


def _refuse_unwritable(value: object, path: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unwritable(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _refuse_unwritable(inner, f"{path}[{index}]")
    elif isinstance(value, str) and (found := UNWRITABLE.search(value)):
        raise DocumentError(path, f"The text holds a control character (U+{ord(found[0]):04X})")


def _explained(error: Exception, path: str) -> DocumentError:
    if isinstance(error, RecursionError):
        return DocumentError(path, f"Blocks stand more than {MAX_DEPTH} deep in one another")
    message, _, place = str(error).rpartition(" - at `$")
    if message.endswith(repr(HREF).strip("'\"") + "'"):
        message = "A link leads to https://, http://, mailto:, / or #, without spaces"
    return DocumentError(path + place.rstrip("`"), message) if message else DocumentError(path, str(error))
