"""The site as it was: every page at any instant."""
from __future__ import annotations

from email.utils import format_datetime

import pytest
from flask.testing import FlaskClient

from events import instant
from events.instant import DAY, HOUR, to_datetime, to_iso
from tests.site.fake_reader import Newsroom
from tests.site.test_pages import page, path, texts


def then(newsroom: Newsroom, slug: str, after: int = 0) -> str:
    """The beginning of addresses at so long after a story was first published."""
    story = next(story for story in newsroom.stories if story.slug == slug)
    return f"/at/{to_iso(story.said[0].at + after)}"


def test_a_page_reads_as_it_did_and_says_so(reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "council-votes-stone")
    tree = page(reader, then(newsroom, "council-votes-stone", HOUR) + address)
    assert "21 to 18" in tree.css_first(".body").text()
    assert tree.css_first("#corrections") is None
    assert "You are reading the site as it was on" in tree.css_first(".ribbon").text()
    assert tree.css_first(".ribbon a").attributes["href"] == address


def test_a_page_says_what_was_found_wrong_in_it_since(reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "council-votes-stone")
    since = page(reader, then(newsroom, "council-votes-stone", HOUR) + address).css_first("[aria-labelledby=since]")
    assert since.css_first("h2").text() == "Correction made since then"
    assert "It was 21 to 19." in since.text()
    story = next(story for story in newsroom.stories if story.slug == "council-votes-stone")
    for later in (f"/at/{to_iso(story.said[-1].at)}{address}", address):
        assert page(reader, later).css_first("#since") is None and page(reader, later).css_first("#corrections")


def test_links_stay_at_the_instant_travelled_to(reader: FlaskClient, newsroom: Newsroom) -> None:
    base = then(newsroom, "storm-tears-gap", HOUR)
    tree = page(reader, base + path(newsroom, "storm-tears-gap"))
    inside = [link.attributes["href"] or "" for link in tree.css("header.masthead a, main a, footer a")]
    strays = [href for href in inside if not href.startswith((base, "#", "/at/")) and href != "/search"]
    assert strays == []
    assert f"{base}/tag/harbour" in inside


def test_the_front_of_that_day_does_not_know_what_came_later(reader: FlaskClient, newsroom: Newsroom) -> None:
    front = page(reader, then(newsroom, "council-votes-stone", -HOUR) + "/")
    assert "Storm tears" in front.css_first("main").text()
    assert "Council votes" not in front.css_first("main").text()


def test_a_withdrawn_story_can_be_visited_while_it_stood(reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "invented-grant")
    assert reader.get(then(newsroom, "invented-grant", HOUR) + address).status_code == 200
    assert reader.get(then(newsroom, "invented-grant", 3 * DAY) + address).status_code == 410
    assert reader.get(then(newsroom, "invented-grant", -HOUR) + address).status_code == 404


@pytest.mark.parametrize("at", ["2999-01-01T00:00:00Z", "yesterday", "2026-11-20", "2026-11-20T09:00:00",
                                "99999-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "%00"])
def test_the_future_and_what_is_no_instant_answer_404(reader: FlaskClient, at: str) -> None:
    assert reader.get(f"/at/{at}/").status_code == 404


def test_long_before_the_first_story_there_was_nothing(reader: FlaskClient) -> None:
    tree = page(reader, "/at/1851-09-18T00:00:00Z/")
    assert "on 18 September 1851 there was none" in tree.css_first("main").text()


def test_a_memento_says_when_it_is_of_and_keeps_out_of_search_engines(
        reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "storm-tears-gap")
    answer = reader.get(then(newsroom, "storm-tears-gap") + address)
    moment = to_datetime(newsroom.stories[0].said[0].at).replace(microsecond=0)
    assert answer.headers["Memento-Datetime"] == format_datetime(moment, usegmt=True)
    assert answer.headers["Link"] == f'<https://ledger.example{address}>; rel="original timegate"'
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.get_data(as_text=True)
    assert f'rel="canonical" href="https://ledger.example{address}"' in answer.get_data(as_text=True)


def test_an_original_is_its_own_time_gate(reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "storm-tears-gap")
    live = reader.get(address)
    assert live.headers["Vary"] == "Accept-Datetime"
    assert "Memento-Datetime" not in live.headers
    answer = reader.get(address, headers={"Accept-Datetime": "Fri, 20 Nov 2026 09:00:00 GMT"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/at/2026-11-20T09:00:00Z{address}"
    assert answer.headers["Vary"] == "Accept-Datetime"
    assert reader.get(address, headers={"Accept-Datetime": "last Tuesday"}).status_code == 400


def test_a_reader_chooses_a_moment_on_the_newsrooms_clock(reader: FlaskClient) -> None:
    summer = reader.get("/at?on=2026-07-01T09:00&path=/news").headers["Location"]
    winter = reader.get("/at?on=2026-11-01T09:00").headers["Location"]
    assert (summer, winter) == ("/at/2026-07-01T08:00:00Z/news", "/at/2026-11-01T09:00:00Z/")
    assert reader.get("/at?on=2999-01-01T09:00&path=/news").headers["Location"] == "/news"


@pytest.mark.parametrize("query", ["", "on=", "on=x", "on=0001-01-01T00:00", "on=9999-12-31T23:59:59-23:59"])
def test_a_moment_that_is_none_leads_back_to_the_archive_or_the_present(reader: FlaskClient, query: str) -> None:
    answer = reader.get(f"/at?{query}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(("/archive", "/at/0001", "/"))


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_time_travel_never_leads_away_from_the_site(reader: FlaskClient, target: str) -> None:
    answer = reader.get("/at", query_string={"on": "2999-01-01T00:00", "path": target})
    assert answer.headers["Location"] == "/"


def test_feeds_and_the_archive_can_be_visited_too(reader: FlaskClient, newsroom: Newsroom) -> None:
    base = then(newsroom, "council-votes-stone", HOUR)
    for address in ("/feed.xml", "/feed.json", "/news/feed.atom", "/archive", "/corrections", "/about", "/news",
                    "/by/imogen-farrant", "/tag/harbour"):
        answer = reader.get(base + address)
        assert answer.status_code == 200, address
        assert "tram-to-netherquay" not in answer.get_data(as_text=True)


def test_search_knows_only_the_present(reader: FlaskClient) -> None:
    answer = reader.get("/at/2026-11-20T09:00:00Z/search?q=storm")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/search?q=storm")


def test_now_is_not_the_future(reader: FlaskClient) -> None:
    tree = page(reader, f"/at/{to_iso(instant.now())}/")
    assert texts(tree, ".front-lead .headline")
