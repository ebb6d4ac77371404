"""Forms: what can be asked of something, which fields that takes, and what was typed into them.

An ``Action`` is one button of the desk with what it needs; the templates draw it, marshmallow reads it, the newsroom
decides on it. What somebody typed is kept whatever comes of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from cms.decider import Command
from events.instant import Instant, from_datetime, to_datetime

Typed = MultiDict[str, str]
Errors = Mapping[str, str]  # field → what is wrong with it; '' → with the whole form
Option = tuple[str, str]  # value, label

REQUIRED = "Please fill this in."


@dataclass(frozen=True)
class Field:
    """One field. kind: text, area, moment (local time), number, tick, choice (radio buttons), select, hidden, email,
    password (never shown again) or code (of six digits). autocomplete: as HTML has it."""

    name: str
    label: str = ""
    kind: str = "text"
    hint: str = ""
    required: bool = False
    options: Sequence[Option] = ()
    value: str = ""
    autocomplete: str = ""


@dataclass(frozen=True)
class Action:
    """Something that can be asked for, as a form of its own."""

    name: str
    title: str
    build: Callable[[Mapping[str, Any]], Command | Sequence[Command]]  # of the fields' values
    said: str  # the receipt
    fields: Sequence[Field] = ()
    tone: str = ""  # primary, danger or ''
    why: str = ""  # what it does, above the button
    to: str | None = None  # where to go afterwards; None: back
    page: str = ""  # of its own, where it is asked for; '': where all the others are
    seen: int | None = None  # the version that was looked at, where that matters: the form brings it back in its values
    button: str = ""  # what the form's button says, where the title does not say it


@dataclass(frozen=True)
class Answer:
    """What was typed into one action's form, and what is wrong with it. fields: of that form."""

    action: str = ""
    typed: Typed = field(default_factory=MultiDict)
    errors: Errors = field(default_factory=dict)
    fields: Sequence[Field] = ()

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong, and the id of the field in which it is (forms.html calls it after its action)."""
        labels = {one.name: one.label if one.label.endswith("?") else f"{one.label}:" for one in self.fields}
        return [
            (f"{self.action}-{name}", f"{labels[name]} {words}" if words == REQUIRED else words)
            if name in labels
            else ("", words)
            for name, words in self.errors.items()
        ]


class Moment(fields.Field[Instant]):
    """A local time as <input type=datetime-local> gives it, in the newsroom's zone.

    An hour that the clocks skip is refused; one that comes twice is asked about: ``<name>_which``, first or second.
    """

    def __init__(self, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(**options)
        self._zone = zone

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Instant:
        try:
            local = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValidationError("This is no date and time. Write it as 2026-11-23T09:00.") from None
        if local.tzinfo is not None:
            return from_datetime(local)
        first, second = (from_datetime(local.replace(tzinfo=self._zone, fold=fold)) for fold in (0, 1))
        if first == second:
            return first
        if to_datetime(first).astimezone(self._zone).replace(tzinfo=None) != local:
            raise ValidationError("The clocks skip this hour on that day: there is no such time.")
        which = (data or {}).get(f"{attr}_which")
        if which not in ("first", "second"):
            raise ValidationError("The clocks go back then, and this time comes twice. Say which of the two.")
        return first if which == "first" else second


def local_value(instant: Instant | None, zone: ZoneInfo) -> str:
    """An instant as <input type=datetime-local> takes it; '' for none."""
    if instant is None:
        return ""
    local = to_datetime(instant).astimezone(zone).replace(tzinfo=None)
    return (local + timedelta(seconds=30)).replace(second=0, microsecond=0).isoformat(timespec="minutes")


def read(asked: Sequence[Field], typed: Typed, zone: ZoneInfo) -> tuple[dict[str, Any], Errors]:
    """The values of these fields, and what is wrong with them."""
    schema = Schema.from_dict({one.name: _field(one, zone) for one in asked})(unknown=EXCLUDE)
    given = {name: value for name, value in typed.items() if value.strip()}
    try:
        return schema.load(given), {}
    except ValidationError as error:
        return {}, {name: " ".join(map(str, messages)) for name, messages in error.messages_dict.items()}


def _field(one: Field, zone: ZoneInfo) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": one.required, "error_messages": {"required": REQUIRED}}
    if not one.required:
        options["load_default"] = {"moment": None, "tick": False}.get(one.kind, "")
    if one.kind == "moment":
        return Moment(zone, **options)
    if one.kind == "tick":
        return fields.Boolean(**options)
    if one.kind == "number":
        return fields.Integer(**options)
    if one.options:
        among = [value for value, _ in one.options]
        options["validate"] = validate.OneOf([*among, ""], error="Choose one of these.")
    return fields.String(**options)
