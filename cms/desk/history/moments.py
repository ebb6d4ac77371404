"""An article as it was at any version of its stream.

What was never changes, so it is kept: the moments that were looked at, and one every few hundred versions on the way
there, so that a story of many thousand edits is folded once and not for every look.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple, cast

from flask import current_app

from cms import article as a
from cms.article import Article, Content
from cms.desk.house import house
from events.article import Publication
from events.instant import Instant
from events.store import EventStore

EVERY = 500  # versions
KEPT = 512  # moments, of all stories


class Moment(NamedTuple):
    """After an event: the article, when that was, and who did it."""

    article: Article
    at: Instant
    actor: str | None


class Moments:
    """Safe to use from many threads."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[str, int], Moment] = OrderedDict()
        self._lock = Lock()

    def at(self, id: str, version: int) -> Moment | None:
        """The article as its event ``version`` left it; None where it has no such version."""
        if version < 1:
            return None
        found = self._nearest(id, version)
        before = found.article.version if found else 0
        article = found.article if found else Article()
        for recorded in self._store.read_stream(f"article-{id}", after=before, until=version):
            article = a.decider.replay(article, recorded)
            found = Moment(article, recorded.occurred_at, recorded.meta.actor)
            if article.version % EVERY == 0:
                _ = article.content.body.doc  # unfolded here, so that the moments after it need not begin at the start
                self._keep(id, found)
        if found is None or found.article.version != version:
            return None
        self._keep(id, found)
        return found

    def _nearest(self, id: str, version: int) -> Moment | None:
        with self._lock:
            for one in (version, *range(version - version % EVERY, 0, -EVERY)):
                if found := self._kept.get((id, one)):
                    self._kept.move_to_end((id, one))
                    return found
        return None

    def _keep(self, id: str, moment: Moment) -> None:
        with self._lock:
            self._kept[id, moment.article.version] = moment
            self._kept.move_to_end((id, moment.article.version))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def moments() -> Moments:
    """The running app's."""
    found = current_app.extensions.get("daybook.moments")
    if found is None:
        found = current_app.extensions.setdefault("daybook.moments", Moments(house().store))
    return cast(Moments, found)


def live(id: str, article: Article, now: Instant) -> Content | None:
    """What readers have now; None where nothing is public."""
    newest = article.newest(now)
    if newest is None:
        return None
    if article.issued is not None and article.issues[-1].number == newest.number:
        return article.issued
    for recorded in house().store.read_stream(f"article-{id}"):
        if isinstance(recorded.event, Publication) and recorded.event.number == newest.number:
            found = moments().at(id, recorded.version)
            return found.article.issued if found else None
    return None
