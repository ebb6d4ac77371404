"""The body of an article: its schema, its edits, how it is read in and shown. Pure: no I/O, no clock."""

from .browser import prosemirror_spec
from .codec import decode, digest, encode
from .diffing import Diff, diff, diff_text, put_back
from .errors import DocumentError
from .notes import for_readers, notes
from .reading import from_html, from_markdown, from_paragraphs
from .render import to_html
from .schema import EMPTY, READABLE, SCHEMA, Doc, Figure
from .steps import apply, replacing
from .telling import all_figures, count_words, images, links, to_text, words

__all__ = [
    "EMPTY",
    "READABLE",
    "SCHEMA",
    "Diff",
    "Doc",
    "DocumentError",
    "Figure",
    "all_figures",
    "apply",
    "count_words",
    "decode",
    "diff",
    "diff_text",
    "digest",
    "encode",
    "for_readers",
    "from_html",
    "from_markdown",
    "from_paragraphs",
    "images",
    "links",
    "notes",
    "prosemirror_spec",
    "put_back",
    "replacing",
    "to_html",
    "to_text",
    "words",
]
