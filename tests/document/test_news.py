"""Real news goes in whole."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import html5lib
from markdown_it import MarkdownIt

from events.document import decode, encode, from_markdown, from_paragraphs, to_html, to_text, words

from .test_hostile import assert_harmless

WORD = re.compile(r"\w+")


def shown(markdown: str) -> Counter[str]:
    """The words a browser shows of this Markdown, by independent means."""
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    root = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    found: list[str] = []

    def walk(element: object) -> None:
        tag = getattr(element, "tag", None)
        if isinstance(tag, str) and tag not in ("script", "style", "iframe", "head", "template"):
            found.append(getattr(element, "text", None) or "")
            for child in element:  # type: ignore[attr-defined]
                walk(child)
                found.append(child.tail or "")

    walk(root)
    return Counter(WORD.findall(" ".join(found)))


def test_no_word_of_a_hundred_government_articles_is_lost(shared: Path) -> None:
    lines = (shared / "data/news/sample_usgov_100.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 100
    for line in lines:
        article = json.loads(line)
        text = "\n\n".join(article["body"])
        doc = from_markdown(text)
        assert_harmless(doc)
        missing = shown(text) - Counter(WORD.findall(to_text(doc)))
        joined = re.sub(r"\s+", "", to_text(doc))  # `Reg<em>Info</em>` is one word here and two there
        assert not [word for word in missing if word not in joined], (article["id"], missing)


def test_wire_copy_keeps_every_character(shared: Path) -> None:
    with gzip.open(shared / "data/news/main_reuters21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        for _, line in zip(range(1000), lines, strict=False):
            article = json.loads(line)
            doc = from_paragraphs(article["body"])
            assert "".join(to_text(doc).split()) == "".join("".join(article["body"]).split())
            assert decode(encode(doc)) == doc


def test_chinese_articles_are_read_and_counted_by_character(shared: Path) -> None:
    with gzip.open(shared / "data/news/main_lctt_zh.jsonl.gz", "rt", encoding="utf-8") as lines:
        for _, line in zip(range(30), lines, strict=False):
            text = "\n\n".join(json.loads(line)["body"])
            doc = from_markdown(text)
            assert decode(encode(doc)) == doc and to_html(doc)
            characters = len(re.findall("[\u4e00-\u9fff]", to_text(doc)))
            assert characters <= words(doc) <= characters + len(to_text(doc).split()) * 3
