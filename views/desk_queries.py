"""The desk's statements: lists of stories, their counts, and where things are used.

What makes them fast with any number of stories is which index leads. Every list is read in the order of its last
change and ends at its limit, so a condition that many stories meet is checked on the way (``desk_by_change`` holds
shelf and words); one that few meet leads itself. ``beside`` keeps SQLite from choosing otherwise.
"""

from functools import cache
from typing import Any, get_args

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from views.database import Prepared, Several, among, beside, contains
from views.desk_shapes import List
from views.projections.images import images
from views.projections.publications import published, refs
from views.projections.stories import desk, involved, usage
from views.tables import Number, Text, public_at

MANY = 300  # stories: more are not counted
LEADS = 1000  # stories: a condition that fewer meet leads
WORDS = 6  # of a search
FEW = 400  # stories that are named in a question; among more, those of a list are looked for one by one

now = bindparam("now", type_=Number)
_here = and_(desk.c.trashed_at.is_(None), desk.c.retracted_at.is_(None))
_ahead = and_(desk.c.scheduled_for.is_not(None), desk.c.scheduled_for > now)
_live = and_(
    desk.c.withdrawn_at.is_(None), desk.c.retracted_at.is_(None),
    or_(desk.c.public_from <= now, desk.c.scheduled_for <= now),
)  # fmt: skip
STATE: Any = case(
    (desk.c.trashed_at.is_not(None), "binned"),
    (desk.c.retracted_at.is_not(None), "retracted"),
    (or_(desk.c.stage == "submitted", desk.c.stage == "approved"), desk.c.stage),
    (and_(_ahead, desk.c.unpublished == 0), "scheduled"),
    (and_(desk.c.withdrawn_at.is_not(None), desk.c.unpublished == 0), "withdrawn"),
    (and_(_live, desk.c.unpublished == 0), "published"),
    (_live, "changed"),
    else_="draft",
)
_any_shelf = beside(desk.c.shelf)
_come = desk.c.scheduled_for <= now


def _either(shelf: str) -> ColumnElement[bool]:
    return or_(desk.c.shelf == shelf, desk.c.shelf == "waiting")


def _among(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition; the index that has only such rows leads."""
    return desk.c.article.in_(select(desk.c.article).where(condition))


_LISTS: dict[str, ColumnElement[bool]] = {
    "all": _any_shelf != "binned",
    "live": _live,
    "corrected": and_(_live, _among(desk.c.corrections > literal_column("0"))),
    "scheduled": and_(_here, _ahead),
    "published": or_(_any_shelf == "published", and_(_any_shelf == "scheduled", _come)),
    "changed": and_(_either("changed"), or_(desk.c.shelf == "changed", _come)),
    "draft": and_(_either("draft"), or_(desk.c.shelf == "draft", _ahead)),
    **{name: desk.c.shelf == name for name in ("submitted", "approved", "withdrawn", "retracted", "binned")},
}
assert set(_LISTS) == set(get_args(List))


def _few(name: str) -> ColumnElement[bool]:
    return desk.c.article.in_(select(usage.c.article).where(usage.c.ref == bindparam(name)))


def _many(name: str) -> ColumnElement[bool]:
    return exists().where(usage.c.ref == bindparam(name), usage.c.article == desk.c.article)


REFS = ("byline", "tag", "image")
LEADING = (*REFS, "mine")
_mine: ColumnElement[str] = bindparam("mine")
_since: ColumnElement[int] = bindparam("public_since", type_=Number)
_appeared = union_all(
    select(desk.c.article).where(desk.c.published_at >= _since, beside(desk.c.scheduled_for).is_(None)),
    select(desk.c.article).where(desk.c.scheduled_for >= _since, _come),
)
_letters = [bindparam(f"letters{n}", type_=Number) for n in range(WORDS)]
_text = [
    and_(desk.c.letters.bitwise_and(sieve) == sieve, contains(desk.c.found, bindparam(f"text{n}", type_=Text)))
    for n, sieve in enumerate(_letters)
]
_named = bindparam("elsewhere", type_=desk.c.found.type)
_FILTERS: dict[str, ColumnElement[bool]] = {
    "mine": desk.c.article.in_(select(involved.c.article).where(involved.c.account == _mine)),
    "mine, many": exists().where(involved.c.account == _mine, involved.c.article == desk.c.article),
    "assigned": desk.c.assigned == bindparam("assigned"),
    "section": desk.c.section == bindparam("section"),
    "section, many": beside(desk.c.section) == bindparam("section"),
    "kind": desk.c.kind == bindparam("kind"),
    "since": desk.c.changed_at >= bindparam("since", type_=Number),
    "until": desk.c.changed_at < bindparam("until", type_=Number),
    "published_since": desk.c.published_at >= bindparam("published_since", type_=Number),
    "public_since": and_(_live, desk.c.article.in_(_appeared)),
    **{name: _few(name) for name in REFS},
    **{f"{name}, many": _many(name) for name in REFS},
    **{f"text{n}": word for n, word in enumerate(_text)},
    **{
        f"{n} words, or named": among(desk.c.article, _named, select(desk.c.article).where(*_text[:n]))
        for n in range(1, WORDS + 1)
    },
}


@cache
def stories(list_: str, filters: tuple[str, ...], *, after: bool) -> Prepared:
    """A page of a list."""
    query = _where(select(desk, STATE.label("state"), _live.label("live")), list_, filters)
    return Prepared(_paged(query, after=after), anew=_searched(filters))


@cache
def ahead(filters: tuple[str, ...]) -> Prepared:
    """What is scheduled, in the order of its moments."""
    query = _where(select(desk, STATE.label("state"), _live.label("live")), "scheduled", filters)
    query = query.order_by(desk.c.scheduled_for, desk.c.article).limit(bindparam("limit"))
    return Prepared(query, anew=_searched(filters))


def _searched(filters: tuple[str, ...]) -> bool:
    return any("text" in name or "words" in name for name in filters)


@cache
def candidates(list_: str, filters: tuple[str, ...], *, after: bool) -> Prepared:
    """The same page, only what a search looks at: article, changed_at, found."""
    query = _where(select(desk.c.article, desk.c.changed_at, desk.c.found), list_, filters)
    return Prepared(_paged(query, after=after))


def _paged(query: Select[Any], *, after: bool) -> Select[Any]:
    if after:
        place = desk.c.changed_at < bindparam("p")
        query = query.where(or_(place, and_(desk.c.changed_at == bindparam("q"), desk.c.article < bindparam("a"))))
        query = query.where(desk.c.changed_at <= bindparam("p"))  # this one the index can be entered by
    return query.order_by(desk.c.changed_at.desc(), desk.c.article.desc()).limit(bindparam("limit"))


@cache
def total(list_: str, filters: tuple[str, ...]) -> Prepared:
    """How many, up to MANY."""
    return _counted(_where(select(literal(1)).select_from(desk), list_, filters), MANY)


@cache
def total_of_many(list_: str, lead: str, others: tuple[str, ...]) -> Prepared:
    """The same where one of REFS, or "mine", leads although many meet it: its stories are looked at one by one."""
    table, stream = (involved, involved.c.account) if lead == "mine" else (usage, usage.c.ref)
    some = select(desk.c.article).join_from(table, desk, table.c.article == desk.c.article)
    some = some.distinct() if lead == "image" else some  # a story may show it more than once
    return _counted(_where(some.where(stream == bindparam(lead)), list_, others), MANY)


def _where(query: Select[Any], list_: str, filters: tuple[str, ...]) -> Select[Any]:
    return query.where(_LISTS[list_], *(_FILTERS[name] for name in filters))


ONE = Prepared(select(desk, STATE.label("state"), _live.label("live")).where(desk.c.article == bindparam("article")))
SHELVES = Prepared(select(desk.c.shelf, func.count()).group_by(desk.c.shelf))
COME = Prepared(select(desk.c.shelf, func.count()).where(_come).group_by(_any_shelf))
REST = {
    name: Prepared(select(func.count()).select_from(desk).where(condition))
    for name, condition in {
        **{name: _LISTS[name] for name in ("scheduled", "corrected")},
        "live": and_(
            _live,
            or_(
                desk.c.shelf == "submitted",
                desk.c.shelf == "approved",
                and_(desk.c.scheduled_for > now, _any_shelf == "scheduled"),
            ),
        ),
    }.items()
}
"""Lists that are no shelves; ``live``: what readers have of those that are being reviewed or wait for a moment."""
USES = Prepared(
    union_all(
        select(usage.c.article, usage.c.how, literal(""), literal(0))
        .where(usage.c.ref == bindparam("ref")),
        select(refs.c.article, literal(""), published.c.path, case((public_at(published), 1), else_=2))
        .join(published, and_(
            published.c.article == refs.c.article, refs.c.public_from < published.c.public_until,
            refs.c.public_until > published.c.public_from,
        ))
        .where(refs.c.ref == bindparam("ref"), published.c.public_until > now),
    )
)  # fmt: skip


HEADLINES = Several(lambda some: select(desk.c.article, desk.c.headline).where(desk.c.article.in_(some)))
SOME = Several(
    lambda some: select(desk, STATE.label("state"), _live.label("live")).where(desk.c.article.in_(some))
)
SHOWN = Several(
    lambda some: select(refs.c.ref, func.count(refs.c.article.distinct()))
    .where(refs.c.ref.in_(some), public_at(refs))
    .group_by(refs.c.ref)
)
WITHOUT_ALT = Several(lambda some: select(images.c.id).where(images.c.id.in_(some), images.c.alt == ""))


def _counted(query: Select[Any], most: int) -> Prepared:
    return Prepared(select(func.count()).select_from(query.limit(most).subquery()))


_USED = _counted(select(usage.c.article).where(usage.c.ref == bindparam("what")), LEADS)
MET = {
    **dict.fromkeys(REFS, _USED),
    "mine": _counted(select(involved.c.article).where(involved.c.account == bindparam("what")), LEADS),
}
"""How many stories meet a condition that may lead, up to LEADS."""
