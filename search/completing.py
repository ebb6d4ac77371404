"""What somebody may be about to type: names and headlines that go on like this.

Every word but the last stands in the headline or name as it is typed, the last may be the beginning of one. For names
each word may. Only what readers can see at the moment is offered, as for any question.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import numpy as np

from events.instant import Instant
from search.postings import Numbers
from search.shapes import Completion
from search.snapshot import Snapshot, View
from search.words import STOP, is_cjk, terms

LONGEST = 100  # characters that are read
WORDS = 8
SHORTEST = 2  # letters with which the last word of a headline begins; a name may begin with one
FORMS = 200  # words of headlines that one beginning may stand for in a segment
NAMES: tuple[Literal["section", "byline", "tag"], ...] = ("section", "byline", "tag")


def completions(snapshot: Snapshot, text: str, now: Instant, most: int) -> list[Completion]:
    """See ``Index.complete``."""
    words = list(terms(text[:LONGEST]))[:WORDS]
    return [] if not words else [*_names(snapshot, words, now, most), *_headlines(snapshot, words, now, most)]


def _names(snapshot: Snapshot, words: list[str], now: Instant, most: int) -> Iterator[Completion]:
    for kind in NAMES:
        found: dict[str, str] = {}
        for slug, name in snapshot.names(kind, now):
            if len(found) < most and _goes_on(name, words):
                found.setdefault(slug, name)
        for slug, name in found.items():
            yield Completion(kind, slug, name)


@lru_cache(maxsize=20_000)
def _words_of(name: str) -> tuple[str, ...]:
    return tuple(terms(name))


def _goes_on(name: str, words: list[str]) -> bool:
    """Whether each of the words begins a word of the name, each another."""
    left = list(_words_of(name))
    for word in words:
        match = next((one for one in left if one.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _headlines(snapshot: Snapshot, words: list[str], now: Instant, most: int) -> Iterator[Completion]:
    *whole, last = [word for word in words if word not in STOP] or [""]
    if len(last) < SHORTEST and not is_cjk(last):
        return
    found: list[tuple[Instant, int, View, int]] = []
    for view in snapshot.views:
        chosen = view.part.with_any("f_head", last.encode(), FORMS) & view.visible(now)
        for word in whole:
            postings = view.part.postings("f_head", word.encode())
            have = np.zeros(view.part.count, bool)
            if postings is not None:
                have[postings.ids] = True
            chosen &= have
        for number in _newest(view, np.flatnonzero(chosen), most):
            found.append((-int(view.part.published_at[number]), int(view.part.ties[number]), view, number))
    found.sort(key=lambda entry: entry[:2])
    for _, _, view, number in found[:most]:
        document = view.part.document(number)
        yield Completion("article", document.article, document.headline)


def _newest(view: View, ids: Numbers, most: int) -> list[int]:
    """The ``most`` that were published last, and those published at the same moment as the last of them."""
    if len(ids) > most:
        published = view.part.published_at[ids]
        ids = ids[published >= np.partition(published, -most)[-most]]
    chosen: list[int] = ids.tolist()
    return chosen

