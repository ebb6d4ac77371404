"""Two indexes, one wall: the desk finds everything that there is, readers nothing that is not public."""

import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from cms import site
from cms.house import House as Rooms
from cms.indexing import Everything, Published, working_text
from cms.media import Media
from cms.snapshots import Snapshots
from events import article as a
from search.index import Index
from tests.views.conftest import House
from tests.views.histories import Scribe, histories

WHOLE = settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])  # making one smaller takes a newsroom each time
LATE = st.lists(st.booleans(), min_size=60, max_size=60)


class Paper:
    """A newsroom that lives through a history, with both of its indexes."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.scribe = Scribe(self.house)
        self.snapshots = Snapshots(folder / "snapshots", self.house.store)
        self.readers, self.desk = Index(folder / "index", deadline=1e9), Index(folder / "desk-index", deadline=1e9)
        self.published = Published(self.house.views.documents)
        text = working_text(self.house.store, self.snapshots)
        self.everything = Everything(self.house.views.working(text))
        self.readers.rebuild(self.published)
        self.desk.rebuild(self.everything)
        settings = SimpleNamespace(
            site_url="http://ledger.test", zone=ZoneInfo("Europe/London"), renditions=folder / "r"
        )
        app = Flask("site", static_folder=None)
        site.register(app, SimpleNamespace(  # type: ignore[arg-type]
            settings=settings, media=Media(folder / "media"), clock=lambda: House.at(self.house.hour),
            reader=lambda at=None: self.house.read(), search=self.readers.search, complete=self.readers.complete,
            related=self.readers.related,
        ))  # fmt: skip
        self.client: FlaskClient = app.test_client()

    def hidden(self) -> set[str]:
        """Words that stand in something that was published, is scheduled or is being written, and that nobody reads."""
        public = {issue.token for issue in self.scribe.expected(self.house.hour).values()}
        issued = {issue.token for story in self.scribe.stories for issue in story.issues}
        return issued.union(secret(self)) - public

    def readers_find_nothing(self, word: str) -> bool:
        """Whether a reader who knows the word is given nothing by asking for it: page, JSON, while typing."""

        def ask(place: str) -> TestResponse:
            answer = self.client.get(place, query_string={"q": word})
            assert answer.status_code == 200
            return answer

        found = ask("/search.json").json
        assert found is not None
        nothing = found["total"] == 0 and not found["hits"] and word not in (found["suggestion"] or "")
        return nothing and ask("/search/suggest.json").json == [] and "Nothing was found" in ask("/search").text

    def found(self, word: str) -> set[str]:
        """What the desk finds by a word."""
        return set(self.desk.matches(word, House.at(self.house.hour)).articles)

    def close(self) -> None:
        self.snapshots.close()
        self.house.close()


def secret(paper: Paper) -> dict[str, str]:
    """Words of headlines that no reader has: word → the story whose working copy has it."""
    desk = paper.house.desk()
    public = {issue.token for issue in paper.scribe.expected(paper.house.hour).values()}
    working = {story.article: story.headline.split()[0] for story in desk.stories(limit=200).items}
    return {word: article for article, word in working.items() if word not in public}


@WHOLE
@given(histories, LATE)
def test_readers_find_nothing_that_is_not_public_and_the_desk_finds_it(history: list[Any], late: list[bool]) -> None:
    with tempfile.TemporaryDirectory() as name, closing(Paper(Path(name))) as paper:
        for op, waits in zip(history, late, strict=False):
            paper.scribe.play(op)
            if not waits:
                paper.readers.catch_up(paper.published)
                paper.desk.catch_up(paper.everything)
        assert all(map(paper.readers_find_nothing, paper.hidden())), "however late the index is"
        paper.readers.catch_up(paper.published)
        paper.desk.catch_up(paper.everything)
        assert all(map(paper.readers_find_nothing, paper.hidden()))
        for word, article in secret(paper).items():
            assert f"article-{article}" in paper.found(word)


@WHOLE
@given(histories, LATE)
def test_an_index_that_followed_is_one_that_was_built_at_once(history: list[Any], late: list[bool]) -> None:
    with tempfile.TemporaryDirectory() as name, closing(Paper(Path(name))) as paper:
        for op, waits in zip(history, late, strict=False):
            paper.scribe.play(op)
            if not waits:
                paper.desk.catch_up(paper.everything)
        paper.desk.catch_up(paper.everything)
        fresh = Index(Path(name) / "fresh")
        fresh.rebuild(paper.everything)
        at = House.at(paper.house.hour)
        assert list(paper.desk.digests(at)) == list(fresh.digests(at))


def test_the_site_is_given_no_way_to_the_desks_index() -> None:
    given = {name for name in dir(site.Daybook) if not name.startswith("_")}
    assert given == {"settings", "media", "clock", "reader", "search", "complete", "related"}
    told = {name for name in dir(site.SiteSettings) if not name.startswith("_")}
    assert not {name for name in told if "index" in name}, "nor to its folder"


def test_they_are_two_folders_neither_within_the_other(house: Rooms) -> None:
    house.desk_follower.step()
    readers, desk = house.settings.index, house.settings.desk_index
    assert readers != desk and readers not in desk.parents and desk not in readers.parents
    assert house.index.generations.folder == readers and house.desk_index.generations.folder == desk


def test_related_stories_are_public_ones(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    try:
        for _ in range(3):
            paper.scribe.play(("draft", 0, 0))
        paper.scribe.play(("publish", 0, 1, 1))
        paper.scribe.play(("publish", 1, 1, 1))
        paper.house.tell("article-story2", a.ArticleHeadlineChanged(headline="word1x headline body"))
        paper.readers.catch_up(paper.published)
        paper.desk.catch_up(paper.everything)
        [first, second] = [issue.path for issue in paper.scribe.expected(paper.house.hour).values()]
        page = paper.client.get(first).text
        assert second in page
        assert "word1x headline body" not in page and "story2" not in page
    finally:
        paper.close()
