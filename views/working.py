"""What the desk's index is made of: every story as it stands in the newsroom, every picture, byline, section and tag.

What has changed since a position is read from the log, which tells it exactly; how it stands now, from the tables.
The words of a story's body are in neither: whoever makes this says where they are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Table, bindparam, select

from events.store import EventStore
from views import fold
from views.batch import Sheet
from views.database import Connection, Prepared
from views.indexed import Bound
from views.lookup import Lookup
from views.projections.images import IMAGE, ImageRow, images
from views.projections.people import BYLINE, BylineRow, bylines
from views.projections.stories import STORY, DeskRow, credits_of, desk, ids_of, usage
from views.projections.subjects import SECTION, TAG, SectionRow, TagRow, sections, tags
from views.propagation import same
from views.shapes import ImageView, Indexed

PIECE = 200  # rows read together
AT_ONCE = 20_000  # positions looked at together
ALWAYS = 0  # public_from: the desk has it, whenever somebody asks
_USERS = Prepared(select(usage.c.article).where(usage.c.ref == bindparam("ref")).distinct())

Text = Callable[[str], str]
"""The plain words of an article's working body, notes to the desk among them, by its id."""


class Working:
    """A source of documents, always of the generation in use; what it is about is named by its stream.

    Any call may raise ViewsMissing.
    """

    def __init__(self, readers: Bound, store: EventStore, text: Text) -> None:
        self._readers, self._store, self._text = readers, store, text

    def position(self) -> int:
        """The log position that every answer from here on is at least as new as."""
        return fold.checkpoint(self._readers.handle().db).position

    def changed(self, after: int, until: int) -> Iterable[str]:
        """The streams whose documents may differ by events at positions in (after, until], with those that use them."""
        db, found = self._readers.handle().db, dict[str, None]()
        while after < until:
            for stream in self._store.changed(after, min(until, after + AT_ONCE)):
                if stream.partition("-")[0] in _KINDS:
                    found[stream] = None
            after += AT_ONCE
        for stream in [one for one in found if not one.startswith("article-")]:
            kind, _, id = stream.partition("-")
            for other in same(db, kind, id):
                found.update((f"article-{row[0]}", None) for row in _USERS.all(db, ref=f"{kind}-{other}"))
        return list(found)

    def documents(self, stream: str) -> list[Indexed]:
        """What there is of a stream; none where it is of no kind that is found, or has not begun."""
        kind, _, id = stream.partition("-")
        db = self._readers.handle().db
        row = _KINDS[kind].one.one(db, id=id) if kind in _KINDS else None
        return list(self._made(db, kind, [row])) if row else []

    def all(self) -> Iterator[Indexed]:
        """Everything, of one generation from the first to the last."""
        handle = self._readers.handle()
        for kind, sort in _KINDS.items():
            last = ""
            while rows := sort.all.all(handle.db, after=last):
                yield from self._made(handle.db, kind, rows)
                last = rows[-1][0]

    def _made(self, db: Connection, kind: str, rows: list[Any]) -> Iterator[Indexed]:
        sort, lookup = _KINDS[kind], Lookup(db)
        for values in rows:
            row = sort.sheet.row(*values)
            yield sort.document(row) if sort.document else self._story(row, lookup)

    def _story(self, row: DeskRow, look: Lookup) -> Indexed:
        shown = [*([row.lead] if row.lead else []), *ids_of(row.images)]
        look.expect([
            *(f"byline-{credit.byline}" for credit in credits_of(row)), *(f"tag-{id}" for id in ids_of(row.tags)),
            *(f"image-{id}" for id in shown), *([f"section-{row.section}"] if row.section else []),
        ])  # fmt: skip
        people = list(filter(None, [look.byline(credit.byline, bio=False) for credit in credits_of(row)]))
        subjects = list(filter(None, map(look.tag, ids_of(row.tags))))
        pictures = filter(None, map(look.image, shown))
        section = look.section(row.section) if row.section else None
        return Indexed(
            key=f"article-{row.article}", article=f"article-{row.article}", path="", headline=row.headline,
            standfirst=row.standfirst, kicker=row.kicker, body=self._text(row.article),
            bylines=tuple(view.name for view in people), byline_slugs=tuple(view.slug for view in people),
            section=section.slug if section else None, section_name=section.name if section else "",
            tags=tuple(view.slug for view in subjects), tag_names=tuple(view.name for view in subjects),
            kind=row.kind, language=row.language, captions=_lines(row.slug, *map(_caption, pictures)),
            has_image=bool(shown), published_at=row.drafted_at, public_from=ALWAYS, public_until=None,
        )  # fmt: skip


class _Kind:
    """Things of one kind: their rows, and the document of one; None for stories, which need more than their row."""

    def __init__(self, table: Table, sheet: Sheet[Any], document: Callable[[Any], Indexed] | None = None) -> None:
        key = table.c[sheet.key[0]]
        self.sheet, self.document = sheet, document
        self.one = Prepared(select(table).where(key == bindparam("id")))
        self.all = Prepared(select(table).where(key > bindparam("after")).order_by(key).limit(PIECE))


def _thing(stream: str, at: int, headline: str, standfirst: str = "", body: str = "", **more: Any) -> Indexed:
    """Something that is no story, as a document."""
    nothing: dict[str, Any] = {
        "path": "", "kicker": "", "bylines": (), "byline_slugs": (), "section": None, "section_name": "", "tags": (),
        "tag_names": (), "language": "", "captions": "", "has_image": False, "public_until": None,
    }  # fmt: skip
    return Indexed(
        key=stream, article=stream, headline=headline, standfirst=standfirst, body=body,
        kind=stream.partition("-")[0], published_at=at, public_from=ALWAYS, **nothing | more,
    )  # fmt: skip


def _picture(row: ImageRow) -> Indexed:
    words = _lines(row.filename, row.credit, row.copyright, row.rights)
    return _thing(f"image-{row.id}", row.uploaded_at, row.caption, row.alt, words, has_image=True)


def _person(row: BylineRow) -> Indexed:
    return _thing(f"byline-{row.id}", row.created_at, row.name, row.title, row.bio)


def _section(row: SectionRow) -> Indexed:
    return _thing(f"section-{row.id}", row.opened_at, row.name, "", row.description)


def _tag(row: TagRow) -> Indexed:
    return _thing(f"tag-{row.id}", row.created_at, row.name)


def _caption(image: ImageView) -> str:
    return _lines(image.caption, image.alt, image.credit)


def _lines(*words: str) -> str:
    return "\n".join(filter(None, words))


_KINDS: dict[str, _Kind] = {
    "article": _Kind(desk, STORY),
    "image": _Kind(images, IMAGE, _picture),
    "byline": _Kind(bylines, BYLINE, _person),
    "section": _Kind(sections, SECTION, _section),
    "tag": _Kind(tags, TAG, _tag),
}
