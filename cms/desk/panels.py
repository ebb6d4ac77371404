"""The panels beside the writing screen: fragments of a page, loaded when somebody opens them.

A module of the desk adds its own with ``add``; those that nobody added are not offered. Each has a place in the rail
and a key (ctrl+1 to ctrl+8) that stay the same whatever else is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from flask import abort
from werkzeug.wrappers import Response

from cms.article import Article
from cms.desk import reading, states
from cms.desk.page import render
from events.article import Kind

ORDER = ("workflow", "details", "images", "checks", "history", "preview", "notes", "search")
LANGUAGES = (
    ("en", "English"), ("en-GB", "English (Britain)"), ("en-US", "English (America)"), ("cy", "Welsh"),
    ("de", "German"), ("fr", "French"), ("es", "Spanish"), ("it", "Italian"), ("nl", "Dutch"), ("pl", "Polish"),
    ("pt", "Portuguese"), ("sv", "Swedish"), ("uk", "Ukrainian"), ("ar", "Arabic"), ("zh-Hans", "Chinese"),
    ("ja", "Japanese"),
)  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """``fill`` answers with the fragment, for GET and for a form in it that was sent by POST."""

    name: str
    label: str
    icon: str
    fill: Callable[[str, Article], Response]

    @property
    def key(self) -> int:
        """The digit that opens it with ctrl."""
        return ORDER.index(self.name) + 1


_panels: dict[str, Panel] = {}


def add(name: str, label: str, icon: str, fill: Callable[[str, Article], Response]) -> None:
    """Offer a panel. ``name`` is one of ORDER."""
    if name not in ORDER:
        raise ValueError(f"there is no place for a panel called {name!r}")
    _panels[name] = Panel(name, label, icon, fill)


def offered() -> list[Panel]:
    """Those that there are, in their order."""
    return [_panels[name] for name in ORDER if name in _panels]


def panel(id: object, name: str) -> Response:
    """The route of all panels."""
    article = states.known_article(id)
    if name not in _panels:
        abort(404)
    return _panels[name].fill(str(id), article)


def _details(_: str, article: Article) -> Response:
    content = article.content
    chosen = [*(credit.byline for credit in content.bylines), *content.tags, content.section or ""]
    languages = dict(LANGUAGES)
    languages.setdefault(content.language, content.language)
    return render(
        "panel_details.html", content=content, choices=reading.choices(chosen), kinds=get_args(Kind),
        languages=languages,
    )  # fmt: skip


def _images(_: str, __: Article) -> Response:
    return render("panel_images.html")


add("details", "Details", "tag", _details)
add("images", "Images", "image", _images)
