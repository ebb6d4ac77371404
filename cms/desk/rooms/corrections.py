"""Corrections: every one that was made and every retraction, with the words that readers see."""

from collections.abc import Iterator
from typing import Any, ClassVar

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms.desk import reading, tables
from cms.desk.asked import Asking, beginning
from cms.desk.house import House, house
from cms.desk.page import render
from cms.desk.session import HOME
from events.article import ArticleCorrected, ArticleRetracted
from events.instant import to_iso
from views.corrections import Correction

ROOM = f"{HOME}/corrections"
PAGE = 40  # corrections
AT_ONCE = 200  # of an export that are in memory together
COLUMNS = ("position", "at", "person", "kind", "story", "headline", "section", "address", "words")


class Asked(Asking, frozen=True):
    """What the address asks for, as it stands there."""

    room: ClassVar = ROOM
    person: str = ""  # account id
    section: str = ""  # id
    since: str = ""  # the first day
    until: str = ""  # the last day


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/corrections", "corrections", room)
    desk.add_url_rule("/corrections.<any(csv, ndjson):kind>", "corrections_export", export)


def room() -> Response:
    """The page that the address asks for."""
    asked, wrong = Asked.read(), list[str]()
    found = reading.desk().corrections(PAGE, request.args.get("before"), **_which(asked, wrong))
    people = house().accounts.people()
    parts = {one.view.id: one.view.name for one in reading.desk().library.sections(counted=False)}
    return render(
        "corrections.html", asked=asked, wrong=wrong, next=found.next_cursor, people=people, sections=parts,
        rows=[(one, _words(house(), one)) for one in found.items], account={one.id: one.name for one in people},
        first="before" not in request.args,
    )  # fmt: skip


def export(kind: str) -> Response:
    """Everything that the address asks for."""
    wrong: list[str] = []
    which = _which(Asked.read(), wrong)
    if wrong:
        abort(400)
    return tables.download("corrections", kind, COLUMNS, _rows(house(), which))


def _rows(rooms: House, which: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    names, cursor = rooms.accounts.names(), None
    until = rooms.now()
    while True:
        desk = rooms.views.desk(until)
        parts = {one.view.id: one.view.name for one in desk.library.sections(counted=False)}
        found = desk.corrections(AT_ONCE, cursor, **{**which, "until": which["until"] or until + 1})
        for one in found.items:
            yield (
                one.position, to_iso(one.at), names.get(one.actor or "", ""),
                "retraction" if one.retracted else "correction", one.article, one.headline,
                parts.get(one.section or "", ""), one.path, _words(rooms, one),
            )  # fmt: skip
        cursor = found.next_cursor
        if cursor is None:
            return


def _words(rooms: House, one: Correction) -> str:
    """What readers are told, from the log itself."""
    event = next(iter(rooms.store.read_all(after=one.position - 1, until=one.position))).event
    if isinstance(event, ArticleRetracted):
        return event.notice
    return event.note if isinstance(event, ArticleCorrected) else ""


def _which(asked: Asked, wrong: list[str]) -> dict[str, Any]:
    return {
        "actor": asked.person or None, "section": asked.section or None,
        "since": beginning(asked.since, 0, wrong), "until": beginning(asked.until, 1, wrong),
    }  # fmt: skip
