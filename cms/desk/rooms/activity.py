"""Activity: everything that happened in the newsroom, in words, the latest first; and all of it as a file.

The words of desk notes are not in it: who may read them, reads them with the story.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, get_args

import msgspec
from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms.desk import reading, tables
from cms.desk.asked import Asking, beginning
from cms.desk.house import House, house
from cms.desk.lines import sentence, who
from cms.desk.page import clock, moment, render
from cms.desk.session import HOME
from events.instant import HOUR, to_iso
from views.activity import Which, whole
from views.desk_shapes import Line
from views.projections.changes import Change

PAGE = 60  # lines
AT_ONCE = 500  # events of an export that are in memory together
LATE = HOUR  # after which something was recorded notably later than it happened, where that was on another day
ROOM = f"{HOME}/activity"
THINGS = {
    "article": "Stories",
    "image": "Pictures",
    "byline": "Bylines",
    "section": "Sections",
    "tag": "Tags",
    "path": "Redirects",
    "site": "The site",
}
CHANGES: dict[Change, str] = {
    "begun": "Begun or taken in",
    "body": "Body written",
    "words": "Other words",
    "filed": "Section, tags, byline",
    "pictures": "Pictures and rights",
    "review": "Review",
    "published": "Published",
    "corrected": "Corrected or withdrawn",
    "put_away": "Put away",
    "names": "Names and addresses",
}
assert set(CHANGES) == set(get_args(Change))
DOORS = {"cli": "by command", "import": "imported", "api": "through the API", "system": "by itself"}
COLUMNS = (
    "position", "happened_at", "recorded_at", "person", "account", "door", "kind", "stream", "version", "about",
    "change", "event", "what",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


class Asked(Asking, frozen=True):
    """What the address asks for, as it stands there."""

    room: ClassVar = ROOM
    person: str = ""  # account id
    thing: str = ""
    change: str = ""
    about: str = ""  # a stream: article-0193…
    since: str = ""  # the first day
    until: str = ""  # the last day


class Told(msgspec.Struct, frozen=True):
    """A line as the page draws it. to: the thing; then: that moment in a story's history."""

    line: Line
    who: str
    said: str
    to: str
    then: str
    door: str
    recorded: str  # when it was written into the log, where that was notably later


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/activity", "activity", room)
    desk.add_url_rule("/activity/news", "activity_news", news)
    desk.add_url_rule("/activity.<any(csv, ndjson):kind>", "activity_export", export)


def room() -> Response:
    """The page that the address asks for."""
    asked, wrong = _asked(), list[str]()
    which = _which(asked, wrong)
    position = house().store.head().position  # before the lines are read: what comes later is news
    found = reading.desk().activity.lines(which, PAGE, request.args.get("before"))
    people = house().accounts.people()
    names = {one.id: one.name for one in people}
    days: dict[str, list[Told]] = {}
    for line in found.items:
        days.setdefault(clock().day(line.at), []).append(told(line, names))
    return render(
        "activity.html", asked=asked, days=[(day, _of_all(lines), lines) for day, lines in days.items()],
        next=found.next_cursor, wrong=wrong, people=people, things=THINGS, changes=CHANGES, position=position,
        first="before" not in request.args, about=_about(asked, found.items),
    )  # fmt: skip


def news() -> Response:
    """How many lines have come since a position of the log."""
    position = house().store.head().position
    after = request.args.get("after", position, type=int)
    count = reading.desk().activity.news(_which(_asked(), []), after) if position > after else 0
    return Response(_encode({"new": count}), content_type="application/json")


def export(kind: str) -> Response:
    """Everything that the address asks for, one event a line, as it is read from the views: however much it is."""
    wrong: list[str] = []
    which = _which(_asked(), wrong)
    if wrong:
        abort(400)
    rows = _rows(house(), which, house().now())
    return tables.download("activity", kind, COLUMNS, rows)


def told(line: Line, names: dict[str, str]) -> Told:
    """A line in words."""
    category, _, id = line.stream.partition("-")
    to = {"article": f"{HOME}/articles/{id}", "path": f"{HOME}/redirects", "site": ""}.get(
        category, f"{HOME}/{category}s/{id}"
    )
    return Told(
        line, who(line.actor, names), sentence(line, names), to,
        f"{HOME}/articles/{id}/history/{line.version}" if category == "article" else "", DOORS.get(line.face, ""),
        moment(line.recorded_at) if _late(line) else "",
    )  # fmt: skip


def _late(line: Line) -> bool:
    return line.recorded_at - line.at > LATE and clock().day(line.recorded_at) != clock().day(line.at)


def _of_all(lines: list[Told]) -> str:
    """When all of a day was recorded, where that was at one moment: then it is said once, and not in each line."""
    (first, *others) = {line.recorded for line in lines}
    return "" if others else first


def _rows(rooms: House, which: Which, until: int) -> Iterator[tuple[Any, ...]]:
    """Each of COLUMNS. What happens after the export began is not in it."""
    names = rooms.accounts.names()
    if which.until is None:
        which = msgspec.structs.replace(which, until=until + 1)
    looks = iter(lambda: rooms.views.desk(until).activity, None)
    for lines in whole(looks, which, AT_ONCE):
        for line in lines:
            yield (
                line.position, to_iso(line.at), to_iso(line.recorded_at), who(line.actor, names), line.actor or "",
                line.face, line.thing, line.stream, line.version, line.about or "", line.change, line.type,
                sentence(line, names),
            )  # fmt: skip


def _asked() -> Asked:
    asked = Asked.read()
    if asked.thing not in {"", *THINGS} or asked.change not in {"", *CHANGES} or len(asked.about) > 100:
        abort(404)
    return asked


def _which(asked: Asked, wrong: list[str]) -> Which:
    return Which(
        actor=asked.person or None, thing=asked.thing or None, change=asked.change or None, stream=asked.about or None,
        since=beginning(asked.since, 0, wrong), until=beginning(asked.until, 1, wrong),
    )  # fmt: skip


def _about(asked: Asked, lines: tuple[Line, ...]) -> str:
    """What the one thing is called that is asked about."""
    return (lines[0].about if lines else None) or "this one thing" if asked.about else ""
