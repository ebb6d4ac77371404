"""Articles of 600 words for search engines to index, and questions to ask of them.

They are put together of paragraphs of the real news beside the checkout, or, where there is none, of a Zipfian
vocabulary. The same numbers make the same articles, in every process.
"""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from events.instant import DAY
from search.shapes import Document

WORDS = 600
HITS = 10  # of an answer
NOW = 1_700_000_000_000_000
NEWS = Path(__file__).parents[2] / "shared" / "data" / "news"
SECTIONS = [f"section-{n}" for n in range(12)]


@cache
def paragraphs() -> tuple[str, ...]:
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
    return tuple(found)


class Archive:
    """Articles made one after another; a ``search.shapes.Source``."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._late: dict[str, Document] = {}
        self._log: list[str] = []

    def all(self) -> Iterator[Document]:
        stream = self._endless()
        for number in range(self.count):
            yield document(number, _body(stream))

    def _endless(self) -> Iterator[str]:
        chance, texts = random.Random(2), list(paragraphs())
        while True:
            yield from texts
            chance.shuffle(texts)

    def publish(self, one: Document) -> None:
        self._late[one.article] = one
        self._log.append(one.article)

    def position(self) -> int:
        return len(self._log)

    def changed(self, after: int, until: int) -> Iterable[str]:
        return self._log[after:until]

    def documents(self, article: str) -> Sequence[Document]:
        return [self._late[article]]


def _body(stream: Iterator[str]) -> list[str]:
    body: list[str] = []
    words = 0
    while words < WORDS:
        text = next(stream)
        body.append(text)
        words += text.count(" ") + 1
    return body


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


def late(count: int) -> list[Document]:
    """Articles that are published after all others."""
    stream = Archive(count)._endless()
    return [document(10_000_000 + number, _body(stream)) for number in range(count)]


class Question(NamedTuple):
    """kind: one of KINDS. words: what is asked for, lower case."""

    kind: str
    words: tuple[str, ...]


KINDS = ("one word", "two words", "either of two", "phrase", "prefix", "newest first", "in a section", "facets")


def questions(each: int) -> dict[str, list[Question]]:
    """So many of each kind, their words from very common to rare as the texts have them."""
    chance = random.Random(3)
    texts = [one.body for one in islice(Archive(2 * each).all(), 2 * each)]
    plain = [[word.lower() for word in text.split() if word.isalpha() and len(word) > 3] for text in texts]
    words = [word for some in plain for word in chance.sample(some, 1)]
    pairs = list(zip(words[::2], words[1::2], strict=True))
    phrases = [_neighbours(text) for text in texts[:each]]
    return {
        kind: [
            Question(kind, phrase if kind == "phrase" else pair if "two" in kind else pair[:1])
            for pair, phrase in zip(pairs, phrases, strict=True)
        ]
        for kind in KINDS
    }


def _neighbours(text: str) -> tuple[str, ...]:
    """Two words that stand side by side, neither a sign."""
    words = text.split()
    for one, other in pairwise(words[20:]):
        if one.isalpha() and other.isalpha() and min(len(one), len(other)) > 3:
            return one.lower(), other.lower()
    return "of", "the"
