"""Caching that is never behind, and headers that keep readers safe."""
from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from cms.site.answers import PageCache, make
from events import instant
from events.instant import DAY, SECOND
from tests.site.fake_reader import FakeDaybook, Newsroom
from tests.site.test_pages import EVERY, path


def test_an_unchanged_page_answers_304(reader: FlaskClient, newsroom: Newsroom) -> None:
    for address in ("/", path(newsroom, "storm-tears-gap"), "/feed.xml", "/sitemap.xml"):
        first = reader.get(address)
        again = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        listed = reader.get(address, headers={"If-None-Match": f'"x", {first.headers["ETag"]}'})
        assert listed.status_code == 304


def test_a_changed_page_has_another_etag(reader: FlaskClient, newsroom: Newsroom) -> None:
    tag = reader.get("/").headers["ETag"]
    newsroom.stories[0].withdrawn = instant.now() - SECOND
    newsroom.changed()
    again = reader.get("/", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_a_date_is_claimed_only_when_nothing_of_its_second_can_follow(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    start = instant.now()
    monkeypatch.setattr(instant, "now", lambda: start)
    assert "Last-Modified" not in reader.get("/about").headers
    monkeypatch.setattr(instant, "now", lambda: start + 3 * SECOND)
    dated = reader.get("/about")
    assert reader.get("/about", headers={"If-Modified-Since": dated.headers["Last-Modified"]}).status_code == 304
    newsroom.sections = newsroom.sections[:1]
    newsroom.changed()
    again = reader.get("/about", headers={"If-Modified-Since": dated.headers["Last-Modified"]})
    assert again.status_code == 200
    monkeypatch.setattr(instant, "now", lambda: start + 9 * SECOND)
    later = reader.get("/about").headers["Last-Modified"]
    assert parsedate_to_datetime(later) > parsedate_to_datetime(dated.headers["Last-Modified"])


def test_a_page_is_not_kept_past_the_moment_something_goes_live(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def age() -> int:
        control = reader.get("/news").headers["Cache-Control"]
        return int(re.fullmatch(r"public, max-age=(\d+)", control)[1])  # type: ignore[index]

    moment = next(story for story in newsroom.stories if story.slug == "ferry-tomorrow").said[0].at
    assert age() == 10
    monkeypatch.setattr(instant, "now", lambda: moment - 4 * SECOND)
    assert age() == 4
    monkeypatch.setattr(instant, "now", lambda: moment - SECOND // 2)
    assert age() == 0


def test_pages_are_purged_by_what_they_are_made_of(reader: FlaskClient, newsroom: Newsroom) -> None:
    keys = reader.get(path(newsroom, "storm-tears-gap")).headers["Surrogate-Key"].split()
    assert {f"article:{newsroom.stories[0].article}", "byline:byline-imogen-farrant", "image:image-breakwater",
            "tag:tag-harbour"} <= set(keys)
    assert "section:section-sport" in reader.get("/sport").headers["Surrogate-Key"].split()


def test_every_answer_forbids_scripts_and_frames(reader: FlaskClient) -> None:
    for address in (*EVERY, "/nothing", "/at/2026-11-20T09:00:00Z/", "/at?on=x"):
        headers = reader.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        if address.startswith("/search"):  # which suggests as one types
            policy = policy.removesuffix("; script-src 'self'; connect-src 'self'")
        assert "unsafe" not in policy and "script-src" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers


def test_a_head_request_tells_the_length_and_sends_nothing(reader: FlaskClient) -> None:
    full, head = reader.get("/"), reader.head("/")
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(full.data))
    assert head.headers["ETag"] == full.headers["ETag"]


def test_the_short_way_says_the_same_as_the_long_way(app: Flask, newsroom: Newsroom) -> None:
    long: list[str] = []

    @app.before_request
    def seen() -> None:
        long.append(request.path)

    reader = app.test_client()
    for address in ("/", path(newsroom, "storm-tears-gap"), "/feed.xml", "/at/2026-01-01T00:00:00Z/"):
        first, second = reader.get(address), reader.get(address)
        assert (first.status, first.data, list(first.headers)) == (second.status, second.data, list(second.headers))
        assert long == [address]
        unchanged = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (unchanged.status_code, long) == (304, [address])
        newsroom.changed()
        reader.get(address)
        assert long == [address, address]
        long.clear()


def test_the_short_way_is_closed_while_views_are_missing(reader: FlaskClient, newsroom: Newsroom) -> None:
    assert reader.get("/about").status_code == 200
    newsroom.missing = True
    assert reader.get("/about").status_code == 503


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_reading_goes_the_short_way(reader: FlaskClient, method: str) -> None:
    assert reader.get("/about").status_code == 200
    assert reader.open("/about", method=method).status_code == (200 if method == "OPTIONS" else 405)


def test_built_files_may_be_kept_for_ever_because_their_names_change(app: Flask, reader: FlaskClient) -> None:
    answer = reader.get(app.jinja_env.globals["asset"]("site.css"))  # type: ignore[operator]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type.startswith("text/css")


def test_drafts_of_others_do_not_make_an_article_page_again(
        reader: FlaskClient, newsroom: Newsroom, daybook: FakeDaybook, monkeypatch: pytest.MonkeyPatch) -> None:
    address = path(newsroom, "storm-tears-gap")
    first = reader.get(address)
    made: list[str] = []
    monkeypatch.setattr("cms.site.linked_data.article", lambda *_: made.append("again"))
    newsroom.changed()
    assert reader.get(address).data == first.data
    assert made == []


def test_the_cache_stays_within_its_room_and_forgets_the_oldest() -> None:
    cache = PageCache(room=1000)
    for number in range(20):
        cache.keep(f"/{number}", make(b"x" * 100, kind="text/html", stamp="1", now=0))
    assert cache.find("/0") is None
    assert cache.find("/19") is not None
    kept = [number for number in range(20) if cache.find(f"/{number}")]
    assert kept == list(range(10, 20))


def test_a_page_made_again_with_the_same_bytes_keeps_its_age() -> None:
    cache = PageCache()
    cache.keep("/", make(b"same", kind="text/html", stamp="1", now=5 * DAY))
    assert cache.keep("/", make(b"same", kind="text/html", stamp="2", now=6 * DAY)).made_at == 5 * DAY
    assert cache.keep("/", make(b"other", kind="text/html", stamp="3", now=7 * DAY)).made_at == 7 * DAY
