"""Records to import, and runs over them."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from cms import article
from cms.importing import articles, edits
from cms.importing.records import id_of
from cms.importing.taking import Report, Taking
from cms.newsroom import Newsroom
from events.event import Event
from events.store import EventStore
from tests.newsroom.spec import NOW

BRIDGE: dict[str, Any] = {
    "id": "ledger-1", "headline": "Bridge closed", "published_at": "2014-03-01T09:30:00-05:00",
    "summary": "Engineers found cracks.", "body": ["The bridge is closed.", "Ferries run."],
    "bylines": ["Anna Brandt", "Ben Carr"], "section": "local-news", "tags": ["bridges", "Harbour"],
    "kind": "norm", "lang": "en", "source": "ledger",
}  # fmt: skip


def record(**changes: Any) -> dict[str, Any]:
    return {**BRIDGE, **changes}


def revision(seq: int, op: str = "edit", **changes: Any) -> dict[str, Any]:
    """A revision a day after the one before it."""
    said = {
        "seq": seq, "op": op, "author": "Jan Editor", "at_effective": f"2017-04-{seq:02}T12:00:00+00:00",
        "headline": "Bridge closed", "body": "The bridge is **closed**.", "published_at": "2016-01-01T00:00:00Z",
        "commit": f"{seq:040x}",
    }  # fmt: skip
    return {**said, **changes}


def history(*revisions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"article_id": "gov-1", "revisions": list(revisions), **changes}


def write(path: Path, records: Sequence[object], zipped: bool = False) -> Path:
    """A file of records; bytes stand for themselves."""
    lines = b"".join((one if isinstance(one, bytes) else msgspec.json.encode(one)) + b"\n" for one in records)
    path.write_bytes(gzip.compress(lines) if zipped else lines)
    return path


class Run:
    """Imports into one newsroom."""

    def __init__(self, newsroom: Newsroom, store: EventStore, folder: Path) -> None:
        self.newsroom, self.store, self._folder = newsroom, store, folder

    def articles(self, *records: object, zipped: bool = False, **options: bool) -> Report:
        path = write(self._folder / "articles.jsonl", records, zipped)
        return self._take(articles.groups([path], lambda: NOW), options)

    def edits(self, *records: object, **options: bool) -> Report:
        path = write(self._folder / "edits.jsonl", records)
        return self._take(edits.groups([path]), options)

    def _take(self, groups: Any, options: dict[str, bool]) -> Report:
        report = Taking(self.newsroom, self.store, **options).take(groups)  # type: ignore[arg-type]
        assert report.taken + report.changed + report.skipped + report.refused == report.records
        return report

    def events(self, stream: str) -> list[Event]:
        return [recorded.event for recorded in self.store.read_stream(stream)]

    def types(self, stream: str) -> list[str]:
        return [recorded.type.removeprefix("article.") for recorded in self.store.read_stream(stream)]

    def state(self, stream: str) -> article.Article:
        state = self.newsroom.batch().state(stream)
        assert isinstance(state, article.Article)
        return state


def counts(report: Report) -> tuple[int, int, int, int]:
    """taken, changed, skipped, refused"""
    return report.taken, report.changed, report.skipped, report.refused


def article_stream(id: str = "ledger-1") -> str:
    return f"article-{id_of('article', id)}"


def history_stream(id: str = "gov-1") -> str:
    return f"article-{id_of('history', id)}"


def thing(kind: str, name: str) -> str:
    return f"{kind}-{id_of(kind, name)}"
