"""Words anywhere in a story: what the desk's index finds beside headlines, and what is said where it cannot tell.

The index follows the log by seconds, so what the tables know at once (headline, kicker, slug, also parts of words) is
found with it and never instead of it: see views.desk.Desk.stories.
"""

from collections.abc import Iterable, Set
from typing import NamedTuple

from markupsafe import Markup

from cms.desk.house import house
from cms.desk.page import now
from events.instant import SECOND
from search.shapes import IndexMissing
from views.desk_shapes import Story

BEHIND = 15 * SECOND  # since an event that the index has not taken in yet: from then on it is said
_ARTICLE = "article-"


class Anywhere(NamedTuple):
    """articles: ids of those that have the words; None where nobody asked, or the index is missing. told: about it."""

    articles: Set[str] | None = None
    told: str = ""


def anywhere(text: str) -> Anywhere:
    """Which stories have all the words of a search."""
    if not text.strip():
        return Anywhere()
    index = house().desk_index
    try:
        found = index.matches(text, now(), _ARTICLE)
    except IndexMissing:
        return Anywhere(None, "Search knows only headlines just now.")
    told = "Search knows only headlines of what was written last." if _behind(index.status().position) else ""
    if found.partial:
        told = "These words are so common that not every story was looked at. Add another word."
    return Anywhere(found.articles, told)


def excerpts(text: str, stories: Iterable[Story]) -> dict[str, Markup]:
    """Where in its body a story has the words, for those whose headline does not show them."""
    if not text.strip():
        return {}
    try:
        found = house().desk_index.excerpts(text, [f"{_ARTICLE}{story.article}" for story in stories])
    except IndexMissing:
        return {}
    safe = ((article.removeprefix(_ARTICLE), Markup(html)) for article, html in found.items())  # noqa: S704 by the index
    return {article: html for article, html in safe if html}


def _behind(position: int) -> bool:
    row = next(house().store.rows(position, position + 1), None)
    return row is not None and now() - row.recorded_at > BEHIND
