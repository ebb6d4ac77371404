"""The System room: how the log's readers stand, what the disk holds, and work that keeps all of it right."""

import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec
from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response

from cms.cli.output import duration
from cms.desk import states, wellbeing
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME, person, see
from cms.house import FOLLOWER
from cms.operating.presence import anybody
from cms.operating.work import Kind, Underway
from events.instant import SECOND

ROOM = f"{HOME}/system"
SIZES_EVERY = 60.0  # seconds: folders of pictures are large
SHOWN = 8  # pieces of work


class Work(NamedTuple):
    """What can be started. title, what: for anybody; term: what those who run the machine call it."""

    title: str
    what: str
    term: str


WORKS: dict[Kind, Work] = {
    "rebuild": Work(
        "Make pages, lists and search anew",
        "All of them from the log, beside those in use. Readers notice nothing.",
        "rebuild of views and indexes",
    ),
    "rebuild-views": Work("Make pages and lists anew", "The same without search.", "rebuild of the views"),
    "rebuild-search": Work("Make search anew", "From pages and lists as they are.", "rebuild of the search index"),
    "verify": Work(
        "Check pages, lists and search",
        "Makes them a second time, aside, and compares all of it with what is in use. Changes nothing.",
        "verification of views and indexes",
    ),
    "verify-log": Work(
        "Check the log",
        "Proves that nothing in it was altered since it was written. Changes nothing.",
        "verification of the chain of hashes",
    ),
    "nightly": Work(
        "Check everything, and mend it",
        "What happens by itself every night: what is not as the log says is made anew.",
        "nightly replay",
    ),
}
assert set(WORKS) == set(get_args(Kind))
_OUTDATED = "made by another version of Daybook: make it anew"
STATES = {
    "running": ("info", "under way"),
    "done": ("good", "done"),
    "differs": ("bad", "found a difference"),
    "failed": ("bad", "failed"),
    "stopped": ("bad", "was stopped"),
}


PARTS = {  # in plain words, by the name of the view: docs/views.md
    "published": "Pages as readers have them",
    "revisions": "Pages as readers had them",
    "intervals": "Names and pictures as they were",
    "desk": "The desk’s lists",
    "usage": "What uses a picture, a name, a tag",
    "history": "Histories and activity",
    "images": "The picture library",
    "bylines": "Bylines",
    "sections": "Sections",
    "tags": "Tags",
    "paths": "Addresses, and where they lead",
    "site": "The site’s title",
}


class Standing(msgspec.Struct, frozen=True):
    """One reader of the log. behind: events; seconds: since the first of those was written; code: its version."""

    name: str
    term: str  # what those who run the machine call it
    position: int
    behind: int
    seconds: float
    code: str
    state: str
    well: bool | None  # None: it cannot be said


class Store(msgspec.Struct, frozen=True):
    """Something on the disk."""

    name: str
    term: str
    path: str
    bytes: int
    truth: bool  # to be backed up; the rest may be deleted


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/system", "system", room)
    desk.add_url_rule("/system/start", "system_start", start, methods=["POST"])


def room() -> Response:
    """Everything, as it is now."""
    _only_keepers()
    return _page()


def start() -> Response:
    """Begin a piece of work."""
    _only_keepers()
    kind = request.form.get("kind", "")
    if kind not in WORKS:
        abort(400)
    try:
        house().works.start(kind, person().id)
    except Underway:
        return _page("Something is under way already. Wait until it is done, then start the next.", 409)
    return see(ROOM, "It has begun. You may leave this page: it goes on by itself.")


def _page(error: str = "", status: int = 200) -> Response:
    wellbeing.forget()
    jobs = house().works.latest()
    sizes = _sizes()
    return render(
        "system.html", status, error=error, readers=list(_readers()), jobs=jobs[:SHOWN], works=WORKS, outcomes=STATES,
        running=any(job.state == "running" for job in jobs), account=states.account_names(), sizes=sizes,
        all_sizes=sum(one.bytes for one in sizes), free=shutil.disk_usage(house().settings.var).free, size=size,
        versions=_versions(), head=house().store.head(), length=duration,
    )  # fmt: skip


def _only_keepers() -> None:
    if not wellbeing.looks_after(person()):
        abort(403)


def _readers() -> Iterator[Standing]:
    views, index = house().views.status(rows=False), house().index.status()
    for one in views.views:
        old = one.on_disk != one.version
        code = f"{one.version}" if not old else f"{one.version} (made by {one.on_disk or 'none'})"
        yield _standing(PARTS[one.view], one.view, one.position, code, _OUTDATED if old else "")
    if not views.views:
        yield Standing("Pages and lists", "views", 0, views.lag, 0.0, "", views.reason or "missing", False)
    reason = index.reason or (_OUTDATED if index.outdated else "")
    yield _standing("Readers’ search", "search index", index.position, "", reason)
    yield _desk_index()
    here = anybody(house().settings.var / FOLLOWER)
    said = {True: "at work", False: "has ended", None: "was never started on this machine"}[here]
    position = min(views.position, index.position)
    behind = max(0, house().store.head().position - position)
    yield Standing("What keeps all of these up to date", "follower", position, behind, 0.0, "", said, here)


def _desk_index() -> Standing:
    index = house().desk_index.status()
    makes = "it is made by itself" if house().settings.heal else "flask rebuild-index --only index makes it"
    why = index.reason if index.generation else "not made yet"
    missing = "" if index.usable and not index.outdated else f"{why}: {makes}"
    return _standing("The desk’s search", "desk’s search index", index.position, "", missing)


def _standing(name: str, term: str, position: int, code: str, wrong: str) -> Standing:
    store = house().store
    head = store.head()
    behind = head.position - position
    since = next((row.recorded_at for row in store.rows(position, position + 1)), None) if behind > 0 else None
    seconds = max(0, house().now() - since) / SECOND if since is not None else 0.0
    state = wrong or ("up to date" if behind == 0 else "ahead of the log: make it anew" if behind < 0 else "behind")
    return Standing(name, term, position, max(behind, 0), seconds, code, state, not wrong and behind >= 0)


def _sizes() -> list[Store]:
    kept = current_app.extensions.get("daybook.sizes")
    if kept is None or time.monotonic() - kept[0] > SIZES_EVERY:
        kept = current_app.extensions["daybook.sizes"] = (time.monotonic(), list(_measured()))
    sizes: list[Store] = kept[1]
    return sizes


def _measured() -> Iterator[Store]:
    settings = house().settings
    for name, term, field, truth in (
        ("Everything that happened", "log", "events", True), ("People’s accounts", "", "accounts", True),
        ("Keys of personal words", "", "keys", True), ("Seals of the log", "signed heads", "seals", True),
        ("Pictures as they came", "", "media", True), ("Pages and lists", "views", "views", False),
        ("Readers’ search", "search index", "index", False),
        ("The desk’s search", "desk’s search index", "desk_index", False),
        ("Pictures in readers’ sizes", "renditions", "renditions", False),
    ):  # fmt: skip
        path: Path = getattr(settings, field)
        if getattr(settings, f"{field}_url", ""):
            continue  # it is in PostgreSQL, and not on this disk
        shown = path.relative_to(settings.var) if path.is_relative_to(settings.var) else path
        yield Store(name, term, str(shown), _bytes(path), truth)


def _bytes(path: Path) -> int:
    """What a folder, or a file with what stands beside it (its write-ahead log, its generations), takes."""
    if path.is_dir():
        return sum(_of_entry(entry) for entry in os.scandir(path))
    beside = path.parent.glob(f"{path.name}*") if path.parent.is_dir() else ()
    return sum(file.stat().st_size for file in beside if file.is_file() and not file.is_symlink())


def _of_entry(entry: "os.DirEntry[str]") -> int:
    if entry.is_symlink():
        return 0
    try:
        return _bytes(Path(entry.path)) if entry.is_dir() else entry.stat().st_size
    except OSError:  # it is gone again
        return 0


def size(number: int) -> str:
    """So many bytes, as people say it."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def _versions() -> list[tuple[str, str]]:
    named = [(name, version(name)) for name in ("Flask", "SQLAlchemy", "whoosh3", "Pillow", "granian")]
    return [("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version), *named]
