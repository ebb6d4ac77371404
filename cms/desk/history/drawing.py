"""An article's words as the site would show them, drawn by the site's own template."""

import re
from collections.abc import Callable

import msgspec
from flask import Response, abort, current_app

from cms.article import Article, Content
from cms.assets import Assets
from cms.desk import states, wording
from cms.desk.house import house
from cms.desk.page import HTML, now
from cms.site import pages
from cms.site.answers import SECURITY
from cms.site.rendering import Templates
from cms.site.renditions import KINDS, Renditions, Unreadable, named
from cms.site.visit import Visit
from cms.site.words import Clock
from events import document
from events.image import ImageReplaced, ImageUploaded
from events.instant import Instant
from views.projections.publications import Content as Words

Themes = ("light", "dark")
Notice = tuple[str, str]  # what it is, and what that means
_MEDIA = re.compile(r"/media/([0-9a-f]{64})/")


def drawn(
    id: str, content: Content, path: str, media: str, *, at: Instant | None = None, notice: Notice | None = None,
    theme: str = "",
) -> Response:  # fmt: skip
    """The page. ``media``: under which address its pictures are, since they need not be public.

    ``at``: with the captions, bylines and surroundings of that instant; None: with today's.
    """
    moment = now()
    past = at if at is not None and at < moment else None
    sketch = house().views.sketches(moment).page(
        id, words_of(content), content.body.published_raw, document.SCHEMA, path, past
    )
    reader = house().views.reader(moment, past)
    # What the site needs of the house is in House; the desk's protocol of it is narrower.
    visit = Visit(current_app.extensions["daybook"], reader, path, moment, Clock(house().settings.zone))
    known = reader.public(content.related)
    page = msgspec.structs.replace(sketch.page, related=tuple(known[one] for one in content.related if one in known))
    text = _templates()(
        "preview.html", v=visit, page=page, onward=pages.read_next(visit, page), since=(), notice=notice,
        theme=theme if theme in Themes else "",
    )  # fmt: skip
    return sealed(_MEDIA.sub(_own(sketch.pictures, media), text))


def _own(pictures: dict[str, str], media: str) -> Callable[[re.Match[str]], str]:
    def address(found: re.Match[str]) -> str:
        image = pictures.get(found[1])
        return f"{media}/{image}/{found[1]}/" if image else found[0]

    return address


def sealed(text: str, status: int = 200) -> Response:
    """A page of the site that is for the desk's eyes: kept by nobody, found by nobody."""
    answer = Response(text.encode("utf-8", "replace"), status, [("Content-Type", HTML), *SECURITY])
    answer.headers["Content-Security-Policy"] = answer.headers["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return unkept(answer)


def unkept(answer: Response) -> Response:
    """With the headers that keep it from caches, search engines, and those whom its links lead to."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def picture(image: str, sha256: str, name: str) -> Response:
    """A rendition of a file that a picture has or had, public or not; 404 where it was taken down or is none."""
    rendition = named(name)
    if rendition is None or states.image(image).taken_down or sha256 not in _files(image):
        abort(404)
    original = house().media.path(sha256)
    if not original.exists():
        abort(404)
    try:
        file = Renditions(house().settings.renditions).file(original, sha256, rendition)
    except Unreadable:
        abort(404)
    return unkept(Response(file.read_bytes(), 200, [("Content-Type", KINDS[rendition.format]), *SECURITY]))


def _files(image: str) -> set[str]:
    """What a picture was at any time. Under its address there is nothing of another, which may have been taken down."""
    events = (recorded.event for recorded in house().store.read_stream(f"image-{image}"))
    return {event.picture.sha256 for event in events if isinstance(event, ImageUploaded | ImageReplaced)}


def words_of(content: Content) -> Words:
    """The content in the views' own words."""
    return Words(
        kicker=content.kicker, headline=wording.called(content.headline), standfirst=content.standfirst,
        kind=content.kind, language=content.language, section=content.section, bylines=content.bylines,
        tags=content.tags, lead=content.lead, related=content.related, words=content.body.words,
        images=content.body.images,
    )  # fmt: skip


def path_of(id: str, article: Article, at: Instant) -> str:
    """Where readers find it; an address that leads nowhere for what was never public."""
    issue = article.newest(at) or article.pending(at)
    return issue.path if issue else f"/not-published/{id}"


def _templates() -> Templates:
    found: Templates | None = current_app.extensions.get("daybook.sketch_templates")
    if found is None:
        found = current_app.extensions.setdefault("daybook.sketch_templates", Templates(Assets()))
    return found
