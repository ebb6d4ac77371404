"""What readers find at an address."""
from __future__ import annotations

import re

import msgspec
import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from events import instant
from events.instant import DAY
from tests.site.fake_reader import FakeDaybook, Newsroom
from views.shapes import SectionView

EVERY = ("/", "/news", "/by/imogen-farrant", "/tag/harbour", "/archive", "/corrections", "/about", "/search",
         "/search?q=storm", "/feed.xml", "/feed.atom", "/feed.json", "/news/feed.xml", "/by/imogen-farrant/feed.atom",
         "/tag/harbour/feed.json", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/manifest.webmanifest")


def page(reader: FlaskClient, path: str) -> LexborHTMLParser:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return LexborHTMLParser(answer.get_data(as_text=True))


def texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [re.sub(r"\s+", " ", node.text()).strip() for node in tree.css(selector)]


def path(newsroom: Newsroom, slug: str) -> str:
    return newsroom.path(next(story for story in newsroom.stories if story.slug == slug))


@pytest.mark.parametrize("address", EVERY)
def test_every_page_answers(reader: FlaskClient, address: str) -> None:
    assert reader.get(address).status_code == 200


def test_an_article_shows_who_wrote_it_and_when(reader: FlaskClient, newsroom: Newsroom) -> None:
    tree = page(reader, path(newsroom, "storm-tears-gap"))
    assert texts(tree, "h1") == ["Storm tears 40-metre gap in the breakwater"]
    assert texts(tree, ".article-byline .by") == ["By Imogen Farrant and Devinder Moss"]
    assert texts(tree, ".article-byline .with") == ["Photographs by Tobias Wray"]
    assert [link.attributes["href"] for link in tree.css(".by a")] == ["/by/imogen-farrant", "/by/devinder-moss"]
    first = newsroom.stories[0].said[0].at
    assert tree.css_first(".article-byline time").attributes["datetime"] == instant.to_iso(first)
    assert texts(tree, ".tags a") == ["Harbour"]
    assert texts(tree, ".pullquote p") == ["Then the carpet lifted like something was breathing."]
    assert texts(tree, ".author-name a") == ["Imogen Farrant", "Devinder Moss"]


def test_an_article_lists_its_changes_and_leads_to_each_earlier_version(
        reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "storm-tears-gap")
    tree = page(reader, address)
    assert texts(tree, ".changes-list strong") == ["Updated", "Published"]
    assert "The length of the gap was added." in tree.css_first(".changes-list").text()
    earlier = tree.css_first(".changes-list a").attributes["href"]
    assert texts(page(reader, earlier or ""), "h1") == ["Storm tears a gap in the breakwater"]


def test_a_story_published_once_has_no_list_of_changes(reader: FlaskClient, newsroom: Newsroom) -> None:
    assert page(reader, path(newsroom, "tram-to-netherquay")).css_first(".changes") is None


def test_a_correction_stands_above_the_text_and_in_the_ledger(reader: FlaskClient, newsroom: Newsroom) -> None:
    note = "An earlier version gave the vote as 21 to 18. It was 21 to 19."
    tree = page(reader, path(newsroom, "council-votes-stone"))
    assert note in tree.css_first(".correction-box").text()
    assert "21 to 19" in tree.css_first(".body").text()
    ledger = page(reader, "/corrections")
    place = texts(ledger, ".ledger .headline").index("Council votes to rebuild it in stone")
    assert texts(ledger, ".ledger .note")[place] == note


def test_a_withdrawn_article_answers_410(reader: FlaskClient, newsroom: Newsroom) -> None:
    answer = reader.get(path(newsroom, "invented-grant"))
    assert answer.status_code == 410
    assert "withdrew this story on" in answer.get_data(as_text=True)
    assert "Words." not in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/news", "/tag/harbour", "/by/imogen-farrant"])
def test_a_section_a_topic_and_a_writer_can_be_followed(reader: FlaskClient, address: str) -> None:
    feed = page(reader, address).css_first(".page-head .follow a").attributes["href"]
    assert feed == f"{address}/feed.xml" and reader.get(str(feed)).status_code == 200


def test_a_retracted_article_keeps_its_notice_and_loses_its_words(reader: FlaskClient, newsroom: Newsroom) -> None:
    tree = page(reader, path(newsroom, "quoted-in-error"))
    assert "The person quoted was never interviewed." in tree.css_first(".retracted").text()
    assert tree.css_first(".body") is None


def test_a_retraction_stands_among_the_corrections_and_says_that_it_is_one(
    reader: FlaskClient, newsroom: Newsroom
) -> None:
    address = path(newsroom, "quoted-in-error")
    [entry] = (one for one in page(reader, "/corrections").css(".ledger > li") if "never interviewed" in one.text())
    assert entry.css_first("strong").text() == "Retracted"
    assert entry.css_first(".headline a").attributes["href"] == address


def test_a_scheduled_article_is_nowhere_until_its_moment(reader: FlaskClient, newsroom: Newsroom) -> None:
    assert reader.get(path(newsroom, "ferry-tomorrow")).status_code == 404
    for address in EVERY:
        assert "ferry-tomorrow" not in reader.get(address).get_data(as_text=True)


def test_a_changed_slug_leads_on(reader: FlaskClient, newsroom: Newsroom) -> None:
    newsroom.moved["section:port"] = "news"
    newsroom.moved["byline:imogen"] = "imogen-farrant"
    old = path(newsroom, "storm-tears-gap").replace("storm-tears-gap", "storm-damages-breakwater")
    for address, to in ((old, path(newsroom, "storm-tears-gap")), ("/port", "/news"),
                        ("/by/imogen", "/by/imogen-farrant"), ("/port/feed.xml", "/news/feed.xml")):
        answer = reader.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (301, to)


@pytest.mark.parametrize("address", ["/nothing", "/by/nobody", "/tag/nothing", "/2026/11/23/nothing", "/2026/13/",
                                     "/2019/01/", "/2019/01/01/", "/nothing/feed.xml", "/a/b/c/d", "/sitemaps/x.xml",
                                     "/sitemaps/2026-11-0.xml", "/sitemaps/2019-11.xml", "/news?before=zzz",
                                     "/static/build/nothing.css", "/%00", "/é/ü"])
def test_what_is_not_there_is_a_404_with_a_way_on(reader: FlaskClient, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert 'action="/search"' in answer.get_data(as_text=True)


def test_missing_views_answer_503_and_never_an_empty_page(reader: FlaskClient, newsroom: Newsroom) -> None:
    newsroom.missing = True
    for address in (*EVERY, "/nothing", "/at/2026-11-01T00:00:00Z/", f"/media/{0:064x}/640.webp"):
        answer = reader.get(address)
        assert answer.status_code == 503, address
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
    newsroom.missing = False
    assert reader.get("/").status_code == 200


def test_a_list_is_read_to_its_end_page_by_page(reader: FlaskClient) -> None:
    seen: list[str | None] = []
    address: str | None = "/sport"
    while address:
        tree = page(reader, address)
        seen += [link.attributes["href"] for link in tree.css("main .headline a")]
        onward = tree.css_first('a[rel="next"]')
        address = onward.attributes["href"] if onward else None
    assert len(seen) == len(set(seen)) == 30


def test_the_archive_leads_to_every_article_by_its_day(reader: FlaskClient, newsroom: Newsroom) -> None:
    found: set[str | None] = set()
    for month in page(reader, "/archive").css(".months a"):
        for day in page(reader, month.attributes["href"] or "").css(".calendar a"):
            found |= {link.attributes["href"] for link in page(reader, day.attributes["href"] or "").css(".headline a")}
    public = {newsroom.path(story) for story in newsroom.stories
              if story.withdrawn is None and story.said[0].at < instant.now()}
    assert found == public
    assert reader.get("/2026/").headers["Location"] == "/archive#y2026"


def test_the_front_tells_no_story_twice_outside_latest(reader: FlaskClient) -> None:
    tree = page(reader, "/")
    told = [link.attributes["href"] for link in tree.css("main .card .headline a")]
    assert len(told) == len(set(told)) > 8
    assert len(texts(tree, ".latest li")) == 8
    assert texts(tree, ".rail-name")[-1] == "Corrections"


def test_an_empty_newsroom_says_so(daybook: FakeDaybook, reader: FlaskClient) -> None:
    daybook.newsroom = Newsroom(sections=[SectionView(id="n", name="News", slug="news")])
    assert "Nothing has been published yet" in page(reader, "/").css_first("main").text()
    assert "Nothing stands in News yet." in page(reader, "/news").css_first("main").text()
    for address in ("/archive", "/corrections", "/feed.xml", "/feed.atom", "/sitemap.xml", "/search?q=x"):
        assert reader.get(address).status_code == 200


def test_a_renamed_byline_and_a_mended_caption_reach_the_page_at_once(
        reader: FlaskClient, newsroom: Newsroom) -> None:
    address = path(newsroom, "storm-tears-gap")
    page(reader, address)
    byline, image = newsroom.bylines["imogen-farrant"], newsroom.images["breakwater"]
    newsroom.bylines["imogen-farrant"] = msgspec.structs.replace(byline, name="Imogen Wells")
    newsroom.images["breakwater"] = msgspec.structs.replace(image, caption="The outer breakwater.")
    newsroom.changed()
    tree = page(reader, address)
    assert texts(tree, ".article-byline .by") == ["By Imogen Wells and Devinder Moss"]
    assert "The outer breakwater." in tree.css_first(".lead-figure").text()
    assert "Imogen Wells" in page(reader, "/").css_first("main").text()


def test_an_article_goes_live_at_its_minute_and_not_a_request_later(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    address = path(newsroom, "ferry-tomorrow")
    assert "ferry-tomorrow" not in reader.get("/news").get_data(as_text=True)
    moment = next(story for story in newsroom.stories if story.slug == "ferry-tomorrow").said[0].at
    monkeypatch.setattr(instant, "now", lambda: moment)
    assert reader.get(address).status_code == 200
    assert "ferry-tomorrow" in reader.get("/news").get_data(as_text=True)


def test_headlines_keep_numbers_and_their_nouns_together(reader: FlaskClient, newsroom: Newsroom) -> None:
    assert '<span class="whole">40-metre</span>' in reader.get(path(newsroom, "storm-tears-gap")).get_data(as_text=True)


def test_the_front_names_today_only_until_midnight(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    before = texts(page(reader, "/"), ".masthead-date")
    newsroom.stories = [story for story in newsroom.stories if story.slug != "ferry-tomorrow"]
    page(reader, "/")
    later = instant.now() + DAY
    monkeypatch.setattr(instant, "now", lambda: later)
    assert texts(page(reader, "/"), ".masthead-date") != before


def test_an_article_leads_on_to_what_the_desk_chose_and_then_to_its_section(
        reader: FlaskClient, newsroom: Newsroom) -> None:
    chosen = page(reader, path(newsroom, "council-votes-stone"))
    assert texts(chosen, ".related .headline")[0] == "Storm tears 40-metre gap in the breakwater"
    onward = texts(page(reader, path(newsroom, "town-match-7")), ".related .headline")
    assert onward == [f"Town draw match {number}" for number in range(4)]
    newsroom.stories[-30].withdrawn = instant.now() - 1
    newsroom.changed()
    assert texts(page(reader, path(newsroom, "town-match-7")), ".related .headline")[0] == "Town draw match 1"


def test_stories_of_the_same_things_come_before_the_newest_of_the_section(
        reader: FlaskClient, daybook: FakeDaybook, newsroom: Newsroom) -> None:
    by_slug = {story.slug: story for story in newsroom.stories}
    like = by_slug["storm-tears-gap"]
    daybook.extra_hits = [like.article, by_slug["invented-grant"].article, by_slug["town-match-7"].article]
    onward = texts(page(reader, path(newsroom, "town-match-7")), ".related .headline")
    assert onward == [like.said[-1].headline, *(f"Town draw match {number}" for number in range(3))]
