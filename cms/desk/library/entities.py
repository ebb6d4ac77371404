"""Bylines, sections and tags: lists, and a page for each with what can be changed and what that touches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms import byline as b
from cms import section as s
from cms import tag as t
from cms.decider import Refused, State
from cms.desk import reading, states
from cms.desk.asking import ask, made_id, perform
from cms.desk.forms import Action, Answer, Field
from cms.desk.page import Faults, address, render
from cms.desk.session import HOME, person, see
from cms.desk.using import pages, places, touched
from cms.roles import may
from cms.site.words import names
from cms.units import Conflict
from views.desk_shapes import Use
from views.projections.stories import folded

PAGE = 100  # things in a list
SORTS: dict[str, tuple[str, Callable[[reading.Row, int], Any]]] = {  # key: of a row and its stories with readers
    "": ("By name", lambda row, _: folded(row.name)),
    "most": ("Most stories first", lambda row, _: (-row.articles, folded(row.name))),
    "least": ("Fewest stories first", lambda row, _: (row.articles, folded(row.name))),
    "live": ("Most with readers first", lambda row, live: (-live, folded(row.name))),
    "ended": ("Retired, merged and closed first", lambda row, _: (not row.note, folded(row.name))),
}
Offered = Iterator[tuple[Any, Action]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that stories refer to."""

    name: str  # of its stream: byline
    title: str  # Bylines
    path: str  # of its page, before the slug
    create: type[b.Create] | type[s.Open] | type[t.Create]
    offered: Callable[[str, Any], Offered]
    state: Callable[[str], Any]
    ordered: bool = False  # they have an order of their own, in the menu; the others stand by name

    @property
    def home(self) -> str:
        return f"{HOME}/{self.name}s"


def install(desk: Blueprint) -> None:
    """The routes of each kind."""
    for kind in KINDS:
        rule = f"/{kind.name}s"
        desk.add_url_rule(rule, f"{kind.name}s", partial(listing, kind))
        desk.add_url_rule(rule, f"{kind.name}_new", partial(new, kind), methods=["POST"])
        desk.add_url_rule(f"{rule}/<uuid:id>", kind.name, partial(show, kind))
        desk.add_url_rule(f"{rule}/<uuid:id>/do/<name>", f"{kind.name}_do", partial(do, kind), methods=["POST"])


def listing(kind: Kind, faults: Faults = (), status: int = 200) -> Response:
    """The list that the address asks for, and what was wrong with what was asked."""
    text, sort = request.args.get("text", "").strip(), request.args.get("sort", "")
    page = max(request.args.get("page", 1, type=int), 1)
    if sort not in SORTS:
        abort(404)
    rows, live = reading.entities(kind.name, text), dict[str, int]()
    if sort or not kind.ordered:
        live = _live(kind, rows) if sort == "live" else {}
        order = SORTS[sort][1]
        rows.sort(key=lambda row: order(row, live.get(row.id, 0)))
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return render(
        "entities.html", status, faults=faults, kind=kind, rows=shown, all=len(rows), text=text, sort=sort, page=page,
        sorts={name: label for name, (label, _) in SORTS.items()} | ({"": "As in the menu"} if kind.ordered else {}),
        more=len(rows) > page * PAGE,
        live=live or _live(kind, shown), size=PAGE, typed=request.form.get("name", ""),
        may_create=may(person().role, kind.create),
        open=[row.id for row in rows if not row.note], moved=request.args.get("moved", ""),
        ordering=kind.ordered and not text and not sort and len(rows) == len(shown)
        and may(person().role, s.Move),
    )  # fmt: skip


def _live(kind: Kind, rows: Sequence[reading.Row]) -> dict[str, int]:
    """How many stories readers have of each of these: id → number."""
    found = reading.desk().live([f"{kind.name}-{row.id}" for row in rows])
    return {stream.partition("-")[2]: number for stream, number in found.items()}


def new(kind: Kind) -> Response:
    """Begin one."""
    id, name = made_id(kind.name), request.form.get("name", "")
    try:
        ask(kind.create(id, name))
    except (Refused, Conflict) as refused:
        return listing(kind, [("name", refused.message)], 422)
    return see(f"{kind.home}/{id}", f"{name.strip()} is there now.")


def show(kind: Kind, id: object) -> Response:
    """One of them."""
    return _page(kind, str(id), Answer())


def do(kind: Kind, id: object, name: str) -> Response:
    """One of its buttons."""
    state = _known(kind, str(id))
    answer = perform(_actions(kind, str(id), state), name, f"{kind.home}/{id}")
    return _page(kind, str(id), answer, 422) if isinstance(answer, Answer) else answer


def _known(kind: Kind, id: str) -> State:
    state: State = kind.state(id)
    if not state.version:
        abort(404)
    return state


def _actions(kind: Kind, id: str, state: State) -> list[Action]:
    return [action for command, action in kind.offered(id, state) if may(person().role, command)]


def _page(kind: Kind, id: str, answer: Answer, status: int = 200) -> Response:
    state: Any = _known(kind, id)
    uses = reading.desk().usage(f"{kind.name}-{id}")
    stream, into, portrait = f"{kind.name}-{id}", getattr(state, "merged", None), getattr(state, "portrait", None)
    return render(
        "entity.html", status, kind=kind, id=id, state=state, answer=answer, actions=_actions(kind, id, state),
        uses=uses, places=places(uses), lines=reading.desk().history(stream, 50), account=states.account_names(),
        portrait=states.image_view(portrait) if portrait else None,
        every=address(HOME, **{kind.name: id if kind.name == "section" else state.name}),
        title=getattr(state, "title", ""), told=getattr(state, "bio", "") or getattr(state, "description", ""),
        at=f"{kind.home}/{id}/do", into=into, merged=kind.state(into) if into else None,
    )  # fmt: skip


def effect(uses: Sequence[Use]) -> str:
    """What a new name would touch, said beforehand, with the stories that readers have."""
    if not uses:
        return "No story uses it yet."
    return f"At once, it changes in {touched(uses)}." + pages(uses)


def moving(uses: Sequence[Use], gone: str, stays: str) -> str:
    """Which stories a merge would touch, said beforehand."""
    if not uses:
        return f"No story has {gone}, so none changes."
    return f"At once, {touched(uses)} will have {stays} in place of {gone}." + pages(uses)


def leading(kind: Kind, state: Any, to: str) -> str:
    """Which addresses will lead elsewhere."""
    return f"{names([f'{kind.path}{slug}' for slug in (state.slug, *state.former)])} will lead to {to}."


def _common(module: Any, id: str, state: Any, stream: str) -> Offered:
    yield module.Rename, Action(
        "rename", "Rename", lambda v: module.Rename(id, v["name"]), "Renamed, everywhere.",
        [Field("name", "Name", required=True, value=state.name)], why=effect(reading.desk().usage(stream)),
    )  # fmt: skip
    yield module.ChangeSlug, Action(
        "slug", "Change the address", lambda v: module.ChangeSlug(id, v["slug"]), "The old address leads here.",
        [Field("slug", "Last part of the address", required=True, value=state.slug)],
        why=leading(kind_of(stream.partition("-")[0]), state, "the new one"),
    )  # fmt: skip


def _merge(module: Any, id: str, kind: str) -> Offered:
    yield module.Merge, Action(
        "merge", f"Merge into another {kind}", lambda v: module.Merge(id, v["into"]),
        f"Merged: {touched(reading.desk().usage(f'{kind}-{id}'))} moved, and the old address leads on.",
        [Field("into", "Into which?", required=True)], "danger", page=f"{HOME}/{kind}s/{id}/merge",
    )  # fmt: skip


def _of_byline(id: str, state: b.Byline) -> Offered:
    if state.merged:
        return
    yield from _common(b, id, state, f"byline-{id}")
    yield b.ChangeTitle, Action(
        "title", "Title", lambda v: b.ChangeTitle(id, v["title"]), "Saved.",
        [Field("title", "What are they?", value=state.title, hint="Political editor")],
    )  # fmt: skip
    yield b.ChangeBio, Action(
        "bio", "Biography", lambda v: b.ChangeBio(id, v["bio"]), "Saved.",
        [Field("bio", "What their page says of them", "area", value=state.bio)],
    )  # fmt: skip
    yield b.SetPortrait, Action(
        "portrait", "Choose a portrait", lambda v: b.SetPortrait(id, v["image"] or None),
        "Saved: it stands on their page and beside what they write.", [Field("image", "Which picture?")],
        page=f"{HOME}/bylines/{id}/portrait",
    )  # fmt: skip
    if not state.retired:
        yield b.Retire, Action("retire", "Retire", lambda _: b.Retire(id), "They sign nothing new.", tone="danger",
                               why="They sign nothing new; what they signed stays theirs.")  # fmt: skip
    yield from _merge(b, id, "byline")


def _of_section(id: str, state: s.Section) -> Offered:
    yield from _common(s, id, state, f"section-{id}")
    yield s.Describe, Action(
        "describe", "Description", lambda v: s.Describe(id, v["description"]), "Saved.",
        [Field("description", "What is it about?", "area", value=state.description)],
    )  # fmt: skip
    if not state.closed:
        yield s.Close, Action(
            "close", "Close the section", lambda _: s.Close(id), "Closed: it leaves the menus.", tone="danger",
            why="No new story goes into it. Its stories stay.",
        )  # fmt: skip


def _of_tag(id: str, state: t.Tag) -> Offered:
    if state.merged:
        return
    yield from _common(t, id, state, f"tag-{id}")
    yield from _merge(t, id, "tag")


KINDS = (
    Kind("byline", "Bylines", "/by/", b.Create, _of_byline, states.byline),
    Kind("section", "Sections", "/", s.Open, _of_section, states.section, ordered=True),
    Kind("tag", "Tags", "/tag/", t.Create, _of_tag, states.tag),
)


def kind_of(name: str) -> Kind:
    """The kind of this name: byline."""
    return next(one for one in KINDS if one.name == name)
