"""Search for readers: a page, and the same as JSON. Nothing is shown that the reader does not say is public."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from flask import Flask, Response, request
from markupsafe import Markup, escape

from cms.site import plainly
from cms.site.answers import FRESH, HTML, RETRY, SCRIPTED, SECURITY, UNREADABLE, redirected, unavailable
from cms.site.visit import Visit
from events.instant import Instant, from_datetime, to_iso
from search.grammar import Question, parse
from search.shapes import Hit, IndexMissing, Query, Results, Sort
from views.shapes import Card

if TYPE_CHECKING:
    from cms.site.routes import Site

HITS = 20
DEEPEST = 50  # pages; who looks further should narrow the search
LONGEST = 500  # characters of a question
SORTS: dict[str, Sort] = {"relevance": "relevance", "newest": "newest", "oldest": "oldest"}
FILTERS = ("section", "byline", "tag")
DAY = "a day, a month or a year, as in {}:2026-11-23"
TAKES = {"after": DAY.format("after"), "before": DAY.format("before"), "has": "a picture alone, as in has:image",
         "by": "a writer’s name, as in by:marsh", "in": "a section, as in in:politics",
         "tag": "a topic, as in tag:floods", "kind": "a kind of story, as in kind:analysis"}
NOTHING = Results(0, (), {}, None, False, False, 0.0)


@dataclass(frozen=True)
class Form:
    """What was asked, as the form shows it again."""
    q: str
    sort: Sort
    page: int
    chosen: dict[str, str]  # section, byline, tag → slug
    since: str  # 'YYYY-MM-DD' or ''
    until: str

    @property
    def asks(self) -> bool:
        return bool(self.q.strip() or self.chosen or self.since or self.until)

    @property
    def says_nothing(self) -> bool:
        """Whether something was typed and nothing of it can be searched for: signs, or an operator alone. A star is
        everything."""
        return bool(self.q.strip()) and "*" not in self.q.split() and not self.question.asks

    @cached_property
    def question(self) -> Question:
        """How the index reads it; days begin elsewhere."""
        return parse(self.q)

    def left_out(self) -> list[str]:
        """A sentence for each operator whose value cannot be meant."""
        return [f"“{name}:” takes {TAKES[name]}; it was left out." for name in self.question.misread]

    def address(self, **changes: Any) -> str:
        """The search with something else in it; None takes it away. Another filter begins at the first page."""
        fields: dict[str, Any] = {"q": self.q, **self.chosen, "from": self.since, "to": self.until,
                                  "sort": self.sort, **changes}
        defaults = ("", None, "relevance", 1)
        return "/search?" + urlencode({key: value for key, value in fields.items() if value not in defaults})


@dataclass(frozen=True)
class Shown:
    """A hit with the article as it is now: old words of the index are not shown."""
    card: Card
    headline: Markup
    snippet: Markup


def form() -> Form:
    """From the address; what cannot be meant is left out, for no question is an error."""
    given = request.args
    page = given.get("page", "1")
    return Form(q=given.get("q", "").replace("\0", "")[:LONGEST], sort=SORTS.get(given.get("sort", ""), "relevance"),
                page=int(page[:9]) or 1 if page.isascii() and page.isdigit() else 1,
                chosen={name: given[name][:200] for name in FILTERS if given.get(name)},
                since=day_of(given.get("from", "")), until=day_of(given.get("to", "")))


def day_of(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def beginning(site: Site, day: str, later: int = 0) -> Instant | None:
    """The first moment of the day (or of so many days later) on the newsroom's clock."""
    if not day:
        return None
    try:
        moment = datetime.fromisoformat(day) + timedelta(days=later)
        return from_datetime(moment.replace(tzinfo=site.clock.zone))
    except OverflowError:
        return None


def ask(site: Site, visit: Visit, asked: Form) -> tuple[Results, bool]:
    """The answer, and whether it is degraded: made without the index, which is away, from headlines alone."""
    if asked.says_nothing:
        return NOTHING, False
    limit = HITS if asked.page <= DEEPEST else 0
    query = Query(
        text=asked.q, now=visit.now, sort=asked.sort, offset=(asked.page - 1) * limit, limit=limit,
        section=asked.chosen.get("section"), byline=asked.chosen.get("byline"), tag=asked.chosen.get("tag"),
        after=beginning(site, asked.since), before=beginning(site, asked.until, later=1))
    try:
        return site.daybook.search(query), False
    except IndexMissing:
        return plainly.search(visit.reader, query), True


def checked(visit: Visit, results: Results) -> tuple[list[Shown], int]:
    """The hits that are public, in their order, and how many there are in all."""
    # Asked anew: what was updated since the question was put is there only since then, and no more as it was before.
    public = visit.daybook.reader().public([hit.article for hit in results.hits])
    shown = [show(hit, public[hit.article]) for hit in results.hits if hit.article in public]
    return shown, max(len(shown), results.total - (len(results.hits) - len(shown)))


def show(hit: Hit, card: Card) -> Shown:
    """Highlights only where the index read the words that are public now."""
    headline = Markup(hit.headline_html)  # noqa: S704 escaped by the index
    if headline.striptags() != escape(card.headline).striptags():
        headline = escape(card.headline)
    current = hit.public_from == (card.updated_at or card.published_at)
    text = (hit.snippet_html or hit.standfirst_html) if current else ""
    snippet = Markup(text) if text else escape(card.standfirst)  # noqa: S704 escaped by the index
    return Shown(card, headline, snippet)


def as_json(visit: Visit, asked: Form, results: Results | None, degraded: bool) -> Response:
    shown, total = checked(visit, results) if results else ([], 0)
    hits = [{"url": visit.absolute(hit.card.path), "headline": hit.card.headline, "standfirst": hit.card.standfirst,
             "snippet_html": str(hit.snippet), "section": hit.card.section.name if hit.card.section else None,
             "bylines": [byline.name for byline in hit.card.bylines], "published_at": to_iso(hit.card.published_at),
             "updated_at": to_iso(hit.card.updated_at) if hit.card.updated_at is not None else None,
             "article": hit.card.article} for hit in shown]
    last = asked.page * HITS >= total or asked.page >= DEEPEST
    body = {"query": asked.q, "total": total, "page": asked.page, "hits": hits,
            "degraded": degraded, "partial": bool(results and results.partial),
            "left_out": [] if degraded else asked.left_out(),
            "any_word": bool(results and results.any_word and total),
            "suggestion": results.suggestion if results else None,
            "facets": {name: [{"value": bucket.value, "name": bucket.name, "count": bucket.count} for bucket in buckets]
                       for name, buckets in (results.facets.items() if results else ())},
            "next": None if last else visit.absolute(asked.address(page=asked.page + 1))}
    return answer(msgspec.json.encode(body), "application/json", degraded)


def as_page(site: Site, visit: Visit, asked: Form, results: Results | None, degraded: bool) -> Response:
    shown, total = checked(visit, results) if results else ([], 0)
    pages = min(-(-total // HITS), DEEPEST)
    text = site.templates("search.html", v=visit, asked=asked, results=results, hits=shown, total=total, pages=pages,
                          degraded=degraded, looked=plainly.LOOKED)
    made = answer(text.encode("utf-8", "replace"), HTML, degraded)
    made.headers["Content-Security-Policy"] = SCRIPTED
    return made


def answer(body: bytes, kind: str, degraded: bool) -> Response:
    kept = "no-store" if degraded else f"public, max-age={FRESH}"
    headers = [("Content-Type", kind), ("Cache-Control", kept), ("Vary", "Accept"),
               ("X-Robots-Tag", "noindex"), *SECURITY]
    return Response(body, 200, headers)


def install(app: Flask, site: Site) -> None:
    def search(json: bool) -> Response:
        try:
            visit, asked = site.visit(request.path), form()
            results, degraded = ask(site, visit, asked) if asked.asks else (None, False)
            if json:
                return as_json(visit, asked, results, degraded)
            return as_page(site, visit, asked, results, degraded)
        except UNREADABLE:
            return away() if json else unavailable(site.templates)

    def away() -> Response:
        body = msgspec.json.encode({"error": "Search is being rebuilt. Nothing is lost; ask again in a moment."})
        return Response(body, 503, [("Content-Type", "application/json"), ("Retry-After", str(RETRY)),
                                    ("Cache-Control", "no-store"), *SECURITY])

    @app.get("/search", endpoint="site.search")
    def page() -> Response:
        return search(json=request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json")

    @app.get("/search.json", endpoint="site.search_json")
    def data() -> Response:
        return search(json=True)

    @app.get("/at/<at>/search", endpoint="site.search_then")
    def then(at: str) -> Response:  # noqa: ARG001 the route names it
        """Search knows only the present."""
        query = request.query_string.decode("ascii", "replace")
        return redirected(f"/search?{query}" if query else "/search", 302)
