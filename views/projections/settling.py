"""At the end of a batch: what is public when, worked out anew for each article whose publications changed."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import and_, bindparam, delete, insert

from events.instant import Instant
from views.batch import Batch
from views.database import Prepared, Row
from views.projections.publications import CONTENT, REVISION, Content, RevisionRow, decode_content, published, refs
from views.tables import FOREVER

Ref = tuple[str, str, Instant, Instant, Instant]  # a row of `refs`

_DELETE = Prepared(
    delete(published).where(published.c.article == bindparam("a"), published.c.number == bindparam("n"))
)
_INSERT = Prepared(
    insert(published).values({column: bindparam(f"b_{column.name}") for column in list(published.columns)[:11]})
)
_DELETE_REF = Prepared(
    delete(refs).where(
        and_(
            refs.c.ref == bindparam("r"), refs.c.article == bindparam("a"), refs.c.public_from == bindparam("f")
        )
    )
)  # fmt: skip
_INSERT_REF = Prepared(insert(refs))
_streams = msgspec.json.Decoder(list[str])


def settle(batch: Batch) -> list[tuple[str, int]]:
    """Work out, for each article whose publications changed, what is public when, and bring its rows in line.

    Returns the new rows of `published`: they have not been rendered yet.
    """
    lines = _Lines()
    for article, (position, at) in batch.settling.items():
        rows = batch[REVISION].within(article)
        before, now = batch.before[article], {row.number: row for row in rows}
        shown_before = _refs(article, before.values())
        chain([row for row in rows if row.hidden != "withdrawn"])
        for row in rows:
            row.shown = int(row.hidden != "withdrawn" and row.public_until > at and row.public_from < row.public_until)
        for number in before.keys() | now.keys():
            old, new = before.get(number), now.get(number)
            if new != old:
                lines.differ(batch, article, old, new, position)
        lines.refer(shown_before, _refs(article, rows))
    lines.write(batch)
    return [(str(line[0]), int(str(line[1]))) for line in lines.new]


def chain(rows: Iterable[RevisionRow]) -> None:
    """Each is public until the next one is; later numbers win where two have the same moment."""
    chain = sorted(rows, key=lambda row: (row.public_from, row.number))
    updated, corrected = None, 0
    for place, row in enumerate(chain):
        row.published_at = chain[0].public_from
        row.public_until = chain[place + 1].public_from if place + 1 < len(chain) else FOREVER
        corrected |= row.kind == "corrected"
        if place and not row.silent:
            updated = row.public_from
        row.updated_at, row.corrected = updated, int(corrected)


def _refs(article: str, rows: Iterable[RevisionRow]) -> set[Ref]:
    """From when to when the article shows what: one row for as long as it goes on, however often it is updated."""
    found: set[Ref] = set()
    open_: dict[str, tuple[Instant, Instant]] = {}
    published_at = 0
    last: str | None = None
    streams: list[str] = []
    for row in sorted(rows, key=_moment):
        if row.hidden or row.public_from == row.public_until:
            continue
        published_at = row.published_at
        if row.refs != last:
            last, streams = row.refs, _streams.decode(row.refs)
        for stream in streams:
            since, until = open_.get(stream, (row.public_from, row.public_from))
            if until < row.public_from:
                found.add((stream, article, since, until, published_at))
                since = row.public_from
            open_[stream] = since, row.public_until
    found.update((stream, article, since, until, published_at) for stream, (since, until) in open_.items())
    return found


def _moment(row: RevisionRow) -> tuple[Instant, int]:
    return row.public_from, row.number


class _Lines:
    """What a batch changes in `published` and `refs`."""

    def __init__(self) -> None:
        self.gone: list[Row] = []
        self.new: list[Row] = []
        self.refs_gone: list[Row] = []
        self.refs_new: list[Row] = []

    def differ(
        self, batch: Batch, article: str, old: RevisionRow | None, new: RevisionRow | None, position: int
    ) -> None:
        """A revision came, went or changed."""
        if old is not None and old.shown:
            self.gone.append((article, old.number))
        if new is None:
            return
        batch[REVISION].change(article, new.number)
        if new.shown:
            headline = _content(batch, article, new.number).headline
            self.new.append((
                article, new.number, new.path, new.public_from, new.public_until, new.published_at, new.updated_at,
                headline, int(new.hidden == "retracted"), position, f"article-{article}",
            ))  # fmt: skip

    def refer(self, before: set[Ref], now: set[Ref]) -> None:
        """The article shows other things, or for another time."""
        if before != now:
            self.refs_gone += (ref[:3] for ref in before - now)
            self.refs_new += now - before

    def write(self, batch: Batch) -> None:
        for statement, lines in (
            (_DELETE, self.gone), (_INSERT, self.new), (_DELETE_REF, self.refs_gone), (_INSERT_REF, self.refs_new),
        ):  # fmt: skip
            if lines:
                lines.sort()
                statement.many(batch.db, lines)


def _content(batch: Batch, article: str, number: int) -> Content:
    known = batch.contents.get((article, number))
    if known is None:
        row = batch[CONTENT].get(article, number)
        assert row is not None
        known = batch.contents[article, number] = decode_content(row.content)
    return known
