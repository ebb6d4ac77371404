"""From a decision to the reader: on the page, in search, in every article that uses a picture; and what an edit weighs.

CPU where nothing else is said. In search: the time from the command to the first answer that has the story, with the
follower in a process of its own, as ``flask serve`` runs it.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

from bench import paper
from bench.asking import ask, request
from bench.measure import Figure, cpu_ms, limited, slowest
from cms import article, image
from cms.house import House
from events.document import from_paragraphs
from search.shapes import Query

PUBLISHED, FOUND = 20, 60  # publications in a run; publications searched for
SMALL = 400  # edits that are weighed at once
POLL, PATIENCE = 0.005, 10.0  # seconds
_word = (f"marker{number}x" for number in count(1))


def figures() -> Iterator[Figure]:
    """Publishing, finding, propagating, weighing."""
    house = paper.searchable()
    app = paper.app_of(house.settings.var)
    numbers = iter(range(paper.SHARED, paper.ARTICLES))

    def publish() -> int:
        """New words for a story, and its page with them."""
        for _ in range(PUBLISHED):
            path, word = _update(house, next(numbers))
            assert word.encode() in ask(app, request(path)).body
        return PUBLISHED

    publish()
    yield limited("publish, and the page", "ms CPU", cpu_ms(publish), 10, against="Wagtail: 96 to 106 ms")

    def caption() -> int:
        word = next(_word)
        done = house.newsroom.handle(image.ChangeCaption(paper.PICTURE, f"A view, {word}."), paper.EDITOR)
        assert done.caught_up
        for number in range(paper.SHARED):
            assert word.encode() in ask(app, request(_path(house, number))).body
        return 1

    caption()
    yield limited(f"a caption, and the {paper.SHARED} pages with it", "ms CPU", cpu_ms(caption), 50)
    yield slowest(
        f"publish, and found, p95 of {paper.ARTICLES:,}", "ms", list(_found(house, numbers)), 500,
        "wall clock, with the disk and the neighbours",
    )  # fmt: skip
    yield from _weighed()


def _update(house: House, number: int) -> tuple[str, str]:
    """Another headline for a published story. Its address, and the new word in it."""
    id, word = paper.id_of("article", number), next(_word)
    commands = [article.ChangeHeadline(id, f"A story of {word}"), article.Update(id, without_approval="measured")]
    assert house.newsroom.handle(commands, paper.EDITOR).caught_up
    return _path(house, number), word


def _path(house: House, number: int) -> str:
    id = paper.id_of("article", number)
    return house.reader().public([id])[id].path


def _found(house: House, numbers: Iterator[int]) -> Iterator[float]:
    environ = os.environ | {"DAYBOOK_VAR": str(house.settings.var)}
    follower = subprocess.Popen([sys.executable, "-m", "flask", "--app", "app", "follow"], env=environ)
    try:
        for place in range(FOUND + 3):
            began = time.perf_counter()
            _, word = _update(house, next(numbers))
            while not house.search(Query(text=word, now=house.now(), facets=False)).total:
                assert time.perf_counter() < began + PATIENCE + 20 * (place == 0), "the follower does not follow"
                time.sleep(POLL)
            if place >= 3:  # the first wait for the follower to start
                yield (time.perf_counter() - began) * 1000
    finally:
        follower.terminate()
        follower.wait(timeout=15)


def _weighed() -> Iterator[Figure]:
    """What files grow by for a letter typed into a story of 600 words, sent as one batch of steps."""
    house = paper.open_house("weighed")
    house.views.rebuild()
    id = paper.id_of("article", 0)
    body = from_paragraphs([" ".join(["harbour"] * 68)] * 9)
    house.newsroom.handle([article.Draft(id, "A story"), article.ReplaceBody(id, body)], paper.EDITOR)
    base = iter(range(1, 1_000_000))

    def edited() -> tuple[float, float]:
        before = _size(house.settings.events), _size(house.settings.views)
        with house.newsroom.batch() as batch:
            for _ in range(SMALL):
                letter = {"content": [{"type": "text", "text": "x"}]}
                steps: list[dict[str, object]] = [{"stepType": "replace", "from": 1, "to": 1, "slice": letter}]
                batch.add([article.EditBody(id, next(base), steps)], paper.EDITOR, uuid4())
        house.views.catch_up()
        return (_size(house.settings.events) - before[0]) / SMALL, (_size(house.settings.views) - before[1]) / SMALL

    edited()
    pairs = [edited() for _ in range(5)]
    log, views = iter(pair[0] for pair in pairs), iter(sum(pair) for pair in pairs)
    yield limited("stored for a small edit, log", "bytes", lambda: next(log), 1000, against="Wagtail: 6,963 bytes")
    yield limited("stored for a small edit, log and views", "bytes", lambda: next(views))


def _size(database: Path) -> int:
    """Bytes of it once everything is in the file itself."""
    connection = sqlite3.connect(database)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return database.stat().st_size
    finally:
        connection.close()
