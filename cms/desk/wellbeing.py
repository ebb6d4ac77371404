"""What ails Daybook, in plain words, for those who can do something about it.

Over every page of theirs stands one line: the gravest, which is often what caused the others. The System room has all.
"""

import logging
import time
from typing import Any, cast

import msgspec
from flask import current_app

from cms import health
from cms.desk.house import House, house
from cms.house import FOLLOWER
from cms.operating.presence import anybody
from cms.people.person import Person
from cms.roles import may_open

LOOK_EVERY = 5.0  # seconds
_log = logging.getLogger("daybook")


class Ailment(msgspec.Struct, frozen=True):
    """what: one can see of it; safe: in spite of it; todo: about it; detail: for whoever is asked for help."""

    what: str
    safe: str
    todo: str
    detail: str = ""


_WORDS = {  # the gravest first
    "log": (
        "The log cannot be read.",
        "Nothing was changed by that. What was acknowledged before is in the file and in the backups.",
        "Ask whoever runs the machine at once, and keep the file.",
    ),
    "clock": (
        "The machine’s clock is wrong, so nothing can be saved.",
        "What was saved before is safe, and readers see every page.",
        "Ask whoever runs the machine to set its clock; saving goes on by itself then.",
    ),
    "follower": (
        "The part of Daybook that keeps search and pages up to date is not running.",
        "What is saved is safe; what is new shows late, in search above all.",
        "Ask whoever runs the machine to start it again.",
    ),
    "views": (
        "Lists and pages are not brought up to date.",
        "What is saved is safe.",
        "Wait half a minute; if it stays, have pages and lists made anew in the System room.",
    ),
    "index": (
        "The search is not brought up to date.",
        "Pages, lists and everything that is saved are right; only searching misses what is new.",
        "Have search made anew in the System room.",
    ),
    "desk-index": (
        "The desk’s search is not brought up to date.",
        "Lists are right, and words of headlines are found; only words of bodies that were written lately are not.",
        "Ask whoever runs the machine to look at it.",
    ),
    "another": (
        "A part of Daybook has stopped.",
        "What is saved is safe.",
        "Ask whoever runs the machine to look at it.",
    ),
}
_PARTS = {"views", "index", "desk-index"}  # that the follower brings up to date


def looks_after(person: Person) -> bool:
    """Whether this person can do something about it."""
    return may_open(person.role, "system")


def ailments() -> list[Ailment]:
    """What ails it, the gravest first; looked at every few seconds."""
    kept = current_app.extensions.get("daybook.wellbeing")
    if kept is None or time.monotonic() - kept[0] > LOOK_EVERY:
        kept = current_app.extensions["daybook.wellbeing"] = (time.monotonic(), _examined(house()))
    return cast(list[Ailment], kept[1])


def forget() -> None:
    """Look again at the next question."""
    current_app.extensions.pop("daybook.wellbeing", None)


def _examined(rooms: House) -> list[Ailment]:
    try:
        faults: list[str] = health.look(cast(Any, rooms))["faults"]
    except Exception as error:  # noqa: BLE001 - a page must be shown whatever ails the house
        _log.exception("Daybook's health could not be examined.")
        faults = [f"log: {error}"]
    found = [(_subject(fault), fault) for fault in faults]
    still = {subject for subject, fault in found if health.STILL_BEHIND in fault}
    if anybody(rooms.settings.var / FOLLOWER) is False or len(still & _PARTS) > 1:  # they have one thing in common
        found.append(("follower", "flask follow, which flask serve runs too, is not at work"))
    found.sort(key=lambda one: list(_WORDS).index(one[0]))
    return [Ailment(*_WORDS[subject], fault) for subject, fault in found]


def _subject(fault: str) -> str:
    start = fault.partition(":")[0]
    if start in _WORDS:
        return start
    return "log" if start.startswith("the log") else "clock" if "clock" in fault else "another"
