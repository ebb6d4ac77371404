"""Where something is used, as its page shows it and as what is about to be done to it says beforehand."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from cms.desk import reading
from cms.desk.session import HOME
from cms.desk.standing import Mark, badges
from cms.desk.wording import called
from cms.site.words import count
from views.desk_shapes import Use

SHOWN = 100  # stories on the page of what they use
NAMED = 5  # stories of readers that are named in an effect
_LINK = Markup('<a href="{}/articles/{}">{}</a>')


class Place(NamedTuple):
    """A story that uses it. marks: where the story stands; gone: only what readers have uses it still."""

    article: str
    headline: str
    marks: tuple[Mark, ...]
    gone: bool


def places(uses: Sequence[Use]) -> list[Place]:
    """The stories that were begun last, as many as a page shows; the latest first."""
    latest = sorted(uses, key=lambda use: use.article, reverse=True)[:SHOWN]  # an id begins with its time
    known = {one.article: one for one in reading.desk().some([use.article for use in latest])}
    return [
        Place(use.article, called(use.headline), tuple(badges(known[use.article])), use.live and not use.working)
        for use in latest
        if use.article in known
    ]


def touched(uses: Sequence[Use]) -> str:
    """``3 stories (2 of them with readers now)``"""
    return f"{count(len(uses), 'story', 'stories')} ({sum(use.live for use in uses)} of them with readers now)"


def touched_live(uses: Sequence[Use]) -> str:
    """``17 articles, 12 live``"""
    return f"{count(len(uses), 'article')}, {sum(use.live for use in uses)} live"


def pages(uses: Sequence[Use]) -> Markup:
    """The stories that readers have, the first few by their headlines; '' where there are none."""
    live = [_LINK.format(HOME, use.article, called(use.headline)) for use in uses if use.live]
    if not live:
        return Markup()
    more = f" and {len(live) - NAMED:,} more" if len(live) > NAMED else ""
    return Markup(" Readers have: {}{}.").format(Markup(", ").join(live[:NAMED]), more)
