"""What a document is, and what is refused as none."""

import json

import msgspec
import pytest
from hypothesis import given
from prosemirror.model import Node, Schema

from events.document import EMPTY, Doc, DocumentError, decode, digest, encode, prosemirror_spec
from events.document.schema import MAX_DEPTH

from .documents import JSON, anything, documents, misplaced, st

BROWSER = Schema(json.loads(json.dumps(prosemirror_spec())))


def paragraph(*content: JSON) -> JSON:
    return {"type": "doc", "content": [{"type": "paragraph", "content": list(content)}]}


def text(words: str, *marks: JSON) -> JSON:
    return {"type": "text", "text": words, "marks": list(marks)}


@given(documents)
def test_a_document_survives_being_stored(doc: Doc) -> None:
    assert decode(encode(doc)) == doc
    assert encode(decode(json.loads(encode(doc)))) == encode(doc)


@given(documents)
def test_the_browser_accepts_what_the_server_accepts_and_writes_the_same_json(doc: Doc) -> None:
    node = Node.from_json(BROWSER, json.loads(encode(doc)))
    node.check()
    assert node.to_json() == json.loads(encode(doc))


@given(st.lists(misplaced, max_size=3))
def test_browser_and_server_agree_on_what_may_stand_where(content: list[JSON]) -> None:
    raw = {"type": "doc", "content": content}
    try:
        Node.from_json(BROWSER, raw).check()
        in_browser = True
    except ValueError:
        in_browser = False
    try:
        decode(raw)
        on_server = True
    except DocumentError:
        on_server = False
    assert in_browser == on_server


def test_the_schema_for_the_browser_is_plain_json_with_the_paragraph_as_default_block() -> None:
    spec = prosemirror_spec()
    assert json.loads(json.dumps(spec)) == spec
    assert next(name for name, node in spec["nodes"].items() if node.get("group") == "block") == "paragraph"
    assert list(spec["marks"])[:2] == ["note", "link"]
    assert all("id" in node["attrs"] for node in spec["nodes"].values() if node.get("group", "").startswith("block"))


def test_equal_words_have_one_digest_however_they_were_cut_up() -> None:
    link = {"type": "link", "attrs": {"href": "/a"}}
    one = decode(paragraph(text("Ferry", {"type": "bold"}, link), text(" late", link, {"type": "bold"})))
    other = decode(paragraph(text("Ferry late", link, {"type": "bold"})))
    assert digest(one) == digest(other) and len(digest(one)) == 64


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example", "/\\evil.example",
        "\\\\evil.example", "https://",
        "ftp://a.b", "https://a b", "", "relative/path", "https:/a", "https:///a", "/a\n", "#\x00",
    ],
)  # fmt: skip
def test_a_link_leads_only_where_links_may(href: str) -> None:
    with pytest.raises(DocumentError) as refused:
        decode(paragraph(text("here", {"type": "link", "attrs": {"href": href}})))
    assert refused.value.path == "$.content[0].content[0].marks[0].attrs.href"


@pytest.mark.parametrize(
    "href", ["https://a.example/b?c=d#e", "http://a", "mailto:a@b.example", "/", "/2026/a", "#a", "#"]
)
def test_good_links_are_kept_as_they_are(href: str) -> None:
    raw = paragraph(text("here", {"type": "link", "attrs": {"href": href}}))
    assert json.loads(encode(decode(raw)))["content"][0]["content"][0]["marks"][0]["attrs"]["href"] == href


@pytest.mark.parametrize(
    ("provider", "url"),
    [
        ("youtube", "https://youtube.com.evil.example/x"),
        ("youtube", "https://evilyoutube.com/x"),
        ("youtube", "http://youtube.com/x"),
        ("youtube", "https://youtube.com@evil.example/"),
        ("youtube", "https://vimeo.com/1"),
        ("geocities", "https://geocities.com/1"),
        ("mastodon", "javascript:alert(1)"),
    ],
)
def test_an_embed_comes_from_its_provider(provider: str, url: str) -> None:
    with pytest.raises(DocumentError):
        decode({"type": "doc", "content": [{"type": "embed", "attrs": {"provider": provider, "url": url}}]})


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b'{"type":"doc"}', b'{"type":"doc","content":[]}', b'{"type":"paragraph"}',
        b'{"type":"doc","content":[{"type":"script"}]}', b'{"type":"doc","content":[{"type":"paragraph","x":1}]}',
        b'{"type":"doc","content":[{"type":"paragraph","attrs":{"onclick":"x"}}]}',
        b'{"type":"doc","content":[{"type":"heading","attrs":{"level":1}}]}',
        b'{"type":"doc","content":[{"type":"paragraph","marks":[{"type":"bold"}]}]}',
        b'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]}',
        b'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"\\ud83d"}]}]}',
        b'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"\\u0000"}]}]}',
        b'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"\\uffff"}]}]}',
        b'{"type":"doc","content":[{"type":"text","text":"x"}]}',
        b'{"type":"doc","content":[{"type":"figure","attrs":{"image":"<b>"}}]}',
        b'{"type":"doc","content":[{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"horizontalRule"}]}]}]}',
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_with_its_place(raw: bytes) -> None:
    with pytest.raises(DocumentError) as refused:
        decode(raw)
    assert refused.value.path.startswith("$") and refused.value.message


def test_the_same_mark_twice_is_refused() -> None:
    with pytest.raises(DocumentError, match="same mark twice"):
        decode(paragraph(text("a", {"type": "bold"}, {"type": "bold"})))


def test_text_about_escapes_is_no_control_character() -> None:
    assert decode(encode(decode(paragraph(text("write \\u0000 for NUL"))))) is not None


@pytest.mark.parametrize(("quotes", "fits"), [(MAX_DEPTH - 1, True), (MAX_DEPTH, False), (100_000, False)])
def test_depth_is_capped(quotes: int, fits: bool) -> None:
    opened, closed = b'{"type":"blockquote","content":[' * quotes, b"]}" * quotes
    raw = b'{"type":"doc","content":[' + opened + b'{"type":"paragraph"}' + closed + b"]}"
    if fits:
        assert decode(raw).content
    else:
        with pytest.raises(DocumentError, match="deep"):
            decode(raw)


def test_length_is_capped() -> None:
    with pytest.raises(DocumentError, match="longer"):
        decode(paragraph(text("a" * 8_000_001)))
    with pytest.raises(DocumentError, match="longer"):
        decode(b" " * 20_000_000)


def test_another_schema_number_is_not_guessed_at() -> None:
    with pytest.raises(DocumentError, match="schema 3"):
        decode(encode(EMPTY), schema=3)


@given(anything)
def test_whatever_comes_in_it_is_a_document_or_a_document_error(value: object) -> None:
    for raw in (msgspec.json.encode(value), value if isinstance(value, dict) else {"type": "doc", "content": value}):
        with pytest.raises(DocumentError):
            decode(raw)
