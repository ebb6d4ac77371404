"""Words of the question marked in headlines and in a snippet: escaped text with ``<mark>`` around whole words."""

from collections.abc import Collection
from typing import NamedTuple

from markupsafe import escape

from search.words import LEFT_OUT, WORD, fold, is_cjk, pairs

SNIPPET = 240  # characters
REMEMBERED = 100_000  # words whose folding is remembered
READ = 60_000  # characters of a body that a snippet may come from


class Span(NamedTuple):
    """Where in a text a word of the question stands."""

    start: int
    end: int
    term: str


class _Folded(dict[str, str]):
    """Words as they stand in texts → folded. Shared by all questions: most words of one text are in the next."""

    def __missing__(self, word: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        folded = self[word] = "" if is_cjk(word) else fold(word)
        return folded


_folded = _Folded().__getitem__


class Marker:
    """Marks the words of one question."""

    def __init__(self, terms: Collection[str]) -> None:
        self._terms = frozenset(terms)
        self._cjk = any(map(is_cjk, self._terms))

    def spans(self, text: str) -> list[Span]:
        """Each word of the question in ``text``, in order."""
        found: list[Span] = []
        if self._terms:
            at = 0
            for line in text.split("\n"):  # most paragraphs have none of the words
                found += self._in_line(line, at)
                at += len(line) + 1
        return found

    def _in_line(self, line: str, start: int) -> list[Span]:
        terms = self._terms
        if not self._cjk and line.isascii() and not self._may_stand_in(line.lower()):
            return []
        words = WORD.findall(line)
        if not self._cjk and terms.isdisjoint(map(_folded, words)):
            return []
        found: list[Span] = []
        at = 0
        for word, term in zip(words, map(_folded, words), strict=True):
            at = line.index(word, at)  # words come in order and only what is no word lies between them
            if term in terms:
                found.append(Span(start + at, start + at + len(word), term))
            elif self._cjk and is_cjk(word):
                found += self._runs(word, start + at)
            at += len(word)
        return found

    def _may_stand_in(self, line: str) -> bool:
        """Whether the letters of a word of the question stand in a line of ASCII somewhere: quicker than its words."""
        if "'" in line or "." in line:  # which folding leaves out of words
            line = line.translate(LEFT_OUT)
        return any(term in line for term in self._terms)

    def _runs(self, run: str, start: int) -> list[Span]:
        found: list[Span] = []
        for at, pair in enumerate(pairs(run), start):
            if pair in self._terms:
                if found and found[-1].end >= at:
                    found[-1] = Span(found[-1].start, at + len(pair), found[-1].term + pair)
                else:
                    found.append(Span(at, at + len(pair), pair))
        return found

    def mark(self, text: str) -> str:
        """The whole of ``text`` as safe HTML."""
        return _marked(text, 0, len(text), self.spans(text))

    def snippet(self, text: str) -> str:
        """The stretch of ``text`` with most of the question in it, as safe HTML; empty if none of it is there."""
        text = text[:READ]
        spans = self.spans(text)
        if not spans:
            return ""
        start, end = _stretch(text, spans)
        before = "… " if start else ""
        after = " …" if end < len(text) else ""
        inside = [span for span in spans if start <= span.start and span.end <= end]
        return before + " ".join(_marked(text, start, end, inside).split()) + after


def opening(text: str) -> str:
    """The beginning of ``text`` as safe HTML, for a document whose body has no word of the question."""
    end = len(text) if len(text) <= SNIPPET else _word_end(text, SNIPPET)
    return " ".join(str(escape(text[:end])).split()) + (" …" if end < len(text) else "")


def _marked(text: str, start: int, end: int, spans: list[Span]) -> str:
    pieces, at = [], start
    for span in spans:
        pieces.append(f"{escape(text[at : span.start])}<mark>{escape(text[span.start : span.end])}</mark>")
        at = span.end
    return "".join(pieces) + str(escape(text[at:end]))


def _stretch(text: str, spans: list[Span]) -> tuple[int, int]:
    """The window that shows most different terms, and of those the one that shows most of them, first."""
    best, most = spans[0], (0, 0)
    last = 0
    for first, span in enumerate(spans):
        last = max(last, first)
        while last < len(spans) and spans[last].end <= span.start + SNIPPET - 40:
            last += 1
        inside = spans[first:last]
        value = (len({one.term for one in inside}), len(inside))
        if value > most:
            best, most = span, value
    line = text.rfind("\n", 0, best.start) + 1
    start = line if best.start - line < 80 else _word_start(text, best.start - 60)
    end = max(min(start + SNIPPET, len(text)), best.end)
    stop = text.find("\n", best.end, end)
    if stop != -1 and stop - start > SNIPPET // 2:
        return start, stop
    return start, end if end == len(text) else max(_word_end(text, end), best.end)


def _word_start(text: str, at: int) -> int:
    space = max(text.find(" ", at, at + 50), text.find("\n", at, at + 50))
    return space + 1 if space != -1 else at


def _word_end(text: str, at: int) -> int:
    space = max(text.rfind(" ", at - 50, at), text.rfind("\n", at - 50, at))
    return space if space != -1 else at
