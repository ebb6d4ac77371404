"""Input from hell: whatever is read in, what is shown can run nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from events.document import Doc, decode, encode, from_html, from_markdown, from_paragraphs, to_html

ALLOWED = {
    "p": {"class"}, "h2": {"id"}, "h3": {"id"}, "ul": set(), "ol": {"start"}, "li": set(), "blockquote": set(),
    "hr": set(),
    "pre": set(), "code": {"class"}, "div": {"class"}, "table": set(), "thead": set(), "tbody": set(),
    "tr": set(), "br": set(),
    "td": {"class", "colspan", "rowspan"}, "th": {"class", "colspan", "rowspan", "scope"},
    "figure": {"class"}, "figcaption": set(),
    "a": {"href", "rel"}, "strong": set(), "em": set(), "s": set(), "sup": set(), "sub": set(), "span": {"class"},
}  # fmt: skip


def assert_harmless(doc: Doc) -> None:
    assert decode(encode(doc)) == doc
    root = html5lib.parseFragment(to_html(doc), treebuilder="etree", namespaceHTMLElements=False)
    for element in root.iter():
        if element is root:
            continue
        assert isinstance(element.tag, str), "a comment"
        assert set(element.attrib) <= ALLOWED[element.tag], (element.tag, element.attrib)
        check_address(element)


def check_address(element: Element) -> None:
    if element.tag == "a":
        href = element.attrib["href"]
        assert href.startswith(("https://", "http://", "mailto:", "#", "/")), href
        assert not href.startswith(("//", "/\\")), href


def payloads(naughty: Path) -> Iterator[str]:
    yield from json.loads((naughty / "blns/blns.json").read_text("utf-8"))
    for line in (naughty / "dompurify/expect.jsonl").read_text("utf-8").split("\n"):
        yield json.loads(line)["payload"] if line else ""
    for path in sorted((naughty / "bleach/data").glob("*.test")):
        yield path.read_text("utf-8").partition("\n--\n")[0]
    for example in json.loads((naughty / "markdown/commonmark-spec/commonmark.json").read_text("utf-8")):
        yield example["markdown"]
    for path in sorted((naughty / "markdown/markdown-it-fixtures").glob("*.md")):
        text = path.read_text("utf-8")
        yield from (text, *text.split("\n.\n"))


def test_no_naughty_string_breaks_or_runs_anything(shared: Path) -> None:
    seen = 0
    for payload in payloads(shared / "data/naughty"):
        assert isinstance(payload, str)
        for doc in (from_markdown(payload), from_html(payload), from_paragraphs([payload])):
            assert_harmless(doc)
        seen += 1
    assert seen > 1_000


def test_what_the_commonmark_spec_shows_is_shown_here(shared: Path) -> None:
    """Its own HTML read as HTML is the document its Markdown makes."""
    for example in json.loads((shared / "data/naughty/markdown/commonmark-spec/commonmark.json").read_text("utf-8")):
        assert from_markdown(example["markdown"]) == from_html(example["html"]), example


@pytest.mark.parametrize(
    "payload",
    [
        "[x](javascript:alert(1))", "[x](JaVaScRiPt&colon;alert(1))", "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHN)",
        "![x](javascript:alert(1))", "<a href='&#106;avascript:alert(1)'>x</a>", "<img src=x onerror=alert(1)>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "```\"onmouseover=alert(1)\n</code></pre><script>alert(1)</script>\n```",
        "## <script>alert(1)</script>\" onclick=x",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<object data='javascript:alert(1)'>",
        "<form action=javascript:alert(1)><input type=submit>", "<base href=javascript:/><a href=alert(1)>x</a>",
    ],
)  # fmt: skip
def test_the_usual_attacks_come_to_nothing(payload: str) -> None:
    for doc in (from_markdown(payload), from_html(payload)):
        assert_harmless(doc)
