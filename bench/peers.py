"""The index and its peers, each with the same articles and the same questions behind one interface."""

from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import tantivy
from whoosh import analysis, fields, sorting
from whoosh import index as whoosh
from whoosh.query import And, Or, Phrase, Prefix, Term

from bench.articles import HITS, NOW, SECTIONS, Archive, Question
from bench.databases import Fts5, Postgres
from search.index import Index
from search.shapes import Document, Query


class Engine(Protocol):
    """What is measured."""

    def build(self, archive: Archive) -> None:
        """Index all of it, ready to be asked."""

    def ask(self, question: Question) -> None:
        """Answer with headlines and snippets of the first ten."""

    def update(self, one: Document) -> None:
        """Take in one more article; the next question finds it."""

    def size(self) -> int:
        """Bytes on the disk."""

    def close(self) -> None:
        """Let go of everything."""


class Daybook:
    """Ours: two processes that build; facets, total and snippets with each answer, none of them remembered."""

    def __init__(self, folder: Path) -> None:
        self._index = Index(folder)
        self._archive = Archive(0)

    def build(self, archive: Archive) -> None:
        self._archive = archive
        self._index.rebuild(archive, jobs=2)

    def ask(self, question: Question) -> None:
        self._index.forget()
        self._index.search(self._query(*question))

    def _query(self, kind: str, words: tuple[str, ...]) -> Query:
        match kind:
            case "phrase":
                return Query(text=f'"{" ".join(words)}"', now=NOW)
            case "either of two":
                return Query(text=" OR ".join(words), now=NOW)
            case "prefix":
                return Query(text=f"{words[0][:4]}*", now=NOW)
            case "newest first":
                return Query(text=words[0], now=NOW, sort="newest")
            case "in a section":
                return Query(text=words[0], now=NOW, section=SECTIONS[3])
        return Query(text=" ".join(words), now=NOW)

    def update(self, one: Document) -> None:
        self._archive.publish(one)
        self._index.catch_up(self._archive)
        assert self._index.search(Query(text=f"tag:{one.tags[0]}", now=NOW, section=one.section, sort="oldest")).total

    def size(self) -> int:
        return self._index.status().bytes

    def close(self) -> None:
        pass


class Stock:
    """Whoosh as it comes, one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._text = analysis.StemmingAnalyzer()
        schema = fields.Schema(
            key=fields.ID(stored=True, unique=True), headline=fields.TEXT(analyzer=self._text, stored=True),
            body=fields.TEXT(analyzer=self._text, stored=True), section=fields.ID(sortable=True),
            published=fields.NUMERIC(int, bits=64, sortable=True),
        )  # fmt: skip
        self._index = whoosh.create_in(str(folder), schema)
        self._searcher: Any = None

    def build(self, archive: Archive) -> None:
        writer = self._index.writer(limitmb=256)
        for one in archive.all():
            writer.add_document(**self._fields(one))
        writer.commit()
        self._searcher = self._index.searcher()

    def _fields(self, one: Document) -> dict[str, object]:
        return {"key": one.key, "headline": one.headline, "body": one.body, "section": one.section,
                "published": one.published_at}  # fmt: skip

    def ask(self, question: Question) -> None:
        kind, words = question
        terms = [token.text for word in words for token in self._text(word)] or ["nothing"]
        query: Any = And([Term("body", term) for term in terms])
        more: dict[str, Any] = {}
        match kind:
            case "phrase":
                query = Phrase("body", terms)
            case "either of two":
                query = Or([Term("body", term) for term in terms])
            case "prefix":
                query = Prefix("body", words[0][:4])
            case "newest first":
                more["sortedby"] = sorting.FieldFacet("published", reverse=True)
            case "in a section":
                query = And([query, Term("section", SECTIONS[3])])
            case "facets":
                more["groupedby"] = "section"
        results = self._searcher.search(query, limit=HITS, **more)
        if kind == "facets":
            results.groups("section")
        for hit in islice(results, HITS):  # with facets it gives every one, whatever the limit
            hit["headline"], hit.highlights("body")

    def update(self, one: Document) -> None:
        writer = self._index.writer()
        writer.update_document(**self._fields(one))
        writer.commit()
        self._searcher = self._searcher.refresh()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def close(self) -> None:
        self._index.close()


class Tantivy:
    """The engine in Rust, with as many threads as it likes for building."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("headline", stored=True, tokenizer_name="en_stem")
        schema.add_text_field("body", stored=True, tokenizer_name="en_stem")
        schema.add_text_field("section", tokenizer_name="raw", fast=True)
        schema.add_integer_field("published", fast=True, indexed=True)
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema, str(folder))
        self._writer: Any = None

    def build(self, archive: Archive) -> None:
        self._writer = self._index.writer(256_000_000)
        for one in archive.all():
            self._add(one)
        self._writer.commit()
        self._index.reload()

    def _add(self, one: Document) -> None:
        self._writer.add_document(tantivy.Document(
            headline=[one.headline], body=[one.body], section=[one.section or ""], published=[one.published_at]
        ))  # fmt: skip

    def ask(self, question: Question) -> None:
        kind, words = question
        joined = " AND ".join(words)
        more: dict[str, Any] = {}
        match kind:
            case "phrase":
                joined = f'"{" ".join(words)}"'
            case "either of two":
                joined = " OR ".join(words)
            case "newest first":
                more["order_by_field"] = "published"
            case "in a section":
                joined = f"{words[0]} AND section:{SECTIONS[3]}"
        if kind == "prefix":
            query = tantivy.Query.regex_query(self._schema, "body", f"{words[0][:4]}.*")
        else:
            query = self._index.parse_query(joined, ["body"])
        searcher = self._index.searcher()
        if kind == "facets":
            searcher.aggregate(query, {"sections": {"terms": {"field": "section"}}})
        snippets = tantivy.SnippetGenerator.create(searcher, query, self._schema, "body")
        for _, address in searcher.search(query, HITS, **more).hits:
            found = searcher.doc(address)
            found["headline"], snippets.snippet_from_doc(found).to_html()

    def update(self, one: Document) -> None:
        self._add(one)
        self._writer.commit()
        self._index.reload()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def close(self) -> None:
        pass


ENGINES: dict[str, type[Daybook] | type[Stock] | type[Fts5] | type[Tantivy] | type[Postgres]] = {
    "Daybook": Daybook, "stock Whoosh": Stock, "SQLite FTS5": Fts5, "tantivy": Tantivy, "PostgreSQL": Postgres,
}  # fmt: skip
