"""Addresses as the desk looks at them: every path, what it is to whom, and where readers arrive."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from sqlalchemy import bindparam, or_, select

from events.instant import Instant
from views import cursors
from views.database import Connection, Prepared, Several, escaped
from views.lookup import FRONTS, Lookup
from views.projections.paths import paths
from views.projections.stories import desk

State = Literal["pointed", "claimed", "redirected", "closed"]


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One path. owner: a stream, '' where somebody decided it by hand; name: what the owner is called; to: where
    readers arrive, '' where nothing is there for them; dead: it leads to an address that nothing has."""

    path: str
    state: State
    owner: str
    name: str
    to: str
    at: Instant
    dead: bool


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of their paths."""

    items: tuple[Address, ...]
    next_cursor: str | None


def addresses(
    db: Connection, lookup: Lookup, limit: int, after: str | None = None, *, text: str = "", state: State | None = None
) -> Addresses:
    """Those with ``text`` in the path, or in where they are led by hand. Raises BadCursor."""
    values: dict[str, Any] = {"limit": limit + 1}
    if text:
        values["text"] = f"%{escaped(text)}%"
    if state:
        values["state"] = state
    if after is not None:
        values["after"] = cursors.decode_text(after)
    rows = _list(bool(text), bool(state), after is not None).all(db, **values)
    kept = rows[:limit]
    names = _names(db, lookup, [row[1] for row in kept])
    dead = nowhere(db, {row[4] for row in kept if row[4]})
    items = tuple(
        Address(
            path=path, owner=owner, state=state_, at=at, name=names.get(owner, ("", ""))[0],
            to=to or (path if state_ == "claimed" else "" if state_ == "closed" else names.get(owner, ("", ""))[1]),
            dead=to in dead,
        )
        for path, owner, state_, at, to in kept
    )  # fmt: skip
    return Addresses(items=items, next_cursor=cursors.encode_text(kept[-1][0]) if len(rows) > limit else None)


def nowhere(db: Connection, addresses: Collection[str]) -> set[str]:
    """Those that nothing has. Short ones are taken on trust: the site has pages that are in no table."""
    long = [one for one in addresses if one.count("/") >= 3]
    return set(long) - {row[0] for row in _THERE.all(db, sorted(long))}


@cache
def _list(text: bool, state: bool, after: bool) -> Prepared:
    query = select(paths.c.path, paths.c.owner, paths.c.state, paths.c.at, paths.c.leads_to)
    if text:
        pattern: Any = bindparam("text")
        query = query.where(or_(paths.c.path.ilike(pattern, escape="\\"), paths.c.leads_to.ilike(pattern, escape="\\")))
    if state:
        query = query.where(paths.c.state == bindparam("state"))
    if after:
        query = query.where(paths.c.path > bindparam("after"))
    return Prepared(query.order_by(paths.c.path).limit(bindparam("limit")))


_THERE = Several(lambda some: select(paths.c.path).where(paths.c.path.in_(some)))
_STORIES = Several(lambda some: select(desk.c.article, desk.c.headline, desk.c.path).where(desk.c.article.in_(some)))


def _names(db: Connection, lookup: Lookup, owners: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Owner → what it is called, and its address now."""
    articles = sorted({owner.removeprefix("article-") for owner in owners if owner.startswith("article-")})
    found: dict[str, tuple[str, str]] = {
        f"article-{id}": (headline, path) for id, headline, path in _STORIES.all(db, articles)
    }
    things = [owner for owner in dict.fromkeys(owners) if owner.startswith(("byline-", "section-", "tag-"))]
    lookup.expect(things)
    for owner in things:
        kind = owner.partition("-")[0]
        record = lookup.record(owner) if kind == "section" else lookup.merged(owner)
        if record:
            found[owner] = (record.name, FRONTS[kind] + record.slug)
    return found
