"""The index: ask it, bring it up to date, build it anew.

    var/index/current → 7      the generation in use
    var/index/7/               segments, one commit, a lock

One ``Index`` per process serves all its threads. It holds one snapshot, and takes up another when the pointer or the
commit has changed: one readlink and one directory listing per question.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from threading import Lock
from time import monotonic, sleep, thread_time

import msgspec

from events.generations import Generations
from events.instant import Instant
from search import commits, writing
from search.commits import Identity
from search.completing import completions
from search.digests import digests
from search.facets import buckets
from search.grammar import Word, filters, parse
from search.guarding import Guard
from search.highlight import Marker
from search.lanes import Lanes
from search.matching import Matches, begun, excerpts, hit, matches
from search.merging import merge
from search.ranking import Search
from search.rebuilding import Progress, Rebuilt, forget_previous, rebuild, rollback
from search.related import related
from search.resuming import Origin
from search.shapes import (
    Caught,
    Completion,
    IndexBusy,
    IndexMissing,
    IndexOutdated,
    Query,
    Results,
    Source,
    Status,
)  # fmt: skip
from search.snapshot import Snapshot, open_snapshot
from search.spelling import suggest

DEADLINE = 0.5  # seconds of CPU for matching and scoring, after which an answer is partial
DEEPEST = 1000  # hits into which one can page
FEW = 10  # articles with all the words of a description: where there are not even so many, any of them will do
REMEMBERED = 256  # answers
RELATED, LIKE = 600, 5000  # seconds for which it is remembered which stories are like another, and of how many
PATIENCE, LOOK = 120.0, 0.01  # seconds to wait for whoever writes, and between two looks

Synonyms = Callable[[], Mapping[tuple[str, ...], str]]  # the terms of another name of a tag → the tag's slug


class Index:
    """See the module's own words. Thread-safe."""

    def __init__(
        self, folder: Path, zone: tzinfo = UTC, deadline: float = DEADLINE, synonyms: Synonyms | None = None
    ) -> None:
        """``folder``: of the generations. ``zone``: whose midnight dates in questions mean.

        ``synonyms``: asked at each question for other names of tags; should give the same object while they are the
        same, since answers are forgotten when it does not.
        """
        self.generations = Generations(folder / "current")
        self._zone, self._deadline, self._synonyms = zone, deadline, synonyms
        self._widened: Mapping[tuple[str, ...], str] = {}
        self._held: tuple[Identity, Snapshot] | None = None
        self._answers: OrderedDict[object, Results] = OrderedDict()
        self._like: OrderedDict[object, tuple[float, list[str]]] = OrderedDict()
        self._opening, self._remembering = Lock(), Lock()
        self._guard, self._lanes = Guard(self.generations), Lanes()

    # Asking

    def search(self, query: Query, clock: Callable[[], Instant] | None = None) -> Results:
        """Answer a question; see ``Results``. ``clock``: asked once the commit is chosen, which may hold what is public
        only since the question was put, in place of what was public then. Raises IndexMissing."""
        began, snapshot = monotonic(), self._current()
        if clock is not None:
            query = msgspec.structs.replace(query, now=max(query.now, clock()))
        synonyms = self._synonyms() if self._synonyms else self._widened
        if synonyms is not self._widened:
            self._widened = synonyms
            self.forget()
        interval = snapshot.interval(query.now)
        key = (snapshot.serial, interval, msgspec.structs.replace(query, now=0))
        with self._remembering:
            known = self._answers.get(key) if interval is not None else None
        if known is None:
            with self._guard.asking():
                known = self._answer(snapshot, query)
            if interval is not None and not known.partial:
                with self._remembering:
                    self._answers[key] = known
                    while len(self._answers) > REMEMBERED:
                        self._answers.popitem(last=False)
        return msgspec.structs.replace(known, took=monotonic() - began)

    def _answer(self, snapshot: Snapshot, query: Query) -> Results:
        question = parse(query.text, self._zone)
        words = [leaf for leaf in question.leaves() if isinstance(leaf, Word)]
        question.clauses += filters(
            section=query.section, byline=query.byline, tag=query.tag, kind=query.kind, has_image=query.has_image
        )
        question.narrow(query.after, query.before)
        described = query.sort == "relevance" and question.is_description()
        question.widen(self._widened)
        limit = max(0, min(query.limit, DEEPEST))
        offset = max(0, min(query.offset, DEEPEST - limit))
        deadline = thread_time() + self._deadline
        search = Search(snapshot, question, query.now, deadline)
        found = search.run(query.sort, offset + limit, query.facets)
        suggestion = None
        if found.total == 0 and not found.partial and words:
            suggestion = suggest(query.text, words, snapshot)
        too_few = found.total == 0 or (described and found.total < FEW)
        any_word = too_few and not found.partial and len(question.leaves()) > 1
        if any_word:
            search = Search(snapshot, question.loosened(), query.now, deadline)
            found = search.run(query.sort, offset + limit, query.facets)
        any_word = any_word and found.total > 0
        marker = Marker(snapshot.words(search.leaves))
        hits = tuple(hit(view, number, score, marker) for view, number, score in found.best[offset:])
        return Results(found.total, hits, buckets(found), suggestion, any_word, found.partial, 0.0)

    def complete(self, text: str, now: Instant, most: int = 5) -> list[Completion]:
        """Sections, bylines, tags and headlines of which ``text`` may be the beginning, up to ``most`` of each.

        The last word may be cut off anywhere. Names come with the most stories first, headlines the newest first;
        only what is public at ``now`` counts. Raises IndexMissing.
        """
        with self._guard.asking():
            return completions(self._current(), text, now, most)

    def related(self, article: str, now: Instant, most: int = 4) -> list[str]:
        """The ids of the public articles that are most like this public one, the likest first. Raises IndexMissing.

        An answer is kept for RELATED seconds: likeness does not change by the minute. Whoever shows them asks whether
        they still are public.
        """
        began = monotonic()
        key = (self._guard.folder(), article, most)
        with self._remembering:
            known = self._like.get(key)
        if known is None or known[0] < began - RELATED:
            with self._guard.asking():
                known = began, related(self._current(), article, now, most, thread_time() + self._deadline)
            with self._remembering:
                self._like[key] = known
                while len(self._like) > LIKE:
                    self._like.popitem(last=False)
        return known[1]

    def matches(self, text: str, now: Instant, prefix: str = "") -> Matches:
        """Every article that has all the words of ``text``, whose last may be cut off, and whose name begins with
        ``prefix``, which is left out of what is given. Raises IndexMissing."""
        with self._guard.asking():
            return matches(self._current(), begun(text, self._zone), now, thread_time() + self._deadline, prefix)

    def excerpts(self, text: str, articles: Iterable[str]) -> dict[str, str]:
        """Where the bodies of these articles have the words of ``text``, as safe HTML; '' where the headline has them
        or the body has none. Only those that are here. Raises IndexMissing."""
        with self._guard.asking():
            return dict(excerpts(self._current(), begun(text, self._zone), articles))

    def forget(self) -> None:
        """Forget earlier answers."""
        with self._remembering:
            self._answers.clear()

    def status(self) -> Status:
        """How the index stands; never raises."""
        generation = self.generations.current()
        name = generation.name if generation else None
        try:
            snapshot = self._current()
        except IndexMissing as reason:
            return Status(False, False, name, 0, 0, 0, 0, str(reason))
        commit = snapshot.commit
        size = sum(sum(segment.sizes.values()) for segment in commit.segments)
        why = "it was built by an older analysis: run flask rebuild-index" if commit.outdated else None
        return Status(True, commit.outdated, name, commit.position, snapshot.documents, len(commit.segments), size, why)

    def ailment(self) -> str | None:
        """Why its files cannot be read: they are gone, or damaged. None where they can, whatever else is wrong."""
        try:
            self._current()
        except IndexOutdated:
            return None
        except IndexMissing as reason:
            return str(reason)
        return None

    def digests(self, at: Instant, settled: Snapshot | None = None) -> Iterator[tuple[str, str, str]]:
        """(key, digest of what is stored, digest of the terms) of each document now or when it had ``settled``, by key.
        Left out are those that were public until ``at`` or before: a rebuild has none. Raises IndexMissing."""
        with self._guard.asking():
            yield from digests(settled or self._current(), at)

    # Keeping up

    def catch_up(self, source: Source) -> Caught:
        """Fold in what changed. One writer at a time: whoever finds another at it does nothing.

        Raises IndexMissing where there is no index (rebuild makes the first), IndexOutdated if other code built it.
        """
        with self._guard.writing():
            return writing.catch_up(self._guard.folder(), self._current, source)

    def keep_up(self, source: Source) -> Caught:
        """The same in pieces, for a follower: single changes go ahead of what a rename reaches (search/lanes.py)."""
        with self._guard.writing():
            return writing.catch_up(self._guard.folder(), self._current, source, self._lanes)

    def settle(self, freeze: Callable[[], Source], patience: float = PATIENCE) -> Snapshot:
        """What it is of exactly one moment, whatever is written later: to be compared. ``freeze`` is called while
        nobody writes, and gives the source of a moment at which it knows all that it ever gave.

        Raises IndexBusy after ``patience`` seconds, IndexMissing, IndexOutdated.
        """
        end = monotonic() + patience
        while monotonic() < end:
            with self._guard.writing():
                if (found := writing.settle(self._guard.folder(), self._current, freeze)) is not None:
                    return found
            sleep(LOOK)
        raise IndexBusy(f"somebody else writes to the search index in {self.generations.folder} all the time")

    def merge(self, pause: Callable[[], object] = bool) -> int:
        """Put small segments together where there are many, and shed deleted documents; how many segments went. Nobody
        who writes waits for it. ``pause`` is called before each document: it may let others go first."""
        with self._guard.writing():
            return merge(self._guard.folder(), self._current, pause)

    def inspect(self) -> bool:
        """Hold every file against its size, and one that was not looked at yet against its sum; whether there was one.

        Raises IndexMissing.
        """
        return self._guard.inspect(self._current())

    def rebuild(
        self, source: Source, jobs: int = 0, progress: Progress | None = None, *, origin: Origin = str,
        resume: bool = False,
    ) -> Rebuilt:  # fmt: skip
        """Build a new generation from all documents, catch up, and switch to it; the old one serves until then.

        ``jobs``: processes that index beside this one. ``resume``: go on with what was left unfinished, where that is
        safe and of the same ``origin``. Raises RebuildRunning if another is under way.
        """
        return rebuild(self.generations, source, jobs, progress, origin, resume)

    def rollback(self, source: Source) -> str:
        """Go back to the generation from before the last rebuild, brought up to date first; its name.

        Raises NothingBefore, RebuildRunning, IndexMissing, IndexOutdated.
        """
        return rollback(self.generations, source).name

    def forget_previous(self) -> None:
        """Remove what served before the last rebuild: a word that was taken out of the log may stand in it."""
        forget_previous(self.generations)

    # The shared snapshot

    def _current(self) -> Snapshot:
        for _ in range(20):  # a commit may be replaced between its listing and its opening
            folder = self._guard.folder()
            try:
                identity = commits.identity(folder, commits.latest(folder))
                held = self._held
                if held is None or held[0] != identity:
                    held = self._open(identity)
                return held[1]
            except FileNotFoundError:
                continue
            except IndexMissing:
                if self.generations.current() == folder:
                    raise
                continue  # a rebuild switched, and removed that generation, after the pointer was read
        raise IndexMissing(f"the search index in {self.generations.folder} lacks files that its commit names")

    def _open(self, identity: Identity) -> tuple[Identity, Snapshot]:
        with self._opening:
            held, folder = self._held, identity[0]
            if held is None or held[0] != identity:
                known = {view.part.segment_id: view.part for view in held[1].views} if held else {}
                with self._guard.opening(folder):
                    held = self._held = identity, open_snapshot(folder, commits.read(folder, identity[1]), known)
                self.forget()
            return held
