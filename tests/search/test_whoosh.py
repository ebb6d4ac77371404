"""Our segments are Whoosh's: its own searcher opens them, finds what ours finds and scores it alike."""

from math import log
from pathlib import Path

import pytest
from whoosh import index as whoosh
from whoosh import query as ask_whoosh
from whoosh.scoring import BM25F

from search.building import NAME
from search.codec import MappedStorage
from search.grammar import Phrase, Question, Word
from search.parts import HALF_LIFE
from search.ranking import K1, RECENCY, B, Search
from search.snapshot import Snapshot
from tests.search.conftest import NOW, article, built

BODIES = ["the flood broke the bridge", "a bridge too far", "flood after flood", "bridge over flood water", "nothing"]


@pytest.fixture
def opened(folder: Path) -> tuple[Snapshot, whoosh.FileIndex]:
    index, _ = built(folder, [article(n, f"Story {n}", BODIES[n % 5] + " so" * (n % 7)) for n in range(300)])
    current = index.generations.current()
    assert current is not None
    return index._current(), whoosh.FileIndex(MappedStorage(current), indexname=NAME)


@pytest.mark.parametrize(("ours", "theirs"), [
    (Word("flood"), ask_whoosh.Term("text", "flood")),
    (Phrase((("flood", 0), ("after", 1), ("flood", 2))[::2]), ask_whoosh.Phrase("text", ["flood", "flood"], slop=2)),
    (Phrase((("bridge", 0), ("far", 2))), ask_whoosh.Phrase("text", ["bridge", "far"], slop=2)),
])  # fmt: skip
def test_whoosh_finds_the_same_documents(
    opened: tuple[Snapshot, whoosh.FileIndex], ours: Word | Phrase, theirs: ask_whoosh.Query
) -> None:
    snapshot, index = opened
    (view,) = snapshot.views
    found = Search(snapshot, _question(ours), NOW, 1e12).matches(view, ours)
    with index.searcher() as searcher:
        assert sorted(theirs.docs(searcher)) == list(found.ids) != []


def test_whoosh_scores_a_word_alike_but_for_its_idf(opened: tuple[Snapshot, whoosh.FileIndex]) -> None:
    """Whoosh takes ln(N / (n + 1)) + 1 for the idf and keeps lengths in a byte as we do."""
    snapshot, index = opened
    (view,) = snapshot.views
    search = Search(snapshot, _question(Word("flood")), NOW, 1e12)
    ids = search.matches(view, Word("flood")).ids
    scores = dict(zip(ids, search._scorer()(view, ids), strict=True))
    ours = search._idf(Word("flood"))
    theirs = log(300 / (len(ids) + 1)) + 1
    with index.searcher(weighting=BM25F(B=B, K1=K1)) as searcher:
        matcher = ask_whoosh.Term("text", "flood").matcher(searcher)
        newest = view.newest(NOW)
        while matcher.is_active():
            age = view.part.published_at[matcher.id()] - newest
            plain = scores[matcher.id()] / (1 + RECENCY * 2 ** (age / HALF_LIFE))
            assert matcher.score() / theirs == pytest.approx(plain / ours, rel=0.02)
            matcher.next()


def _question(leaf: Word | Phrase) -> Question:
    return Question([(leaf,)])
