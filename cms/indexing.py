"""What the two indexes are made of, and what keeps the desk's up to date.

Readers' index: what is public or pending, and each question asks at a moment. Desk's index: everything as it stands
in the newsroom. They are two folders and two objects, and what faces readers is never given the second.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

import msgspec

from cms.article import Article, decider
from cms.decider import State
from cms.snapshots import Snapshots
from cms.streams import Streams
from events.document import DocumentError, to_text
from events.event import UnknownEvent
from events.store import EventStore, LogUnavailable
from search.crew import BuildFailed
from search.index import Index
from search.rebuilding import RebuildRunning
from search.shapes import Document, IndexMissing
from search.words import telling
from views.shapes import Indexed, ViewsMissing

EVERY = 3.0  # seconds from one commit of the desk's index to the next: a story being typed in is taken in once for all
PATIENCE = 0.5  # seconds for which one document of the desk's index lets readers' go first
IDLE = 1.0  # seconds between two looks whether to stop
LARGE = 20_000  # events from which on a process of its own makes the desk's index
AT_HAND = 64  # stories that are being worked on, whose folded state is kept
_log = logging.getLogger("daybook")


class Plain(Protocol):
    """A source in the views' words."""

    def position(self) -> int: ...

    def changed(self, after: int, until: int) -> Iterable[str]: ...

    def documents(self, article: str, /) -> list[Indexed]: ...

    def all(self) -> Iterator[Indexed]: ...


class Published:
    """A ``search.shapes.Source``: the documents of the views in the index's own words."""

    def __init__(self, documents: Plain) -> None:
        self._documents = documents

    def position(self) -> int:
        """How far the views have come."""
        return self._documents.position()

    def changed(self, after: int, until: int) -> Iterable[str]:
        """Articles whose documents changed."""
        return self._documents.changed(after, until)

    def documents(self, article: str) -> list[Document]:
        """All documents of an article."""
        return [_document(indexed) for indexed in self._documents.documents(article)]

    def all(self) -> Iterator[Document]:
        """Every document."""
        return map(_document, self._documents.all())


class Everything(Published):
    """The same of all that the newsroom has. Each document lets whatever readers wait for go first."""

    def __init__(self, documents: Plain) -> None:
        super().__init__(documents)
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """For the time of a ``with`` readers' work goes first."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def give_way(self) -> None:
        """Wait while readers' work goes first, a while."""
        self._free.wait(PATIENCE)

    def documents(self, article: str) -> list[Document]:
        """The document of a story, a picture, a byline, a section or a tag, by its stream."""
        self.give_way()
        return super().documents(article)


class DeskFollower:
    """Keeps the desk's index up to date, and makes it where there is none."""

    def __init__(self, index: Index, source: Everything, store: EventStore, heal: bool = True) -> None:
        """``heal``: it may make the index anew by itself; else it only makes the first."""
        self._index, self._source, self._store, self._heal = index, source, store, heal

    def run(self, stopping: threading.Event) -> None:
        """Until told to stop: at once after a pause, and every few seconds while things go on.

        Nothing that goes wrong here stops it: it is said, and tried again.
        """
        position, said = -1, ""
        while not stopping.is_set():
            if position >= 0 and not self._store.wait(position, IDLE):
                continue
            try:
                position, wrong = self.step(), ""
            except (ViewsMissing, IndexMissing, BuildFailed, LogUnavailable, OSError) as error:
                wrong = str(error)
            if wrong and wrong != said:
                _log.warning("The desk's index waits: %s", wrong)
            said = wrong
            stopping.wait(EVERY)

    def step(self) -> int:
        """Bring it up to date once; the position that it has reached. Raises as ``Index.catch_up``."""
        status, head = self._index.status(), self._store.head().position
        if not status.usable or status.outdated or status.position > head:
            if not self._heal and self._index.generations.folder.exists():
                why = status.reason or "it is ahead of the log"
                raise IndexMissing(f"{why}: flask rebuild-index --only index makes it anew")
            try:
                self._index.rebuild(self._source, jobs=min(1, head // LARGE))
            except RebuildRunning:
                return status.position
        caught = self._index.catch_up(self._source)
        if not caught.busy:
            self._index.merge(self._source.give_way)
            self._index.inspect()
        return caught.position


def working_text(store: EventStore, snapshots: Snapshots) -> Callable[[str], str]:
    """What gives the words of a story's working body, notes to the desk among them, by its id."""
    streams = Streams(store, AT_HAND, snapshots)

    return lambda id: _words(id, lambda stream: streams.current(stream).state)


def text_as_of(store: EventStore, position: int) -> Callable[[str], str]:
    """The same as it was at a position of the log, folded from the first event on: a proof trusts no snapshot."""

    def state(stream: str) -> State:
        found = decider.initial
        for recorded in takewhile(lambda one: one.position <= position, store.read_stream(stream)):
            found = decider.replay(found, recorded)
        return found

    return lambda id: _words(id, state)


def _words(id: str, state_of: Callable[[str], State]) -> str:
    try:
        state = state_of(f"article-{id}")
        assert isinstance(state, Article)
        return to_text(state.content.body.doc, notes=True)
    except (UnknownEvent, DocumentError) as error:
        _log.warning("The desk's index has article %s without its body: %s", id, error)
        return ""


@lru_cache(maxsize=2)
def synonyms(names: tuple[tuple[str, str], ...]) -> dict[tuple[str, ...], str]:
    """Other names of tags as questions say them → slugs."""
    return {terms: slug for name, slug in names if (terms := telling(name))}


def _document(indexed: Indexed) -> Document:
    return Document(*msgspec.structs.astuple(indexed))
