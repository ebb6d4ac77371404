"""The site's templates: an environment of their own, so that no other face's settings change what readers get."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cms.assets import Assets
from cms.site import words
from events.instant import to_iso
from views import pictures
from views.shapes import Card

_NUMBERED = re.compile(r"(\b\d[\d,.]{0,6}-\w{1,12}\b)")


def environment(assets: Assets) -> Environment:
    """Templates are escaped throughout, whatever they are called; an unknown name is an error."""
    made = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
    made.globals.update(asset=assets.url, icon=assets.icon, picture=pictures.tag, rendition=pictures.address,
                        COLUMN=pictures.COLUMN, WIDE=pictures.WIDE)
    made.filters.update(iso=to_iso, month_name=words.month_name, xml=words.xml_text, rss_date=words.rss_date,
                        names=words.names, minutes=words.minutes, paragraphs=paragraphs, whole=whole,
                        writers=writers, kind=lambda card: words.kind_label(card.kind, card.kicker))
    made.globals.update(count=words.count, here="")
    return made


def whole(text: str) -> Markup:
    """A headline in which '40-metre' stays on one line."""
    if not _NUMBERED.search(text):
        return escape(text)
    return Markup("").join(Markup('<span class="whole">{}</span>').format(part) if place % 2 else part
                           for place, part in enumerate(_NUMBERED.split(text)))


def writers(card: Card) -> str:
    """Who wrote it: 'A, B and C'."""
    return words.names([byline.name for byline in card.bylines if byline.role in ("", "by")])


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, parted where it has blank lines."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts if part)


class Templates:
    """Renders a template by name."""

    def __init__(self, assets: Assets) -> None:
        self._environment = environment(assets)

    def __call__(self, name: str, **context: Any) -> str:
        return self._environment.get_template(name).render(**context)
