"""A newsroom's archive in memory, for the index to read."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from events.instant import DAY, Instant
from search.index import Index
from search.shapes import Document, Query, Results

NOW: Instant = 1_700_000_000_000_000


def article(number: int, headline: str = "", body: str = "", **more: object) -> Document:
    """Document ``number``, published so many days before NOW unless ``public_from`` says otherwise."""
    public_from = more.pop("public_from", NOW - (number + 1) * DAY)
    assert isinstance(public_from, int)
    fields: dict[str, object] = {
        "key": f"a{number}:{public_from}", "article": f"a{number}", "path": f"/2023/11/14/{number}",
        "headline": headline, "standfirst": "", "kicker": "", "body": body, "bylines": (), "byline_slugs": (),
        "section": None, "section_name": "", "tags": (), "tag_names": (), "kind": "news", "language": "en",
        "captions": "", "has_image": False, "published_at": public_from, "public_from": public_from,
        "public_until": None, **more,
    }  # fmt: skip
    return Document(**fields)  # type: ignore[arg-type]


class Archive:
    """A source of documents with a log position."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.by_article: dict[str, list[Document]] = {}
        self.log: list[str] = []
        for document in documents:
            self.put(document)

    def put(self, *documents: Document) -> None:
        """Make these all the documents of their article."""
        self.by_article[documents[0].article] = list(documents)
        self.log.append(documents[0].article)

    def drop(self, name: str) -> None:
        """Withdraw an article."""
        self.by_article.pop(name, None)
        self.log.append(name)

    def position(self) -> int:
        return len(self.log)

    def changed(self, after: int, until: int) -> Iterable[str]:
        return self.log[after:until]

    def documents(self, article: str) -> Sequence[Document]:
        return self.by_article.get(article, [])

    def all(self) -> Iterator[Document]:
        for documents in list(self.by_article.values()):
            yield from documents


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Waiting for the disk is left to the tests that are about it."""
    if "durable" not in request.node.name:
        monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(folder: Path, documents: Iterable[Document]) -> tuple[Index, Archive]:
    """An index of ``documents`` and where they are from. No deadline: slow machines test too."""
    archive = Archive(documents)
    index = Index(folder, deadline=1e9)
    index.rebuild(archive)
    return index, archive


def ask(index: Index, text: str = "", **more: object) -> Results:
    """Ask at NOW."""
    return index.search(Query(text=text, **{"now": NOW, **more}))  # type: ignore[arg-type]


def found(index: Index, text: str = "", **more: object) -> list[str]:
    """The articles that a question finds, best first."""
    return [hit.article for hit in ask(index, text, **more).hits]
