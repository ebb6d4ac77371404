"""Somebody of the newsroom, and what can be one."""

import re

import msgspec

from cms.roles import ROLES, Role
from events.instant import Instant


class Person(msgspec.Struct, frozen=True):
    """Somebody of the newsroom. ``disabled``: may not sign in."""

    id: str
    email: str
    name: str
    role: Role
    disabled: bool
    created_at: Instant


class AccountRefused(Exception):
    """What was asked of an account cannot be. ``field``: which of the things given is wrong."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def email_of(text: str) -> str:
    """The address as it is kept, or AccountRefused."""
    email = text.strip().casefold()
    if len(email) > 254 or not re.fullmatch(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]+@[^\s@.<>]+(\.[^\s@.<>]+)*", email):
        raise AccountRefused(f"{text.strip()!r} is not an e-mail address.", "email")
    return email


def name_of(text: str) -> str:
    """The name as it is kept, or AccountRefused."""
    name = " ".join(text.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise AccountRefused("A name has 1 to 100 characters, all of them visible.", "name")
    return name


def role_of(text: str) -> Role:
    """The role of this name, or AccountRefused."""
    for role in ROLES:
        if role == text:
            return role
    raise AccountRefused(f"There is no role {text!r}. There are {', '.join(ROLES)}.", "role")


def reason_of(text: str) -> str:
    """Why something is done to somebody's account, as the journal keeps it, or AccountRefused."""
    reason = " ".join(text.split())
    if not reason or len(reason) > 300 or not reason.isprintable():
        raise AccountRefused("Say why, in 1 to 300 characters: it is noted in the journal.", "reason")
    return reason
