"""What an editor looks for before a story goes out: faults that stop it, and things worth a look."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cms.article import Article
from cms.desk import states
from cms.desk.house import house
from events.document import all_figures, links, notes
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
        yield Check("Nobody has signed it.")
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
    lead = article.content.lead
    alts = {lead.image: lead.alt} if lead else {}
    for figure in all_figures(article.content.body.doc):
        alts.setdefault(figure.attrs.image, figure.attrs.alt)
    for id, alt in alts.items():
        image = states.image(id)
        if image.taken_down:
            yield Check(f"The picture {image.filename} was taken down. Choose another one.", stops=True)
        elif not (image.alt if alt is None else alt):
            yield Check(f"The picture {image.filename} has no alt text: some readers get nothing of it.")
        elif not image.credit:
            yield Check(f"The picture {image.filename} has no credit.")
