"""Input from hell, in every place a newsroom or a reader can put words: nothing runs, nothing breaks."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.site.fake_reader import Newsroom
from tests.site.test_pages import path

TAGS = """
    html head meta title link body a header nav main footer section article aside h1 h2 h3 h4 p div span ul ol li time
    figure figcaption img svg use form label input button details summary select option mark strong em s code pre br hr
    blockquote table thead tbody tr th td sup sub script small abbr caption -undef
"""
ALLOWED = frozenset(TAGS.split())
UNSAFE = ("javascript", "data:", "vb")


@pytest.fixture(scope="session")
def hostile(shared: Path) -> list[str]:
    """The big list of naughty strings and DOMPurify's payloads; no NUL, which no log takes."""
    strings = json.loads((shared / "data/naughty/blns/blns.json").read_text())
    payloads = [json.loads(line)["payload"] for line in
                (shared / "data/naughty/dompurify/expect.jsonl").read_text().split("\n") if line]
    return [text.replace("\0", "") for text in (*strings, *payloads) if isinstance(text, str)]


def poisoned(newsroom: Newsroom, text: str) -> None:
    """The words in every place of the newsroom at once."""
    story = newsroom.stories[0]
    words = text.encode("utf-8", "replace").decode()
    story.said = [replace(said, headline=words, standfirst=words, kicker=words, note=words, body=words,
                          kind="corrected") for said in story.said]
    newsroom.title = msgspec.structs.replace(newsroom.title, tagline=words)
    newsroom.sections[0] = msgspec.structs.replace(newsroom.sections[0], name=words, description=words)
    newsroom.bylines["imogen-farrant"] = msgspec.structs.replace(
        newsroom.bylines["imogen-farrant"], name=words, title=words, bio=words)
    newsroom.tags["harbour"] = msgspec.structs.replace(newsroom.tags["harbour"], name=words)
    newsroom.images["breakwater"] = msgspec.structs.replace(
        newsroom.images["breakwater"], alt=words, caption=words, credit=words)
    newsroom.changed()


def faults(html: str) -> Iterator[str]:
    """What could run, or what got in as markup."""
    for node in LexborHTMLParser(html).css("*"):
        if node.tag not in ALLOWED:
            yield f"<{node.tag}>"
        if node.tag == "script" and not _is_ours(node):
            yield "<script>"
        for name, value in node.attributes.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                yield f"{node.tag} {name}"
            if name in ("href", "src", "action") and (value or "").strip().lower().startswith(UNSAFE):
                yield f"{node.tag} {name}={value}"


def _is_ours(node: LexborNode) -> bool:
    """Data for search engines, or the search page's own script, which stands in its head."""
    if node.attributes.get("type") == "application/ld+json":
        return True
    source = node.attributes.get("src") or ""
    return re.fullmatch(r"/static/build/site-search-[0-9a-f]{10}\.js", source) is not None and not node.text()


def test_hostile_words_are_only_words_everywhere(
        reader: FlaskClient, newsroom: Newsroom, hostile: list[str]) -> None:
    article = path(newsroom, "storm-tears-gap")
    for text in hostile:
        poisoned(newsroom, text)
        for address in ("/", article, "/by/imogen-farrant"):
            answer = reader.get(address)
            assert answer.status_code == 200
            assert list(faults(answer.get_data(as_text=True))) == [], (address, text)
    for address in ("/news", "/tag/harbour", "/corrections", "/archive", "/search?q=town"):
        assert list(faults(reader.get(address).get_data(as_text=True))) == []


def test_hostile_words_break_no_feed_and_no_data(reader: FlaskClient, newsroom: Newsroom, hostile: list[str]) -> None:
    for text in hostile:
        poisoned(newsroom, text)
        for address in ("/feed.xml", "/feed.atom", "/sitemap-news.xml"):
            fromstring(reader.get(address).data)
        json.loads(reader.get("/feed.json").data)


def test_hostile_questions_are_only_questions(reader: FlaskClient, hostile: list[str]) -> None:
    for text in hostile:
        answer = reader.get("/search", query_string={"q": text, "section": text, "from": text, "page": text})
        assert answer.status_code == 200
        assert list(faults(answer.get_data(as_text=True))) == [], text
        assert reader.get("/search.json", query_string={"q": text}).status_code == 200


def test_hostile_addresses_are_only_not_found(reader: FlaskClient, hostile: list[str]) -> None:
    for text in hostile:
        name = quote(text.replace("/", "").replace(".", "") or "x", safe="")
        for address in (f"/{name}", f"/by/{name}", f"/at/{name}/", f"/2026/11/23/{name}", f"/media/{name}/{name}"):
            answer = reader.get(address)
            assert answer.status_code == 404 or re.fullmatch("/[0-9]{4}", address), (address, answer.status_code)
        assert list(faults(answer.get_data(as_text=True))) == []
