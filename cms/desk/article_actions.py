"""What can be asked of an article just now, by this person: the buttons of its page."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from cms import article as a
from cms.article import Article
from cms.article.commands import Pending
from cms.decider import Unwritten
from cms.desk.asking import made_id
from cms.desk.forms import Action, Field, local_value
from cms.desk.house import house
from cms.people.accounts import Person
from cms.roles import may
from events.envelope import seal
from events.instant import Instant

Values = Mapping[str, Any]

_PENDING = Field(
    "pending", "What becomes of the publication that is scheduled?", "choice", required=True,
    options=(("cancel", "It is cancelled"), ("keep", "It is kept: it replaces these words at its time")),
)  # fmt: skip
_WITHOUT = Field(
    "without_approval", "Why without approval?", required=True,
    hint="Nobody else has approved these words. Your reason is kept in the history.",
)  # fmt: skip


def actions(id: str, state: Article, now: Instant, me: Person) -> list[Action]:
    """What this person may ask for, the most likely first."""
    if not state.version:
        return []
    offered = _offered(id, state, now, me)
    return [action for command, action in offered if may(me.role, command)]


def _offered(id: str, state: Article, now: Instant, me: Person) -> Iterator[tuple[type[a.Submit], Action]]:
    if state.trashed:
        yield from _of(a.Recover, Action("recover", "Take out of the bin", partial(_plain, a.Recover, id),
                                         "Recovered: it is a draft again.", tone="primary"))  # fmt: skip
        return
    if not state.retracted:
        yield from _review(id, state, now, me)
        yield from _publishing(id, state, now, me)
        yield from _desk(id, state)
    if state.newest(now) is not None:
        yield from _taking_away(id, state)
    elif not state.issues and not state.former:
        yield from _of(a.Trash, Action("trash", "Put in the bin", partial(_plain, a.Trash, id),
                                       "It is in the bin, and can be taken out again.", tone="danger"))  # fmt: skip


def _of(command: Any, action: Action) -> Iterator[tuple[Any, Action]]:
    yield command, action


def _plain(command: Callable[..., Any], id: str, _: Values) -> Any:
    return command(id)


def _review(id: str, state: Article, now: Instant, me: Person) -> Iterator[tuple[Any, Action]]:
    version = state.version
    if state.stage == "draft" and state.changed(now):
        yield a.Submit, Action(
            "submit", "Submit", partial(_plain, a.Submit, id), "Submitted. An editor reads it next.", tone="primary",
            why="Say that it is ready to be read by an editor.",
        )  # fmt: skip
    own = me.id == state.submitted_by or state.editors == {me.id}
    if state.stage == "submitted" and not own:
        yield a.Approve, Action(
            "approve", "Approve", lambda values: a.Approve(id, reviewed=values["seen"]),
            "Approved: it can be published.",
            tone="primary", why="You have read these words, and they may go out.", seen=version,
        )  # fmt: skip
    if state.stage != "draft":
        note = Field("note", "What should be done to it?", "area", required=True)
        yield a.Return, Action(
            "return", "Return with a note", lambda values: a.Return(id, values["note"]), "Returned to its writer.",
            [note],
        )  # fmt: skip


def _publishing(id: str, state: Article, now: Instant, me: Person) -> Iterator[tuple[Any, Action]]:
    pending = state.pending(now)
    if pending:
        why = Field("why", "Why?", hint="May be left out.")
        yield a.CancelSchedule, Action(
            "cancel-schedule", "Cancel the schedule", lambda values: a.CancelSchedule(id, values["why"]),
            "Cancelled: nothing goes out by itself.", [why], tone="danger",
        )  # fmt: skip
    approved = state.stage == "approved"
    if not approved and me.role not in ("chief", "administrator"):
        return
    common = [*([] if approved else [_WITHOUT]), *([_PENDING] if pending else [])]
    made = _Publishing(id, state.version)
    if state.newest(now) is None:
        common_now = [field for field in common if field is not _PENDING]
        yield a.Publish, Action(
            "publish", "Publish now", made.publish, "Published: readers have it now.", common_now,
            tone="primary" if approved else "", why=_replaces(pending is not None),
        )  # fmt: skip
    elif state.changed(now) or pending:
        yield from _replacing(made, common, approved)
    moment = Field("public_from", "From when?", "moment", required=True, hint=f"In {house().settings.timezone} time.")
    yield a.Schedule, Action(
        "schedule", "Schedule", made.schedule, "Scheduled: it goes out by itself.",
        [moment, *(field for field in common if field is not _PENDING)], why=_replaces(pending is not None),
    )  # fmt: skip


def _replaces(pending: bool) -> str:
    return "This takes the place of the publication that is scheduled." if pending else ""


def _replacing(made: "_Publishing", common: list[Field], approved: bool) -> Iterator[tuple[Any, Action]]:
    tone = "primary" if approved else ""
    wrong = Field("note", "What was wrong, and what is right?", "area", required=True, hint="Readers see this.")
    new = Field("note", "What is new?", "area", hint="Readers see this. Leave it empty for a small thing.")
    silent = Field("silent", "Too small a change to tell readers of", "tick")
    yield a.Correct, Action(
        "correct", "Publish as a correction", made.correct, "Corrected: readers see what was wrong.",
        [wrong, *common], tone,
    )  # fmt: skip
    yield a.Update, Action(
        "update", "Publish as an update", made.update, "Updated: readers have the new words now.",
        [new, silent, *common], tone,
    )  # fmt: skip


class _Publishing:
    """The publishing commands of the form's values, for the version that was on the screen."""

    def __init__(self, id: str, version: int) -> None:
        self.id, self.version = id, version

    def publish(self, values: Values) -> Any:
        return a.Publish(self.id, self.version, self._why(values), "cancel")

    def schedule(self, values: Values) -> Any:
        return a.Schedule(self.id, values["public_from"], self.version, self._why(values), "cancel")

    def correct(self, values: Values) -> Any:
        return a.Correct(self.id, values["note"], self.version, self._why(values), self._pending(values))

    def update(self, values: Values) -> Any:
        why, pending = self._why(values), self._pending(values)
        return a.Update(self.id, values["note"], values["silent"], False, self.version, why, pending)

    def _why(self, values: Values) -> str | None:
        return cast(str | None, values.get("without_approval"))

    def _pending(self, values: Values) -> Pending | None:
        return cast(Pending | None, values.get("pending"))


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
    yield a.SetDue, Action("due", "Due", lambda values: a.SetDue(id, values["due"]), "Noted: lists show it.", [wanted])
    ends = Field(
        "until", "Until when?", "moment", hint="Leave it empty to lift the embargo.",
        value=local_value(state.embargo, house().settings.zone),
    )  # fmt: skip
    yield a.Embargo, Action(
        "embargo", "Embargo", lambda values: a.Embargo(id, values["until"]), "The embargo is set.", [ends],
        why="Nothing of it goes out before that.",
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


def _taking_away(id: str, state: Article) -> Iterator[tuple[Any, Action]]:
    reason = Field("reason", "Why?", "area", required=True, hint="Kept in the history; readers do not see it.")
    yield a.Withdraw, Action(
        "withdraw", "Withdraw", lambda values: a.Withdraw(id, values["reason"]),
        "Withdrawn: readers find it nowhere, at no time.", [reason], "danger",
        "It disappears everywhere, also from the past. Its address says so, for ever.",
    )  # fmt: skip
    if not state.retracted:
        notice = Field("notice", "The notice in its place", "area", required=True, hint="Readers see this.")
        yield a.Retract, Action(
            "retract", "Retract", lambda values: a.Retract(id, values["notice"]),
            "Retracted: only the notice stands there now.", [notice], "danger",
            "The newsroom no longer stands by it: the words go, the address keeps a notice.",
        )  # fmt: skip
