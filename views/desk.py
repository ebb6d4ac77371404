"""The desk's questions: every story where it stands, its history, and what uses what."""

from functools import cache
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select, union_all

from events.instant import Instant
from views import cursors
from views.chronicle import Chronicle
from views.database import Connection, Prepared
from views.desk_shapes import Filter, List, Reach, State, Stories, Story, Use
from views.library import Library
from views.lookup import Lookup
from views.projections.publications import published, refs
from views.projections.stories import STORY, DeskRow, credits_of, desk, ids_of, involved, usage
from views.propagation import reached
from views.tables import Number, public_at

_now = bindparam("now", type_=Number)
_here = and_(desk.c.trashed_at.is_(None), desk.c.retracted_at.is_(None))
_ahead = and_(desk.c.scheduled_for.is_not(None), desk.c.scheduled_for > _now)
_live = and_(
    desk.c.withdrawn_at.is_(None), desk.c.retracted_at.is_(None),
    or_(desk.c.public_from <= _now, desk.c.scheduled_for <= _now),
)  # fmt: skip
_STATE: Any = case(
    (desk.c.trashed_at.is_not(None), "binned"),
    (desk.c.retracted_at.is_not(None), "retracted"),
    (or_(desk.c.stage == "submitted", desk.c.stage == "approved"), desk.c.stage),
    (and_(_ahead, desk.c.unpublished == 0), "scheduled"),
    (and_(desk.c.withdrawn_at.is_not(None), desk.c.unpublished == 0), "withdrawn"),
    (and_(_live, desk.c.unpublished == 0), "published"),
    (_live, "changed"),
    else_="draft",
)
_LISTS: dict[str, ColumnElement[bool]] = {
    "all": desk.c.trashed_at.is_(None),
    "live": _live,
    "corrected": and_(_live, desk.c.corrections > 0),
    "scheduled": and_(_here, _ahead),
    "submitted": and_(_here, desk.c.stage == "submitted"),
    "approved": and_(_here, desk.c.stage == "approved"),
    "withdrawn": and_(_here, desk.c.withdrawn_at.is_not(None)),
    "retracted": desk.c.retracted_at.is_not(None),
    "binned": desk.c.trashed_at.is_not(None),
    **{name: name == _STATE for name in ("draft", "published", "changed")},
}
assert set(_LISTS) == set(get_args(List))


def _used(name: str) -> ColumnElement[bool]:
    return desk.c.article.in_(select(usage.c.article).where(usage.c.ref == bindparam(name)))


_FILTERS: dict[str, ColumnElement[bool]] = {
    "mine": or_(
        desk.c.assigned == bindparam("mine"),
        desk.c.article.in_(select(involved.c.article).where(involved.c.account == bindparam("mine"))),
    ),
    "assigned": desk.c.assigned == bindparam("assigned"),
    "section": desk.c.section == bindparam("section"),
    "byline": _used("byline"),
    "tag": _used("tag"),
    "image": _used("image"),
    "kind": desk.c.kind == bindparam("kind"),
    "text": desk.c.headline.ilike(bindparam("text"), escape="\\"),
    "since": desk.c.changed_at >= bindparam("since", type_=Number),
    "until": desk.c.changed_at < bindparam("until", type_=Number),
    "published_since": desk.c.published_at >= bindparam("published_since", type_=Number),
}
_REFS = ("byline", "tag", "image")


@cache
def _stories(list_: str, filters: tuple[str, ...], *, after: bool) -> Prepared:
    query = _where(select(desk, _STATE.label("state"), _live.label("live")), list_, filters)
    if after:
        place = desk.c.changed_at < bindparam("p")
        query = query.where(or_(place, and_(desk.c.changed_at == bindparam("q"), desk.c.article < bindparam("a"))))
    order = (desk.c.changed_at.desc(), desk.c.article.desc())
    return Prepared(query.order_by(*order).limit(bindparam("limit")))


@cache
def _total(list_: str, filters: tuple[str, ...]) -> Prepared:
    return Prepared(_where(select(func.count()).select_from(desk), list_, filters))


def _where(query: Select[Any], list_: str, filters: tuple[str, ...]) -> Select[Any]:
    return query.where(_LISTS[list_], *(_FILTERS[name] for name in filters))


_ONE = Prepared(select(desk, _STATE.label("state"), _live.label("live")).where(desk.c.article == bindparam("article")))
_COUNTS = Prepared(
    select(*(func.sum(case((condition, 1), else_=0)).label(name) for name, condition in _LISTS.items()))
)
_USES = Prepared(
    union_all(
        select(usage.c.article, usage.c.how, literal(""), literal(0))
        .where(usage.c.ref == bindparam("ref")),
        select(refs.c.article, literal(""), published.c.path, case((public_at(published), 1), else_=2))
        .join(published, and_(
            published.c.article == refs.c.article, refs.c.public_from < published.c.public_until,
            refs.c.public_until > published.c.public_from,
        ))
        .where(refs.c.ref == bindparam("ref"), published.c.public_until > _now),
    )
)  # fmt: skip
_HEADLINE = Prepared(select(desk.c.headline).where(desk.c.article == bindparam("article")))


class Desk:
    """Everything in the newsroom, public or not: for people who are signed in."""

    def __init__(self, db: Connection, now: Instant) -> None:
        self._db, self._now, self._lookup = db, now, Lookup(db)
        self.library = Library(db, self._lookup)
        self._chronicle = Chronicle(db)
        self.history = self._chronicle.history
        self.activity = self._chronicle.activity

    def stories(self, which: Filter = Filter(), limit: int = 50, before: str | None = None) -> Stories:
        """A list, the last changed first. Raises BadCursor."""
        values = self._values(which)
        filters = tuple(values)
        values |= {"now": self._now}
        total = _total(which.list, filters).all(self._db, **values)[0][0]
        if before is not None:
            values["p"], values["a"], _ = cursors.decode(before)
            values["q"] = values["p"]
        rows = _stories(which.list, filters, after=before is not None).all(self._db, limit=limit + 1, **values)
        items = self._made(rows[:limit])
        last = items[-1] if len(rows) > limit else None
        return Stories(
            items=items, total=total, next_cursor=cursors.encode(last.changed_at, last.article) if last else None
        )

    def story(self, article: str) -> Story | None:
        """One story."""
        made = self._made(_ONE.all(self._db, article=article, now=self._now))
        return made[0] if made else None

    def counts(self) -> dict[str, int]:
        """How many stories each list has."""
        row = _COUNTS.all(self._db, now=self._now)[0]
        return {name: count or 0 for name, count in zip(_LISTS, row, strict=True)}

    def usage(self, stream: str) -> tuple[Use, ...]:
        """Where 'image-<id>', 'byline-<id>', 'section-<id>' or 'tag-<id>' is used, before readers or at the desk."""
        found: dict[str, tuple[set[str], set[int], set[str]]] = {}
        for ref in reached(self._db, stream):
            for article, how, path, place in _USES.all(self._db, ref=ref, now=self._now):
                hows, places, paths = found.setdefault(article, (set(), set(), set()))
                hows.update(filter(None, [how]))
                places.add(place)
                paths.update(filter(None, [path]))
        return tuple(
            Use(
                article=article, headline=self._headline(article), how=tuple(sorted(hows)), working=0 in places,
                live=1 in places, pending=2 in places, path=min(paths, default=""),
            )
            for article, (hows, places, paths) in sorted(found.items())
        )  # fmt: skip

    def reach(self, stream: str) -> Reach:
        """What a change of this would touch."""
        uses = self.usage(stream)
        return Reach(
            published=sum(use.live or use.pending for use in uses), working=sum(use.working for use in uses)
        )

    def _values(self, which: Filter) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: value for name in _FILTERS if (value := getattr(which, name)) is not None and value != ""
        }
        for kind in _REFS:
            if kind in values:
                values[kind] = f"{kind}-{values[kind]}"
        if "text" in values:
            escaped = which.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values["text"] = f"%{escaped}%"
        return values

    def _headline(self, article: str) -> str:
        row = _HEADLINE.one(self._db, article=article)
        return row[0] if row else ""

    def _made(self, rows: list[Any]) -> tuple[Story, ...]:
        known = [(STORY.row(*row[:-2]), row[-2], bool(row[-1])) for row in rows]
        self._lookup.expect(stream for row, _, _ in known for stream in _streams(row))
        return tuple(self._story(row, state, live) for row, state, live in known)

    def _story(self, row: DeskRow, state: State, live: bool) -> Story:
        look = self._lookup
        bylines = (look.byline(credit.byline, credit.role, bio=False) for credit in credits_of(row))
        tags = (look.tag(id) for id in ids_of(row.tags))
        ahead = row.scheduled_for is not None and row.scheduled_for > self._now
        since = [at for at in (row.public_from, row.scheduled_for) if at is not None and at <= self._now]
        same = {
            name: getattr(row, name) for name in Story.__struct_fields__ if name in DeskRow.__struct_fields__
        }
        return Story(**same | {
            "state": state, "live": live, "unpublished": bool(row.unpublished), "images": len(ids_of(row.images)),
            "section": look.section(row.section) if row.section else None,
            "bylines": tuple(filter(None, bylines)), "tags": tuple(filter(None, tags)),
            "lead": look.image(row.lead) if row.lead else None,
            "scheduled_for": row.scheduled_for if ahead else None, "public_from": min(since, default=None),
        })  # fmt: skip


def _streams(row: DeskRow) -> list[str]:
    return [
        *(f"byline-{credit.byline}" for credit in credits_of(row)),
        *(f"tag-{id}" for id in ids_of(row.tags)),
        *([f"section-{row.section}"] if row.section else []),
        *([f"image-{row.lead}"] if row.lead else []),
    ]
