"""The living page of all components, for who works on Daybook: every token, icon, variant and form there is.

What there is, is read from the style sheets and the sprite as browsers get them, and drawn with the macros that the
screens use: what is added appears here, and what is changed has changed here. Shown in development, and where
DAYBOOK_COMPONENTS says so.
"""

import re
from functools import cache

from flask import Blueprint, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cms.assets import Assets
from cms.desk.accounts.deeds import CURRENT, Deed, whose
from cms.desk.forms import Answer, Field
from cms.desk.onward import Onward, Way
from cms.desk.page import has_components, render

THEMES = {"": "As set", "light": "Light", "dark": "Dark"}
_OPTIONS = (("one", "One of them"), ("other", "The other"))
_KINDS = (
    Field("text", "Text", hint="A hint says what is wanted, before it is typed.", value="Words"),
    Field("email", "E-mail address", "email", value="ada@example.org", autocomplete="email"),
    CURRENT,
    Field("code", "Code", "code"),
    Field("number", "Number", "number", value="7"),
    Field("moment", "Moment", "moment", value="2026-11-23T09:00"),
    Field("area", "Area", "area", value="Several lines,\nas long as they are."),
    Field("select", "Select", "select", options=_OPTIONS, value="other"),
    Field("choice", "Choice", "choice", options=_OPTIONS, value="one"),
    Field("tick", "Tick", "tick", value="true"),
    whose("ada@example.org"),
)
_WRONG = Answer("wrong", MultiDict({"text": "Not A Slug", "moment": "2026-10-25T01:30"}), {
    "": "What is wrong with the whole form stands above it.",
    "text": "What is wrong with one field stands beside it, and says what would do.",
    "moment": "The clocks go back then, and this time comes twice. Say which of the two.",
})  # fmt: skip


def install(desk: Blueprint) -> None:
    """The route."""
    desk.add_url_rule("/components", "components", components)


def components() -> Response:
    """The page."""
    if not has_components():
        abort(404)
    theme = request.args.get("theme", "")
    forms = [
        Deed("all", "Save", _nothing, fields=_KINDS, tone="primary", why="Every kind of field."),
        Deed("wrong", "Save", _nothing, fields=[_KINDS[0], _KINDS[5]], why="What a refusal looks like."),
    ]
    offered = [
        Deed("plain", "Needs nothing typed", _nothing, why="What it does is said above the button."),
        Deed("wordy", "Needs something typed", _nothing, fields=_KINDS[:1]),
        Deed("elsewhere", "Has a page of its own", _nothing, page="/desk/components"),
        Deed("grave", "Is grave", _nothing, tone="danger", why="What is grave is asked for twice."),
    ]
    return render(
        "components.html", themes=THEMES, theme=theme if theme in THEMES else "", tokens=tokens(), icons=icons(),
        variants=variants, forms_shown=forms, offered=offered, wrong=_WRONG, right=Answer(),
        onward=Onward("", (Way("Publish …", "#content", "primary"), Way("Correct …", "#content"))),
        faulty=[("wrong-text", "What is wrong with a field leads to it."), ("", "What is wrong with all of it.")],
    )  # fmt: skip


@cache
def tokens() -> dict[str, list[str]]:
    """The names of the style sheet's tokens, by what they are for."""
    found = re.findall(r"--([\w-]+):([^;}]+)", _sheet().partition(":root{")[2].partition("}")[0])
    kinds: dict[str, list[str]] = {"colours": [], "fonts": [], "sizes": [], "lengths": []}
    for name, value in found:
        if "oklch" in value:
            kinds["colours"].append(name)
        elif name.startswith(("text-", "head-")):
            kinds["sizes"].append(name)
        else:
            kinds["fonts" if "," in value and "(" not in value else "lengths"].append(name)
    return kinds


@cache
def icons() -> list[str]:
    """The names of the sprite's icons."""
    return re.findall(r'<symbol id="([\w-]+)"', _built("icons.svg"))


@cache
def variants(name: str) -> list[str]:
    """The variants of a component: what stands behind ``.badge.`` in the style sheet, say."""
    return list(dict.fromkeys(re.findall(rf"\.{name}\.([\w-]+)", _sheet())))


def _sheet() -> str:
    return _built("desk.css")


def _built(name: str) -> str:
    assets = Assets()
    return (assets.folder / assets.names[name]).read_text(encoding="utf-8")


def _nothing(_: object) -> None:
    """These forms are to be looked at."""
