"""Full text in databases: SQLite's FTS5, PostgreSQL's tsvector."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import psycopg

from bench.articles import HITS, SECTIONS, Archive, Question
from search.shapes import Document


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
