"""Quality of answers, measured on judged collections: it must not fall."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Callable
from math import log2
from pathlib import Path

import pytest

from events.instant import DAY, Instant
from tests.search.conftest import NOW, article, ask, built, found


def lines(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ndcg(folder: Path, collection: Path, published: Callable[[], Instant] = lambda: 1) -> float:
    """The mean nDCG@10 over the judged queries. Unless ``published`` says when, all documents are of one age: it is
    the words that are measured."""
    documents = [
        article(n, one["title"] or "", one["text"], article=one["id"], public_from=published())
        for n, one in enumerate(lines(collection / "docs.jsonl.gz"))
    ]
    index, _ = built(folder, documents)
    gains: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for one in lines(collection / "qrels.jsonl.gz"):
        gains[one["query_id"]][one["doc_id"]] = float(one["gain"])
    values = []
    for query in lines(collection / "queries.jsonl.gz"):
        judged = gains[query["id"]]
        hits = [hit.article for hit in ask(index, query["text"], limit=10, facets=False).hits]
        best = sorted(judged.values(), reverse=True)[:10]
        values.append(discounted([judged.get(hit, 0) for hit in hits]) / discounted(best))
    return sum(values) / len(values)


def discounted(gains: list[float]) -> float:
    return sum(gain / log2(rank + 2) for rank, gain in enumerate(gains))


@pytest.mark.parametrize(("name", "reached"), [("time", 0.758), ("cranfield", 0.544)])
def test_answers_are_as_good_as_the_baseline(shared: Path, folder: Path, name: str, reached: float) -> None:
    """The baseline: BM25 with Porter stems, in the collection's info.json."""
    collection = shared / "data" / "search" / name
    baseline = json.loads((collection / "info.json").read_text())["baseline"]["bm25_porter"]["ndcg10"]
    value = ndcg(folder, collection)
    print(f"{name}: nDCG@10 {value:.4f}, baseline {baseline}")
    assert value >= max(baseline, reached)


@pytest.mark.parametrize(("name", "reached"), [("time", 0.755), ("cranfield", 0.539)])
def test_being_recent_counts_so_little_that_answers_stay_as_good(
    shared: Path, folder: Path, name: str, reached: float
) -> None:
    """The worst case: an archive of ten years whose dates have nothing to do with what anybody asks for."""
    chance = random.Random(0)
    collection = shared / "data" / "search" / name
    value = ndcg(folder, collection, lambda: NOW - chance.randrange(3650) * DAY)
    print(f"{name}, dates at random: nDCG@10 {value:.4f}")
    assert value >= reached


def test_of_equals_the_newer_comes_first_and_of_unequals_the_better(folder: Path) -> None:
    """Of two stories with the same words a fresh one leads by a fifth; that is less than a headline's word."""
    index, _ = built(folder, [
        article(0, "Council", "The harbour dues."), article(30, "Council", "The harbour dues."),
        article(700, "Council", "The harbour dues."), article(3000, "Harbour", "The council and its dues."),
    ])  # fmt: skip
    hits = ask(index, "harbour").hits
    assert [hit.article for hit in hits] == ["a3000", "a0", "a30", "a700"]
    assert hits[1].score / hits[3].score == pytest.approx(1.2, abs=0.001)
    assert found(index, "dues")[:3] == ["a0", "a30", "a700"]
