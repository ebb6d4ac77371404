"""What can be asked of an article just now, by this person: the buttons of its page.

Publishing is asked for on a screen of its own (publishing.py), to which ``onward`` leads.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from cms import article as a
from cms.article import Article
from cms.article.workflow import own
from cms.decider import Unwritten
from cms.desk.asking import made_id
from cms.desk.forms import Action, Field, local_value
from cms.desk.house import house
from cms.people.accounts import Person
from cms.roles import may
from events.envelope import seal
from events.instant import Instant

Values = Mapping[str, Any]
HANDLING = ("assign", "due", "embargo", "note")  # the names of those that take a story nowhere


def foremost(state: Article) -> tuple[str, ...]:
    """The names of those that come before what leads to publication."""
    return ("submit", "approve", *(["return"] if state.stage == "submitted" else []), "take-back", "recover")


def actions(id: str, state: Article, now: Instant, me: Person) -> list[Action]:
    """What this person may ask for, the most likely first."""
    if not state.version:
        return []
    offered = _offered(id, state, now, me)
    return [action for command, action in offered if may(me.role, command)]


def _offered(id: str, state: Article, now: Instant, me: Person) -> Iterator[tuple[Any, Action]]:
    if state.trashed:
        yield a.Recover, Action(
            "recover", "Take out of the bin", partial(_plain, a.Recover, id), "Recovered: it is a draft again.",
            tone="primary",
        )  # fmt: skip
        return
    if not state.retracted:
        yield from _review(id, state, now, me)
        yield from _scheduled(id, state, now)
        yield from _desk(id, state)
    if state.newest(now) is not None:
        yield from _taking_away(id)
    elif not state.issues and not state.former:
        yield a.Trash, Action(
            "trash", "Put in the bin", partial(_plain, a.Trash, id), "It is in the bin, and can be taken out again.",
            tone="danger",
        )  # fmt: skip


def _plain(command: Callable[..., Any], id: str, _: Values) -> Any:
    return command(id)


def _review(id: str, state: Article, now: Instant, me: Person) -> Iterator[tuple[Any, Action]]:
    if state.stage == "draft" and state.changed(now):
        yield a.Submit, Action(
            "submit", "Submit for review", partial(_plain, a.Submit, id), "Submitted: it waits to be read.",
            tone="primary",
        )  # fmt: skip
    if state.stage == "submitted" and (me.id == state.submitted_by or me.id in state.editors):
        yield a.TakeBack, Action(
            "take-back", "Take it back", partial(_plain, a.TakeBack, id),
            "It is a draft again: submit it once it is ready.",
        )  # fmt: skip
    if state.stage == "submitted" and not own(state, me.id):
        yield a.Approve, Action(
            "approve", "Approve", lambda values: a.Approve(id, reviewed=values["seen"]),
            "Approved: it can be published.",
            tone="primary", seen=state.version,
        )  # fmt: skip
    if state.stage != "draft":
        note = Field("note", "What should be done to it?", "area", required=True)
        yield a.Return, Action(
            "return", "Send back with a note", lambda values: a.Return(id, values["note"]), "Sent back to its writer.",
            [note],
        )  # fmt: skip


def _scheduled(id: str, state: Article, now: Instant) -> Iterator[tuple[Any, Action]]:
    if state.pending(now):
        why = Field("why", "Why?", hint="May be left out.")
        yield a.CancelSchedule, Action(
            "cancel-schedule", "Cancel the schedule", lambda values: a.CancelSchedule(id, values["why"]),
            "Cancelled: nothing goes out by itself." + " It is approved still." * state.waits_approved,
            [why], tone="danger",
        )  # fmt: skip


def _desk(id: str, state: Article) -> Iterator[tuple[Any, Action]]:
    people = [(one.id, one.name) for one in house().accounts.people() if not one.disabled]
    who = Field("account", "Who?", "select", options=[("", "Nobody"), *people], value=state.assigned or "")
    yield a.Assign, Action(
        "assign", "Assign", lambda values: a.Assign(id, values["account"] or None), "Assigned.", [who]
    )
    wanted = Field(
        "due", "By when?", "moment", hint="Leave it empty where there is no hurry.",
        value=local_value(state.due, house().settings.zone),
    )  # fmt: skip
    yield a.SetDue, Action(
        "due", "Due", lambda values: a.SetDue(id, values["due"]), "Noted: lists show it.", [wanted],
        button="Set the time",
    )  # fmt: skip
    ends = Field(
        "until", "Until when?", "moment", hint="Leave it empty to lift the embargo.",
        value=local_value(state.embargo, house().settings.zone),
    )  # fmt: skip
    yield a.Embargo, Action(
        "embargo", "Embargo", lambda values: a.Embargo(id, values["until"]), "The embargo is set.", [ends],
        why="Nothing of it goes out before that.", button="Set the embargo",
    )  # fmt: skip
    words = Field("text", "Note for the desk", "area", required=True, hint="Readers never see it.")
    yield a.AddNote, Action("note", "Leave a note", partial(_note, id), "The desk reads it under Notes.", [words])


def _note(id: str, values: Values) -> Any:
    note = made_id("note")
    try:
        sealed = seal(values["text"], note, house().keys)  # a key of its own: one note can be forgotten, and no other
    except (sqlite3.Error, OSError) as ailment:
        raise Unwritten(ailment) from ailment
    return a.AddNote(id, note, sealed)


def _taking_away(id: str) -> Iterator[tuple[Any, Action]]:
    reason = Field("reason", "Why?", "area", required=True, hint="Kept in the history; readers do not see it.")
    yield a.Withdraw, Action(
        "withdraw", "Withdraw", lambda values: a.Withdraw(id, values["reason"]),
        "Withdrawn: readers find it nowhere, at no time.", [reason], "danger",
        "It disappears everywhere, also from the past. Its address says so, for ever.",
    )  # fmt: skip
