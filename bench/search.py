"""The index beside stock Whoosh and SQLite FTS5, on the same articles of 600 words.

``DAYBOOK_BENCH_ARTICLES`` says how many are asked (5,000 unless set; peers are built with 1,500 at most, since stock
Whoosh takes a second for two hundred). The articles are drawn from the real news beside the checkout, cut and joined to
600 words, or made of a Zipfian vocabulary where there is none.
"""

import gzip
import json
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from whoosh import analysis, fields
from whoosh import index as whoosh
from whoosh.query import And, Term

from bench.measure import Figure, compare, cpu_ms, cpu_rate, rate, slowest
from events.instant import DAY
from search.index import Index
from search.shapes import Document, Query

ARTICLES = int(os.environ.get("DAYBOOK_BENCH_ARTICLES", "5000"))
PEERS = min(ARTICLES, 1500)
WORDS = 600
NOW = 1_700_000_000_000_000
NEWS = Path(__file__).parents[2] / "shared" / "data" / "news"
SECTIONS = [f"section-{n}" for n in range(12)]


def paragraphs() -> list[str]:
    """Real paragraphs in English, or made ones."""
    chance = random.Random(1)
    found: list[str] = []
    for path in sorted(NEWS.glob("main_*.jsonl.gz")):
        if "zh" not in path.name:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                found += [text for line in file for text in json.loads(line)["body"] if len(text) > 80]
    if not found:
        words = [f"{a}{b}{c}" for a in ("ba", "de", "fi", "go", "lu") for b in "bdfglmnprst" for c in range(400)]
        weights = [1 / (rank + 2) for rank in range(len(words))]
        found = [" ".join(chance.choices(words, weights, k=60)) for _ in range(5000)]
    chance.shuffle(found)
    return found


class Archive:
    """Articles made one after another of paragraphs; a ``search.shapes.Source``."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._paragraphs = paragraphs()
        self._late: dict[str, Document] = {}
        self._log: list[str] = []

    def all(self) -> Iterator[Document]:
        stream = self._endless()
        for number in range(self.count):
            body: list[str] = []
            words = 0
            while words < WORDS:
                text = next(stream)
                body.append(text)
                words += text.count(" ") + 1
            yield document(number, body)

    def _endless(self) -> Iterator[str]:
        chance = random.Random(2)
        while True:
            yield from self._paragraphs
            chance.shuffle(self._paragraphs)

    def publish(self, one: Document) -> None:
        self._late[one.article] = one
        self._log.append(one.article)

    def position(self) -> int:
        return len(self._log)

    def changed(self, after: int, until: int) -> Iterable[str]:
        return self._log[after:until]

    def documents(self, article: str) -> Sequence[Document]:
        return [self._late[article]]


def document(number: int, body: list[str]) -> Document:
    """An article of these paragraphs, with a headline, a section and two tags."""
    at = NOW - number * DAY // 20
    section, tags = SECTIONS[number % 12], (f"tag-{number % 97}", f"tag-{number % 31}")
    name = f"Reporter {number % 40}"
    return Document(
        key=f"{number}:{at}", article=str(number), path=f"/2023/{number}", headline=" ".join(body[0].split()[:9]),
        standfirst=" ".join(body[-1].split()[:25]), kicker="", body="\n".join(body), bylines=(name,),
        byline_slugs=(name.lower().replace(" ", "-"),), section=section, section_name=section.title(), tags=tags,
        tag_names=tags, kind="news", language="en", captions="", has_image=False, published_at=at, public_from=at,
        public_until=None,
    )  # fmt: skip


def figures() -> Iterator[Figure]:
    """Building, asking, updating."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield from building(folder)
        index, archive = Index(folder / "asked"), Archive(ARTICLES)
        began = time.perf_counter()
        index.rebuild(archive, jobs=2)
        took = time.perf_counter() - began
        yield Figure(name=f"  rebuild of {ARTICLES:,}, two processes", unit="articles/s", ours=ARTICLES / took)
        yield Figure(name="  size of it", unit="bytes/article", ours=index.status().bytes / ARTICLES)
        yield from asking(index, archive, folder)
        yield updating(index, archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def building(folder: Path) -> Iterator[Figure]:
    """Articles a second, by the clock."""
    few = list(islice(Archive(PEERS).all(), PEERS))
    many = Archive(max(PEERS, 3000))

    def ours(jobs: int) -> Callable[[], int]:
        def build() -> int:
            Index(folder / f"built{jobs}").rebuild(many, jobs=jobs)
            return many.count

        return build

    def whoosh_builds() -> int:
        return len(stock(folder / "stock", few))

    peer = "stock Whoosh, one process"
    yield compare(
        "build the index, 1 process, CPU", "articles/s", cpu_rate(ours(0)), cpu_rate(whoosh_builds), peer, 4, runs=1
    )
    yield compare("build the index, 2 processes", "articles/s", rate(ours(2)), rate(whoosh_builds), peer, 8, runs=1)
    yield compare(
        "build the index, 2 processes", "articles/s", rate(ours(2)), rate(lambda: len(fts(few)[1])), "SQLite FTS5",
        runs=1,
    )  # fmt: skip


def stock(folder: Path, articles: list[Document]) -> list[Document]:
    """The same articles in Whoosh as it comes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    text = analysis.StemmingAnalyzer()
    schema = fields.Schema(
        key=fields.ID(stored=True, unique=True), headline=fields.TEXT(analyzer=text, stored=True),
        body=fields.TEXT(analyzer=text, stored=True), section=fields.ID(), published=fields.NUMERIC(int, bits=64),
    )  # fmt: skip
    writer = whoosh.create_in(str(folder), schema).writer(limitmb=256)
    for one in articles:
        writer.add_document(
            key=one.key, headline=one.headline, body=one.body, section=one.section, published=one.published_at
        )
    writer.commit()
    return articles


def fts(articles: Iterable[Document]) -> tuple[sqlite3.Connection, list[Document]]:
    """The same articles in SQLite's full-text index, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE news USING fts5(headline, body, tokenize='porter unicode61')")
    taken = list(articles)
    rows = [(one.headline, one.body) for one in taken]
    connection.executemany("INSERT INTO news VALUES (?, ?)", rows)
    connection.commit()
    return connection, taken


def terms_of(archive: Archive) -> list[str]:
    """Words to ask for: from very common to rare, as the texts have them."""
    chance = random.Random(3)
    texts = [one.body for one in islice(archive.all(), 400)]
    plain = [[word for word in text.split() if word.isalpha() and len(word) > 3] for text in texts]
    return [word for words in plain for word in chance.sample(words, 3)]


def asking(index: Index, archive: Archive, folder: Path) -> Iterator[Figure]:
    """Milliseconds for each kind of question, nothing remembered: 95th percentile against the budget."""
    words = terms_of(archive)
    pairs = list(zip(words[::2], words[1::2], strict=False))[:200]
    bodies = [one.body.split() for one in islice(archive.all(), 200)]
    questions: list[tuple[str, list[Query], float]] = [
        ("one word", [Query(text=word, now=NOW) for word in words[:200]], 100),
        ("two words", [Query(text=f"{a} {b}", now=NOW) for a, b in pairs], 100),
        ("either of two", [Query(text=f"{a} OR {b}", now=NOW) for a, b in pairs], 100),
        ("phrase of two", [Query(text=f'"{" ".join(body[20:22])}"', now=NOW) for body in bodies], 300),
        ("prefix", [Query(text=f"{word[:4]}*", now=NOW) for word in words[:200]], 150),
        ("newest first", [Query(text=word, now=NOW, sort="newest") for word in words[:200]], 100),
        ("in a section", [Query(text=word, now=NOW, section=SECTIONS[3]) for word in words[:200]], 100),
        ("everything", [Query(text="", now=NOW + n) for n in range(20)], 100),
        ("hostile", [Query(text=text, now=NOW) for text in HOSTILE], 1000),
    ]
    for name, asked, most in questions:
        yield slowest(f"  ask {name}, p95 of {ARTICLES:,}", "ms", [timed(index, one) for one in asked], most)
    few = list(islice(Archive(PEERS).all(), PEERS))
    small = Index(folder / "small")
    small.rebuild(Archive(PEERS))
    stock(folder / "stock", few)
    with whoosh.open_dir(str(folder / "stock")).searcher() as searcher:

        def theirs() -> int:
            for a, b in pairs:
                results = searcher.search(And([Term("body", a.lower()), Term("body", b.lower())]), limit=10)
                len(results), [hit.highlights("body") for hit in results]
            return len(pairs)

        def ours() -> float:
            return sum(timed(small, Query(text=f"{a} {b}", now=NOW)) for a, b in pairs) / len(pairs)

        against = "stock Whoosh, no facets"
        yield compare(f"  ask two words of {PEERS:,}", "ms", ours, cpu_ms(theirs), against, runs=3)
    connection, _ = fts(few)
    command = "SELECT rowid, snippet(news, 1, '', '', '', 30) FROM news WHERE news MATCH ? ORDER BY bm25(news) LIMIT 10"

    def lite() -> int:
        for a, b in pairs:
            connection.execute(command, (f'"{a}" "{b}"',)).fetchall()
        return len(pairs)

    yield compare(f"  ask two words of {PEERS:,}", "ms", ours, cpu_ms(lite), "SQLite FTS5, no facets", runs=3)


HOSTILE = [
    "a* b* c*", "the the the", "-the", "-a -b -c", " OR ".join("abcdefghijklmnopqrstuvwxyz"), "*", '"' * 400,
    " ".join(f"w{n}*" for n in range(400)), "con* pro* sta* tra* int* com* par* per* pre* dis*", "(" * 500,
    '"the of and to in a is that for it on was with as be at"', "tag:tag in:section by:reporter", "of OR the OR new*",
    "would OR have OR more OR year OR said OR percent OR million OR data OR government OR people OR state",
]  # fmt: skip


def timed(index: Index, query: Query) -> float:
    """Milliseconds of CPU for one question, with nothing remembered of earlier ones' answers."""
    index.forget()
    began = time.thread_time()
    index.search(query)
    return (time.thread_time() - began) * 1000


def updating(index: Index, archive: Archive) -> Figure:
    """From a publication being in the views to its being found."""
    took = []
    stream = archive.all()
    for number in range(40):
        one = document(10_000_000 + number, next(stream).body.split("\n"))
        began = time.perf_counter()
        archive.publish(one)
        index.catch_up(archive)
        assert index.search(Query(text=f"tag:{one.tags[0]}", now=NOW, section=one.section, sort="oldest")).total
        took.append((time.perf_counter() - began) * 1000)
    return slowest(f"  publish and find, p95 of {ARTICLES:,}", "ms", took, 500)

