"""Did you mean …: for words that no document has, the likeliest word that documents do have."""

import re

from search.grammar import Word
from search.snapshot import Snapshot

SHORTEST = 4  # letters of a word that may be corrected
CANDIDATES = 3000  # words of one beginning that are looked at


def suggest(text: str, words: list[Word], snapshot: Snapshot) -> str | None:
    """``text`` with unknown words put right, or None if there is nothing better to offer."""
    suggestion = text
    for word in words:
        if not word.prefix and not any(snapshot.frequency(form) for form in snapshot.forms(word)):
            better = correction(word.term, snapshot)
            if better is None:
                return None
            suggestion = re.sub(rf"(?<!\w){re.escape(word.term)}(?!\w)", better, suggestion, flags=re.IGNORECASE)
    return suggestion if suggestion != text else None


def correction(term: str, snapshot: Snapshot) -> str | None:
    """The nearest word at one slip, or two in a long word; of equals, the commonest."""
    if len(term) < SHORTEST or not term.isalpha():
        return None
    allowed = 1 if len(term) < 7 else 2
    best: tuple[int, int, str] | None = None
    for lead in {term[:2], term[1] + term[0]}:
        found = {one for view in snapshot.views for one in view.part.begin_with("text", lead.encode(), CANDIDATES)}
        for candidate in map(bytes.decode, found):
            if abs(len(candidate) - len(term)) <= allowed and (slips := distance(term, candidate, allowed)) <= allowed:
                entry = (slips, -snapshot.frequency(candidate), candidate)
                best = entry if best is None or entry < best else best
    return best[2] if best else None


def distance(one: str, other: str, most: int) -> int:
    """How many letters were missed, added, changed or swapped with their neighbour; ``most + 1`` stands for more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
