"""How a story looks where readers find it: as a search result, and as the card under a link that somebody shares.

Both are made of what the site's own page says of itself (``article.html`` of the site): the headline, the standfirst,
the address and the lead picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from cms.article import Article
from cms.decider import Refused
from cms.desk import wording
from cms.desk.checks import Check
from cms.desk.house import house
from cms.desk.page import now, render
from cms.desk.publishing import dialog as publishing

TITLE, DESCRIPTION = 60, 155  # characters that a search result shows of them, as a rule
CARD = 70  # characters of a headline that a card shows in two lines
SMALLEST = 600  # pixels across, below which a card shows its picture small


@dataclass(frozen=True)
class Length:
    """How long something is, and how much of it is shown."""

    name: str
    now: int
    shown: int

    @property
    def over(self) -> int:
        """Characters that are cut off."""
        return max(0, self.now - self.shown)


def panel(id: str, article: Article) -> Response:
    """The panel beside the writing screen."""
    content = article.content
    image = wording.lead(content)
    try:
        path = publishing.address(id, article)
    except Refused:
        path = ""
    issue = article.newest(now())
    path = path or (issue.path if issue else "")
    headline = wording.called(content.headline)
    return render(
        "panel_search.html", headline=headline, description=content.standfirst or headline, image=image,
        host=urlsplit(house().settings.site_url).netloc, path=path, lengths=_lengths(article),
        checks=list(_checks(article)),
    )  # fmt: skip


def _lengths(article: Article) -> list[Length]:
    content = article.content
    return [
        Length("Headline in search", len(content.headline), TITLE),
        Length("Headline on a card", len(content.headline), CARD),
        Length("Standfirst in search", len(content.standfirst), DESCRIPTION),
    ]


def _checks(article: Article) -> Iterator[Check]:
    content = article.content
    for length in _lengths(article):
        if length.over:
            yield Check(f"{length.name}: the last {length.over} characters are cut off.")
    if not content.standfirst:
        yield Check("Without a standfirst the headline stands in its place.")
    image = wording.lead(content)
    if image is None:
        yield Check("Without a lead picture the card is a small one of words alone.")
    elif image.width < SMALLEST:
        yield Check(f"The lead picture is {image.width} pixels wide: on a card it is shown small.")
