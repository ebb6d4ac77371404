"""The body as readers get it."""

import pytest
from hypothesis import given
from markupsafe import Markup

from events.document import (
    Doc,
    Figure,
    count_words,
    decode,
    from_html,
    from_markdown,
    from_paragraphs,
    images,
    links,
    to_html,
    to_text,
    words,
)

from .documents import JSON, documents


def block(name: str, **given: JSON | list[JSON]) -> Doc:
    return decode({"type": "doc", "content": [{"type": name, **given}]})


def test_every_kind_of_block_has_its_html() -> None:
    doc = from_markdown(
        "# Ferry\n\nOne *two* **three _four_** `five` ~~six~~ x<sup>2</sup>H<sub>2</sub>O [a](/b)  \nseven\n\n"
        "## Ferry\n\n### Deep\n\n- one\n- two\n\n  more\n\n3. three\n\n> said\n\n---\n\n```python\na < b\n```\n\n"
        "| a | b |\n|---|---|\n| x | 2 |\n"
    )
    assert to_html(doc) == (
        '<h2 id="h-ferry">Ferry</h2>\n'
        "<p>One <em>two</em> <strong>three <em>four</em></strong> <code>five</code> <s>six</s> "
        "x<sup>2</sup>H<sub>2</sub>O "
        '<a href="/b">a</a><br>\nseven</p>\n'
        '<h2 id="h-ferry-2">Ferry</h2>\n<h3 id="h-deep">Deep</h3>\n'
        "<ul>\n<li>one</li>\n<li>\n<p>two</p>\n<p>more</p>\n</li>\n</ul>\n"
        '<ol start="3">\n<li>three</li>\n</ol>\n'
        "<blockquote>\n<p>said</p>\n</blockquote>\n<hr>\n"
        '<pre><code class="language-python">a &lt; b</code></pre>\n'
        '<div class="table"><table>\n<thead>\n<tr><th scope="col">a</th><th scope="col" class="number">b</th></tr>\n'
        '</thead>\n<tbody>\n<tr><td>x</td><td class="number">2</td></tr>\n</tbody>\n</table></div>\n'
    )


@pytest.mark.parametrize("cells", [("1,140", "−270"), ("£61m", "+3.5%"), ("12 km", "0")])
def test_numbers_beneath_each_other_can_be_compared(cells: tuple[str, str]) -> None:
    doc = from_markdown(f"| Place | Homes |\n|---|---|\n| Quay | {cells[0]} |\n| 2 | {cells[1]} |\n")
    html = to_html(doc)
    assert html.count('class="number"') == 3  # its heading too; in the first column a row has none
    mixed = from_markdown(f"| Homes |\n|---|\n| {cells[0]} |\n| nobody knows |\n")
    assert "number" not in to_html(mixed)


def test_a_pull_quote_names_who_said_it() -> None:
    doc = block("pullquote", attrs={"cite": "A <reader>"}, content=[{"type": "text", "text": "Enough"}])
    assert to_html(doc) == (
        '<figure class="pullquote">\n<blockquote><p>Enough</p></blockquote>\n'
        "<figcaption>A &lt;reader&gt;</figcaption>\n</figure>\n"
    )
    assert to_text(doc) == "Enough\nA <reader>"


def test_an_embed_is_a_card_that_fetches_nothing() -> None:
    doc = block("embed", attrs={"provider": "youtube", "url": 'https://www.youtube.com/watch?v="x&y'})
    html = to_html(doc)
    assert 'href="https://www.youtube.com/watch?v=&#34;x&amp;y"' in html and "YouTube" in html
    assert "<iframe" not in html and "<script" not in html and "<img" not in html


def test_a_figure_is_drawn_by_whoever_knows_the_image_or_left_out() -> None:
    doc = block("figure", attrs={"image": "i1", "caption": "The quay"})
    asked: list[Figure] = []

    def figures(figure: Figure) -> Markup | None:
        asked.append(figure)
        return Markup("<figure>here</figure>")

    assert to_html(doc, figures) == "<figure>here</figure>\n"
    assert asked[0].attrs.image == "i1" and images(doc) == ("i1",)
    assert to_html(doc) == "" == to_html(doc, lambda _figure: None)
    assert to_text(doc) == "The quay"


def test_links_that_lead_away_say_so() -> None:
    doc = from_markdown("[a](https://us.example/x) [b](https://them.example/) [c](/x) [d](mailto:a@b.example)")
    html = to_html(doc, site="https://us.example")
    assert html.count('rel="external noopener"') == 1
    assert '<a href="https://them.example/" rel="external noopener">b</a>' in html
    assert links(doc) == ("https://us.example/x", "https://them.example/", "/x", "mailto:a@b.example")


def test_headings_have_ids_of_their_own_in_any_script() -> None:
    doc = from_markdown("## a\n## a-2\n## a\n## a\n## Öl & 石油!\n## !!!\n")
    ids = [part.partition('"')[0] for part in to_html(doc).split('id="')[1:]]
    assert ids == ["h-a", "h-a-2", "h-a-3", "h-a-4", "h-öl-石油", "h-section"]


def test_a_linked_phrase_is_one_link_whatever_its_marks() -> None:
    html = to_html(from_markdown("[one **two** three](/x)"))
    assert html == '<p><a href="/x">one <strong>two</strong> three</a></p>\n'


def test_empty_paragraphs_are_not_shown() -> None:
    assert to_html(block("paragraph")) == "" and to_text(block("paragraph")) == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("The ferry was late.", 4),
        ("one — two – three * 4", 4),
        ("don’t re-elect O'Neill", 3),
        ("渡轮晚点了。", 5),
        ("フェリーは late だ", 7),
        ("«Ça va?» …", 2),
        ("페리가 늦었다", 2),
    ],
)
def test_words_are_counted_as_editors_count_them(text: str, count: int) -> None:
    assert count_words(text) == count
    assert words(from_paragraphs([text])) == count


@given(documents)
def test_html_gives_back_the_text_it_was_made_of(doc: Doc) -> None:
    shown = from_html(to_html(doc, lambda figure: Markup("<p>{}</p>").format("\n".join(_overrides(figure)))))
    ours = "".join(to_text(doc).split())
    theirs = "".join(to_text(shown).split())
    assert theirs.replace("YouTubeyoutube.com/watch?v=abc&t=1", "") == ours


def _overrides(figure: Figure) -> list[str]:
    return [text for text in (figure.attrs.caption, figure.attrs.alt, figure.attrs.credit) if text]
