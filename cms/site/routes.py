"""Addresses, and the way from one to an answer: bind a reader, look in the cache, make the page, send it."""
from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter

from cms.assets import PREFIX, Assets
from cms.site import Daybook, archives, feeds, pages, picturing, searching, sitemaps, suggesting
from cms.site.answers import (
    HTML,
    SECURITY,
    UNREADABLE,
    Made,
    PageCache,
    lifetime,
    make,
    redirected,
    send,
    unavailable,
)
from cms.site.outcomes import Document, Elsewhere, Missing, Withdrawn
from cms.site.rendering import Templates
from cms.site.shortcut import Shortcut
from cms.site.visit import Visit
from cms.site.words import Clock, http_date
from events.instant import Instant, from_datetime, from_iso, to_iso
from views.shapes import BadCursor

PageFunction = Callable[..., Document]
EARLIEST = from_iso("0002-01-01T00:00:00Z")  # dates before it do not exist in every time zone
BUILT = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
         "woff2": "font/woff2", "png": "image/png"}
PAGES: tuple[tuple[str, PageFunction], ...] = (
    ("/", pages.home),
    ("/<year:year>/<two:month>/<two:day>/<slug>", pages.article),
    ("/<section>", pages.section),
    ("/by/<slug>", pages.byline),
    ("/tag/<slug>", pages.tag),
    ("/archive", archives.archive),
    ("/<year:year>/", archives.year),
    ("/<year:year>/<two:month>/", archives.month),
    ("/<year:year>/<two:month>/<two:day>/", archives.day),
    ("/corrections", pages.corrections),
    ("/about", pages.about),
    ("/feed.<any(xml,atom,json):form>", feeds.site),
    ("/<section>/feed.<any(xml,atom,json):form>", feeds.section),
    ("/by/<slug>/feed.<any(xml,atom,json):form>", feeds.byline),
    ("/tag/<slug>/feed.<any(xml,atom,json):form>", feeds.tag),
)
ONLY_LIVE: tuple[tuple[str, PageFunction], ...] = (
    ("/sitemap.xml", sitemaps.index),
    ("/sitemaps/<name>.xml", sitemaps.articles),
    ("/sitemaps/pages.xml", sitemaps.pages),
    ("/sitemap-news.xml", sitemaps.news),
    ("/robots.txt", sitemaps.robots),
    ("/manifest.webmanifest", sitemaps.manifest),
)


class Year(BaseConverter):
    """Four digits, and nothing else that int() would take."""
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)


class Two(Year):
    """Two digits: a month or a day."""
    regex = "[0-9]{2}"


class Site:
    """The parts a request needs, made once."""

    def __init__(self, daybook: Daybook, assets: Assets) -> None:
        self.daybook, self.assets = daybook, assets
        self.templates, self.cache = Templates(assets), PageCache()
        self.clock = Clock(daybook.settings.zone)

    def visit(self, path: str) -> Visit:
        """In the present."""
        return Visit(self.daybook, self.daybook.reader(), path, self.daybook.clock(), self.clock)

    def answer(self, function: PageFunction, at: str | None, arguments: dict[str, Any]) -> Response:
        """The answer to a request for a page, live or as of `at` (as it stands in the address)."""
        asked = request
        now = self.daybook.clock()
        try:
            if at is None and "HTTP_ACCEPT_DATETIME" in asked.environ:
                return self.negotiated(asked.path, asked.headers["Accept-Datetime"], now)
            before = asked.args.get("before") if asked.query_string else None
            key = asked.environ["PATH_INFO"] + ("" if before is None else f"?before={before}")
            reader = self.daybook.reader(None if at is None else travelled(at, now))
            stamp = reader.stamp()
            made = self.cache.find(key)
            if made is None or not made.true_at(stamp, now):
                path = asked.path if at is None else asked.path.removeprefix(f"/at/{at}")
                visit = Visit(self.daybook, reader, path, now, self.clock, before)
                visit.reusable = made
                return self.page(visit, key, stamp, function, arguments)
            return send(made, asked, now)
        except UNREADABLE:
            return unavailable(self.templates)

    def page(self, visit: Visit, key: str, stamp: str, function: PageFunction, arguments: dict[str, Any]) -> Response:
        """Made now."""
        try:
            made = self.made(visit, function(self, visit, **arguments), stamp)
        except Elsewhere as elsewhere:
            return redirected(visit.link(elsewhere.to), elsewhere.status)
        except (Missing, BadCursor):
            return self.missing(visit)
        except Withdrawn as withdrawn:
            return self.message(visit, 410, "withdrawn.html", gone=withdrawn)
        return send(self.cache.keep(key, made), request, visit.now)

    def made(self, visit: Visit, document: Document, stamp: str) -> Made:
        boundary = visit.reader.next_boundary()
        until = min((moment for moment in (boundary, visit.until) if moment is not None), default=None)
        return make(document.text, kind=document.kind, stamp=stamp, now=visit.now, until=until, at=visit.at,
                    keys=visit.keys, extra=headers_of(visit), digest=document.digest)

    def negotiated(self, path: str, wanted: str, now: Instant) -> Response:
        """RFC 7089: an original is its own time gate."""
        try:
            moment = from_datetime(parsedate_to_datetime(wanted))
        except (ValueError, TypeError):
            return Response("Accept-Datetime is not a date of the form: Mon, 23 Nov 2026 09:13:03 GMT\n", 400,
                            {"Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Datetime"})
        answer = redirected(f"/at/{to_iso(min(moment, now))}{path}", 302)
        answer.headers["Vary"] = "Accept-Datetime"
        answer.headers["Link"] = f'<{self.daybook.settings.site_url}{path}>; rel="original timegate"'
        return answer

    def missing(self, visit: Visit) -> Response:
        if (to := visit.reader.pointed(visit.path)) is not None:
            return redirected(visit.link(quote(to)), 301)
        return self.message(visit, 404, "missing.html")

    def message(self, visit: Visit, status: int, template: str, **context: Any) -> Response:
        """A page that says why there is none; kept as briefly as pages are, for it may come yet."""
        text = self.templates(template, v=visit, **context)
        kept = lifetime(visit.reader.next_boundary(), visit.now)
        headers = [("Content-Type", HTML), ("Cache-Control", f"public, max-age={kept}"),
                   ("X-Robots-Tag", "noindex"), *SECURITY]
        return Response(text.encode("utf-8", "replace"), status, headers)


def headers_of(visit: Visit) -> list[tuple[str, str]]:
    """What says where in time the page stands."""
    original = f'<{visit.absolute(visit.path)}>; rel="original timegate"'
    if visit.at is None:
        return [("Vary", "Accept-Datetime"), ("Link", original)]
    return [("Memento-Datetime", http_date(visit.at)), ("Link", original), ("X-Robots-Tag", "noindex")]


def travelled(text: str, now: Instant) -> Instant:
    """The instant an address names. NotFound for what is none, and for the future, which nobody has read."""
    try:
        moment = from_iso(text)
    except (ValueError, OverflowError):
        raise NotFound from None
    if not EARLIEST <= moment <= now:
        raise NotFound
    return moment


def install(app: Flask) -> None:
    """Every route of the site, and its words for what is not found."""
    assets = Assets()
    site = Site(app.extensions["daybook"], assets)
    app.url_map.converters.update(year=Year, two=Two)
    app.jinja_env.globals.update(asset=assets.url, icon=assets.icon)

    def endpoint(function: PageFunction) -> Callable[..., Response]:
        def answer(at: str | None = None, **arguments: Any) -> Response:
            return site.answer(function, at, arguments)
        return answer

    for rule, function in (*PAGES, *ONLY_LIVE):
        name = f"site.{function.__module__.rpartition('.')[2]}.{function.__name__}"
        app.add_url_rule(rule, name, endpoint(function))
        if (rule, function) in PAGES:
            app.add_url_rule(f"/at/<at>{rule}", f"{name}.then", endpoint(function))
    app.wsgi_app = Shortcut(app.wsgi_app, site.daybook, site.cache)  # type: ignore[method-assign]
    searching.install(app, site)
    suggesting.install(app, site)
    picturing.install(app, site)
    archives.install(app, site)

    @app.get(PREFIX + "<name>", endpoint="site.built")
    def built(name: str) -> Response:
        if name not in assets.files:
            raise NotFound
        return Response(assets.folder.joinpath(name).read_bytes(), 200, [
            ("Content-Type", BUILT[name.rpartition(".")[2]]), ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "public, max-age=31536000, immutable")])

    @app.errorhandler(NotFound)
    def not_found(_: HTTPException) -> Response:
        try:
            return site.missing(site.visit(request.path))
        except UNREADABLE:
            return unavailable(site.templates)
