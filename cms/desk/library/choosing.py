"""Choosing one thing for another on a page of its own: a portrait out of the library, what something is merged into.

Both are asked for with what the page shows; the thing's own page (entities.py) takes what was chosen.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms import byline as b
from cms import tag as t
from cms.desk import reading
from cms.desk.library import entities
from cms.desk.library.entities import Kind
from cms.desk.page import render
from cms.desk.session import person
from cms.roles import may

PORTRAITS = 36  # pictures of a page
FOUND = 20  # things that a name may mean
_MERGES = {"byline": b.Merge, "tag": t.Merge}


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/bylines/<uuid:id>/portrait", "byline_portrait", portrait)
    for name in _MERGES:
        desk.add_url_rule(f"/{name}s/<uuid:id>/merge", f"{name}_merge", _merge_of(entities.kind_of(name)))


def portrait(id: object) -> Response:
    """The pictures of the library, to choose one that stands for a byline."""
    kind = entities.kind_of("byline")
    state: Any = _living(kind, str(id), b.SetPortrait)
    text = request.args.get("text", "").strip()
    found = reading.desk().library.images(PORTRAITS, request.args.get("before"), text=text)
    return render(
        "portrait.html", kind=kind, id=id, state=state, text=text, next=found.next_cursor,
        rows=[one for one in found.items if not one.taken_down],
    )  # fmt: skip


def _merge_of(kind: Kind) -> Callable[[object], Response]:
    return lambda id: merge(kind, str(id))


def merge(kind: Kind, id: str) -> Response:
    """Find what something is merged into, by its name, and see what that will do."""
    state: Any = _living(kind, id, _MERGES[kind.name])
    text, into = request.args.get("text", "").strip(), request.args.get("into", "")
    others = [row for row in reading.entities(kind.name) if row.id != id and not row.note]
    named = [row for row in others if text and text.casefold() in row.name.casefold()]
    same = [row for row in named if row.name.casefold() == text.casefold()]
    chosen = next((row for row in others if row.id == into), same[0] if len(same) == 1 else None)
    if into and chosen is None:
        abort(404)
    uses = reading.desk().usage(f"{kind.name}-{id}")
    shown = [chosen] if chosen else named[:FOUND]
    return render(
        "merge.html", kind=kind, id=id, state=state, text=text, chosen=chosen, named=named[:FOUND],
        more=max(0, len(named) - FOUND), uses=uses,
        effect=entities.moving(uses, state.name, chosen.name) if chosen else "",
        leading=entities.leading(kind, state, f"{kind.path}{chosen.slug}") if chosen else "",
        live=reading.desk().live([f"{kind.name}-{one}" for one in (id, *(row.id for row in shown))]),
    )  # fmt: skip


def _living(kind: Kind, id: str, command: Any) -> Any:
    """What it is now. 404 where there is none, where it is part of another, or where one may not do this to it."""
    state: Any = kind.state(id)
    if not state.version or state.merged or not may(person().role, command):
        abort(404)
    return state
