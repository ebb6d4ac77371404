"""The desk at 20,000 articles: lists and forms, and what saving costs beside the disk.

Pages go through the whole WSGI app, in process, signed in; their figure is CPU.
"""

import random
import statistics
import threading
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

from bench import paper
from bench.asking import Environ, ask_all, request
from bench.measure import Figure, Run, cpu_ms, limited, slowest
from cms import article, byline
from cms.article import Article
from cms.decider import Actor
from cms.desk.standing import LISTS
from cms.desk.stories.listing import SCOPES
from cms.house import House
from cms.streams import Streams
from events.store import EventStore, Unit, Write

PASSWORD = "seven quiet harbours"
FORMS, SAVES = 20, 60  # in a run
NAMES = 1400  # bylines of an older paper
EDITORS, SECONDS = 20, 10  # people who save once a second, and for how long


def figures() -> Iterator[Figure]:
    """Lists, forms, saving alone, saving together."""
    house = paper.worked_in()
    app = paper.app_of(house.settings.var)
    cookie = signed_in(house)
    chance = random.Random(9)
    numbers = iter(chance.sample(range(paper.ARTICLES), paper.ARTICLES))

    def page(path: str, query: str = "") -> Environ:
        return request(path, query, Cookie=cookie)

    def forms(ending: str) -> Run:
        """Of articles that nobody has looked at lately."""

        def run() -> float:
            asked = [page(f"/desk/articles/{paper.id_of('article', next(numbers))}{ending}") for _ in range(FORMS)]
            return cpu_ms(lambda: ask_all(app, asked))()

        run()
        return run

    def screen(path: str, query: str = "") -> Run:
        asked = [page(path, query)] * 10
        ask_all(app, asked[:2])
        return cpu_ms(partial(ask_all, app, asked))

    yield limited("desk list, all", "ms CPU", screen("/desk/"), 10, against="Wagtail: 239 ms")
    which, _ = max(((query, screen("/desk/", query)()) for query in _queries(house)), key=lambda one: one[1])
    yield limited("desk list, the slowest filter", "ms CPU", screen("/desk/", which), 10, against=which[:40])
    yield limited("desk: an article", "ms CPU", forms(""), 10)
    yield limited("desk: the writing screen", "ms CPU", forms("/write"), 10, against="Wagtail: 110 ms")
    yield limited("desk: an article's form", "ms CPU", forms("/edit"), 10)
    yield limited("desk: activity, everything", "ms CPU", screen("/desk/activity"), 10)
    rare = f"thing=byline&person={paper.EDITOR.account}"
    yield limited("desk: activity, narrowed", "ms CPU", screen("/desk/activity", rare), 10)
    yield _saving(house, next(numbers))
    yield _together(house, [next(numbers) for _ in range(EDITORS)])
    _sign(house)
    yield limited(f"desk: {NAMES:,} bylines", "ms CPU", screen("/desk/bylines"), 20)


def _queries(house: House) -> list[str]:
    """Every scope and state, and filters that few, some and nearly all stories meet, alone and together."""
    section = f"section={paper.id_of('section', 1)}"
    library = house.views.desk(house.now()).library
    tag = urlencode({"tag": library.tags(counted=False)[0].view.name})
    byline = urlencode({"byline": library.bylines(counted=False)[0].view.name})
    person, days = f"person={paper.EDITOR.account}", "since=2026-01-01&until=2026-02-01"
    most_some_few_none = ("harbour", paper.word(300), paper.word(15_000), "nowhere")
    words = [f"text={word}" for word in most_some_few_none]
    return [
        *(f"scope={scope}" for scope in SCOPES), *(f"state={state}" for state in LISTS), section, byline, tag, person,
        days, f"{section}&state=published", f"{byline}&{section}", f"{tag}&{byline}",
        f"{person}&{section}", f"{person}&{days}", *words, *(f"{one}&{section}" for one in words),
    ]  # fmt: skip


def _sign(house: House) -> None:
    """So many names that sign nothing yet."""
    batch = house.newsroom.batch()
    for number in range(NAMES - paper.BYLINES):
        batch.add([byline.Create(paper.id_of("name", number), f"Name {number}")], paper.EDITOR, uuid4())
    batch.flush()
    house.views.catch_up()


def _saving(house: House, number: int) -> Figure:
    """A batch of steps through the newsroom, views and all, less the same event straight into a log."""
    id = paper.id_of("article", number)
    bare = EventStore(paper.folder() / "bare.db")

    def beyond() -> float:
        saved = cpu_ms(lambda: save(house, id, SAVES))()
        events = [recorded.event for recorded in house.store.read_stream(f"article-{id}")][-SAVES:]
        meta = next(house.store.read_stream(f"article-{id}")).meta

        def append() -> int:
            for event in events:
                bare.append(Unit(command_id=uuid4(), writes=[Write(f"article-{uuid4()}", 0, [event])], meta=meta))
            return len(events)

        return saved - cpu_ms(append)()

    save(house, id, 3)
    try:
        return limited("saving a batch of steps, beyond the append", "ms CPU", beyond, 3)
    finally:
        bare.close()


def _together(house: House, numbers: list[int]) -> Figure:
    """Editors who each save once a second: until it is durable and the views have it. Wall clock."""
    took: list[float] = []
    began = time.perf_counter() + 0.2

    def edit(place: int, id: str) -> None:
        for second in range(SECONDS):
            time.sleep(max(0.0, began + second + place / EDITORS - time.perf_counter()))
            started = time.perf_counter()
            save(house, id, 1)
            took.append((time.perf_counter() - started) * 1000)

    people = [
        threading.Thread(target=edit, args=(place, paper.id_of("article", number)))
        for place, number in enumerate(numbers)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join()
    against = f"wall clock, with the disk and the neighbours; median {statistics.median(took):.1f} ms"
    return slowest(f"saving, {EDITORS} editors, once a second: p95", "ms", took, 30, against)


def save(house: House, id: str, times: int) -> int:
    """As the editor saves: a letter typed into the first paragraph, upon the version that it has."""
    writer, streams = Actor("writer", "administrator", "desk"), Streams(house.store, 1)
    for _ in range(times):
        state = streams.current(f"article-{id}").state
        assert isinstance(state, Article)
        letter = {"content": [{"type": "text", "text": "x"}]}
        steps: list[dict[str, object]] = [{"stepType": "replace", "from": 1, "to": 1, "slice": letter}]
        done = house.newsroom.handle(article.EditBody(id, state.content.body.version, steps), writer)
        assert done.caught_up
    return times


def signed_in(house: House) -> str:
    email = f"{uuid4().hex}@example.org"
    house.accounts.add(email, "Ada Morrow", "administrator", PASSWORD)
    token, _ = house.accounts.sign_in(email, PASSWORD, "127.0.0.1")
    return f"daybook_desk={token}"
