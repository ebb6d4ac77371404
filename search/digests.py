"""What an index holds, as digests that can be compared with another's, however either was built."""

from collections.abc import Iterator
from hashlib import blake2b
from zlib import error as damaged

import numpy as np
from numpy.typing import NDArray

from events.instant import Instant
from search.columns import digest
from search.parts import Part
from search.snapshot import Snapshot


def digests(snapshot: Snapshot, at: Instant) -> Iterator[tuple[str, str, str]]:
    """See ``Index.digests``. Postings are read from their files, stored documents are decompressed: all is seen."""
    found = []
    for view in snapshot.views:
        sums = _sums(view.part)
        for number in range(view.part.count):
            if number not in view.deleted and view.part.public_until[number] > at:
                found.append((*_stored(view.part, number), f"{sums[number]:016x}"))
    yield from sorted(found)


def _stored(part: Part, number: int) -> tuple[str, str]:
    try:
        document = part.document(number)
    except (damaged, ValueError):
        return f"document {number} of {part.segment_id}", "damaged"
    columns = f"{part.published_at[number]} {part.public_from[number]} {part.public_until[number]}"
    labels = [column.values[column.ordinals[number]] for column in part.labels.values()]
    return document.key, blake2b(digest(document) + f"{columns} {labels}".encode(), digest_size=16).hexdigest()


def _sums(part: Part) -> NDArray[np.uint64]:
    """For each document a sum over its terms, which does not depend on their order; what overflows is let go."""
    sums = np.zeros(part.count, np.uint64)
    for field, term in part.all_terms():
        if field == "f_stem":
            continue  # belongs to the language, not to a document
        base = int.from_bytes(blake2b(field.encode() + b"\0" + term, digest_size=8).digest())
        if field != "text":
            if postings := part.postings(field, term):
                sums[postings.ids] += np.uint64(base)  # a term names a document once
        elif found := part.positions(term):
            (ids, weights), counts, places = found
            mixed = np.add.reduceat((places + 1) * (places + 3), np.cumsum(counts) - counts) * 2 + 1
            sums[ids] += (np.uint64(base) ^ weights.astype(np.uint64)) * mixed.astype(np.uint64)
    return sums
