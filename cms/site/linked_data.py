"""schema.org data for search engines, as JSON that is safe inside a <script> of a page."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from markupsafe import Markup

from cms.site.visit import Visit
from events.instant import to_iso
from views import pictures
from views.shapes import BylineView, Card, ImageView, Page

Data = dict[str, Any]
_KINDS = {"opinion": "OpinionNewsArticle", "analysis": "AnalysisNewsArticle", "review": "ReviewNewsArticle",
          "report": "ReportageNewsArticle", "explainer": "BackgroundNewsArticle", "recipe": "Article"}


def article(visit: Visit, page: Page) -> Markup:
    data: Data = {
        "@type": _KINDS.get(page.kind, "NewsArticle"), "headline": page.headline[:110],
        "url": visit.absolute(page.path), "mainEntityOfPage": visit.absolute(page.path),
        "datePublished": to_iso(page.published_at),
        "dateModified": to_iso(page.updated_at or page.published_at), "inLanguage": page.language,
        "wordCount": page.words, "isAccessibleForFree": True, "publisher": publisher(visit),
        "author": [person(visit, byline) for byline in page.bylines if byline.role in ("", "by")],
        "description": page.standfirst, "articleSection": page.section.name if page.section else None,
        "keywords": [tag.name for tag in page.tags],
        "image": [picture(visit, page.image, shape) for shape in ("16x9", "3x2", "1x1")] if page.image else None,
        "correction": [{"@type": "CorrectionComment", "text": note.note, "datePublished": to_iso(note.at)}
                       for note in page.corrections],
    }
    return script(data, crumbs(visit, page))


def website(visit: Visit) -> Markup:
    search = {"@type": "SearchAction", "target": visit.absolute("/search?q={search_term_string}"),
              "query-input": "required name=search_term_string"}
    return script({"@type": "WebSite", "name": visit.site.title, "url": visit.absolute("/"),
                   "description": visit.site.tagline, "potentialAction": search},
                  {"@type": "NewsMediaOrganization", **publisher(visit)})


def listing(visit: Visit, name: str, cards: Iterable[Card]) -> Markup:
    items = [{"@type": "ListItem", "position": place, "url": visit.absolute(card.path), "name": card.headline}
             for place, card in enumerate(cards, 1)]
    return script({"@type": "CollectionPage", "name": name, "url": visit.absolute(visit.path),
                   "mainEntity": {"@type": "ItemList", "itemListElement": items}})


def profile(visit: Visit, byline: BylineView) -> Markup:
    about = {**person(visit, byline), "description": byline.bio, "jobTitle": byline.title,
             "image": picture(visit, byline.portrait, "1x1") if byline.portrait else None}
    return script({"@type": "ProfilePage", "mainEntity": about})


def crumbs(visit: Visit, page: Page) -> Data:
    steps = [(visit.site.title, "/")]
    if page.section:
        steps.append((page.section.name, f"/{page.section.slug}"))
    items = [{"@type": "ListItem", "position": place, "name": name, "item": visit.absolute(path)}
             for place, (name, path) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList",
            "itemListElement": [*items, {"@type": "ListItem", "position": len(items) + 1, "name": page.headline}]}


def publisher(visit: Visit) -> Data:
    return {"@type": "NewsMediaOrganization", "name": visit.site.title, "url": visit.absolute("/"),
            "correctionsPolicy": visit.absolute("/about#corrections")}


def person(visit: Visit, byline: BylineView) -> Data:
    return {"@type": "Person", "name": byline.name, "url": visit.absolute(f"/by/{byline.slug}")}


def picture(visit: Visit, image: ImageView, shape: str) -> str:
    return visit.absolute(pictures.address(image, pictures.widths(image, shape)[-1], shape, "jpg"))


def script(*things: Data) -> Markup:
    """Without what says nothing; no character in it can end the script."""
    graph = [{key: value for key, value in thing.items() if value not in (None, "", [])} for thing in things]
    text = msgspec.json.encode({"@context": "https://schema.org", "@graph": graph}).decode()
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 no markup is left in it
