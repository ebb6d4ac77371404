"""The writing screen: the story as its readers will see it, to be written in by several people at once.

The page brings the words as HTML, for the eye, and as a document, for the script that takes over. What is typed is
sent as commands (see commands_api); what others do comes as events (see live).
"""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any

import msgspec
from flask import Flask, Response, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from cms import article as a
from cms.article import Article
from cms.desk import panels, reading, session, states, wellbeing, wording
from cms.desk.frames import blueprint
from cms.desk.house import house
from cms.desk.page import now, render
from cms.desk.session import HOME, person
from cms.desk.standing import badge
from cms.desk.writing import commands_api, picking, sign_over
from cms.desk.writing.commands_api import answer, problem
from cms.desk.writing.live import Here, Hub, hub
from cms.desk.writing.telling import told
from cms.roles import may
from events import document
from events.document import Figure
from events.document.embeds import EMBED_HOSTS
from events.document.schema import HREF, MAX_DEPTH
from events.store import EventStore
from views.shapes import Correction, Page, ViewsMissing

STREAM = 55.0  # seconds that one stream lives; the browser then asks for the next
BEAT = 3.0  # seconds between signs of life, by which the server notices who has gone, and that it is to stop
MOST = 2000  # events told at once

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def register(app: Flask) -> None:
    """The screen's routes, beside the desk's."""
    pages = blueprint("writing", CSP)
    pages.add_url_rule("/articles/<uuid:id>/write", "write", write)
    pages.add_url_rule("/articles/<uuid:id>/panels/<name>", "panel", panels.panel, methods=["GET", "POST"])
    api = commands_api.blueprint()
    api.add_url_rule("/articles/<uuid:id>", "article", state)
    api.add_url_rule("/articles/<uuid:id>/changes", "changes", changes)
    api.add_url_rule("/articles/<uuid:id>/stream", "stream", stream)
    api.add_url_rule("/articles/<uuid:id>/here", "here", here, methods=["POST"])
    picking.install(api)
    sign_over.install(api)
    app.register_blueprint(pages)
    app.register_blueprint(api)


def write(id: object) -> Answer:
    """The screen."""
    article = states.known_article(id)
    content = article.content
    body = document.to_html(content.body.doc, _figure, notes=True)
    return render(
        "writing.html", id=str(id), article=article, content=content, body=body,
        lead=wording.lead(content),
        lead_words=content.lead, state=_embedded(_state(str(id), article)), panels=panels.offered(),
        section=states.section(content.section).name if content.section else "", signed=wording.byline(content.bylines),
        standing=_standing(str(id)), locked=_locked(article), corrections=_corrections(article),
        may_correct=may(person().role, a.Correct),
    )  # fmt: skip


def state(id: object) -> Answer:
    """Everything that the screen begins with: document, fields, versions, names."""
    return answer(_state(str(id), states.known_article(id)))


def changes(id: object) -> Answer:
    """What has happened since a version of the stream; and who is here."""
    after = request.args.get("after", 0, type=int)
    states.known_article(id)
    stream = f"article-{id}"
    names = states.account_names()
    found = [told(recorded, names) for recorded in house().store.read_stream(stream, after=after, until=after + MOST)]
    return answer({"changes": found, "here": hub().here(str(id), request.args.get("client", ""))})


def here(id: object) -> Answer:
    """I am here, at this place; or I am leaving. Answers with who else is, with what ails Daybook, and with where the
    story stands."""
    try:
        said = msgspec.json.decode(request.get_data(), type=Place)
    except msgspec.DecodeError as error:
        return problem(422, "unreadable", str(error))
    me = person()
    if said.leaving:
        hub().leave(str(id), said.client, me.id)
    else:
        arrived = Here(
            client=said.client, account=me.id, name=me.name, body=said.body, anchor=said.anchor, head=said.head,
            field=said.field,
        )  # fmt: skip
        hub().arrive(str(id), arrived)
    ailments = wellbeing.ailments()[:1] if wellbeing.looks_after(me) else []
    others = hub().here(str(id), said.client)
    return answer({"here": others, "ailments": ailments, "standing": _standing(str(id))})


class Standing(msgspec.Struct, frozen=True):
    """Where the story stands, as its badge says it."""

    state: str
    words: str


def _standing(id: str) -> Standing | None:
    """None while the views cannot say: one goes on writing."""
    try:
        story = reading.desk().story(id)
    except ViewsMissing:
        return None
    return Standing(story.state, badge(story.state).words) if story else None


class Place(msgspec.Struct, forbid_unknown_fields=True):
    """Where a browser's caret is. client: made up by the browser for as long as its page lives."""

    client: str
    body: int | None = None
    anchor: int | None = None
    head: int | None = None
    field: str | None = None
    leaving: bool = False


def stream(id: object) -> Answer:
    """Server-sent events: ``changes`` and ``here``. 503 where as many listen already as there is room for."""
    article, client = str(id), request.args.get("client", "")
    states.known_article(id)
    after = request.args.get("after", 0, type=int)
    told_to = _stream(hub(), house().store, states.account_names(), article, client, after, _watching(article, client))
    if not next(told_to):
        busy = problem(503, "busy", "As many listen as there is room for: ask for changes instead.")
        busy.headers["Retry-After"] = "30"
        return busy
    live = Response(told_to, content_type="text/event-stream; charset=utf-8")
    live.headers["X-Accel-Buffering"] = "no"
    return live


def _stream(
    hub: Hub, store: EventStore, names: dict[str, str], article: str, client: str, after: int,
    still_here: Callable[[], bool],
) -> Generator[str]:  # fmt: skip
    """'' at once and no more where there is no room. Ends with ``expired`` where the session has ended."""
    with hub.listening(article) as listener:
        if listener is None:
            yield ""
            return
        yield ": listening\n\n"
        ends, who = monotonic() + STREAM, None
        while monotonic() < ends:
            if not still_here():
                yield _sent("expired", None)
                return
            found = [told(one, names) for one in store.read_stream(f"article-{article}", after, after + MOST)]
            if found:
                after = found[-1]["version"]
                yield _sent("changes", found)
            present = hub.here(article, client)
            if present != who:
                who = present
                yield _sent("here", present)
            if not listener.wait(BEAT):
                yield ": still here\n\n"


def _watching(article: str, client: str) -> Callable[[], bool]:
    """Whether the session of this request lives on, to be asked after the request is over; if not, they have left."""
    here, accounts, token, me = hub(), house().accounts, request.cookies.get(session.SESSION, ""), person().id

    def still_here() -> bool:
        if accounts.session(token) is not None:
            return True
        here.leave(article, client, me)
        return False

    return still_here


def _sent(name: str, value: object) -> str:
    return f"event: {name}\ndata: {msgspec.json.encode(value).decode()}\n\n"


def _locked(article: Article) -> str:
    """Why it cannot be written in; '' where it can."""
    if article.retracted:
        return "This article was retracted: its words are gone, and only its notice stands."
    if article.trashed:
        return "This article is in the bin. Recover it to write in it."
    if not may(person().role, a.EditBody):
        return "Your role lets you read this story, not write in it."
    return ""


def _state(id: str, article: Article) -> dict[str, Any]:
    content = article.content
    images = {*content.body.images, *([content.lead.image] if content.lead else [])}
    fields = {
        name: msgspec.to_builtins(getattr(content, name)) for name in commands_api.FIELDS.values()
    }
    return {
        "id": id,
        "version": article.version,
        "stage": article.stage,
        "locked": _locked(article),
        "body": {"version": content.body.version, "doc": msgspec.Raw(content.body.raw)},
        "fields": fields,
        "names": names_of(article) | {"accounts": states.account_names()},
        "images": {one: picking.image_told(one) for one in images},
        "me": {"account": person().id, "name": person().name, "email": person().email},
        "key": session.key(),
        "zone": house().settings.timezone,
        "site": house().settings.site_url,
        "at": now() // 1000,
        "schema": document.prosemirror_spec(),
        "limits": {
            "href": HREF, "depth": MAX_DEPTH, "embeds": EMBED_HOSTS, "megabytes": house().settings.upload_megabytes,
        },
    }  # fmt: skip


def names_of(article: Article) -> dict[str, dict[str, str]]:
    """Names of what its fields hold by id."""
    content = article.content
    return {
        "bylines": {credit.byline: states.byline(credit.byline).name for credit in content.bylines},
        "tags": {tag: states.tag(tag).name for tag in content.tags},
        "sections": {content.section: states.section(content.section).name} if content.section else {},
    }


def _corrections(article: Article) -> tuple[Correction, ...] | None:
    """What readers are told that was wrong, the newest first; None where nothing of it is public."""
    newest = article.newest(now())
    page = house().views.reader(now()).page(newest.path) if newest else None
    return page.corrections if isinstance(page, Page) else None


def _embedded(value: object) -> str:
    """JSON that can stand in a <script> of the page."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _figure(figure: Figure) -> Markup:
    image = wording.figure(figure)
    if image is None:
        return Markup("")
    return Markup(
        '<figure class="figure figure-{}"><img src="{}/pictures/{}/960.jpg" width="{}" height="{}" alt="{}">'
        "<figcaption>{}</figcaption></figure>"
    ).format(figure.attrs.size, HOME, image.id, image.width, image.height, image.alt, image.caption)
