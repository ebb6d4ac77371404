"""What is asked of accounts, by a form each: as forms.Action is for the newsroom, drawn by the same macros."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from cms.desk.forms import Answer, Field, read
from cms.desk.house import house
from cms.desk.session import see
from cms.people.accounts import AccountRefused

CURRENT = Field("current", "Your password", "password", required=True, autocomplete="current-password")
NEW_PASSWORD = (
    Field("password", "New password", "password", "At least 10 characters: a few words that only you know.",
          required=True, autocomplete="new-password"),
    Field("repeated", "The same again", "password", required=True, autocomplete="new-password"),
)  # fmt: skip


def whose(email: str) -> Field:
    """Whose password a form is about, for whatever fills in passwords."""
    return Field("username", kind="hidden", value=email, autocomplete="username")


@dataclass(frozen=True)
class Deed:
    """One form. do: raises AccountRefused; may answer with a page of its own instead of leading back."""

    name: str
    title: str
    do: Callable[[Mapping[str, Any]], Response | object]  # of the fields' values
    said: str = ""  # the receipt
    fields: Sequence[Field] = ()
    tone: str = ""  # primary, danger or ''
    why: str = ""  # what it does, above the button
    page: str = ""  # of its own, where it is asked for


def carry_out(deeds: Sequence[Deed], name: str, back: str) -> Response | Answer:
    """Do what was asked for by this name: on to where its effect is seen, or what was wrong with it."""
    typed = request.form
    deed = next((deed for deed in deeds if deed.name == name), None)
    if deed is None:
        return Answer(name, typed, {"": "This cannot be done any more: look at what has changed."})
    values, errors = read(deed.fields, typed, house().settings.zone)
    if errors:
        return Answer(name, typed, errors, deed.fields)
    try:
        came = deed.do(values)
    except AccountRefused as refused:
        known = {field.name for field in deed.fields}
        return Answer(name, typed, {refused.field if refused.field in known else "": refused.message}, deed.fields)
    return came if isinstance(came, Response) else see(back, deed.said)


def the_same(values: Mapping[str, Any]) -> str:
    """The new password, typed twice. Raises AccountRefused where the two differ."""
    password: str = values["password"]
    if password != values["repeated"]:
        raise AccountRefused("The two are not the same. Type the new password again, twice.", "repeated")
    return password
