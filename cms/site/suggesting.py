"""What a reader who types in the search box may be about to ask for, as JSON for the page's script.

Stories are shown as they are now, and only where the reader says that they are public.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from flask import Flask, Response, request

from cms.site.answers import FRESH, SECURITY, UNREADABLE
from cms.site.visit import Visit
from search.shapes import Completion, IndexMissing

if TYPE_CHECKING:
    from cms.site.routes import Site

LONGEST = 100  # characters that are looked at
WHERE = {"section": ("/", "Section"), "byline": ("/by/", "Writer"), "tag": ("/tag/", "Topic")}


def install(app: Flask, site: Site) -> None:
    @app.get("/search/suggest.json", endpoint="site.suggest")
    def suggest() -> Response:
        """`[{"name", "note", "url"}]`; nothing while there is nothing to ask: it is only help."""
        try:
            visit = site.visit(request.path)
            found = suggestions(visit, request.args.get("q", "").replace("\0", "")[:LONGEST])
        except (IndexMissing, *UNREADABLE):
            found = []
        headers = [("Content-Type", "application/json"), ("Cache-Control", f"public, max-age={FRESH}"),
                   ("X-Robots-Tag", "noindex"), *SECURITY]
        return Response(msgspec.json.encode(found), 200, headers)


def suggestions(visit: Visit, text: str) -> list[dict[str, str]]:
    """Sections, writers and topics, then stories."""
    completions = visit.daybook.complete(text, visit.now)
    public = visit.reader.public([one.value for one in completions if one.kind == "article"])
    found = []
    for one in completions:
        if one.kind != "article":
            found.append(_named(one))
        elif card := public.get(one.value):
            found.append({"name": card.headline, "note": "Story", "url": card.path})
    return found


def _named(one: Completion) -> dict[str, str]:
    place, note = WHERE[one.kind]
    return {"name": one.name, "note": note, "url": place + one.value}
