"""Searching as a reader: a page, the same as JSON, and never a word that is not public."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.site import searching
from events import instant
from events.instant import SECOND
from tests.site.fake_reader import FakeDaybook, Newsroom
from tests.site.test_pages import page, path, texts


def found(reader: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = reader.get("/search.json", query_string=query)
    assert answer.status_code == 200
    data: dict[str, Any] = answer.get_json()
    return data


def test_a_search_shows_what_was_found_with_the_words_marked(reader: FlaskClient) -> None:
    tree = page(reader, "/search?q=storm")
    assert texts(tree, ".search-summary strong") == ["1 article"]
    assert texts(tree, ".hits .headline") == ["Storm tears 40-metre gap in the breakwater"]
    assert texts(tree, ".hits mark")[0] == "Storm"
    assert tree.css_first("#q").attributes["value"] == "storm"


def test_the_same_as_json_by_address_and_by_accept(reader: FlaskClient, newsroom: Newsroom) -> None:
    data = found(reader, q="storm")
    assert data["total"] == 1
    assert data["hits"][0]["url"] == f"https://ledger.example{path(newsroom, 'storm-tears-gap')}"
    assert data["hits"][0]["headline"] == "Storm tears 40-metre gap in the breakwater"
    assert reader.get("/search?q=storm", headers={"Accept": "application/json"}).get_json() == data
    assert reader.get("/search?q=storm", headers={"Accept": "text/html,*/*"}).content_type.startswith("text/html")


def test_what_the_index_knows_and_readers_may_not_is_never_shown(
        reader: FlaskClient, daybook: FakeDaybook, newsroom: Newsroom) -> None:
    hidden = [story.article for story in newsroom.stories if story.slug in ("invented-grant", "ferry-tomorrow")]
    daybook.extra_hits = (*hidden, "never-existed")
    data = found(reader, q="storm")
    assert data["total"] == len(data["hits"]) == 1
    assert "Secret" not in reader.get("/search?q=storm").get_data(as_text=True)


def test_old_words_of_a_slow_index_are_not_shown(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index still holds the words before a correction: the story is shown, those words are not."""
    original = FakeDaybook.search

    def slow(self: FakeDaybook, query: Any) -> Any:
        results = original(self, query)
        return type(results)(results.total, tuple(
            type(hit)(hit.article, hit.key, hit.path, "Old <mark>headline</mark>", "Old standfirst", "Old snippet",
                      hit.score, hit.published_at, hit.public_from - SECOND, None) for hit in results.hits),
            results.facets, None, False, False, 0.0)

    monkeypatch.setattr(FakeDaybook, "search", slow)
    text = reader.get("/search?q=storm").get_data(as_text=True)
    assert "Old headline" not in text.replace("<mark>", "") and "Old s" not in text
    assert "Eleven people were taken off." in text


def test_a_search_is_read_page_by_page(reader: FlaskClient) -> None:
    seen: list[str] = []
    for number in (1, 2):
        seen += [hit["url"] for hit in found(reader, q="town", page=number)["hits"]]
    assert len(seen) == len(set(seen)) == 30
    tree = page(reader, "/search?q=town")
    assert tree.css_first('.pager a[rel="next"]').attributes["href"] == "/search?q=town&page=2"
    assert "page 2 of 2" in page(reader, "/search?q=town&page=2").css_first(".search-summary").text()


def test_a_page_beyond_the_last_is_said_not_to_be_there(reader: FlaskClient) -> None:
    for query, address, last in (("town", "/search?q=town&page=2", "the last page, page 2"),
                                 ("storm", "/search?q=storm", "the only page")):
        for number in (3, 50, 51, 99, 10 ** 8):
            tree = page(reader, f"/search?q={query}&page={number}")
            text = tree.css_first(".search-results").text()
            assert f"There is no page {number} of what was found. Go to {last}." in text
            assert tree.css_first(".empty a").attributes["href"] == address
            assert "spelling" not in text and "Nothing was found" not in text and " of 1" not in text
            data = found(reader, q=query, page=number)
            assert (data["page"], data["hits"], data["next"]) == (number, [], None) and data["total"]
    assert "Nothing was found" in page(reader, "/search?q=zzz&page=2").css_first(".empty").text()


def test_the_thousandth_hit_is_on_the_last_page(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "DEEPEST", 1)
    assert len(found(reader, q="town")["hits"]) == 20 and found(reader, q="town", page=2)["hits"] == []
    assert page(reader, "/search?q=town&page=2").css_first(".empty a").text() == "Go to the only page"


@pytest.mark.parametrize("text", ["...", "?!", '"', "OR", 'in:""', '-"…"', "—"])
def test_signs_alone_ask_for_nothing(reader: FlaskClient, text: str) -> None:
    for more in ({}, {"section": "sport"}):
        data = found(reader, q=text, **more)
        assert (data["total"], data["hits"], data["suggestion"]) == (0, [], None)
    shown = page(reader, f"/search?{urlencode({'q': text})}")
    assert f"There is nothing to search for in “{text}”." in shown.css_first(".search-summary").text()
    assert "spelling" not in shown.css_first("main").text() and not shown.css(".hits")


def test_a_star_is_everything_and_an_empty_question_is_none(reader: FlaskClient, daybook: FakeDaybook) -> None:
    for text in ("*", "-storm"):
        assert "nothing to search for" not in reader.get("/search", query_string={"q": text}).get_data(as_text=True)
    daybook.no_index = True
    assert found(reader, q="*")["total"] > 30
    for text in ("", " "):
        assert "Search everything we have published" in reader.get(
            "/search", query_string={"q": text}).get_data(as_text=True)


def test_what_an_operator_takes_is_said_where_its_value_cannot_be_meant(
        reader: FlaskClient, daybook: FakeDaybook) -> None:
    day = "“after:” takes a day, a month or a year, as in after:2026-11-23; it was left out."
    assert found(reader, q="after:2026-02-30 storm")["left_out"] == [day]
    shown = page(reader, "/search?q=after:2026-02-30+storm+has:video").css_first(".search-summary").text()
    assert day in shown and "“has:” takes a picture alone" in shown
    shown = page(reader, "/search?q=before:today").css_first(".search-summary").text()
    assert "There is nothing to search for in “before:today”." in shown and "“before:” takes a day" in shown
    assert found(reader, q="storm after:2020 has:image")["left_out"] == []
    assert set(searching.TAKES) == {"by", "in", "tag", "kind", "has", "before", "after"}
    assert len(found(reader, q="by: in: tag: kind: has: before: after:")["left_out"]) == 7
    daybook.no_index = True
    assert found(reader, q="after:today storm")["left_out"] == [], "headlines alone take it for words"


def test_an_answer_of_some_of_the_words_says_so(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(reader, q="storm")["any_word"] is False
    original = FakeDaybook.search
    monkeypatch.setattr(FakeDaybook, "search", lambda self, query: msgspec.structs.replace(
        original(self, query), any_word=True))
    assert found(reader, q="storm")["any_word"] is True
    assert "these have some of them" in page(reader, "/search?q=storm").css_first(".search-summary").text()
    assert found(reader, q="zzz")["any_word"] is False


def test_filters_and_order_stay_in_every_link(reader: FlaskClient) -> None:
    tree = page(reader, "/search?q=town&section=sport&sort=oldest")
    onward = tree.css_first('.pager a[rel="next"]')
    assert onward.attributes["href"] == "/search?q=town&section=sport&sort=oldest&page=2"
    assert tree.css_first(".chips a").attributes["href"] == "/search?q=town&sort=oldest"
    assert texts(tree, ".hits .headline")[0] == "Town draw match 29"


def test_a_search_that_finds_nothing_says_what_to_do(reader: FlaskClient, daybook: FakeDaybook) -> None:
    daybook.suggestion = "harbour"
    tree = page(reader, "/search?q=habour")
    assert "Nothing was found" in tree.css_first("main").text()
    assert tree.css_first(".suggestion a").attributes["href"] == "/search?q=harbour"


def test_without_an_index_the_newest_headlines_are_searched_and_the_answer_says_so(
        reader: FlaskClient, daybook: FakeDaybook) -> None:
    whole = found(reader, q="storm")
    daybook.no_index = True
    data = found(reader, q="storm")
    assert data["degraded"] is True and whole["degraded"] is False
    assert data["total"] == 1 and data["hits"][0]["url"] == whole["hits"][0]["url"]
    shown = reader.get("/search?q=storm")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "being put right" in shown.get_data(as_text=True)
    assert found(reader, q="storm", section="sport")["total"] == 0
    assert found(reader, q="storm", section="nowhere")["total"] == 0
    assert found(reader, q="no such words")["total"] == 0
    assert next(hit["headline"] for hit in found(reader, q="town", sort="oldest")["hits"]).startswith("Town draw")
    assert reader.get("/").status_code == 200
    assert reader.get("/search").status_code == 200


def test_a_day_includes_its_last_minute(reader: FlaskClient, newsroom: Newsroom) -> None:
    story = next(story for story in newsroom.stories if story.slug == "town-match-3")
    day = newsroom.path(story)[1:11].replace("/", "-")
    assert [hit["headline"] for hit in found(reader, **{"from": day, "to": day})["hits"]] == [story.said[0].headline]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.fixed_dictionaries({}, optional={
    name: st.text(max_size=40) | st.sampled_from(
        ["1", "-1", "0", "٣", "9" * 30, "2026-11-20", "9999-12-31", "0001-01-01"])
    for name in ("q", "page", "sort", "from", "to", "section", "byline", "tag")}))
def test_no_question_is_an_error(reader: FlaskClient, query: dict[str, str]) -> None:
    assert reader.get("/search", query_string=query).status_code == 200
    assert reader.get("/search.json", query_string=query).status_code == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_search_never_shows_what_is_not_public_whatever_the_index_says(
        reader: FlaskClient, daybook: FakeDaybook, newsroom: Newsroom, data: st.DataObject) -> None:
    everything = [story.article for story in newsroom.stories] + ["unknown"]
    daybook.extra_hits = data.draw(st.lists(st.sampled_from(everything), unique=True))
    now = instant.now()
    public = {story.article for story in newsroom.stories
              if story.said[0].at <= now and not (story.withdrawn is not None and story.withdrawn <= now)}
    shown = found(reader, q=data.draw(st.sampled_from(["storm", "words", "", "town"])))["hits"]
    assert {hit["article"] for hit in shown} <= public


def suggested(reader: FlaskClient, text: str) -> list[tuple[str, str]]:
    answer = reader.get("/search/suggest.json", query_string={"q": text})
    assert answer.status_code == 200
    return [(one["name"], one["url"]) for one in answer.get_json()]


def test_what_one_types_is_gone_on_with(reader: FlaskClient, newsroom: Newsroom) -> None:
    assert suggested(reader, "storm te") == [
        ("Storm tears 40-metre gap in the breakwater", path(newsroom, "storm-tears-gap"))]
    assert ("Sport", "/sport") in suggested(reader, "spo")
    assert suggested(reader, "") != [] and suggested(reader, "zzz") == []


def test_nothing_is_suggested_that_readers_may_not_see(
        reader: FlaskClient, daybook: FakeDaybook, newsroom: Newsroom) -> None:
    daybook.extra_hits = [story.article for story in newsroom.stories
                          if story.slug in ("invented-grant", "ferry-tomorrow")] + ["never-existed"]
    assert suggested(reader, "storm te") == [
        ("Storm tears 40-metre gap in the breakwater", path(newsroom, "storm-tears-gap"))]


def test_without_an_index_nothing_is_suggested_and_nothing_fails(reader: FlaskClient, daybook: FakeDaybook) -> None:
    daybook.no_index = True
    assert suggested(reader, "storm") == []


def test_only_the_search_page_may_run_a_script(reader: FlaskClient) -> None:
    assert "script-src 'self'" in reader.get("/search?q=storm").headers["Content-Security-Policy"]
    for place in ("/", "/sport", "/search.json?q=storm", "/search/suggest.json?q=s"):
        assert "script-src" not in reader.get(place).headers["Content-Security-Policy"]
