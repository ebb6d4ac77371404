"""Markdown, HTML and plain text become documents; nothing a reader could see is lost on the way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.document import (
    EMPTY,
    DocumentError,
    decode,
    encode,
    from_html,
    from_markdown,
    from_paragraphs,
    images,
    links,
    to_html,
    to_text,
)

from .documents import characters

PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<ol start=-5>", "<blockquote>",
    "</blockquote>", "<b>",
    "</b>", "<i>", "<a href=/x>", "</a>", "<br>", "<hr>", "<h1>", "</h1>", "<h4>", "<table>", "<tr>",
    "<td colspan=0>", "<th>",
    "</table>", "<caption>", "<figure>", "<figcaption>", "</figure>", "<img src=a.jpg alt=quay>", "<pre>",
    "</pre>", "<code>",
    "<q>", "</q>", "<dl><dt>", "<dd>", "<svg>", "<math>", "<select><option>", "<textarea>", "</textarea>",
    "<button>", "</li>",
    "# ", "- ", "1. ", "> ", "```\n", "~~~\n", "*", "**", "_", "`", "[", "](", ")", "![", "|", "|-|\n", "\n\n",
    "\n", "  \n", "\\", "&amp;",
    "&#0;", "~~", "---\n", "===\n", "    ", "\t", "<!-- x -->", "<?php ?>", "<![CDATA[x]]>", "word", "слово",
    "詞", "😀", "\r\n", "\x00", "\x0b",
)  # fmt: skip
soups = st.lists(st.sampled_from(PIECES) | st.text(characters, max_size=3), max_size=25).map("".join)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


@given(soups | st.text())
def test_any_text_read_as_anything_is_a_valid_document(text: str) -> None:
    for doc in (from_markdown(text), from_html(text), from_paragraphs([text]), from_markdown(text, lambda *_: "i1")):
        assert decode(encode(doc)) == doc


@given(soups | st.text())
def test_the_same_text_gives_the_same_document(text: str) -> None:
    assert encode(from_markdown(text)) == encode(from_markdown(text))
    assert b'"id":null' in encode(from_html(text))


@given(st.lists(st.sampled_from([piece for piece in PIECES if piece[0] == "<" and piece[1] not in "!?"]), max_size=20))
def test_the_words_between_any_tags_are_kept_in_order(tags: list[str]) -> None:
    html = "".join(f"{tag}w{number:03}w" for number, tag in enumerate(tags))
    kept = re.findall(r"w\d{3}w", to_text(from_html(html)))
    if "<table>" in tags:  # browsers too put before a table what stands in it outside the cells
        assert sorted(kept) == [f"w{number:03}w" for number in range(len(tags))]
    else:
        assert kept == [f"w{number:03}w" for number in range(len(tags))]


@given(st.lists(st.text(characters, max_size=20), max_size=6))
def test_plain_paragraphs_keep_every_character_that_is_not_space(paragraphs: list[str]) -> None:
    assert "".join(to_text(from_paragraphs(paragraphs)).split()) == "".join("".join(paragraphs).split())


@given(st.lists(st.text("abc <>&é中😀.,;:!?'\"", min_size=1, max_size=30), max_size=5))
def test_markdown_without_markup_reads_like_plain_text(paragraphs: list[str]) -> None:
    escaped = [re.sub(r"([<>&!:])", r"\\\1", text.strip()) for text in paragraphs]
    assert letters(to_text(from_markdown("\n\n".join(escaped)))) == letters("".join(paragraphs))


def test_nothing_is_an_empty_document() -> None:
    assert from_markdown("") == from_html("") == from_paragraphs([]) == from_paragraphs(["", " \n"]) == EMPTY
    assert from_html("<p>&nbsp;</p><ul></ul><table></table><b></b>") == EMPTY


def test_headings_come_down_to_the_two_levels_below_a_headline() -> None:
    html = to_html(from_markdown("# one\n\n## two\n\n### three\n\n#### four\n\n###### six"))
    assert re.findall(r"<(h\d)", html) == ["h2", "h2", "h3", "h3", "h3"]


def test_html_inside_markdown_is_read_not_dropped() -> None:
    doc = from_markdown('One <b>bold</b> x<sup>2</sup>\n\n<div><p>Two</p>\n<ul><li>three</ul></div>\n\n*four*')
    assert to_html(doc) == (
        "<p>One <strong>bold</strong> x<sup>2</sup></p>\n<p>Two</p>\n"
        "<ul>\n<li>three</li>\n</ul>\n<p><em>four</em></p>\n"
    )


def test_scripts_and_styles_are_gone_and_unknown_elements_unwrapped() -> None:
    html = "<style>p{}</style><script>alert(1)</script><blink onclick=x>still <font color=red>here</font></blink>"
    doc = from_html(html)
    assert to_html(doc) == "<p>still here</p>\n"


def test_an_image_taken_in_becomes_a_figure() -> None:
    asked: list[tuple[str, str, str]] = []

    def image(address: str, alt: str, title: str) -> str | None:
        asked.append((address, alt, title))
        return "i1"

    doc = from_markdown('Before ![the  quay](quay.jpg "At dawn") after\n\n![](b.jpg)', image)
    assert asked == [("quay.jpg", "the quay", "At dawn"), ("b.jpg", "", "")]
    assert images(doc) == ("i1",) and to_text(doc) == "Before after"
    assert [type(block).__name__ for block in doc.content] == ["Paragraph", "Figure", "Figure"]


def test_a_caption_stays_with_its_figure() -> None:
    html = "<figure><img src=a.jpg><figcaption>The quay, <em>yesterday</em></figcaption></figure>"
    taken = from_html(html, lambda *_: "i1")
    assert len(taken.content) == 1 and to_text(taken) == "The quay, yesterday"
    assert to_text(from_html(html)) == "a.jpg\nThe quay, yesterday"


def test_an_image_not_taken_in_is_a_link_with_its_words() -> None:
    text = "![The quay](https://cdn.example/quay.jpg)\n\n[![](q.jpg)](/big) ![gone](data:image/png;base64,xx)"
    doc = from_markdown(text)
    assert to_text(doc) == "The quay\nq.jpg (image) gone"
    assert links(doc) == ("https://cdn.example/quay.jpg", "/big", "/q.jpg")


def test_players_of_known_providers_are_embeds_and_others_links() -> None:
    doc = from_html(
        '<iframe src="//www.youtube.com/embed/a-b_c?rel=0"></iframe><iframe src="http://player.vimeo.com/video/7"></iframe>'
        '<iframe src="https://maps.example/x" title="A map"></iframe><video><source src="/v.mp4"></video>'
    )
    assert links(doc) == (
        "https://www.youtube.com/watch?v=a-b_c", "https://vimeo.com/7", "https://maps.example/x", "/v.mp4"
    )  # fmt: skip
    assert to_text(doc) == "A map\n/v.mp4"


@pytest.mark.parametrize(
    ("given", "base", "kept"),
    [
        ("HTTPS://A.example/ä b", "", "https://A.example/ä%20b"),
        ("//a.example/x", "", "https://a.example/x"),
        ("www.a.example", "", "https://www.a.example"),
        ("../a/b", "", "/a/b"),
        ("a/b", "https://a.example/x/y", "https://a.example/x/a/b"),
        ("#part", "https://a.example/", "#part"),
        (" mailto:a@b.example ", "", "mailto:a@b.example"),
        ("/\\evil.example", "", "https://evil.example"),
        ("java\tscript:alert(1)", "", None),
        ("JAVASCRIPT:alert(1)", "", None),
        ("data:text/html,x", "", None),
        ("https://[", "", "https://["),
        ("//[", "https://a.example", "https://["),
        ("x" * 9000, "", None),
        ("", "", None),
    ],
)
def test_addresses_are_read_as_browsers_read_them(given: str, base: str, kept: str | None) -> None:
    doc = from_html(f'<a href="{given}">here</a>', base=base)
    assert links(doc) == (() if kept is None else (kept,))
    assert to_text(doc) == "here" and decode(encode(doc)) == doc


def test_a_table_on_the_wire_keeps_its_columns() -> None:
    doc = from_paragraphs(["          Bid     Ask\nWheat     3.10    3.20\nMaize     1.55    1.60", "One\ntwo"])
    assert to_html(doc) == (
        "<pre><code>          Bid     Ask\nWheat     3.10    3.20\nMaize     1.55    1.60</code></pre>\n"
        "<p>One<br>\ntwo</p>\n"
    )


def test_tables_lists_and_quotes_too_deep_become_paragraphs_not_errors() -> None:
    for deep in ("<blockquote>" * 400, "<ul><li>" * 200, "<table><tr><td>" * 100):
        assert to_text(from_html(f"{deep}still here")) == "still here"


@pytest.mark.parametrize(
    "hostile",
    ["[" * 50_000, ">" * 20_000 + "a", "*a " * 20_000, "![" * 20_000, "`" * 9999 + "a", "<b>" * 60_000,
    "<div>" * 60_000,
     "<ul><li>" * 40_000, "<table><tr><td>" * 20_000, "<blockquote>" * 50_000, "<a '" * 20_000, "a<i></i>" * 30_000],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_hostile_nesting_ends_soon_and_well(hostile: str) -> None:
    for doc in (from_markdown(hostile), from_html(hostile)):
        assert decode(encode(doc)) == doc


def test_a_text_too_long_for_a_document_is_refused_by_name() -> None:
    for read in (from_markdown, from_html, lambda text: from_paragraphs([text])):
        with pytest.raises(DocumentError, match="longer"):
            read("a" * 4_000_001)
    with pytest.raises(DocumentError, match="longer"):
        from_html("<p>a" * 200_000)
