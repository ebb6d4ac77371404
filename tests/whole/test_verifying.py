"""A verification compares what was one moment, whatever goes on meanwhile: it never cries wolf, and is never fooled."""

import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest
from uuid_utils.compat import uuid7

from cms import article, byline
from cms.decider import Actor, Command
from cms.house import House
from cms.operating.rebuilding import verify_index
from events import document
from events.article import Credit
from search import commits
from search.commits import LOCK
from search.shapes import IndexBusy
from search.writing import Batch
from views.indexed import Documents
from views.working import Working

CHIEF = Actor("ruth", "chief")
STORIES = 6
DIFFERS = "what is stored of it is not what is published"


class Newsroom:
    """A byline that signs every story but one, and can be renamed; two indexes that follow."""

    def __init__(self, house: House) -> None:
        self.house, self.name, self.renamed = house, str(uuid7()), 0
        self.tell(byline.Create(self.name, "Ada Brandt"))
        for number in range(STORIES):
            self.publish(f"Story {number}", article.AssignBylines(id := str(uuid7()), (Credit(self.name),)), id=id)
        self.publish("Nobody's")
        house.step()

    def publish(self, headline: str, *more: Command, id: str = "") -> None:
        """A story."""
        id = id or str(uuid7())
        words = document.from_paragraphs([f"{headline} of the harbour."])
        commands = article.Draft(id, headline), article.ReplaceBody(id, words), *more
        self.tell(*commands, article.Publish(id, without_approval="Alone."))

    def rename(self) -> None:
        """Once more, and the followers come along."""
        self.renamed += 1
        self.tell(byline.Rename(self.name, f"Ada Brandt {self.renamed}"))
        self.house.index.catch_up(self.house.documents)
        self.house.desk_index.catch_up(self.house.everything)

    def tell(self, *commands: Command) -> None:
        """Say something to the newsroom."""
        self.house.newsroom.handle(list(commands), CHIEF)


@pytest.fixture
def newsroom(house: House) -> Newsroom:
    return Newsroom(house)


@pytest.fixture
def restless(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """At every look of anybody's at a document, the byline is renamed first, and once more right after."""
    looking = threading.local()

    def between(original: Callable[..., object]) -> Callable[..., object]:
        def looked(self: object, *given: object) -> object:
            if getattr(looking, "on", False):
                return original(self, *given)
            looking.on = True
            try:
                newsroom.rename()
                found = original(self, *given)
                found = list(found) if isinstance(found, Iterator) else found
                newsroom.rename()
                return found
            finally:
                looking.on = False

        return looked

    for kind in (Documents, Working):
        for name in ("all", "documents", "changed"):
            monkeypatch.setattr(kind, name, between(getattr(kind, name)))
    return newsroom


def test_a_byline_that_is_renamed_all_the_while_makes_no_difference(restless: Newsroom) -> None:
    restless.tell(byline.Rename(restless.name, "Not followed yet"))
    restless.renamed = 0
    verdict = verify_index(restless.house)
    assert restless.renamed > STORIES and verdict.differences == [] and verdict.ok


def test_stories_that_are_written_meanwhile_make_no_difference(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk's index takes a story's words from the log, which is ahead of the tables."""
    house, id = newsroom.house, str(uuid7())
    newsroom.tell(article.Draft(id, "Long story"))
    original, times = Working.documents, 0

    def write(self: Working, stream: str) -> object:
        nonlocal times
        times += 1
        words = document.from_paragraphs([f"Draft {times} of it."])
        newsroom.tell(article.ReplaceBody(id, words))
        return original(self, stream)

    monkeypatch.setattr(Working, "documents", write)
    house.desk_index.catch_up(house.everything)
    assert verify_index(house).differences == [] and times > 1


def test_what_is_wrong_is_found_while_the_byline_is_renamed(restless: Newsroom) -> None:
    house = restless.house
    for live in (house.index, house.desk_index):
        snapshot = live._current()
        view, number = next(
            (view, number)
            for view in snapshot.views for number in range(view.part.count)
            if number not in view.deleted and view.part.document(number).headline == "Nobody's"
        )  # fmt: skip
        right = view.part.document(number)
        bought = Batch(snapshot)
        bought.replace(right.article, [msgspec.structs.replace(right, headline="Bought by a rival")])
        bought.commit(snapshot.commit.position)
    verdict = verify_index(house)
    assert [one.what for one in verdict.differences] == [DIFFERS, f"{DIFFERS} (in the desk's index)"]
    assert not verdict.ok and verdict.differing == 2


def test_an_index_that_somebody_else_writes_to_all_the_time_is_not_called_wrong(newsroom: Newsroom) -> None:
    index = newsroom.house.index
    folder = index.generations.current()
    assert folder is not None
    with commits.locked(folder / LOCK), pytest.raises(IndexBusy, match="all the time"):
        index.settle(lambda: newsroom.house.documents, patience=0.05)
