"""The order of the sections in the menu: all of them at once, one a place up or down, or as they were dragged."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cms import section as s
from cms.decider import Refused
from cms.desk import reading
from cms.desk.asking import LATE, ask
from cms.desk.library import entities
from cms.desk.session import see
from cms.units import Conflict

_WAYS = {"up": -1, "down": 1}


def install(desk: Blueprint) -> None:
    """The route."""
    desk.add_url_rule("/sections/order", "section_order", order, methods=["POST"])


def order() -> Response:
    """Give the menu the order of the form: ``section``, each id; ``move``: ``up:<id>`` or ``down:<id>`` from there."""
    way, _, moved = request.form.get("move", "").partition(":")
    wanted = _wanted(request.form.getlist("section"), moved, _WAYS.get(way, 0))
    sections = entities.kind_of("section")
    try:
        done = ask([s.Move(id, place) for place, id in enumerate(wanted, start=1)])
    except (Refused, Conflict) as refused:
        return entities.listing(sections, [("", refused.message)], 422)
    said = "The menu has this order now." if done.events else "The menu has this order already."
    return see(f"{sections.home}?moved={way}:{moved}", said + ("" if done.caught_up else LATE))


def _wanted(asked: list[str], moved: str, by: int) -> list[str]:
    """The open sections in the order that is asked for; those that the form did not know come last."""
    known = [row.id for row in reading.entities("section", counted=False) if not row.note]
    wanted = sorted(known, key=lambda id: asked.index(id) if id in asked else len(asked))
    if moved in wanted:
        at = wanted.index(moved)
        to = min(max(at + by, 0), len(wanted) - 1)
        wanted.insert(to, wanted.pop(at))
    return wanted
