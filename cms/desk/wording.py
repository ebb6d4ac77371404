"""What the desk calls a story's headline, its byline and its pictures: the same words on every screen.

A picture has the words that readers will get: those that the story gives it, else the library's.
"""

from collections.abc import Container, Iterable, Iterator
from textwrap import shorten

from cms.article import Content
from cms.desk import states
from cms.site.words import names
from events.article import Credit
from events.document import Figure, all_figures
from views.pictures import worded
from views.shapes import ImageView

UNTITLED = "No headline yet"
NO_BYLINE = "No byline"
SENTENCE = 60  # characters of a picture's name within a sentence
ROLES: dict[str, str] = {"by": "By", "photographs": "Photographs by", "contributing": "Additional reporting by"}


def called(headline: str) -> str:
    """A story by its headline."""
    return headline or UNTITLED


def byline(given: Iterable[Credit]) -> str:
    """``By A and B. Photographs by C``, as readers see it; '' where it has none."""
    return ". ".join(f"{label} {names([name for _, name in people])}" for label, people in credited(given))


def credited(given: Iterable[Credit]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What people did, and their ids and names, in the order in which readers see it."""
    all_ = list(given)
    groups = (
        (label, [(one.byline, states.byline_name(one.byline)) for one in all_ if one.role == role])
        for role, label in ROLES.items()
    )
    return [(label, people) for label, people in groups if people]


def depicted(caption: str, alt: str, filename: str) -> tuple[str, bool]:
    """What a picture is called: its caption, else its alt text, else its file's name; and whether it is that name."""
    return (caption or alt or filename), not (caption or alt)


def picture(id: str) -> str:
    """What a picture of the library is called in a sentence."""
    image = states.image(id)
    return shorten(depicted(image.caption, image.alt, image.filename)[0], SENTENCE, placeholder=" …")


def lead(content: Content) -> ImageView | None:
    """The picture at the top; None where there is none, or it was taken down."""
    image = states.image_view(content.lead.image) if content.lead else None
    own = content.lead
    return worded(image, own.caption, own.alt, own.credit) if image and own else None


def figure(node: Figure) -> ImageView | None:
    """A picture in the body; None where it was taken down."""
    image, own = states.image_view(node.attrs.image), node.attrs
    return worded(image, own.caption, own.alt, own.credit) if image else None


def without_alt(content: Content, bare: Container[str]) -> int:
    """How many of its pictures readers get without an alt text. bare: those that have none in the library."""
    own = [(content.lead.image, content.lead.alt)] if content.lead else []
    own += [(node.attrs.image, node.attrs.alt) for node in _figures(content)]
    return len({id for id, alt in own if (id in bare if alt is None else not alt)})


def pictures(content: Content) -> Iterator[tuple[str, ImageView | None]]:
    """Every picture by its id, wherever it stands."""
    if content.lead:
        yield content.lead.image, lead(content)
    for node in _figures(content):
        yield node.attrs.image, figure(node)


def _figures(content: Content) -> Iterator[Figure]:
    return all_figures(content.body.doc) if content.body.images else iter(())
