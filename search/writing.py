"""Changing a generation in place: folding in what changed, and putting the smallest segments together by the way.

A batch writes each document once: what is there of an article and differs is marked as deleted, what is new goes into
a new segment, and both become true in one commit, which also says how far the log is folded in. Killed at any moment,
the old commit stands.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from search import commits
from search.building import Segment
from search.codec import NewsSegment
from search.columns import digest
from search.commits import LOCK, Commit
from search.lanes import Lanes
from search.shapes import Caught, Document, IndexOutdated, Source
from search.snapshot import Snapshot, View

TIER = 8  # segments of about the same size that are put together
LARGEST = 4_000  # documents of a segment that is still put together with others
AT_ONCE = 300  # documents that a catch-up puts together by the way; more are left to search/merging.py
WORN = 0.4  # the share of deleted documents at which a segment is written anew


class Batch:
    """Changes to a snapshot that become one commit."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._folder = snapshot.folder
        self._gone: dict[str, set[int]] = {view.part.segment_id: set(view.deleted) for view in snapshot.views}
        self._finished: list[NewsSegment] = []
        self._building: Segment | None = None
        self.written = self.removed = self.unchanged = 0

    def replace(self, article: str, documents: Iterable[Document]) -> None:
        """Make ``documents`` all that the index has of an article."""
        fresh = {digest(document): document for document in documents}
        for view in self._snapshot.views:
            postings = view.part.postings("f_article", article.encode())
            gone = self._gone[view.part.segment_id]
            for number in postings.ids.tolist() if postings else ():
                if number in gone:
                    continue
                if fresh.pop(view.part.digest(number), None) is None:
                    gone.add(number)
                    self.removed += 1
                else:
                    self.unchanged += 1
        for document in fresh.values():
            self.add(document)

    def move(self, view: View) -> None:
        """Take what is left of a segment into the new one."""
        gone = self._gone[view.part.segment_id]
        for number in range(view.part.count):
            if number not in gone:
                self.add(view.part.document(number))
        gone.update(range(view.part.count))

    def add(self, document: Document) -> None:
        """Take in a document of which the index has nothing."""
        if self._building is None:
            self._building = Segment(self._folder)
        self._building.add(document)
        self.written += 1
        if self._building.full:
            self._finish()

    def _finish(self) -> None:
        if self._building is not None:
            self._finished.append(self._building.finish())
            self._building = None

    def commit(self, position: int) -> None:
        """Make all of it true at once."""
        self._finish()
        before = self._snapshot.commit
        segments = [one.without(self._gone[one.ident]) for one in before.segments]
        kept = [one for one in segments if one.count > len(one.deleted)] + self._finished
        commits.write(self._folder, Commit(before.number + 1, position, before.analysis, kept))


def catch_up(folder: Path, current: Callable[[], Snapshot], source: Source, lanes: Lanes | None = None) -> Caught:
    """See ``Index.catch_up``. ``current`` gives the newest snapshot; without ``lanes`` everything is taken at once."""
    lanes = lanes or Lanes.single()
    with commits.locked(folder / LOCK) as mine:
        snapshot = current()
        if not mine or snapshot.folder != folder:  # somebody else is at it, or another generation is in use now
            return Caught(snapshot.commit.position, busy=True)
        return _fold_in(snapshot, source, lanes)


def settle(folder: Path, current: Callable[[], Snapshot], freeze: Callable[[], Source]) -> Snapshot | None:
    """See ``Index.settle``; None where somebody else is at it, or another generation is in use by now."""
    with commits.locked(folder / LOCK) as mine:
        snapshot = current()
        if not mine or snapshot.folder != folder:
            return None
        _fold_in(snapshot, freeze(), Lanes.single())
        return current()


def _fold_in(snapshot: Snapshot, source: Source, lanes: Lanes) -> Caught:
    """Fold in what changed, for whoever holds the lock."""
    folder = snapshot.folder
    if snapshot.commit.outdated:
        raise IndexOutdated(f"the search index in {folder} was built by an older analysis: run flask rebuild-index")
    until, before = source.position(), snapshot.commit.position
    if until <= before:
        return Caught(before)
    batch = Batch(snapshot)
    for article in lanes.next(folder, before, source, until):
        batch.replace(article, source.documents(article))
    views = ripe(snapshot.views)
    if sum(view.live for view in views) <= AT_ONCE:
        for view in views:
            batch.move(view)
    reached = lanes.position(before, until)
    batch.commit(reached)
    lanes.left(folder, reached)
    return Caught(reached, batch.written, batch.removed, batch.unchanged)


def ripe(views: list[View]) -> list[View]:
    """The segments that are worth putting together now, none for most of the time."""
    tiers: dict[int, list[View]] = {}
    for view in views:
        if view.live <= LARGEST:
            size, tier = view.live, 0
            while size >= TIER:
                size, tier = size // TIER, tier + 1
            tiers.setdefault(tier, []).append(view)
    for _, tier_views in sorted(tiers.items()):
        if len(tier_views) >= TIER:
            return tier_views
    return [view for view in views if len(view.deleted) > WORN * view.part.count][:1]
