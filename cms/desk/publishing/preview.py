"""The working copy exactly as readers will see it: at the desk, and by a signed link without an account."""

from collections.abc import Callable
from typing import cast

import msgspec
from flask import Blueprint, Flask, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from cms.article import Article
from cms.decider import Refused
from cms.desk import panels, states
from cms.desk.frames import blueprint
from cms.desk.history.drawing import Notice, drawn, path_of, picture, unkept
from cms.desk.house import house
from cms.desk.page import moment, now, render
from cms.desk.publishing.dialog import address
from cms.desk.session import HOME, person
from events.instant import DAY, Instant

WIDTHS = {"phone": "Phone", "tablet": "Tablet", "desktop": "Desktop"}
THEMES = {"": "As set", "light": "Light", "dark": "Dark"}
DAYS = {"1": "One day", "3": "Three days", "7": "A week"}
SHARED = "/preview"


class Link(msgspec.Struct, frozen=True):
    """What a signed link says: which story, who gave it out, and until when it works."""

    article: str
    by: str
    until: Instant


def register(app: Flask) -> None:
    """The routes at the desk, those of the links, and the panel."""
    pages = blueprint("preview")
    pages.add_url_rule("/articles/<uuid:id>/preview", "preview", preview)
    pages.add_url_rule("/articles/<uuid:id>/preview", "share", share, methods=["POST"])
    pages.add_url_rule("/articles/<uuid:id>/preview/page", "page", page)
    app.register_blueprint(pages)
    shared = Blueprint("shared", __name__, url_prefix=SHARED)
    shared.before_request(_nobody)
    shared.add_url_rule("/<token>", "page", shared_page)
    shared.add_url_rule("/<token>/media/<uuid:image>/<sha256>/<name>", "media", shared_media)
    app.register_blueprint(shared)
    panels.add("preview", "Preview", "eye", _panel)


def preview(id: object) -> Response:
    """The page in a frame, as wide as is asked for."""
    return _preview(str(id), states.known_article(id))


def share(id: object) -> Response:
    """Make a link for somebody without an account."""
    article = states.known_article(id)
    return _preview(str(id), article, *_made(str(id)))


def page(id: object) -> Response:
    """The page in the frame."""
    article = states.known_article(id)
    return _drawn(str(id), article, f"{HOME}/articles/{id}/media", None, request.args.get("theme", ""))


def shared_page(token: str) -> Response:
    """What somebody sees who follows a link."""
    return _with(token, lambda link, article: _drawn(
        link.article, article, f"{SHARED}/{token}/media", _notice(link), request.args.get("theme", "")
    ))  # fmt: skip


def shared_media(token: str, image: object, sha256: str, name: str) -> Response:
    """A picture of that page: one that the story shows now, and no other."""

    def answer(_: Link, article: Article) -> Response:
        content = article.content
        portraits = {states.byline(credit.byline).portrait for credit in content.bylines}
        shown = {*content.body.images, *([content.lead.image] if content.lead else []), *portraits}
        file = states.image(str(image)).picture
        if str(image) not in shown or file is None or file.sha256 != sha256:
            return _over(404, "There is nothing here", "This picture is not in the story.")
        return picture(str(image), sha256, name)

    return _with(token, answer)


def signed(id: str, account: str, until: Instant) -> str:
    """A link's token."""
    return str(_serializer().dumps([id, account, until]))


def _with(token: str, answer: Callable[[Link, Article], Response]) -> Response:
    """The answer for a link that is in order."""
    try:
        link = msgspec.convert(dict(zip(Link.__struct_fields__, _serializer().loads(token), strict=True)), Link)
    except (BadSignature, msgspec.ValidationError, ValueError, TypeError):
        return _over(404, "There is no such preview", "The link may be cut short. Ask for it again.")
    giver, article = house().accounts.get(link.by), states.article(link.article)
    if now() >= link.until or giver is None or giver.disabled:
        return _over(410, "This preview has ended", "The link worked for a limited time. Ask for a new one.")
    if not article.version or article.trashed or article.retracted:
        return _over(410, "This preview has ended", "The newsroom no longer works on this story.")
    return answer(link, article)


def _drawn(id: str, article: Article, media: str, notice: Notice | None, theme: str) -> Response:
    try:
        path = address(id, article)
    except Refused:
        path = ""
    return drawn(id, article.content, path or path_of(id, article, now()), media, notice=notice, theme=theme)


def _notice(link: Link) -> Notice:
    giver = house().accounts.get(link.by)
    name = giver.name if giver else "The newsroom"
    return "Preview, not published.", f"{name} gave out this link. It works until {moment(link.until)}."


def _made(id: str) -> tuple[str, Instant]:
    days = request.form.get("days", "")
    until = now() + DAY * int(days if days in DAYS else "1")
    return f"{house().settings.site_url}{SHARED}/{signed(id, person().id, until)}", until


def _preview(id: str, article: Article, link: str = "", until: Instant | None = None) -> Response:
    asked, theme = request.args.get("width", ""), request.args.get("theme", "")
    return render(
        "preview.html", id=id, article=article, widths=WIDTHS, themes=THEMES, days=DAYS, link=link, until=until,
        asked=asked if asked in WIDTHS else "", theme=theme if theme in THEMES else "",
    )  # fmt: skip


def _panel(id: str, article: Article) -> Response:
    link, until = _made(id) if request.method == "POST" else ("", None)
    return render("panel_preview.html", id=id, article=article, days=DAYS, link=link, until=until)


def _nobody() -> None:
    """Whoever follows a link is nobody the desk knows, even where they are signed in."""
    g.desk_session, g.desk_visitor, g.desk_said = None, "", None


def _over(status: int, title: str, words: str) -> Response:
    answer = unkept(render("preview_over.html", status, title=title, words=words))
    answer.headers["Content-Security-Policy"] = "default-src 'self'; script-src 'none'; frame-ancestors 'none'"
    return answer


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.config["SECRET_KEY"]), salt="preview link")
