"""Words that have to disappear do: from the log, and from everything that was made from it, to the last byte."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from cms import article as a
from cms import section
from cms.decider import Actor
from cms.house import House
from cms.settings import load_settings
from events import document
from events.article import ArticleNoteAdded
from events.envelope import open_envelope, seal
from events.redaction import REMOVED
from search.shapes import Query
from tests.newsroom.spec import some_id

STORY, OTHER, POLITICS = some_id("quarrel"), some_id("ferry"), some_id("politics")
STREAM = f"article-{STORY}"
HEADLINE = "Quillfeather denies everything"
TEXT = "Barnabas Quillfeather was paid forty thousand for his silence, the papers show."
AGAIN = "Barnabas Quillfeather was paid fifty thousand for his silence, the papers show."
SOURCE = "The papers came from Wilhelmina Oddbottle."
RUTH = Actor("ruth", "administrator", "desk")


class Newsroom:
    """A whole Daybook in a folder, with its shell and its readers."""

    def __init__(self, app: Flask, var: Path) -> None:
        self.app, self.var = app, var
        self.house: House = app.extensions["daybook"]

    def do(self, *commands: Any) -> None:
        self.house.newsroom.handle(list(commands), RUTH)

    def flask(self, *arguments: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(arguments))

    def page(self, path: str) -> str:
        return self.app.test_client().get(path).get_data(as_text=True)

    @property
    def path(self) -> str:
        state = self.house.newsroom._streams.current(STREAM).state
        assert isinstance(state, a.Article)
        return state.issues[0].path

    def bytes_of(self, *words: str) -> list[tuple[str, str]]:
        """The files under var/ in which one of these is still to be read, also in what is compressed."""
        found = []
        for file in sorted(path for path in self.var.rglob("*") if path.is_file() and not path.is_symlink()):
            data = file.read_bytes()
            if file.suffix == ".gz":
                data = gzip.decompress(data)
            found += [(file.name, word) for word in words if word.encode().lower() in data.lower()]
        return found


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    monkeypatch.setattr("cms.streams.EVERY", 5)
    var = tmp_path / "var"
    app = create_app(load_settings({"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None))
    app.testing = True
    room = Newsroom(app, var)
    room.house.prepare(lambda _: None)
    room.do(section.Open(POLITICS, "Politics"), a.Draft(OTHER, "Ferry runs aground"), a.ChangeKind(OTHER, "brief"))
    room.do(a.ReplaceBody(OTHER, document.from_paragraphs(["Nobody was hurt."])), a.Publish(OTHER, None, "News"))
    room.do(a.Draft(STORY, HEADLINE), a.ChangeSlug(STORY, "quarrel"), a.ChangeSection(STORY, POLITICS))
    room.do(a.ChangeKind(STORY, "brief"), a.ReplaceBody(STORY, document.from_paragraphs(["The board met."])))
    room.do(a.ReplaceBody(STORY, document.from_paragraphs(["The board met.", TEXT])))
    room.do(a.Publish(STORY, without_approval="News"))
    room.do(a.ReplaceBody(STORY, document.from_paragraphs(["The board met.", AGAIN])))
    room.do(a.Update(STORY, "A sum was put right.", without_approval="News"))
    room.house.newsroom._streams.current(STREAM)
    room.house.snapshots.settle()
    room.house.step()
    yield room
    room.house.close()


def redact(newsroom: Newsroom, *what: str) -> Result:
    return newsroom.flask(
        "log", "redact", *what, "--order", "High Court of Netherquay, 2026-117", "--why", "It defames.", "--yes"
    )


def test_by_order_of_a_court_an_article_s_words_are_gone_to_the_last_byte(newsroom: Newsroom) -> None:
    where = {file for file, _ in newsroom.bytes_of("Quillfeather")}
    assert {"events.db-wal", "views.db.1-wal"} & where and len(where) > 3  # log, views, index, snapshot
    assert "Quillfeather" in newsroom.page(newsroom.path)
    said = redact(newsroom, STREAM)
    assert said.exit_code == 0, said.output
    assert "The words of 6 events are gone" in said.output and "Restart Daybook" in said.output
    assert newsroom.bytes_of("Quillfeather", "thousand", "silence") == []


def test_readers_and_the_desk_are_told_that_they_were_removed(newsroom: Newsroom) -> None:
    redact(newsroom, STREAM)
    page = newsroom.page(newsroom.path)
    assert page.count(REMOVED) >= 2 and "Quillfeather" not in page  # its headline and its body
    assert "Ferry runs aground" in newsroom.page("/") and "Ferry" in newsroom.page("/search?q=hurt")
    assert newsroom.house.search(Query(text="quillfeather", now=newsroom.house.now())).total == 0
    assert newsroom.house.search(Query(text="removed", now=newsroom.house.now())).total == 1
    past = newsroom.app.test_client().get(f"/at/2030-01-01T00:00:00Z{newsroom.path}")
    assert "Quillfeather" not in past.get_data(as_text=True)
    history = newsroom.house.views.desk(newsroom.house.now()).history(stream=STREAM)
    lines = [line.sentence for line in history.items]
    assert "removed the words of 6 events by order (High Court of Netherquay, 2026-117): “It defames.”" in lines[0]
    assert not any("Quillfeather" in line for line in lines)


def test_the_log_proves_itself_and_everything_can_be_made_again(newsroom: Newsroom, tmp_path: Path) -> None:
    before = newsroom.house.store.head()
    redact(newsroom, STREAM)
    assert newsroom.flask("log", "verify").exit_code == 0
    assert newsroom.flask("log", "upcast", "--check").exit_code == 0
    said = newsroom.flask("views", "verify")
    assert said.exit_code == 0, said.output
    assert newsroom.flask("rebuild-index").exit_code == 0
    row = next(newsroom.house.store.rows(before.position - 1, before.position))
    assert row.chain_hash == before.chain_hash  # every head that was ever signed or printed still fits
    assert newsroom.flask("backup", str(tmp_path / "copy")).exit_code == 0
    copies = Newsroom(newsroom.app, tmp_path / "copy")
    assert copies.bytes_of("Quillfeather") == []


def test_the_newsroom_goes_on_writing_in_it(newsroom: Newsroom) -> None:
    redact(newsroom, STREAM)
    anew = document.from_paragraphs(["The board met.", "It said nothing."])
    newsroom.do(a.ChangeHeadline(STORY, "Board meets"), a.ReplaceBody(STORY, anew))
    newsroom.do(a.Update(STORY, "Rewritten.", without_approval="News"))
    page = newsroom.page(newsroom.path)
    assert "It said nothing." in page and "Board meets" in page
    other = create_app(newsroom.house.settings).extensions["daybook"]  # another process, from the log alone
    state = other.newsroom._streams.current(STREAM).state
    assert state.content.body._unfolded()[0] == anew and state.version == newsroom.house.store.version(STREAM)
    other.close()


def test_only_the_publication_that_was_named_is_gone(newsroom: Newsroom) -> None:
    """The words of the first one only: readers have the second, which still says what it says."""
    [first, second] = [
        one.position for one in newsroom.house.store.read_all(types=["article.published", "article.updated"])
        if one.stream == STREAM
    ]  # fmt: skip
    assert redact(newsroom, str(first)).exit_code == 0
    assert first < second and "fifty thousand" in newsroom.page(newsroom.path)
    state = newsroom.house.newsroom._streams.current(STREAM).state
    assert isinstance(state, a.Article) and "fifty" in document.to_text(state.content.body.doc)


def test_what_cannot_be_removed_is_refused_and_nothing_happens(newsroom: Newsroom) -> None:
    before = newsroom.house.store.head()
    for what, words in (("999", "no event at position 999"), ("article-nobody", "nothing in article-nobody")):
        said = redact(newsroom, what)
        assert said.exit_code == 1 and words in said.stderr and "Nothing was removed" in said.stderr
    assert newsroom.flask("log", "redact", STREAM, "--order", "x", "--why", "y").exit_code == 2  # nobody said yes
    assert newsroom.flask("log", "redact", STREAM, "--order", " ", "--why", "y", "--yes").exit_code == 1
    assert newsroom.house.store.head() == before


def test_a_subject_that_is_forgotten_can_be_read_by_nobody(newsroom: Newsroom) -> None:
    house, note = newsroom.house, some_id("note")
    for id in (note, some_id("another")):
        newsroom.do(a.AddNote(STORY, id, seal(SOURCE, id, house.keys)))
    sealed = [one for one in house.store.read_stream(STREAM) if isinstance(one.event, ArticleNoteAdded)]
    assert open_envelope(sealed[0].event.text, house.keys) == SOURCE  # type: ignore[attr-defined]
    key = house.keys.find_key(note)
    assert key is not None and key in (newsroom.var / "keys.db").read_bytes()
    before = house.store.head()
    said = newsroom.flask("log", "forget", str(sealed[0].position), "--why", "They asked us to.")
    assert said.exit_code == 0 and "Its key is destroyed" in said.output
    assert not any(key in file.read_bytes() for file in newsroom.var.rglob("*") if file.is_file())
    assert open_envelope(sealed[0].event.text, house.keys) is None  # type: ignore[attr-defined]
    assert open_envelope(sealed[1].event.text, house.keys) == SOURCE  # type: ignore[attr-defined]
    [fact] = house.store.read_all(after=before.position)
    assert (fact.stream, fact.type) == (f"subject-{note}", "subject.forgotten")
    assert newsroom.bytes_of("Oddbottle") == [] and newsroom.flask("log", "verify").exit_code == 0
    again = newsroom.flask("log", "forget", note, "--why", "Again.", "--json")
    assert json.loads(again.stdout)["had_key"] is False and house.store.head().position == fact.position


def test_forgetting_says_what_it_cannot_mean(newsroom: Newsroom) -> None:
    said = newsroom.flask("log", "forget", "1", "--why", "x")
    assert said.exit_code == 1 and "no words under a key at position 1" in said.stderr
    assert newsroom.flask("log", "forget", "somebody", "--why", " ").exit_code == 1
