"""Asking the newsroom for what a form says, and answering whatever comes of it."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from flask import request
from msgspec.structs import replace
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from cms.decider import Command, Refused
from cms.desk.forms import Action, Answer, read
from cms.desk.house import house
from cms.desk.session import actor, see
from cms.desk.tracing import traced
from cms.units import NOWHERE, Conflict, Done, Origin
from events.store import CommandReused

LATE = " The lists follow in a moment."


def command_id() -> UUID:
    """The id that the form came with, so that sending it twice does it once."""
    try:
        return UUID(request.form.get("command_id", ""))
    except ValueError:
        return uuid7()


def made_id(what: str) -> str:
    """The id of something that this form begins: the same however often it is sent."""
    return str(uuid5(command_id(), what))


def ask(
    commands: Command | Sequence[Command], expected: int | None = None, part: str = "", origin: Origin = NOWHERE
) -> Done:
    """Do all of these or nothing; only if the first one's stream is still at ``expected``. Raises Refused, Conflict.

    ``part``: which part of the form this is, where one form asks for several things that stand for themselves.
    ``origin``: what it is called in the log, where it is more than its commands say.
    """
    newsroom, origin = house().newsroom, traced(origin)
    id = form = command_id()
    if part:
        id, origin = uuid5(form, part), replace(origin, correlation=str(form))
    try:
        return newsroom.handle(commands, actor(), id, expected=expected, origin=origin)
    except CommandReused:  # the same page was sent again with other words: that is something new
        origin = replace(origin, causation=str(id))
        return newsroom.handle(commands, actor(), uuid7(), expected=expected, origin=origin)


def perform(actions: Sequence[Action], name: str, back: str) -> Response | Answer:
    """Do the action of this name with what was typed: on to where its effect is seen, or what was wrong."""
    typed = request.form
    action = next((action for action in actions if action.name == name), None)
    if action is None:
        if house().store.known_commands([command_id()]):
            return see(back, "This was done already.")
        return Answer(name, typed, {"": "This cannot be done any more: look at what has changed."})
    values, errors = read(action.fields, typed, house().settings.zone)
    if errors:
        return Answer(name, typed, errors, action.fields)
    try:
        done = ask(action.build(values | {"seen": typed.get("seen", action.seen, type=int)}))
    except Refused as refused:
        known = {field.name for field in action.fields}
        field = refused.field if refused.field in known else None
        return Answer(name, typed, {field or "": refused.message}, action.fields)
    except Conflict as conflict:
        return Answer(name, typed, {"": f"{conflict.message} Look at what has changed, then try again."})
    return see(action.to or back, action.said + ("" if done.caught_up else LATE))
