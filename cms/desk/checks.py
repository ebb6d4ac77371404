"""What an editor looks for before a story goes out: faults that stop it, and things worth a look."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cms.article import Article
from cms.desk import wording
from cms.desk.house import house
from events.document import links, notes
from events.instant import Instant
from views.shapes import BylineView, Moved, Page, Reader, TagView

LONG_HEADLINE = 100  # characters
_STORY = re.compile(r"/\d{4}/\d{2}/\d{2}/[^/]+")


@dataclass(frozen=True)
class Check:
    """stops: it cannot be published like that."""

    words: str
    stops: bool = False


def checks(article: Article, now: Instant) -> list[Check]:
    """Everything that is worth saying about the working copy, the worst first."""
    return sorted(_found(article, now), key=lambda check: not check.stops)


def _found(article: Article, now: Instant) -> Iterator[Check]:
    content = article.content
    if not content.headline:
        yield Check("It has no headline.", stops=True)
    elif len(content.headline) > LONG_HEADLINE:
        yield Check(f"The headline has {len(content.headline)} characters; on a phone that is a lot.")
    if content.body.empty and content.kind != "brief":
        yield Check("There are no words in the body.", stops=True)
    if not content.standfirst:
        yield Check("It has no standfirst: lists and search results show none.")
    if content.section is None:
        yield Check("It is in no section: readers find it on the home page and by search only.")
    if not content.bylines:
        yield Check("It has no byline.")
    if article.embargo is not None and article.embargo > now:
        yield Check("It is under an embargo.")
    if found := len(notes(content.body.doc)):
        them, are = ("it", "note") if found == 1 else ("them", "notes")
        yield Check(f"{found} {are} to the desk: readers never see {them}.")
    yield from _pictures(article)
    yield from _links(article, now)


def _links(article: Article, now: Instant) -> Iterator[Check]:
    """Links to this site's own pages that lead nowhere."""
    site = house().settings.site_url
    inside = [link.removeprefix(site) for link in links(article.content.body.doc)]
    wanted = [link for link in inside if link.startswith("/") and not link.startswith("//")]
    if not wanted:
        return
    reader = house().views.reader(now)
    for link in wanted:
        if not _leads(reader, urlsplit(link).path.rstrip("/")):
            yield Check(f"The link to {link} leads nowhere: readers would find no page there.")


def _leads(reader: Reader, path: str) -> bool:
    """Whether a reader finds something there. What is no story's, person's or subject's address is taken on trust."""
    if _STORY.fullmatch(path):
        return isinstance(reader.page(path), Page | Moved)
    kind, _, slug = path.removeprefix("/").rpartition("/")
    if kind == "by":
        return isinstance(reader.byline(slug), BylineView | Moved)
    if kind == "tag":
        return isinstance(reader.tag(slug), TagView | Moved)
    return True


def _pictures(article: Article) -> Iterator[Check]:
    """Each as readers will get it. One that stands in several places is named once for each fault that it has."""
    found: dict[Check, None] = {}
    for id, image in wording.pictures(article.content):
        name = f"“{wording.picture(id)}”"
        if image is None:
            found[Check(f"The picture {name} was taken down. Choose another one.", stops=True)] = None
            continue
        if not image.alt:
            found[Check(f"The picture {name} has no alt text: some readers get nothing of it.")] = None
        if not image.credit:
            found[Check(f"The picture {name} has no credit.")] = None
    yield from found
