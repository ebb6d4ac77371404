"""What the desk shows of streams: their folded state, and names for the ids in it."""

from typing import cast

from flask import abort, current_app

from cms.article import Article
from cms.byline import Byline
from cms.decider import State
from cms.desk.house import house
from cms.image import Image
from cms.section import Section
from cms.streams import Streams
from cms.tag import Tag
from views.shapes import ImageView

AT_HAND = 1000  # streams


def states() -> Streams:
    """Folded streams, the ones looked at last at hand."""
    found = current_app.extensions.get("daybook.desk")
    if found is None:
        found = current_app.extensions["daybook.desk"] = Streams(house().store, AT_HAND, house().snapshots)
    return cast(Streams, found)


def state(stream: str) -> State:
    """A stream as the log has it now; the initial state (version 0) where there is none."""
    return states().current(stream).state


def article(id: str) -> Article:
    """An article."""
    return cast(Article, state(f"article-{id}"))


def known_article(id: object) -> Article:
    """The article; 404 where there is none."""
    found = article(str(id))
    if not found.version:
        abort(404)
    return found


def article_since(id: str, version: int) -> Article:
    """An article as it was at this version or later: the log is not asked for what is at hand."""
    known = cast(Article, states().remembered(f"article-{id}").state)
    return known if known.version >= version else article(id)


def image(id: str) -> Image:
    """An image."""
    return cast(Image, state(f"image-{id}"))


def byline(id: str) -> Byline:
    """A byline."""
    return cast(Byline, state(f"byline-{id}"))


def section(id: str) -> Section:
    """A section."""
    return cast(Section, state(f"section-{id}"))


def tag(id: str) -> Tag:
    """A tag."""
    return cast(Tag, state(f"tag-{id}"))


def image_view(id: str) -> ImageView | None:
    """An image as templates draw it; None where there is none or it was taken down."""
    found = image(id)
    if found.picture is None or found.taken_down:
        return None
    x, y = found.focus
    return ImageView(
        id=id, sha256=found.picture.sha256, format=found.picture.format, width=found.picture.width,
        height=found.picture.height, alt=found.alt, caption=found.caption, credit=found.credit, focus_x=x, focus_y=y,
        crops=tuple(sorted(found.crops)),
    )  # fmt: skip


def byline_name(id: str) -> str:
    """The name behind this id."""
    return byline(id).name or "somebody unknown"


def account_names() -> dict[str, str]:
    """Account id → name."""
    return house().accounts.names()
