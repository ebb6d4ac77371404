"""Documents and edits of every shape, for properties."""

from typing import Any

from hypothesis import strategies as st

from events.document import Doc, decode
from events.document.browser import prosemirror_spec

JSON = dict[str, Any]

# Letters of one, two and three UTF-8 bytes, characters that take two UTF-16 units, and those that HTML minds.
characters = st.sampled_from("ab é—中かñ<>&\"'😀𝒳👩\u00a0\u200d") | st.characters(
    blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"
)
strings = st.text(characters, min_size=1, max_size=12)
hrefs = st.sampled_from(["https://example.org/a?b=c&d", "/2026/a", "#top", "mailto:desk@example.org"])
plain_marks = ["bold", "italic", "strike", "superscript", "subscript", "code"]
marks = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(plain_marks)}),
    st.fixed_dictionaries({"type": st.just("link"), "attrs": st.fixed_dictionaries({"href": hrefs})}),
    st.sampled_from([None, "anna"]).map(lambda who: {"type": "note", "attrs": {"by": who}}),
)
mark_sets = st.lists(marks, max_size=3, unique_by=lambda mark: mark["type"])
ids = st.none() | st.text("abc019-_", min_size=1, max_size=5)


def node(name: str, content: st.SearchStrategy[Any] | None = None, **attrs: st.SearchStrategy[Any]) -> Any:
    given: dict[str, Any] = {"type": st.just(name)}
    given["attrs"] = st.fixed_dictionaries({"id": ids, **attrs})
    if content is not None:
        given["content"] = content
    return st.fixed_dictionaries(given)


texts = st.fixed_dictionaries({"type": st.just("text"), "text": strings, "marks": mark_sets})
breaks = st.fixed_dictionaries({"type": st.just("hardBreak"), "marks": mark_sets})
inlines = st.lists(texts | texts | breaks, max_size=4)
words = st.none() | strings

paragraphs = node("paragraph", inlines)
leaves = st.one_of(
    paragraphs,
    paragraphs,
    node("heading", inlines, level=st.sampled_from([2, 3])),
    node("pullquote", inlines, cite=words),
    node("figure", image=st.just("0192f0c1-7a4b"), caption=words, alt=words, credit=words, size=st.just("wide")),
    node("embed", provider=st.just("youtube"), url=st.just("https://www.youtube.com/watch?v=abc&t=1")),
    node("codeBlock", st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": strings}), max_size=2)),
    node("horizontalRule"),
)


def containers(blocks: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    some = st.lists(blocks, min_size=1, max_size=3)
    items = st.lists(
        node("listItem", st.tuples(paragraphs, st.lists(blocks, max_size=2)).map(lambda two: [two[0], *two[1]])),
        min_size=1,
        max_size=3,
    )
    cells = node("tableCell", some, colspan=st.sampled_from([1, 2])) | node("tableHeader", some)
    rows = st.lists(node("tableRow", st.lists(cells, min_size=1, max_size=3)), min_size=1, max_size=2)
    return st.one_of(
        node("blockquote", some),
        node("bulletList", items),
        node("orderedList", items, start=st.integers(0, 9)),
        node("table", rows),
    )


blocks = st.recursive(leaves, containers, max_leaves=6)
documents: st.SearchStrategy[Doc] = st.lists(blocks, min_size=1, max_size=5).map(
    lambda content: decode({"type": "doc", "content": content})
)

# Trees of known nodes with good attributes that may stand where they must not.
_EXTRA = {
    "figure": {"image": "i"},
    "embed": {"provider": "vimeo", "url": "https://vimeo.com/1"},
}
_names = [name for name in prosemirror_spec()["nodes"] if name not in ("doc", "text")]


def _anything(children: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    def made(name: str, content: list[JSON]) -> JSON:
        given: JSON = {"type": name}
        if name in _EXTRA:
            given["attrs"] = _EXTRA[name]
        if content:
            given["content"] = content
        return given

    return st.builds(made, st.sampled_from(_names), st.lists(children, max_size=3))


misplaced = st.recursive(
    texts | st.just({"type": "paragraph"}) | st.just({"type": "listItem", "content": [{"type": "paragraph"}]}),
    _anything,
    max_leaves=6,
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
