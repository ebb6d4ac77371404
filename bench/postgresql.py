"""Views in PostgreSQL beside the same in files, of one log: rebuilding them, pages made now, the desk's lists, saving.

Figures are CPU: this process's and the server's together, so that what one leaves to the other counts as well.
"""

import atexit
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from app import create_app
from bench import paper
from bench.asking import Environ, ask_all, request
from bench.desk import save, signed_in
from bench.measure import Figure, Run, compare
from bench.site import newest
from bench.views import edited
from cms.house import House
from cms.settings import load_settings
from events.store import EventStore
from tests.postgres import Server
from views import Views

EACH = 200  # requests in a run
TICKS = os.sysconf("SC_CLK_TCK")
FILES = "the same with views in files"


def figures() -> Iterator[Figure]:
    """Rebuild, pages, lists, saving."""
    house, mix = edited()
    store = EventStore(house.settings.events)
    yield compare(
        "PostgreSQL: rebuild of the views", "events/CPU s", lambda: _rebuilt(store, _url()), lambda: _rebuilt(store),
        f"{FILES}; mix: {mix}",
    )  # fmt: skip
    files, there = paper.published(), _there()
    chance = random.Random(10)
    paths = newest(files, 10 * EACH)
    chance.shuffle(paths)
    take = iter(paths)
    cookie = signed_in(files)

    def articles() -> list[Environ]:
        return [request(next(take)) for _ in range(EACH // 2)]

    def listed(query: str) -> Callable[[], list[Environ]]:
        return lambda: [request("/desk/", query, Cookie=cookie)] * (EACH // 10)

    for name, asked in (
        ("article page, made now", articles), ("desk list, all", listed("")),
        ("desk list, searched", listed("text=harbour")),
    ):  # fmt: skip
        ask_all(paper.app_of(files.settings.var), asked())
        ask_all(_app(), asked())
        here, beside = _asked(_app(), asked), _asked(paper.app_of(files.settings.var), asked)
        yield compare(f"PostgreSQL: {name}", "ms CPU", here, beside, FILES)
    numbers = iter(chance.sample(range(paper.ARTICLES), 50))
    yield compare(
        "PostgreSQL: saving a batch of steps", "ms CPU", lambda: _saved(there, next(numbers)),
        lambda: _saved(files, next(numbers)), f"{FILES}; the log in a file",
    )  # fmt: skip


@cache
def _server() -> Server:
    server = Server({"shared_buffers": "512MB", "max_wal_size": "4GB"})
    atexit.register(server.remove)
    server.start()
    return server


def _url() -> str:
    return _server().url.render_as_string(hide_password=False)


@cache
def _app():  # type: ignore[no-untyped-def]
    var = paper.published().settings.var
    given = {"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64", "DAYBOOK_VIEWS_URL": _url()}
    app = create_app(load_settings(given, dotenv=None))
    atexit.register(app.extensions["daybook"].close)
    app.extensions["daybook"].views.rebuild()
    return app


def _there() -> House:
    house: House = _app().extensions["daybook"]
    return house


def _cpu() -> float:
    """Seconds so far: this thread's, and those of every process of the server, ended or not."""
    mine, total = time.thread_time(), 0
    server = str(_server().pid)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if folder.name == server:
                total += sum(map(int, fields[11:15]))
            elif fields[1] == server:
                total += int(fields[11]) + int(fields[12])
    return mine + total / TICKS


def _rebuilt(store: EventStore, url: str = "") -> float:
    with tempfile.TemporaryDirectory(dir=paper.folder()) as folder:
        views = Views(Path(folder) / "views.db", store, url)
        began = _cpu()
        position = views.rebuild().position
        took = _cpu() - began
        views.close()
    return position / took


def _asked(app: object, asked: Callable[[], list[Environ]]) -> Run:
    def run() -> float:
        environs = asked()
        began = _cpu()
        done = ask_all(app, environs)
        return (_cpu() - began) * 1000 / done

    return run


def _saved(house: House, number: int) -> float:
    began = _cpu()
    done = save(house, paper.id_of("article", number), EACH // 2)
    return (_cpu() - began) * 1000 / done
