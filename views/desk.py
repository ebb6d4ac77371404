"""The desk's questions: every story where it stands, its history, and what uses what."""

from collections.abc import Callable, Sequence, Set
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec

from events.instant import Instant
from views import cursors, desk_queries
from views.activity import Activity
from views.addresses import addresses, nowhere
from views.chronicle import Chronicle
from views.corrections import corrections
from views.database import Connection
from views.desk_queries import FEW, LEADING, LEADS, MANY, REFS, WORDS
from views.desk_shapes import Filter, Reach, State, Stories, Story, Use
from views.library import Library
from views.lookup import Lookup
from views.projections.stories import STORY, DeskRow, credits_of, folded, ids_of, letters
from views.propagation import reached

LARGEST = 4000  # rows that are read together at most
_encode = msgspec.json.Encoder().encode
_WORKED_OUT = {"unpublished", "images", "section", "bylines", "tags", "lead", "scheduled_for", "public_from"}
_SAME = [name for name in Story.__struct_fields__ if name in DeskRow.__struct_fields__ and name not in _WORKED_OUT]
_same = attrgetter(*_SAME)


class Desk:
    """Everything in the newsroom, public or not: for people who are signed in."""

    def __init__(self, db: Connection, now: Instant) -> None:
        self._db, self._now, self._lookup = db, now, Lookup(db)
        self.library = Library(db, self._lookup)
        self.history = Chronicle(db).history
        self.activity = Activity(db, self._lookup)
        self.corrections = partial(corrections, db)
        self.addresses = partial(addresses, db, self._lookup)
        self.nowhere = partial(nowhere, db)

    def stories(
        self, which: Filter = Filter(), limit: int = 50, before: str | None = None,
        elsewhere: Set[str] | None = None,
    ) -> Stories:  # fmt: skip
        """A list, the last changed first. Raises BadCursor.

        ``elsewhere``: the stories that have the words of ``which.text`` in their bodies, say, as somebody else knows.
        """
        place: dict[str, Any] = {}
        if before is not None:
            place["p"], place["a"], _ = cursors.decode(before)
            place["q"] = place["p"]
        if elsewhere is not None and len(elsewhere) > FEW:
            named = self._walked(which, limit + 1, elsewhere, place)
            made = {story.article: story for story in self.some(named)}
            items = tuple(made[article] for article in named)
        else:
            filters, values = self._asked(which, elsewhere)
            statement = desk_queries.stories(which.list, filters, after=bool(place))
            items = self._made(statement.all(self._db, limit=limit + 1, **values, **place))
        last = items[limit - 1] if len(items) > limit else None
        total = len(items) if last is None and not place else None if which.text else self.total(which)
        return Stories(
            items=items[:limit], total=total,
            next_cursor=cursors.encode(last.changed_at, last.article) if last else None,
        )  # fmt: skip

    def _walked(self, which: Filter, most: int, elsewhere: Set[str], place: dict[str, Any] | None = None) -> list[str]:
        """The first of a list that have the words, where so many have that it is quickly walked through."""
        filters, values = self._asked(msgspec.structs.replace(which, text=""))
        has = _searched(which.text, elsewhere)
        named: list[str] = []
        size, values = min(most, LARGEST), values | (place or {})
        while True:
            statement = desk_queries.candidates(which.list, filters, after="p" in values)
            rows = statement.all(self._db, limit=size, **values)
            named += [article for article, _, found in rows if has(article, found)]
            if len(rows) < size or len(named) >= most:
                return named[:most]
            values["a"], values["p"], _ = rows[-1]
            values["q"], size = values["p"], min(4 * size, LARGEST)

    def ahead(
        self, which: Filter = Filter(), limit: int = 200, elsewhere: Set[str] | None = None
    ) -> tuple[Story, ...]:
        """What is scheduled, the next first."""
        if elsewhere is not None and len(elsewhere) > FEW:
            has = _searched(which.text, elsewhere)
            filters, values = self._asked(msgspec.structs.replace(which, text=""))
            rows = desk_queries.ahead(filters).all(self._db, limit=LARGEST, **values)
            return self._made([row for row in rows if has(row[0], STORY.row(*row[:-2]).found)][:limit])
        filters, values = self._asked(which, elsewhere)
        return self._made(desk_queries.ahead(filters).all(self._db, limit=limit, **values))

    def total(self, which: Filter, elsewhere: Set[str] | None = None) -> int:
        """How many there are of a list, up to desk_queries.MANY."""
        if elsewhere is not None and len(elsewhere) > FEW:
            return len(self._walked(which, MANY, elsewhere))
        filters, values = self._asked(which, elsewhere)
        statement = desk_queries.total(which.list, filters)
        if filters and all(name.removesuffix(", many") in LEADING and ", " in name for name in filters):
            lead, *others = filters
            statement = desk_queries.total_of_many(which.list, lead.removesuffix(", many"), tuple(others))
        count: int = statement.all(self._db, **values)[0][0]
        return count

    def story(self, article: str) -> Story | None:
        """One story."""
        made = self._made(desk_queries.ONE.all(self._db, article=article, now=self._now))
        return made[0] if made else None

    def some(self, articles: Sequence[str]) -> tuple[Story, ...]:
        """These stories, in no order."""
        return self._made(desk_queries.SOME.all(self._db, articles, now=self._now))

    def counts(self) -> dict[str, int]:
        """How many stories each list has."""
        shelves: dict[str, int] = dict(desk_queries.SHELVES.all(self._db))
        come: dict[str, int] = dict(desk_queries.COME.all(self._db, now=self._now))
        rest = {name: query.all(self._db, now=self._now)[0][0] for name, query in desk_queries.REST.items()}
        on, due = shelves.get, come.get
        published, changed = on("published", 0) + due("scheduled", 0), on("changed", 0) + due("waiting", 0)
        return {
            **{name: on(name, 0) for name in ("submitted", "approved", "withdrawn", "retracted", "binned")},
            **rest,
            "all": sum(shelves.values()) - on("binned", 0),
            "draft": on("draft", 0) + on("waiting", 0) - due("waiting", 0),
            "published": published,
            "changed": changed,
            "live": published + changed + rest["live"],
        }

    def without_alt(self, images: Sequence[str]) -> frozenset[str]:
        """Those of the images that have no alt text of their own."""
        return frozenset(row[0] for row in desk_queries.WITHOUT_ALT.all(self._db, images))

    def usage(self, stream: str) -> tuple[Use, ...]:
        """Where 'image-<id>', 'byline-<id>', 'section-<id>' or 'tag-<id>' is used, before readers or at the desk."""
        found: dict[str, tuple[set[str], set[int], set[str]]] = {}
        for ref in reached(self._db, stream):
            for article, how, path, place in desk_queries.USES.all(self._db, ref=ref, now=self._now):
                hows, places, paths = found.setdefault(article, (set(), set(), set()))
                hows.update(filter(None, [how]))
                places.add(place)
                paths.update(filter(None, [path]))
        headlines: dict[str, str] = dict(desk_queries.HEADLINES.all(self._db, found))
        return tuple(
            Use(
                article=article, headline=headlines.get(article, ""), how=tuple(sorted(hows)), working=0 in places,
                live=1 in places, pending=2 in places, path=min(paths, default=""),
            )
            for article, (hows, places, paths) in sorted(found.items())
        )  # fmt: skip

    def live(self, streams: Sequence[str]) -> dict[str, int]:
        """How many stories readers have now that show each of these; none: it is not named."""
        return dict(desk_queries.SHOWN.all(self._db, streams, now=self._now))

    def reach(self, stream: str) -> Reach:
        """What a change of this would touch."""
        uses = self.usage(stream)
        return Reach(
            published=sum(use.live or use.pending for use in uses), working=sum(use.working for use in uses)
        )

    def _asked(self, which: Filter, elsewhere: Set[str] | None = None) -> tuple[tuple[str, ...], dict[str, Any]]:
        """The conditions of a filter by name, and their values."""
        values: dict[str, Any] = {"now": self._now}
        names = []
        lead = self._lead(which)
        for name in Filter.__struct_fields__:
            value = getattr(which, name)
            if name in ("list", "text") or value is None or value == "":
                continue
            values[name] = f"{name}-{value}" if name in REFS else value
            names.append(f"{name}, many" if name in LEADING and name != lead else name)
        words = folded(which.text).split()[:WORDS]
        for n, word in enumerate(words):
            values |= {f"text{n}": word, f"letters{n}": letters(word)}
        if elsewhere and words:
            names.append(f"{len(words)} words, or named")
            values["elsewhere"] = _encode(sorted(elsewhere)).decode()
        else:
            names += [f"text{n}" for n in range(len(words))]
        if which.section and which.text:  # a search reads desk_by_change
            names[names.index("section")] = "section, many"
        return tuple(names), values

    def _lead(self, which: Filter) -> str | None:
        """Of the conditions that may lead, the one that fewest stories meet; None where many meet every one."""
        met: dict[str, int] = {}
        for name in LEADING:
            if value := getattr(which, name):
                what = f"{name}-{value}" if name in REFS else value
                met[name] = desk_queries.MET[name].all(self._db, what=what)[0][0]
        lead = min(met, key=met.__getitem__, default=None)
        return lead if lead and met[lead] < LEADS else None

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
        return Story(
            **dict(zip(_SAME, _same(row), strict=True)), state=state, live=live, unpublished=bool(row.unpublished),
            images=tuple(ids_of(row.images)), section=look.section(row.section) if row.section else None,
            bylines=tuple(filter(None, bylines)), tags=tuple(filter(None, tags)),
            lead=look.image(row.lead) if row.lead else None, scheduled_for=row.scheduled_for if ahead else None,
            public_from=min(since, default=None), state_since=_since(row, state, self._now),
        )  # fmt: skip


def _since(row: DeskRow, state: State, now: Instant) -> Instant:
    """When it came to be where it stands."""
    ended = {"binned": row.trashed_at, "retracted": row.retracted_at, "withdrawn": row.withdrawn_at}.get(state)
    if ended is not None:
        return ended
    came = row.scheduled_for if state in ("published", "changed") else None
    return max(row.stage_since, came) if came is not None and came <= now else row.stage_since


def _searched(text: str, elsewhere: Set[str]) -> Callable[[str, str], bool]:
    """Whether a story, by its id and the words of its row, is found by a text."""
    words = folded(text).split()[:WORDS]
    return lambda article, found: article in elsewhere or all(word in found for word in words)


def _streams(row: DeskRow) -> list[str]:
    return [
        *(f"byline-{credit.byline}" for credit in credits_of(row)),
        *(f"tag-{id}" for id in ids_of(row.tags)),
        *([f"section-{row.section}"] if row.section else []),
        *([f"image-{row.lead}"] if row.lead else []),
    ]
