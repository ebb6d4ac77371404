"""A story of twenty thousand edits: at hand from its snapshot, and folded from the first of them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from bench.measure import Figure, cpu_ms, limited
from cms import article
from cms.snapshots import Snapshots, Taken
from cms.streams import Streams
from events import document
from events.article import ArticleBodyEdited, ArticleDrafted
from events.event import Event, Meta
from events.store import EventStore, Unit, Write

STEPS = 20_000
STREAM = "article-0193f0a2-0000-7000-8000-000000000000"
PARAGRAPH = " ".join(["The harbour board met behind closed doors for the third night in a row."] * 8)


def figures() -> Iterator[Figure]:
    """What a process does that meets the story for the first time, its words unfolded."""
    with tempfile.TemporaryDirectory() as folder:
        store = EventStore(Path(folder) / "events.db")
        _write(store)
        shelf = Snapshots(Path(folder) / "snapshots", store)
        whole = Streams(store, 1).current(STREAM)
        shelf.write(STREAM, article.decider, Taken(*whole))

        def load() -> int:
            state = Streams(store, 1, shelf).current(STREAM).state
            assert isinstance(state, article.Article)
            assert state.version == STEPS + 2 and state.content.body._unfolded()[0]
            return 1

        def fold() -> int:
            state = Streams(store, 1).current(STREAM).state
            assert isinstance(state, article.Article) and state.content.body.digest
            return 1

        yield limited("loading 20,000 body steps", "ms CPU", cpu_ms(load), 20, against="its words unfolded")
        yield limited("loading them without a snapshot", "ms CPU", cpu_ms(fold), against="nothing unfolded", runs=3)
        shelf.close()
        store.close()


def _write(store: EventStore) -> None:
    begun = document.from_paragraphs([PARAGRAPH] * 20)
    first = document.replacing(document.EMPTY, begun)
    letter: dict[str, object] = {
        "stepType": "replace", "from": 1, "to": 1, "slice": {"content": [{"type": "text", "text": "x"}]}
    }  # fmt: skip
    last = document.digest(document.apply(begun, [letter] * STEPS))
    events: list[Event] = [ArticleDrafted(headline="Closed doors"), _edit(0, first, "begun")]
    events += [_edit(len(first) + n, [letter], f"{n}" if n + 1 < STEPS else last) for n in range(STEPS)]
    store.append(Unit(command_id=uuid4(), writes=[Write(STREAM, 0, events)], meta=Meta(actor="anna")))


def _edit(base: int, steps: list[dict[str, object]], digest: str) -> ArticleBodyEdited:
    return ArticleBodyEdited(document_schema=1, base=base, steps=steps, body_hash=digest, words=1, images=[])
