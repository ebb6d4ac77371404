"""At the end of a batch: what is public when, worked out anew for each article whose publications changed."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, update

from views.batch import Batch
from views.database import Prepared
from views.projections.publications import CONTENT, REVISION, Content, RevisionRow, decode_content, published, refs
from views.tables import FOREVER

_key = [published.c.article == bindparam("a"), published.c.number == bindparam("n")]
_DELETE = Prepared(delete(published).where(*_key))
_INSERT = Prepared(
    insert(published).values({column: bindparam(f"b_{column.name}") for column in list(published.columns)[:11]})
)
_ref_key = [refs.c.article == bindparam("a"), refs.c.number == bindparam("n")]
_DELETE_REFS = Prepared(delete(refs).where(*_ref_key))
_INSERT_REFS = Prepared(insert(refs))
_MOVE_REFS = Prepared(
    update(refs)
    .values(published_at=bindparam("first"), public_from=bindparam("f"), public_until=bindparam("u"))
    .where(*_ref_key)
)


def settle(batch: Batch) -> list[tuple[str, int]]:
    """Work out, for each article whose publications changed, what is public when, and bring its rows in line.

    Returns the new rows of `published`: they have not been rendered yet.
    """
    lines = _Lines()
    for article, (position, at) in batch.settling.items():
        rows = batch[REVISION].within(article)
        chain([row for row in rows if row.hidden != "withdrawn"])
        for row in rows:
            row.shown = int(row.hidden != "withdrawn" and row.public_until > at and row.public_from < row.public_until)
        before, now = batch.before[article], {row.number: row for row in rows}
        for number in before.keys() | now.keys():
            old, new = before.get(number), now.get(number)
            if new is not None and new != old:
                batch[REVISION].change(article, number)
            if new != old:
                lines.differ(batch, article, old, new, position)
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


class _Lines:
    """What a batch changes in `published` and `refs`."""

    def __init__(self) -> None:
        self.gone: list[tuple[str, int]] = []
        self.new: list[tuple[object, ...]] = []
        self.refs_gone: list[tuple[str, int]] = []
        self.refs_new: list[tuple[object, ...]] = []
        self.refs_moved: list[tuple[object, ...]] = []

    def differ(
        self, batch: Batch, article: str, old: RevisionRow | None, new: RevisionRow | None, position: int
    ) -> None:
        number = (old or new).number  # type: ignore[union-attr]
        if old is not None and old.shown:
            self.gone.append((article, number))
        if new is not None and new.shown:
            content = _content(batch, article, number)
            self.new.append((
                article, number, new.path, new.public_from, new.public_until, new.published_at, new.updated_at,
                content.headline, int(new.hidden == "retracted"), position, f"article-{article}",
            ))  # fmt: skip
        had, has = old is not None and not old.hidden, new is not None and not new.hidden
        if old and new and had and has and old.position == new.position:
            self.refs_moved.append((new.published_at, new.public_from, new.public_until, article, number))
        else:
            if had:
                self.refs_gone.append((article, number))
            if new is not None and has:
                for ref in sorted(_content(batch, article, number).refs()):
                    self.refs_new.append(
                        (ref, article, number, new.published_at, new.public_from, new.public_until)
                    )

    def write(self, batch: Batch) -> None:
        for statement, lines in (
            (_DELETE, self.gone), (_INSERT, self.new), (_DELETE_REFS, self.refs_gone),
            (_INSERT_REFS, self.refs_new), (_MOVE_REFS, self.refs_moved),
        ):  # fmt: skip
            if lines:
                statement.many(batch.db, lines)


def _content(batch: Batch, article: str, number: int) -> Content:
    known = batch.contents.get((article, number))
    if known is None:
        row = batch[CONTENT].get(article, number)
        assert row is not None
        known = batch.contents[article, number] = decode_content(row.content)
    return known
