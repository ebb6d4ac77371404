"""Stream ``path-<digest>``: one public address. That an address is one thing's alone is a rule of its stream.

A unique thing is a stream: claiming it is part of the same append as what needs it, so two stories published
in the same instant can never share an address.
"""

import hashlib

from events.event import Event, event


def stream_of(path: str) -> str:
    """The stream of an address: the first 32 hex digits of the SHA-256 of the path."""
    return "path-" + hashlib.sha256(path.encode()).hexdigest()[:32]


@event("path.claimed")
class PathClaimed(Event, frozen=True):
    """The address is this thing's: readers who ask for it get it there."""

    path: str
    owner: str  # a stream: 'article-<id>', 'byline-<id>', 'section-<id>', 'tag-<id>'


@event("path.redirected")
class PathRedirected(Event, frozen=True):
    """The thing has moved: readers are led (301) to wherever ``owner`` is now."""

    path: str
    owner: str


@event("path.closed")
class PathClosed(Event, frozen=True):
    """What was here is gone (410), and nothing else will ever be here."""

    path: str
    owner: str


@event("path.released")
class PathReleased(Event, frozen=True):
    """It was claimed for something that never became public; anything may claim it again."""

    path: str
    owner: str


@event("path.pointed")
class PathPointed(Event, frozen=True):
    """Somebody decided where an address leads that is no thing's own, such as one of an older site: readers are led
    (301) to ``to``, another address of this site."""

    path: str
    to: str


@event("path.unpointed")
class PathUnpointed(Event, frozen=True):
    """It leads there no longer; anything may claim it."""

    path: str
