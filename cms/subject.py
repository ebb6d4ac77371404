"""Subjects of personal words: their commands, their state, their rules.

Destroying the key is what erases the words (cms/keys.py); that it was destroyed, and why, is a fact of the log.
"""

from typing import ClassVar

import msgspec

from cms.decider import Context, Decider, Refused, State, StreamCommand, required
from events.event import Event
from events.subject import SubjectForgotten


class Forget(StreamCommand, frozen=True):
    """Let nobody read the words of this subject any more."""

    category: ClassVar[str] = "subject"
    why: str


class Subject(State, frozen=True):
    """What the rules know of a subject."""

    forgotten: bool = False


decider = Decider("subject", Subject())


@decider.on(Forget)
def _forget(state: Subject, command: Forget, _: Context) -> list[Event]:
    if not command.id or not command.id.isprintable() or len(command.id) > 100:
        raise Refused("A subject is an id, as it stands in the envelope of the words.", "id")
    why = required(command.why, "why", "Say why: it stays in the log.")
    return [] if state.forgotten else [SubjectForgotten(why=why)]


@decider.after(SubjectForgotten)
def _forgotten(state: Subject, _: SubjectForgotten, __: str | None) -> Subject:
    return msgspec.structs.replace(state, forgotten=True)
