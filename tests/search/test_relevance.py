"""Quality of answers, measured on judged collections: it must not fall."""

import gzip
import json
from collections import defaultdict
from math import log2
from pathlib import Path

import pytest

from tests.search.conftest import article, ask, built


def lines(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ndcg(folder: Path, collection: Path) -> float:
    """The mean nDCG@10 over the judged queries. All documents are of one age: it is the words that are measured."""
    documents = [
        article(n, one["title"] or "", one["text"], article=one["id"], public_from=1)
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
