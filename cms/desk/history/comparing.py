"""Two moments of an article side by side: its fields and its body, for the templates."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from cms.article import Content
from cms.desk import states, wording
from cms.desk.history.restoring import LABELS
from cms.desk.session import HOME
from events import document
from events.document import Diff, Figure
from events.document.diffing import Row

NEAR = 2  # unchanged paragraphs that are shown beside a change


@dataclass(frozen=True)
class Field:
    """One field that differs."""

    name: str
    label: str
    html: Markup


@dataclass(frozen=True)
class Piece:
    """Rows of the body that belong together. hidden: unchanged, and far from any change.

    block: the top-level block of the old body that can be put back, None where there is none.
    """

    rows: list[Row]
    hidden: bool = False
    block: int | None = None


@dataclass(frozen=True)
class Comparison:
    """What differs, field by field."""

    fields: list[Field]
    body: Diff
    pieces: list[Piece]

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.fields) or self.body.differs

    @property
    def changes(self) -> int:
        """How many things changed: fields, and paragraphs of the body."""
        return len(self.fields) + sum(row.what != "same" and not row.blank for row in self.body.rows)


def compared(then: Content, now: Content, *, notes: bool = True) -> Comparison:
    """What became of the one in the other. ``notes``: with the notes to the desk, which readers do not see."""
    fields = [
        Field(name, label, document.diff_text(told(name, then), told(name, now)))
        for name, label in LABELS.items()
        if name != "body" and getattr(then, name) != getattr(now, name)
    ]
    before, after = (one.body.doc if notes else one.body.for_readers for one in (then, now))
    body = document.diff(before, after, _picture)
    return Comparison(fields, body, list(pieces(body)))


def pieces(body: Diff) -> Iterator[Piece]:
    """The rows by their blocks; long stretches without a change by themselves."""
    rows = [row for row in body.rows if not row.blank]
    near = {
        place + step for place, row in enumerate(rows) if row.what != "same" for step in range(-NEAR, NEAR + 1)
    }  # fmt: skip
    held: list[Row] = []
    hidden = False
    for place, row in enumerate(rows):
        far = place not in near
        if held and (far != hidden or not _belongs(held[-1], row)):
            yield _piece(held, hidden)
            held = []
        held.append(row)
        hidden = far
    if held:
        yield _piece(held, hidden)


def _belongs(before: Row, row: Row) -> bool:
    if row.what == before.what == "same":
        return True
    return row.old is not None and row.old == before.old


def _piece(rows: list[Row], hidden: bool) -> Piece:
    old = {row.old for row in rows if row.what != "same" and row.old is not None}
    return Piece(rows, hidden, min(old) if old else None)


def told(name: str, content: Content) -> str:
    """What stands in a field, for people: names instead of ids."""
    match name:
        case "bylines":
            return wording.byline(content.bylines)
        case "tags":
            return ", ".join(states.tag(id).name for id in content.tags)
        case "section":
            return states.section(content.section).name if content.section else ""
        case "related":
            return ", ".join(f"“{states.article(id).content.headline}”" for id in content.related)
        case "lead":
            return _lead(content)
        case _:
            return str(getattr(content, name))


def _lead(content: Content) -> str:
    if content.lead is None:
        return ""
    image, own = states.image(content.lead.image), content.lead
    words = [
        image.filename, f"caption here: {own.caption}" if own.caption is not None else "",
        f"alt text here: {own.alt}" if own.alt is not None else "",
        f"credit here: {own.credit}" if own.credit is not None else "",
    ]  # fmt: skip
    return "; ".join(filter(None, words))


def _picture(figure: Figure) -> Markup:
    image = states.image_view(figure.attrs.image)
    if image is None:
        return Markup('<span class="diff-note">A picture that was taken down</span>')
    told = Markup('<img src="{}/pictures/{}/320.jpg" width="{}" height="{}" alt="{}" loading="lazy">')
    return told.format(HOME, image.id, image.width, image.height, image.alt or image.caption)
