"""The desk's lists of pictures, bylines, sections and tags."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, literal_column, select, tuple_

from events.instant import Instant
from views import cursors
from views.database import Connection, Prepared, Several, contains, escaped
from views.desk_queries import WORDS
from views.desk_shapes import Images, LibraryImage, Part, Person, Subject
from views.lookup import Lookup
from views.projections.images import IMAGE, ImageRow, crops_of, images
from views.projections.people import BYLINE, bylines
from views.projections.publications import refs
from views.projections.stories import folded, usage
from views.projections.subjects import SECTION, TAG, sections, tags
from views.shapes import BylineView, ImageView, SectionView, TagView
from views.tables import Number

Shelf = Literal["", "unused", "needs-alt", "expiring", "taken-down"]

_IMAGE = Prepared(select(images).where(images.c.id == bindparam("id")))


_used = literal_column("'image-'").op("||")(images.c.id)
_shown = images.c.taken_down.is_(None)
_SHELVES: dict[str, ColumnElement[bool]] = {
    "unused": and_(
        _shown,
        ~exists().where(usage.c.ref == _used),
        ~exists().where(refs.c.ref == _used),
        ~exists().where(bylines.c.portrait == images.c.id),
    ),
    "needs-alt": and_(_shown, images.c.alt == ""),
    "expiring": and_(_shown, images.c.expires < bindparam("soon", type_=Number)),
    "taken-down": images.c.taken_down.is_not(None),
}
_SAME_FILE = Prepared(
    select(images.c.id)
    .where(images.c.sha256 == bindparam("sha256"))
    .order_by(images.c.taken_down, images.c.uploaded_at)
)
_USES = Several(
    lambda some: select(usage.c.ref, func.count(usage.c.article.distinct()))
    .where(usage.c.ref.in_(some))
    .group_by(usage.c.ref)
)
_WORN = Several(
    lambda some: select(bylines.c.portrait, bylines.c.id, bylines.c.name)
    .where(bylines.c.portrait.in_(some), bylines.c.merged_into.is_(None))
    .order_by(bylines.c.name, bylines.c.id)
)


@cache
def _images(shelf: str, *, words: int, after: bool) -> Prepared:
    query = select(images)
    if shelf:
        query = query.where(_SHELVES[shelf])
    for n in range(words):
        query = query.where(contains(images.c.found, bindparam(f"word{n}", type_=images.c.found.type)))
    if after:
        query = query.where(tuple_(images.c.uploaded_at, images.c.id) < tuple_(bindparam("p"), bindparam("a")))
    return Prepared(query.order_by(images.c.uploaded_at.desc(), images.c.id.desc()).limit(bindparam("limit")))


def _counted(table: Table, kind: str, *order: Any) -> dict[bool, Prepared]:
    """Every row with how many articles use it; with 0 for that where they are not to be counted, which takes longer."""
    # Unlike an image, each of these is used in one way, so no article is counted twice.
    count = (
        select(func.count())
        .select_from(usage)
        .where(usage.c.ref == literal_column(f"'{kind}-'").op("||")(table.c.id))
        .scalar_subquery()
    )
    return {
        True: Prepared(select(table, count).order_by(*order)),
        False: Prepared(select(table, literal_column("0")).order_by(*order)),
    }


_BYLINES = _counted(bylines, "byline", bylines.c.name, bylines.c.id)
_SECTIONS = _counted(sections, "section", sections.c.rank, sections.c.name, sections.c.id)
_TAGS = _counted(tags, "tag", tags.c.name, tags.c.id)

_NAMED = {
    kind: Prepared(
        select(table.c.id, table.c.name)
        .where(table.c.name.ilike(bindparam("text"), escape="\\"), table.c.merged_into.is_(None))
        .order_by(table.c.name, table.c.id)
        .limit(bindparam("limit"))
    )
    for kind, table in (("byline", bylines), ("tag", tags))
}
_MENU = Prepared(
    select(sections.c.id, sections.c.name)
    .where(sections.c.closed_at.is_(None))
    .order_by(sections.c.rank, sections.c.name, sections.c.id)
)


class Library:
    """The questions."""

    def __init__(self, db: Connection, lookup: Lookup) -> None:
        self._db, self._lookup = db, lookup

    def images(
        self, limit: int = 50, before: str | None = None, *, text: str = "", shelf: Shelf = "", soon: Instant = 0
    ) -> Images:
        """Pictures, newest first; ``text``: its words or their parts, each in caption, alt text, credit or file
        name, in any order, however they are accented. Raises BadCursor.

        ``soon``: those whose rights end before it are the expiring ones.
        """
        values: dict[str, Any] = {"limit": limit + 1} | ({"soon": soon} if shelf == "expiring" else {})
        if before is not None:
            values["p"], values["a"], _ = cursors.decode(before)
        words = folded(text).split()[:WORDS]
        values |= {f"word{n}": word for n, word in enumerate(words)}
        rows = _images(shelf, words=len(words), after=before is not None).all(self._db, **values)
        items = tuple(_image(IMAGE.row(*row)) for row in rows[:limit])
        last = items[-1] if len(rows) > limit else None
        return Images(
            items=items, next_cursor=cursors.encode(last.uploaded_at, last.view.id) if last else None
        )

    def same_file(self, sha256: str) -> list[str]:
        """The ids of the images that are this very file now, the shown ones first."""
        return [row[0] for row in _SAME_FILE.all(self._db, sha256=sha256)]

    def uses(self, images: Sequence[str]) -> dict[str, int]:
        """How many stories use each of these images in their working copy; none: it is not named."""
        rows = _USES.all(self._db, (f"image-{id}" for id in images))
        return {ref.removeprefix("image-"): articles for ref, articles in rows}

    def portraits(self, images: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """Whose portrait each of these images is, as id and name; nobody's: it is not named."""
        found: dict[str, list[tuple[str, str]]] = {}
        for image, byline, name in _WORN.all(self._db, images):
            found.setdefault(image, []).append((byline, name))
        return found

    def image(self, id: str) -> LibraryImage | None:
        """One picture, taken down or not."""
        row = _IMAGE.one(self._db, id=id)
        return _image(IMAGE.row(*row)) if row else None

    def bylines(self, *, counted: bool = True) -> tuple[Person, ...]:
        """Everybody, by name."""
        found = []
        for *values, articles in _BYLINES[counted].all(self._db):
            row = BYLINE.row(*values)
            portrait = self._lookup.image(row.portrait) if row.portrait else None
            view = BylineView(
                id=row.id, name=row.name, slug=row.slug, title=row.title, bio=row.bio, portrait=portrait
            )
            found.append(
                Person(view=view, retired_at=row.retired_at, merged_into=row.merged_into, articles=articles)
            )
        return tuple(found)

    def sections(self, *, counted: bool = True) -> tuple[Part, ...]:
        """Every section, the closed ones too, in the order of the menu."""
        found = []
        for *values, articles in _SECTIONS[counted].all(self._db):
            row = SECTION.row(*values)
            view = SectionView(id=row.id, name=row.name, slug=row.slug, description=row.description)
            found.append(Part(view=view, order=row.rank, closed_at=row.closed_at, articles=articles))
        return tuple(found)

    def menu(self) -> list[tuple[str, str]]:
        """Id and name of the open sections, in the order of the menu."""
        return [(row[0], row[1]) for row in _MENU.all(self._db)]

    def named(self, kind: str, text: str, limit: int) -> list[tuple[str, str]]:
        """Id and name of the bylines or tags whose name holds the text; not of those merged into others."""
        rows = _NAMED[kind].all(self._db, text=f"%{escaped(text)}%", limit=limit)
        return [(row[0], row[1]) for row in rows]

    def called(self, kind: str, name: str) -> str | None:
        """The id of the byline or tag of this name, however it is written."""
        rows = _NAMED[kind].all(self._db, text=escaped(name), limit=1)
        return rows[0][0] if rows else None

    def tags(self, *, counted: bool = True) -> tuple[Subject, ...]:
        """Every tag, by name."""
        found = []
        for *values, articles in _TAGS[counted].all(self._db):
            row = TAG.row(*values)
            view = TagView(id=row.id, name=row.name, slug=row.slug)
            found.append(Subject(view=view, merged_into=row.merged_into, articles=articles))
        return tuple(found)


def _image(row: ImageRow) -> LibraryImage:
    crops = crops_of(row)
    same = {name: getattr(row, name) for name in ImageView.__struct_fields__}
    view = ImageView(**same | {"crops": tuple(crops.items())})
    return LibraryImage(
        view=view, filename=row.filename, bytes=row.bytes, copyright=row.copyright, rights=row.rights,
        expires=row.expires, taken_down=row.taken_down, reason=row.reason, crops=crops,
        uploaded_at=row.uploaded_at, uploaded_by=row.uploaded_by, changed_at=row.changed_at,
    )  # fmt: skip
