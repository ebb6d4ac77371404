"""The schema as ProseMirror wants it, derived from the structures that msgspec checks by."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from .schema import MARKS, NODES, Attrs, Mark, Node

_JSON_TYPES = {"string": (str,), "number": (int,), "object": (tuple, list), "null": (type(None),)}


def prosemirror_spec() -> dict[str, Any]:
    """`{"topNode", "nodes", "marks"}`, plain JSON, in the order that matters (default block first; marks by rank).

    The browser builds its ProseMirror or TipTap schema from it and adds only toDOM and parseDOM. Built from anything
    else, it would put marks in another order than the server and hash to other digests.
    """
    return {
        "topNode": "doc",
        "nodes": {node.__struct_config__.tag: {**node.SPEC, **_attrs(node)} for node in NODES},
        "marks": {mark.__struct_config__.tag: {**mark.SPEC, **_attrs(mark)} for mark in MARKS},
    }


def _attrs(kind: type[Node] | type[Mark]) -> dict[str, Any]:
    for field in msgspec.structs.fields(kind):
        if field.name == "attrs":
            attrs: type[Attrs] = field.type
            return {"attrs": {name.encode_name: _attr(name) for name in msgspec.structs.fields(attrs)}}
    return {}


def _attr(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    spec: dict[str, Any] = {} if field.default is msgspec.NODEFAULT else {"default": field.default}
    kinds = _python_types(field.type)
    spec["validate"] = "|".join(name for name, types in _JSON_TYPES.items() if kinds & set(types))
    return spec


def _python_types(annotation: Any) -> set[type]:
    """The plain types behind `Annotated[...] | None`, `Literal[...]` and `tuple[...]`."""
    origin = get_origin(annotation)
    if origin is Literal:
        return {type(value) for value in get_args(annotation)}
    if origin is tuple:
        return {tuple}
    if isinstance(annotation, type):
        return {annotation}
    if hasattr(annotation, "__metadata__"):
        return _python_types(get_args(annotation)[0])
    return {kind for part in get_args(annotation) for kind in _python_types(part)}
