"""The public site: pages that are made already, pages that are made now, search, and the site as of an instant.

Every request goes through the whole WSGI app, in process; its figure is CPU, so that neighbours do not count.
"""

import random
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response

from bench import paper
from bench.asking import Environ, ask, ask_all, request
from bench.measure import Figure, Run, compare, cpu_ms, cpu_rate, limited
from cms import section
from cms.house import House
from events.instant import DAY, HOUR, Instant, to_iso

FLASK = "a Flask view that returns the same bytes as a constant"
WAGTAIL = "Wagtail: {} ms"
EACH, MADE = 200, 40  # requests in a run: of pages that are made already, of pages that are made now


def figures() -> Iterator[Figure]:
    """Article, section and home; warm and made now; search; then."""
    house = paper.searchable()
    app = paper.app_of(house.settings.var)
    chance = random.Random(8)
    path = newest(house, 1)[0]
    answer = ask(app, request(path))
    again = request(path, If_None_Match=answer.headers["ETag"])
    warm = [request(path)] * EACH
    lists = [request("/section-a")] * EACH
    yield limited("article page, warm", "ms CPU", cpu_ms(lambda: ask_all(app, warm)), 1, against=WAGTAIL.format(11))
    yield compare(
        "article page, warm", "pages/CPU s", cpu_rate(lambda: ask_all(app, warm)), _constant(answer.body, warm),
        FLASK, 0.6,
    )  # fmt: skip
    yield limited("article page, unchanged (304)", "ms CPU", cpu_ms(lambda: ask_all(app, [again] * EACH, "304")), 0.4)
    yield limited("section list, warm", "ms CPU", cpu_ms(lambda: ask_all(app, lists)), 2, against=WAGTAIL.format(25))
    yield from _made_now(house, app, chance)
    found = [request("/search", f"q={paper.COMMON}")] * 10
    assert b"No stories" not in ask(app, found[0]).body
    yield limited(
        "search page, commonest word, facets", "ms CPU", cpu_ms(lambda: ask_all(app, found)), 10,
        against=WAGTAIL.format("164 (at 1,000 articles)"),
    )  # fmt: skip
    found = [request("/search", f"q={paper.COMMON}+bada")] * 10
    yield limited("search page, two words", "ms CPU", cpu_ms(lambda: ask_all(app, found)), 10)


def _made_now(house: House, app: Any, chance: random.Random) -> Iterator[Figure]:
    """Pages that nobody asked for since something changed, live and as of an instant."""
    then = house.now() - 30 * DAY
    paths = newest(house, 1000, before=then - HOUR)
    chance.shuffle(paths)
    take = iter(paths)

    def articles(base: str = "") -> list[Environ]:
        return [request(base + next(take)) for _ in range(MADE)]

    pages = iter(_further(house, 400))
    at = f"/at/{to_iso(then)}"
    ask_all(app, [*articles(), *articles(at)])
    yield limited(
        "article page, made now", "ms CPU", _each(app, articles), against="no budget; Wagtail, first visit: 21 ms"
    )
    yield compare(
        "article page as of an instant", "ms CPU", _each(app, lambda: articles(at)), _each(app, articles),
        "the live page, both made now", at_most=3,
    )  # fmt: skip

    def lists(base: str = "") -> list[Environ]:
        return [request(f"{base}/{slug}", f"before={cursor}") for slug, cursor in (next(pages) for _ in range(20))]

    ask_all(app, [*lists(), *lists(at)][:4])
    yield limited("section list, made now", "ms CPU", _each(app, lists), against="no budget; Wagtail: 25 ms")
    yield compare(
        "section list as of an instant", "ms CPU", _each(app, lambda: lists(at)), _each(app, lists),
        "the live page, both made now", at_most=3,
    )  # fmt: skip
    instants = iter(range(then, then + 100))
    front = [request("/")]

    def home_then() -> list[Environ]:
        return [request(f"/at/{to_iso(next(instants))}/") for _ in range(5)]

    def home_now() -> float:
        """After something that readers see has changed."""
        described = section.Describe(paper.id_of("section", 0), f"As of {next(instants)}")
        assert house.newsroom.handle(described, paper.EDITOR).caught_up
        return cpu_ms(lambda: ask_all(app, front))()

    home_now(), ask_all(app, home_then())
    yield compare(
        "home page as of an instant", "ms CPU", _each(app, home_then), home_now, "the live page, both made now",
        at_most=3,
    )  # fmt: skip
    yield limited(
        "home page, warm", "ms CPU", cpu_ms(lambda: ask_all(app, front * EACH)), against="no budget; Ghost: 49 ms"
    )


def _each(app: Any, environs: Any) -> Run:
    """CPU milliseconds of each of new requests."""

    def run() -> float:
        asked = environs()
        return cpu_ms(lambda: ask_all(app, asked))()

    return run


def _constant(body: bytes, environs: list[Environ]) -> Run:
    app = Flask("constant", static_folder=None)

    @app.get("/<path:path>")
    def page(path: str) -> Response:  # noqa: ARG001 the route names it
        return Response(body, content_type="text/html; charset=utf-8")

    return cpu_rate(lambda: ask_all(app, environs))


def newest(house: House, count: int, before: Instant | None = None) -> list[str]:
    """Addresses of articles, the newest before an instant first."""
    reader, cursor, found = house.reader(), None, list[str]()
    while len(found) < count:
        cards = reader.latest(100, cursor)
        found += [card.path for card in cards.items if before is None or card.published_at < before]
        cursor = cards.next_cursor
    return found[:count]


def _further(house: House, count: int) -> list[tuple[str, str]]:
    """Further pages of sections, older than the instant travelled to: slug and cursor."""
    reader = house.reader()
    found: list[tuple[str, str]] = []
    for part in reader.sections():
        cursor = reader.latest(250, section=part.id).next_cursor
        while cursor and len(found) < count:
            found.append((part.slug, cursor))
            cursor = reader.latest(20, cursor, section=part.id).next_cursor
    return found
