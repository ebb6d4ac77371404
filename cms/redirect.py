"""Redirects by hand: addresses of an older site, and short ones for print, that lead to an address of this one.

They are events of the address's own stream, so that what is one thing's is never another's: a redirect and a story
published in the same instant cannot both have an address.
"""

import re
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import msgspec

from cms import path as paths
from cms.decider import Command, Context, Refused
from cms.path import Path, stream_of
from events.event import Event
from events.path import PathPointed, PathUnpointed

decider = paths.decider
LONGEST = 500  # characters of an address
HOPS = 20
OWN = frozenset({
    "about", "archive", "at", "corrections", "desk", "healthz", "media", "preview", "readyz", "search", "sitemaps",
    "static",
})  # fmt: skip  # words at the root of addresses that are the site's own, with everything under them
_ARCHIVE = re.compile(r"/\d+(/\d+){0,2}")  # years, months and days are the archive's


class PathCommand(Command, frozen=True):
    """Something asked of an address, which is written as ``address`` gives it."""

    category: ClassVar[str] = "path"
    path: str

    @property
    def stream(self) -> str:
        """The address's stream."""
        return stream_of(self.path)


class Point(PathCommand, frozen=True):
    """Lead readers who ask for this address to another one."""

    to: str


class Unpoint(PathCommand, frozen=True):
    """Lead them there no longer."""


def address(text: str, field: str) -> str:
    """An address of this site as it is kept: a path without its last slash. Refused where it can be none.

    A whole address of this kind is cut to its path only where it has no host: another site is never led to.
    """
    text = text.strip()
    if not text:
        raise Refused("An address is missing.", field)
    try:
        url = urlsplit(text)
    except ValueError:
        raise Refused(f"{text} is not an address.", field) from None
    if url.scheme or url.netloc or text.startswith("//"):
        raise Refused(f"{text} is on another site. Give an address of this one, which begins with a single /.", field)
    if url.query or url.fragment:
        raise Refused(f"{text} has a ? or # in it: only what stands before them can be led elsewhere.", field)
    path = unquote(url.path).rstrip("/") or "/"
    if not path.startswith("/") or "//" in path or "\\" in path or not path.isprintable() or len(path) > LONGEST:
        raise Refused(f"{text} is not an address: write it as /part/of/the/site.", field)
    if any(part in (".", "..") for part in path.split("/")):
        raise Refused(f"{text} has . or .. in it. Write the address in full.", field)
    return path


@decider.on(Point)
def _point(state: Path, command: Point, context: Context) -> list[Event]:
    path, to = address(command.path, "path"), address(command.to, "to")
    if path != command.path:
        raise Refused(f"Write the address as {path}.", "path")
    _not_ours(path)
    if state.status not in ("free", "pointed"):
        raise Refused(f"The address {path} {_whose(state)}. It cannot be led elsewhere by hand.", "path")
    passed = _way(path, to, context)
    # Led to a part of the way, as it was before there was more of it: readers arrive at its end all the same.
    there = state.status == "pointed" and state.to in passed
    return [] if there else [PathPointed(path=path, to=passed[-1])]


@decider.on(Unpoint)
def _unpoint(state: Path, command: Unpoint, _: Context) -> list[Event]:
    if state.status != "pointed":
        raise Refused(f"{command.path} is not led anywhere by hand.", "path")
    return [PathUnpointed(path=command.path)]


def _not_ours(path: str) -> None:
    first = path.split("/")[1]
    if path == "/" or first in OWN or "." in first or _ARCHIVE.fullmatch(path):
        needed = path if path == "/" else f"/{first}"
        raise Refused(f"The site itself needs {needed}: it cannot be led elsewhere.", "path")


def _way(path: str, to: str, context: Context) -> list[str]:
    """From ``to`` to where readers arrive: redirects by hand are followed now, so that there are no chains."""
    passed: list[str] = []
    for _ in range(HOPS):
        passed.append(to)
        if to == path:
            raise Refused(f"That leads back to {path}: readers would never arrive.", "to")
        there = context.states[stream_of(to)]
        assert isinstance(there, Path)
        if there.status == "gone":
            raise Refused(f"What stood at {to} was withdrawn: lead readers to something that is there.", "to")
        if there.status != "pointed":
            return passed
        to = there.to
    raise Refused("That goes through too many redirects.", "to")


def _whose(state: Path) -> str:
    kind = state.owner.partition("-")[0]
    whose = {"article": "a story's", "byline": "a byline's", "section": "a section's", "tag": "a tag's"}
    what = whose.get(kind, "taken")
    return {
        "claimed": f"is {what}", "redirected": f"was {what} and leads to where it is now",
        "gone": "belonged to something that was withdrawn",
    }[state.status]  # fmt: skip


@decider.after(PathPointed)
def _pointed(state: Path, event: PathPointed, _: str | None) -> Path:
    return msgspec.structs.replace(state, owner="", status="pointed", to=event.to)


@decider.after(PathUnpointed)
def _unpointed(state: Path, _: PathUnpointed, __: str | None) -> Path:
    return msgspec.structs.replace(state, owner="", status="free", to="")
