"""What machines read: feeds, sitemaps, linked data."""
from __future__ import annotations

import json
from dataclasses import replace
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from events import instant
from events.instant import from_iso
from tests.site.fake_reader import Newsroom
from tests.site.test_pages import page, path

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "https://ledger.example"


def xml(reader: FlaskClient, address: str) -> Element:
    answer = reader.get(address.removeprefix(SITE))
    assert answer.status_code == 200
    tree: Element = fromstring(answer.data)
    return tree


def test_rss_tells_the_newest_first(reader: FlaskClient, newsroom: Newsroom) -> None:
    answer = reader.get("/feed.xml")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    items = fromstring(answer.data).findall("channel/item")
    assert items[0].findtext("title") == "The tram reaches Netherquay"
    assert items[0].findtext("link") == SITE + path(newsroom, "tram-to-netherquay")
    assert len(items) == 30
    assert items[1].find("{http://search.yahoo.com/mrss/}content") is not None


def test_atom_and_json_tell_the_same(reader: FlaskClient) -> None:
    rss = [item.findtext("link") for item in xml(reader, "/news/feed.xml").findall("channel/item")]
    atom = xml(reader, "/news/feed.atom").findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}link").get("href") for entry in atom] == rss  # type: ignore[union-attr]
    data = reader.get("/news/feed.json").get_json(force=True)
    assert [item["url"] for item in data["items"]] == rss
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert from_iso(data["items"][0]["date_published"]) < instant.now()


def test_an_article_keeps_its_identity_in_feeds_when_its_address_changes(
        reader: FlaskClient, newsroom: Newsroom) -> None:
    before = xml(reader, "/feed.xml").find("channel/item").findtext("guid")  # type: ignore[union-attr]
    newsroom.stories[2].slug = "tram-again"
    newsroom.changed()
    item = xml(reader, "/feed.xml").find("channel/item")
    assert item is not None and item.findtext("guid") == before and "tram-again" in (item.findtext("link") or "")


def test_no_character_breaks_a_feed(reader: FlaskClient, newsroom: Newsroom) -> None:
    story = newsroom.stories[2]
    story.said = [replace(story.said[0], headline="]]> & <b> \x00\x0b\ufffe \U0001f30a &amp;", standfirst="\x1b[31m")]
    newsroom.changed()
    for address in ("/feed.xml", "/feed.atom", "/sitemap-news.xml"):
        xml(reader, address)
    item = xml(reader, "/feed.xml").find("channel/item")
    assert item is not None and item.findtext("title") == "]]> & <b>  \U0001f30a &amp;"
    assert json.loads(reader.get("/feed.json").data)["items"][0]["title"].startswith("]]>")


def test_the_sitemap_reaches_every_public_article(
        reader: FlaskClient, newsroom: Newsroom, monkeypatch: object) -> None:
    index = [node.text or "" for node in xml(reader, "/sitemap.xml").iter(f"{MAP}loc")]
    listed = {node.text for part in index for node in xml(reader, part).iter(f"{MAP}loc")}
    public = {SITE + newsroom.path(story) for story in newsroom.stories
              if story.withdrawn is None and story.said[0].at < instant.now()}
    assert public <= listed
    assert not any("invented-grant" in str(address) or "ferry-tomorrow" in str(address) for address in listed)


def test_a_large_month_is_mapped_in_parts(reader: FlaskClient, newsroom: Newsroom, monkeypatch: object) -> None:
    from _pytest.monkeypatch import MonkeyPatch

    with MonkeyPatch.context() as patch:
        patch.setattr("cms.site.sitemaps.PART", 7)
        test_the_sitemap_reaches_every_public_article(reader, newsroom, patch)
        assert sum("-2.xml" in (node.text or "") for node in xml(reader, "/sitemap.xml").iter(f"{MAP}loc")) > 0


def test_the_news_sitemap_holds_two_days(reader: FlaskClient, newsroom: Newsroom) -> None:
    listed = [node.text for node in xml(reader, "/sitemap-news.xml").iter(f"{MAP}loc")]
    assert listed == [SITE + path(newsroom, "tram-to-netherquay")]


def test_an_article_carries_its_linked_data(reader: FlaskClient, newsroom: Newsroom) -> None:
    tree = page(reader, path(newsroom, "council-votes-stone"))
    graph = linked(tree)
    assert graph["@type"] == "NewsArticle"
    assert graph["author"][0]["name"] == "Devinder Moss"
    assert graph["correction"][0]["text"].startswith("An earlier version")
    assert graph["dateModified"] > graph["datePublished"]
    assert graph["image"][0].endswith("-16x9-30-50.jpg")


def test_linked_data_cannot_end_its_script(reader: FlaskClient, newsroom: Newsroom) -> None:
    story = newsroom.stories[2]
    story.said = [replace(story.said[0], headline="</script><script>alert(1)</script>&amp;")]
    newsroom.changed()
    tree = page(reader, path(newsroom, "tram-to-netherquay"))
    assert len(tree.css("script")) == 1
    assert linked(tree)["headline"] == "</script><script>alert(1)</script>&amp;"


def linked(tree: LexborHTMLParser) -> dict[str, object]:
    node = tree.css_first('script[type="application/ld+json"]')
    article: dict[str, object] = json.loads(node.text())["@graph"][0]
    return article
