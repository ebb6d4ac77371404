"""What the desk asks of the read models."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from flask import g

from cms.desk import states
from cms.desk.house import house
from cms.desk.page import now
from cms.desk.wording import depicted
from views.desk import Desk
from views.desk_shapes import Part, Person, Subject

MOST_CHOICES = 300


@dataclass(frozen=True)
class Choice:
    """Something to choose in a list."""

    id: str
    name: str


@dataclass(frozen=True)
class Choices:
    """What an article can be given: what is in use, and what it has already."""

    sections: list[Choice] = field(default_factory=list)
    bylines: list[Choice] = field(default_factory=list)
    tags: list[Choice] = field(default_factory=list)
    images: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A byline, a section or a tag in its list."""

    id: str
    name: str
    slug: str
    articles: int
    note: str = ""


def desk() -> Desk:
    """The newsroom's views, of one generation for the whole request. Raises ViewsMissing."""
    if "desk_views" not in g:
        g.desk_views = house().views.desk(now())
    found: Desk = g.desk_views
    return found


def entities(kind: str, text: str = "", counted: bool = True) -> list[Row]:
    """All bylines, sections or tags whose name holds the text; ``counted``: with how many articles use each."""
    library = desk().library
    found: dict[str, Callable[..., Sequence[Person | Part | Subject]]] = {
        "byline": library.bylines, "section": library.sections, "tag": library.tags,
    }  # fmt: skip
    return [
        Row(one.view.id, one.view.name, one.view.slug, one.articles, _ended(one))
        for one in found[kind](counted=counted)
        if text.casefold() in one.view.name.casefold()
    ]


def sections() -> list[Choice]:
    """The open sections, in the order of the menu."""
    return [Choice(row.id, row.name) for row in entities("section", counted=False) if not row.note]


def choices(chosen: Iterable[str]) -> Choices:
    """What an article can be given; those in ``chosen`` (ids) among them, whatever became of them."""
    has = set(chosen)
    return Choices(
        [Choice(row.id, row.name) for row in entities("section", counted=False) if not row.note or row.id in has],
        [Choice(row.id, row.name) for row in entities("byline", counted=False) if not row.note or row.id in has],
        _tags(has),
        pictures(has),
    )


def pictures(chosen: Iterable[str]) -> list[Choice]:
    """The latest pictures, and those chosen."""
    latest = [one for one in desk().library.images(limit=100).items if not one.taken_down]
    known = {one.view.id: depicted(one.view.caption, one.view.alt, one.filename)[0] for one in latest}
    for id in chosen:
        image = states.image(id) if id and id not in known else None
        if image is not None and image.version:
            known[id] = depicted(image.caption, image.alt, image.filename)[0]
    return [Choice(id, name if len(name) <= 80 else f"{name[:79]}…") for id, name in known.items()]


def _tags(has: set[str]) -> list[Choice]:
    """The tags used most, and those chosen, by name."""
    rows = [row for row in entities("tag", counted=False) if not row.note or row.id in has]
    if len(rows) > MOST_CHOICES:
        rows = [row for row in entities("tag") if not row.note or row.id in has]
    rows.sort(key=lambda row: (row.id not in has, -row.articles))
    return [Choice(row.id, row.name) for row in sorted(rows[:MOST_CHOICES], key=lambda row: row.name.casefold())]


def _ended(one: Person | Part | Subject) -> str:
    ends = (("merged_into", "merged"), ("retired_at", "retired"), ("closed_at", "closed"))
    return next((said for name, said in ends if getattr(one, name, None)), "")
