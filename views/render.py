"""A publication as readers get it: pure, from its own words and the entities that it shows.

The same function renders rows in advance, a row that a reader meets before it was rendered again, and the page of
an instant long past.
"""

import hashlib
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from events.document.codec import decode
from events.document.render import to_html
from events.document.schema import Figure
from events.document.telling import all_figures, to_text
from views.lookup import Lookup
from views.pictures import figure, worded
from views.projections.publications import Content, RevisionRow
from views.shapes import BylineView, Card, Change, Correction, ImageView, Page, TagView
from views.tables import until

_encoder = msgspec.json.Encoder()


class Body(msgspec.Struct, frozen=True):
    """A rendered body. text: its plain words; captions: the words under and beside its pictures."""

    html: str
    text: str
    captions: str


class Rendered(msgspec.Struct, frozen=True):
    """What a row of `published` is filled with."""

    card: Card
    page: Page
    body: Body
    related: tuple[str, ...]


def card(row: RevisionRow, content: Content, lookup: Lookup) -> Card:
    """The article as lists show it: no contributor's biography is in it."""
    return Card(
        article=row.article, path=row.path, headline=content.headline, standfirst=content.standfirst,
        kicker=content.kicker, kind=content.kind, language=content.language,
        section=lookup.section(content.section) if content.section else None,
        bylines=_bylines(content, lookup, bio=False), image=lead(content, lookup), published_at=row.published_at,
        updated_at=row.updated_at, words=content.words, corrected=bool(row.corrected),
    )  # fmt: skip


def page(
    row: RevisionRow, content: Content, body: Body, history: Sequence[RevisionRow], lookup: Lookup, shown: Card
) -> Page:
    """The article as its page shows it. ``history``: its revisions, this one included, in any order."""
    fields = {name: getattr(shown, name) for name in Card.__struct_fields__}
    fields["bylines"] = _bylines(content, lookup, bio=True)
    changes, corrections = public_history(row, content, history)
    made = Page(
        **fields, html=body.html, tags=_tags(content, lookup), corrections=corrections, changes=changes,
        number=row.number, public_from=row.public_from, public_until=until(row.public_until), digest="",
        retracted=content.retraction,
    )  # fmt: skip
    return msgspec.structs.replace(made, digest=digest(made))


def render(
    row: RevisionRow, content: Content, drawn: Body, history: Sequence[RevisionRow], lookup: Lookup
) -> Rendered:
    """Everything about one publication."""
    shown = card(row, content, lookup)
    return Rendered(shown, page(row, content, drawn, history, lookup, shown), drawn, content.related)


def body(raw: bytes, schema: int, lookup: Lookup) -> Body:
    """The body, with its pictures as they are at the lookup's instant. Raises DocumentError where it is none."""
    doc = decode(raw, schema)
    captions: list[str] = []

    def draw(node: Figure) -> Markup | None:
        attrs = node.attrs
        image = lookup.image(attrs.image)
        if image is None:
            return None
        image = worded(image, attrs.caption, attrs.alt, attrs.credit)
        captions.extend(filter(None, [image.caption, image.alt]))
        return figure(image, size=attrs.size, id=attrs.id)

    lookup.expect(f"image-{node.attrs.image}" for node in all_figures(doc))
    return Body(to_html(doc, draw), to_text(doc), "\n".join(captions))


def lead(content: Content, lookup: Lookup) -> ImageView | None:
    """The picture at the top, with the words that this story gives it."""
    if content.lead is None or (image := lookup.image(content.lead.image)) is None:
        return None
    return worded(image, content.lead.caption, content.lead.alt, content.lead.credit)


def public_history(
    row: RevisionRow, content: Content, history: Sequence[RevisionRow]
) -> tuple[tuple[Change, ...], tuple[Correction, ...]]:
    """What readers are told of the article's changes up to this publication, newest first."""
    place = (row.public_from, row.number)
    chain = sorted((r for r in history if (r.public_from, r.number) <= place), key=lambda r: (r.public_from, r.number))
    chain = [r for r in chain if r.hidden == row.hidden or r.hidden == "retracted"]
    changes = [
        Change(at=r.public_from, kind=r.kind if n == 0 or r.kind != "published" else "updated", note=r.note)
        for n, r in enumerate(chain)
        if n == 0 or not r.silent
    ]
    if content.retraction is not None and content.retracted_at is not None:
        changes.append(Change(at=content.retracted_at, kind="retracted", note=content.retraction))
    told = [change for change in changes if change.kind in ("corrected", "clarified")]
    corrections = [Correction(at=change.at, note=change.note, kind=change.kind) for change in told]
    return tuple(reversed(changes)), tuple(reversed(corrections))


def digest(made: Page) -> str:
    """Of everything on the page, its related stories included: equal digests mean equal pages."""
    bare = msgspec.structs.replace(made, digest="") if made.digest else made
    return hashlib.sha256(_encoder.encode(bare)).hexdigest()


def _bylines(content: Content, lookup: Lookup, *, bio: bool) -> tuple[BylineView, ...]:
    found: dict[str, BylineView] = {}
    for credit in content.bylines:
        view = lookup.byline(credit.byline, credit.role, bio=bio)
        if view is not None:
            found.setdefault(view.id, view)
    return tuple(found.values())


def _tags(content: Content, lookup: Lookup) -> tuple[TagView, ...]:
    found = (lookup.tag(id) for id in content.tags)
    return tuple({view.id: view for view in found if view is not None}.values())
