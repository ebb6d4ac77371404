"""Events as the desk's scripts are told of them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from cms.desk import states
from events.article import ArticleBodyEdited, ArticleNoteAdded, Publication
from events.event import Event, Recorded


def change(event: Event) -> dict[str, Any]:
    """What an event says, without what no screen needs: a publication's every word, a note under its seal."""
    if isinstance(event, ArticleBodyEdited):
        return {"base": event.base, "steps": event.steps, "words": event.words}
    if isinstance(event, Publication):
        return {"number": event.number, "public_from": event.public_from // 1000, "path": event.path}
    if isinstance(event, ArticleNoteAdded):
        return {"note": event.note}
    told: dict[str, Any] = msgspec.to_builtins(event)
    return told


def told(recorded: Recorded, names: dict[str, str]) -> dict[str, Any]:
    """One event. at: milliseconds since the epoch; command: the id that its browser gave to it."""
    return {
        "version": recorded.version,
        "type": recorded.type,
        "at": recorded.recorded_at // 1000,
        "account": recorded.meta.actor,
        "by": names.get(recorded.meta.actor or "", "Somebody"),
        "command": str(recorded.meta.command_id or recorded.meta.request or ""),  # older events have it as the request
        "data": change(recorded.event),
    }


def changes_since(stream: str, events: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Several events of one stream."""
    names = states.account_names()
    return [told(recorded, names) for recorded in events if recorded.stream == stream]
