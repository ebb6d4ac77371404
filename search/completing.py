"""What somebody may be about to type: names and headlines that go on like this.

Every word but the last stands in the headline or name as it is typed, the last may be the beginning of one. For names
each word may. Only what readers can see at the moment is offered, as for any question. One letter begins too many words
to look them all up: after other words, the newest headlines that these leave are read for one that begins so.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from events.instant import Instant
from search.postings import Numbers
from search.shapes import Completion
from search.snapshot import Snapshot, View
from search.words import STOP, is_cjk, terms

LONGEST = 100  # characters that are read
WORDS = 8
SHORTEST = 2  # letters of a beginning that is looked up; one is looked for in the headlines that other words leave
READ = 100  # headlines of a segment, the newest, that are read for it
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
    letter = last if len(last) < SHORTEST and not is_cjk(last) else ""
    if not last or (letter and not whole):
        return
    found: list[tuple[Instant, int, View, int]] = []
    for view in snapshot.views:
        chosen = view.visible(now)
        for word in whole:
            chosen &= _having(view, word, cut=len(word) == 1 and is_cjk(word))  # which alone is half a term
        if not letter:
            chosen &= _having(view, last, cut=True)
        ids = np.flatnonzero(chosen)
        newest = _beginning(view, _newest(view, ids, READ), letter) if letter else _newest(view, ids, most)
        for number in newest:
            found.append((-int(view.part.published_at[number]), int(view.part.ties[number]), view, number))
    found.sort(key=lambda entry: entry[:2])
    for _, _, view, number in found[:most]:
        document = view.part.document(number)
        yield Completion("article", document.article, document.headline)


def _having(view: View, word: str, *, cut: bool) -> NDArray[np.bool]:
    """For each document whether its headline has the word, or where it is ``cut`` off, one that begins so."""
    if cut:
        return view.part.with_any("f_head", word.encode(), FORMS)
    have = np.zeros(view.part.count, bool)
    postings = view.part.postings("f_head", word.encode())
    if postings is not None:
        have[postings.ids] = True
    return have


def _beginning(view: View, numbers: list[int], letter: str) -> list[int]:
    """Those in whose headline a word begins so, stop words apart, as for longer beginnings."""
    return [
        number for number in numbers
        if any(term.startswith(letter) and term not in STOP for term in terms(view.part.document(number).headline))
    ]  # fmt: skip


def _newest(view: View, ids: Numbers, most: int) -> list[int]:
    """The ``most`` that were published last, and those published at the same moment as the last of them."""
    if len(ids) > most:
        published = view.part.published_at[ids]
        ids = ids[published >= np.partition(published, -most)[-most]]
    chosen: list[int] = ids.tolist()
    return chosen

