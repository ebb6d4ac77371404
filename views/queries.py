"""The readers' questions as SQL, once over what is public now (`published`), once over every instant (`revisions`).

Each statement carries ``public_at``; nothing here can answer with what is not public at the instant it is given.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, exists, func, literal_column, or_, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from views.database import Prepared, Several
from views.projections.images import blobs, images
from views.projections.paths import paths
from views.projections.people import portraits
from views.projections.publications import articles, contents, published, refs, revisions
from views.projections.subjects import sections
from views.tables import Number, public_at

AFTER_ALL = "\U0010ffff"  # sorts behind every path that begins with what stands before it

# --- one address

PAGE = Prepared(
    select(
        published.c.article, published.c.number, published.c.stale, published.c.page, published.c.html,
        published.c.digest, published.c.related,
    ).where(published.c.path == bindparam("path"), public_at(published))
)  # fmt: skip
PAST_PAGE = Prepared(
    select(revisions.c.article, revisions.c.number).where(
        revisions.c.path == bindparam("path"), public_at(revisions), revisions.c.hidden != "withdrawn"
    )
)
PATH = Prepared(select(paths.c.owner, paths.c.state, paths.c.at).where(paths.c.path == bindparam("path")))
POINTED = Prepared(
    select(paths.c.leads_to).where(
        paths.c.path == bindparam("path"), paths.c.state == "pointed", paths.c.at <= bindparam("now", type_=Number)
    )
)
SINCE = Prepared(
    select(func.min(revisions.c.public_from)).where(
        revisions.c.path == bindparam("path"), revisions.c.article == bindparam("article")
    )
)
ENDED = Prepared(select(articles.c.withdrawn_at).where(articles.c.article == bindparam("article")))


class Side(NamedTuple):
    """Where publications are looked for, and which of them lists may show."""

    table: FromClause
    listed: Any


LIVE = Side(published, published.c.retracted == 0)
PAST = Side(revisions, revisions.c.hidden == "")


def _listed(side: Side, *columns: Any) -> Select[Any]:
    return select(*columns).where(public_at(side.table), side.listed)


def _card(side: Side) -> tuple[Any, ...]:
    if side is LIVE:
        return published.c.article, published.c.number, published.c.published_at, published.c.stale, published.c.card
    return revisions.c.article, revisions.c.number, revisions.c.published_at


# --- lists


@cache
def latest(side: Side, filters: tuple[int, ...], *, after: bool, under: bool) -> Prepared:
    """The newest first. ``filters``: for each entity that must be shown, how many ids stand for it.

    Binds r<filter>_<n>, and p (published_at), a (article) of the line before where ``after``; low, high: ``under``.
    """
    table = side.table
    query = _listed(side, *_card(side))
    order: FromClause = table
    for place, count in enumerate(filters):
        streams: list[Any] = [bindparam(f"r{place}_{n}") for n in range(count)]
        if place == 0 and count == 1:
            order = refs
            query = query.join_from(
                refs, table, refs.c.article == table.c.article
            ).where(refs.c.ref == streams[0], public_at(refs))
        else:
            query = query.where(
                table.c.article.in_(select(refs.c.article).where(refs.c.ref.in_(streams), public_at(refs)))
            )
    if under:
        query = query.where(table.c.path >= bindparam("low"), table.c.path < bindparam("high"))
    if after:
        query = query.where(tuple_(order.c.published_at, order.c.article) < tuple_(bindparam("p"), bindparam("a")))
    else:  # nothing is public before its first publication: the index need not be read from the end of time
        query = query.where(order.c.published_at <= bindparam("now", type_=Number))
    return Prepared(query.order_by(order.c.published_at.desc(), order.c.article.desc()).limit(bindparam("limit")))


@cache
def periods(side: Side, length: int) -> Prepared:
    """Articles by the beginning of their paths: 7 characters for months, 10 for days. Binds low, high."""
    path = side.table.c.path
    period = func.substr(path, 2, literal_column(str(length)))
    changed = func.max(func.coalesce(side.table.c.updated_at, side.table.c.published_at))
    return Prepared(
        _listed(side, period, func.count(), changed)
        .where(path >= bindparam("low"), path < bindparam("high"))
        .group_by(period)
        .order_by(period.desc())
    )


@cache
def sitemap(side: Side) -> Prepared:
    """Paths in their order. Binds low, high, limit, offset."""
    table = side.table
    return Prepared(
        _listed(side, table.c.path, func.coalesce(table.c.updated_at, table.c.published_at))
        .where(table.c.path >= bindparam("low"), table.c.path < bindparam("high"))
        .order_by(table.c.path)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _public(side: Side) -> Several:
    return Several(lambda some: _listed(side, *_card(side)).where(side.table.c.article.in_(some)))


PUBLIC = {LIVE: _public(LIVE), PAST: _public(PAST)}
PUBLIC_PATH = {
    side: Prepared(
        select(side.table.c.path).where(side.table.c.article == bindparam("article"), public_at(side.table))
    )
    for side in (LIVE, PAST)
}


@cache
def corrections(side: Side, *, after: bool) -> Prepared:
    """Corrections, newest first, of what is public. Binds p, a, n of the line before where ``after``."""
    told = revisions.alias("told")
    table = side.table
    query = (
        _listed(side, told.c.article, told.c.number, told.c.public_from, told.c.note, table.c.number)
        .join_from(told, table, told.c.article == table.c.article)
        .where(told.c.kind == "corrected", told.c.hidden == "", told.c.public_from <= bindparam("now"))
    )
    place = (told.c.public_from, told.c.article, told.c.number)
    if after:
        query = query.where(tuple_(*place) < tuple_(bindparam("p"), bindparam("a"), bindparam("n")))
    return Prepared(query.order_by(*(column.desc() for column in place)).limit(bindparam("limit")))


@cache
def retractions(*, after: bool) -> Prepared:
    """Retractions, newest first, of either side: nothing takes them back. Binds p, a, n as corrections do.

    The line's number is one more than the last publication's: a retraction comes after it.
    """
    newer = revisions.alias("newer")
    last = and_(newer.c.article == revisions.c.article, newer.c.number > revisions.c.number)
    place = (articles.c.retracted_at, articles.c.article, revisions.c.number + literal_column("1"))
    query = (
        select(articles.c.article, place[2], articles.c.retracted_at, revisions.c.path, revisions.c.published_at,
               contents.c.content)
        .join_from(articles, revisions, revisions.c.article == articles.c.article)
        .join(contents, and_(contents.c.article == articles.c.article, contents.c.number == revisions.c.number))
        .where(articles.c.retracted_at.is_not(None), articles.c.retracted_at <= bindparam("now"))
        .where(revisions.c.hidden == "retracted", ~exists().where(last))
    )  # fmt: skip
    if after:
        query = query.where(tuple_(*place) < tuple_(bindparam("p"), bindparam("a"), bindparam("n")))
    return Prepared(query.order_by(*(column.desc() for column in place)).limit(bindparam("limit")))


# --- entities

SECTIONS = Prepared(
    select(sections.c.id)
    .where(sections.c.closed_at.is_(None))
    .order_by(sections.c.rank, sections.c.name, sections.c.id)
)
ALL_SECTIONS = Prepared(select(sections.c.id, sections.c.opened_at))
USED = Prepared(select(refs.c.article).where(refs.c.ref == bindparam("ref"), public_at(refs)).limit(1))

_begun = refs.c.public_from <= bindparam("now")
_in_story = select(refs.c.article).where(
    refs.c.ref == literal_column("'image-'").op("||")(blobs.c.image), _begun,
    refs.c.public_from < blobs.c.valid_until, refs.c.public_until > blobs.c.valid_from,
)  # fmt: skip
_start = case((blobs.c.valid_from > portraits.c.valid_from, blobs.c.valid_from), else_=portraits.c.valid_from)
_end = case((blobs.c.valid_until < portraits.c.valid_until, blobs.c.valid_until), else_=portraits.c.valid_until)
_as_portrait = (
    select(refs.c.article)
    .join_from(portraits, refs, refs.c.ref == literal_column("'byline-'").op("||")(portraits.c.byline))
    .where(
        portraits.c.image == blobs.c.image, _begun, _start < _end, refs.c.public_from < _end,
        refs.c.public_until > _start,
    )
)  # fmt: skip
BLOB = Prepared(
    select(
        blobs.c.image, blobs.c.format, blobs.c.width, blobs.c.height, images.c.taken_down,
    )
    .join(images, images.c.id == blobs.c.image)
    .where(blobs.c.sha256 == bindparam("sha256"), or_(_in_story.exists(), _as_portrait.exists()))
    .order_by(images.c.taken_down.is_not(None), blobs.c.image)
)  # fmt: skip

# --- time

BOUNDARY = Prepared(select(func.min(published.c.public_from)).where(published.c.public_from > bindparam("now")))
