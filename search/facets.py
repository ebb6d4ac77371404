"""How many of the stories that were found are of a section, a writer, a topic."""

from search.ranking import Found
from search.shapes import Bucket

BUCKETS = 20  # values of a facet


def buckets(found: Found) -> dict[str, tuple[Bucket, ...]]:
    """Each facet's commonest values, of which one slug may have had several names: then the commonest name."""
    buckets = {}
    for facet, counts in found.counts.items():
        merged: dict[str, tuple[str, int]] = {}
        for (slug, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            first, total = merged.get(slug, (name, 0))
            merged[slug] = (first, total + count)
        ordered = sorted(merged.items(), key=lambda item: (-item[1][1], item[0]))[:BUCKETS]
        buckets[facet] = tuple(Bucket(slug, name, count) for slug, (name, count) in ordered)
    return buckets
