"""The index and its peers, each with the same articles and the same questions behind one interface."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import psycopg
import tantivy
from whoosh import analysis, fields, sorting
from whoosh import index as whoosh
from whoosh.query import And, Or, Phrase, Prefix, Term

from bench.articles import NOW, SECTIONS, Archive, Question
from search.index import Index
from search.shapes import Document, Query

HITS = 10


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
        for hit in results:
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


class Fts5:
    """SQLite's own full-text index, in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts.db"
        self._db = sqlite3.connect(self._path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE VIRTUAL TABLE news USING fts5"
            "(headline, body, section UNINDEXED, published UNINDEXED, tokenize='porter unicode61')"
        )

    def build(self, archive: Archive) -> None:
        with self._db:
            self._insert(archive.all())

    def _insert(self, articles: Iterable[Document]) -> None:
        rows = ((one.headline, one.body, one.section, one.published_at) for one in articles)
        self._db.executemany("INSERT INTO news VALUES (?, ?, ?, ?)", rows)

    def ask(self, question: Question) -> None:
        kind, words = question
        asked = " ".join(f'"{word}"' for word in words)
        order, where = "bm25(news)", "news MATCH ?"
        match kind:
            case "phrase":
                asked = f'"{" ".join(words)}"'
            case "either of two":
                asked = asked.replace(" ", " OR ")
            case "prefix":
                asked = f"{words[0][:4]}*"
            case "newest first":
                order = "published DESC"
            case "in a section":
                where += f" AND section = '{SECTIONS[3]}'"
            case "facets":
                self._db.execute(f"SELECT section, count(*) FROM news WHERE {where} GROUP BY 1", (asked,)).fetchall()
        self._db.execute(
            f"SELECT headline, snippet(news, 1, '', '', '', 30) FROM news WHERE {where} ORDER BY {order} LIMIT {HITS}",
            (asked,),
        ).fetchall()

    def update(self, one: Document) -> None:
        with self._db:
            self._insert([one])

    def size(self) -> int:
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._path.stat().st_size

    def close(self) -> None:
        self._db.close()


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


class Postgres:
    """PostgreSQL's tsvector and GIN, its own server beside; the memory told is this process's alone."""

    def __init__(self, folder: Path) -> None:  # noqa: ARG002 (the server has a folder of its own)
        from tests.postgres import Server, address

        self._server = Server({"max_wal_size": "4GB", "shared_buffers": "512MB", "maintenance_work_mem": "512MB"})
        self._server.start()
        self._db = psycopg.connect(address(self._server.url), autocommit=True)
        self._db.execute(
            "CREATE TABLE news (headline text, body text, section text, published bigint, words tsvector"
            " GENERATED ALWAYS AS (setweight(to_tsvector('english', headline), 'A')"
            " || to_tsvector('english', body)) STORED)"
        )

    def build(self, archive: Archive) -> None:
        columns = "(headline, body, section, published)"
        with self._db.cursor() as cursor, cursor.copy(f"COPY news {columns} FROM STDIN") as copy:
            for one in archive.all():
                copy.write_row((one.headline, one.body, one.section, one.published_at))
        self._db.execute("CREATE INDEX ON news USING gin (words)")
        self._db.execute("ANALYZE news")

    def ask(self, question: Question) -> None:
        kind, words = question
        joined = " & ".join(words)
        order, where = "ts_rank(words, q) DESC", "words @@ q"
        match kind:
            case "phrase":
                joined = " <-> ".join(words)
            case "either of two":
                joined = " | ".join(words)
            case "prefix":
                joined = f"{words[0][:4]}:*"
            case "newest first":
                order = "published DESC"
            case "in a section":
                where += f" AND section = '{SECTIONS[3]}'"
        asked = f"to_tsquery('english', '{joined}') AS q"
        if kind == "facets":
            self._db.execute(f"SELECT section, count(*) FROM news, {asked} WHERE {where} GROUP BY 1").fetchall()
        self._db.execute(
            "SELECT headline, ts_headline('english', body, q) FROM"
            f" (SELECT headline, body, q FROM news, {asked} WHERE {where} ORDER BY {order} LIMIT {HITS}) AS best"
        ).fetchall()

    def update(self, one: Document) -> None:
        self._db.execute(
            "INSERT INTO news (headline, body, section, published) VALUES (%s, %s, %s, %s)",
            (one.headline, one.body, one.section, one.published_at),
        )

    def size(self) -> int:
        found = self._db.execute("SELECT pg_total_relation_size('news')").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        self._db.close()
        self._server.remove()


ENGINES: dict[str, type[Daybook] | type[Stock] | type[Fts5] | type[Tantivy] | type[Postgres]] = {
    "Daybook": Daybook, "stock Whoosh": Stock, "SQLite FTS5": Fts5, "tantivy": Tantivy, "PostgreSQL": Postgres,
}  # fmt: skip
