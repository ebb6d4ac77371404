"""Whatever happens in a newsroom: search shows what readers may read, and nothing else, however late its index is."""

import re
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cms.house import Published
from cms.media import Media
from cms.site import register
from events import article as a
from search.index import Index
from search.shapes import Query, Results
from tests.views.conftest import House, words
from tests.views.histories import Scribe, histories
from tests.views.test_public import story

LATE = st.lists(st.booleans(), min_size=60, max_size=60)


def site(house: House, index: Any, folder: Path) -> FlaskClient:
    """The public site on this house and this index."""
    settings = SimpleNamespace(site_url="http://ledger.test", zone=ZoneInfo("Europe/London"), renditions=folder / "r")
    daybook = SimpleNamespace(
        settings=settings,
        media=Media(folder / "media"),
        clock=lambda: House.at(house.hour),
        reader=lambda at=None: house.read() if at is None else house.views.reader(House.at(house.hour), at),
        search=index.search,
    )
    app = Flask("site", static_folder=None)
    register(app, daybook)  # type: ignore[arg-type]
    return app.test_client()


def shown(reader: FlaskClient, word: str) -> set[str]:
    """Which articles' words a search for one word brings to light, in whatever place of the answer."""
    answer = reader.get("/search.json", query_string={"q": word})
    assert answer.status_code == 200
    return set(re.findall(r"word\d+x(?= (?:headline|body))", answer.text))


def test_a_story_that_is_updated_while_somebody_searches_is_in_the_answer(tmp_path: Path) -> None:
    house = House(tmp_path)
    try:
        story(house)
        index = Index(tmp_path / "index")
        index.rebuild(Published(house.views.documents))

        def busy(query: Query) -> Results:
            found = index.search(query)
            house.hour = 1
            house.tell("article-x", a.ArticleUpdated(**words(2, 1)))
            return found

        answer = site(house, SimpleNamespace(search=busy), tmp_path).get("/search.json?q=ferry").json
        assert answer is not None and (answer["total"], len(answer["hits"])) == (1, 1)
    finally:
        house.close()


@given(histories, LATE)
def test_search_shows_nothing_that_is_not_public_however_late_its_index_is(
    history: list[Any], late: list[bool]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house = House(folder)
        scribe, index, documents = Scribe(house), Index(folder / "index"), Published(house.views.documents)
        index.rebuild(documents)
        reader = site(house, index, folder)
        try:
            for op, waits in zip(history, late, strict=False):
                scribe.play(op)
                if not waits:
                    index.catch_up(documents)
            public = {issue.token for issue in scribe.expected(house.hour).values()}
            assert shown(reader, "headline") <= public
            index.catch_up(documents)
            assert shown(reader, "headline") == public
        finally:
            house.close()
