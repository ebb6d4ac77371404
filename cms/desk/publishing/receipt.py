"""The receipt of a publication: where it has arrived, and how long that took.

Nothing is estimated. Each place is asked whether it has these very words: the reader's page, the search index, the
feed. The first time that one says yes is kept, and the time since the log took the event in is what it took.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any, Literal, cast

import msgspec
from flask import abort, current_app
from werkzeug.wrappers import Response

from cms.desk.history.sittings import MARKS
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.writing.commands_api import answer
from cms.site.feeds import ENTRIES
from events.article import ArticleCorrected, ArticleRetracted, ArticleUpdated, Publication
from events.event import Recorded
from events.instant import MINUTE, SECOND, Instant
from search.shapes import IndexMissing, Query
from views.shapes import Page, Reader

KEPT = 1000  # receipts
KNOWN = 5 * MINUTE  # what is first seen later than this was there before: its time is not known

Answer = Literal["there", "waiting", "scheduled", "passed"]


class Place(msgspec.Struct, frozen=True):
    """One place. state: there, waiting, scheduled (not before its time), passed (feeds show newer stories only)."""

    name: str
    label: str
    state: Answer
    took: str  # '0.04 s', '' where it is not known


class Receipts:
    """One for the process; safe to use from many threads."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int, str], Instant] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def page(id: object, version: int) -> Response:
        """The receipt."""
        recorded = _publication(str(id), version)
        event = recorded.event
        places = receipts().measure(str(id), version)
        return render(
            "receipt.html", id=str(id), version=version, event=event, at=recorded.recorded_at, places=places,
            mark=_mark(recorded), done=all(place.state != "waiting" for place in places),
            path=_path(recorded), site=house().settings.site_url, ahead=_ahead(recorded),
            told=isinstance(event, ArticleUpdated | ArticleCorrected) and bool(event.note), retracted=isinstance(
                event, ArticleRetracted),
        )  # fmt: skip

    @staticmethod
    def status(id: object, version: int) -> Response:
        """The places as they are now, for the page's script."""
        places = receipts().measure(str(id), version)
        return answer({"places": places, "done": all(place.state != "waiting" for place in places)})

    def measure(self, id: str, version: int) -> list[Place]:
        """Ask each place now."""
        recorded = _publication(id, version)
        found = []
        for name, label, asked in (
            ("page", "On the page", _page), ("search", "In search", _search), ("feeds", "In the feeds", _feed)
        ):
            state: Answer = "scheduled" if _ahead(recorded) else asked(id, recorded)
            found.append(Place(name, label, state, self._took(recorded, name) if state == "there" else ""))
        return found

    def _took(self, recorded: Recorded, name: str) -> str:
        key, at = (recorded.stream, recorded.version, name), house().now()
        with self._lock:
            seen = self._seen.setdefault(key, at)
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)
        passed = seen - recorded.recorded_at
        return f"{max(passed, 0) / SECOND:.2f} s" if passed < KNOWN else ""


def receipts() -> Receipts:
    """The running app's."""
    found = current_app.extensions.get("daybook.receipts")
    if found is None:
        found = current_app.extensions.setdefault("daybook.receipts", Receipts())
    return cast(Receipts, found)


def _mark(recorded: Recorded) -> str:
    event = recorded.event
    return "Clarified" if isinstance(event, ArticleUpdated) and event.clarifies else MARKS[recorded.type]


def _publication(id: str, version: int) -> Recorded:
    found = next(iter(house().store.read_stream(f"article-{id}", after=version - 1, until=version)), None)
    if found is None or not isinstance(found.event, Publication | ArticleRetracted):
        abort(404)
    return found


def _ahead(recorded: Recorded) -> bool:
    return isinstance(recorded.event, Publication) and recorded.event.public_from > house().now()


def _path(recorded: Recorded) -> str:
    if isinstance(recorded.event, Publication):
        return recorded.event.path
    last = ""
    for one in house().store.read_stream(recorded.stream, until=recorded.version):
        last = one.event.path if isinstance(one.event, Publication) else last
    return last


def _reader() -> Reader:
    return house().views.reader(house().now())


def _page(_: str, recorded: Recorded) -> Answer:
    page = _reader().page(_path(recorded))
    event = recorded.event
    if not isinstance(page, Page):
        return "waiting"
    if isinstance(event, ArticleRetracted):
        return "there" if page.retracted is not None else "waiting"
    return "there" if isinstance(event, Publication) and page.number >= event.number else "waiting"


def _search(id: str, recorded: Recorded) -> Answer:
    page = _reader().page(_path(recorded))
    if not isinstance(page, Page):
        return "waiting"
    asked = Query(now=house().now(), after=page.published_at, before=page.published_at + 1, limit=100, facets=False)
    try:
        hits = cast(Any, current_app.extensions["daybook"]).search(asked).hits  # the desk's protocol of it is narrower
    except IndexMissing:
        return "waiting"
    mine = [hit for hit in hits if hit.article == id]
    if isinstance(recorded.event, ArticleRetracted):
        return "there" if all(hit.public_from > page.public_from for hit in mine) else "waiting"
    since = recorded.event.public_from if isinstance(recorded.event, Publication) else 0
    return "there" if any(hit.public_from >= since for hit in mine) else "waiting"


def _feed(id: str, recorded: Recorded) -> Answer:
    cards = _reader().latest(ENTRIES).items
    card = next((card for card in cards if card.article == id), None)
    if card is None:
        page = _reader().page(_path(recorded))
        older = isinstance(page, Page) and len(cards) == ENTRIES and page.published_at <= cards[-1].published_at
        return "passed" if older else "there" if isinstance(recorded.event, ArticleRetracted) else "waiting"
    same = isinstance(recorded.event, Publication) and card.headline == recorded.event.headline
    return "there" if same else "waiting"
