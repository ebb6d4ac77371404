"""Putting back what was: the commands that make an article, or a part of it, what it was at a version.

They are the ordinary commands of the fields and the body, decided and recorded like any others: what is there now
stays in the history, and nobody who writes in the story meanwhile is stranded.
"""

from collections.abc import Callable
from typing import Any

from cms import article as a
from cms.article import Content
from cms.decider import Command, Refused
from events.document import put_back

LABELS = {
    "kicker": "Kicker", "headline": "Headline", "standfirst": "Standfirst", "slug": "Last part of the address",
    "section": "Section", "kind": "Kind", "language": "Language", "bylines": "Bylines", "tags": "Tags",
    "lead": "Lead picture", "related": "Related stories", "body": "Body",
}  # fmt: skip
_COMMANDS: dict[str, Callable[[str, Any], Command]] = {
    "kicker": a.ChangeKicker, "headline": a.ChangeHeadline, "standfirst": a.ChangeStandfirst, "slug": a.ChangeSlug,
    "section": a.ChangeSection, "kind": a.ChangeKind, "language": a.ChangeLanguage, "bylines": a.AssignBylines,
    "tags": a.ChangeTags, "lead": a.SetLeadImage, "related": a.ChangeRelated,
}  # fmt: skip
BLOCK = "block:"


def restored(id: str, then: Content, now: Content, part: str) -> list[Command]:
    """The commands for ``part``: 'all', a field's name, 'body', or 'block:<place of a top-level block then>'.

    [] where it is already as it was. Raises Refused where there is no such part.
    """
    if part == "all":
        return [command for name in LABELS for command in restored(id, then, now, name)]
    if part == "body":
        return [a.ReplaceBody(id, then.body.doc, now.body.version)] if then.body.digest != now.body.digest else []
    if part.startswith(BLOCK):
        return _block(id, then, now, part.removeprefix(BLOCK))
    if part not in _COMMANDS:
        raise Refused("There is no such part of an article.")
    before = getattr(then, part)
    return [_COMMANDS[part](id, before)] if before != getattr(now, part) else []


def moved(seen: Content, now: Content, part: str) -> list[str]:
    """Which of the things that ``part`` would put back have changed between ``seen`` and now, by their labels.

    A block finds its place again wherever that is now, so a body that moved on does not stand in its way.
    """
    names = LABELS if part == "all" else [] if part.startswith(BLOCK) else [part]
    return [LABELS[name] for name in names if name in LABELS and getattr(seen, name) != getattr(now, name)]


def _block(id: str, then: Content, now: Content, place: str) -> list[Command]:
    doc = then.body.doc
    if not (place.isascii() and place.isdigit() and int(place) < len(doc.content)):
        raise Refused("There is no such paragraph.")
    whole = put_back(doc, now.body.doc, int(place))
    return [] if whole == now.body.doc else [a.ReplaceBody(id, whole, now.body.version)]
