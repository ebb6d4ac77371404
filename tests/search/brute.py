"""The slow and obvious way to answer: look at every document, score it by the formula of ``search.ranking``.

Nothing here is shared with the index but the analysis (``search.words``), the reading of questions (``search.grammar``)
and the constants.
"""

from collections.abc import Iterable
from math import log

from whoosh.util.numeric import byte_to_length, length_to_byte

from events.instant import Instant
from search.codec import WEIGHTS
from search.columns import tie
from search.grammar import Leaf, Name, Phrase, Question, Word
from search.parts import HALF_LIFE
from search.ranking import K1, OTHER, RECENCY, B
from search.shapes import Document
from search.words import STOP, language_of, stem, terms


def _fields(document: Document) -> Iterable[tuple[str, str]]:
    yield "headline", document.headline
    yield "standfirst", document.standfirst
    yield "kicker", document.kicker
    yield "section", document.section_name
    yield from (("bylines", name) for name in document.bylines)
    yield from (("tags", name) for name in document.tag_names)
    yield "captions", document.captions
    yield "body", document.body


class Scanned:
    """A document taken apart: (field, place within it, term), and its length."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.words: list[tuple[int, int, str, float]] = []
        length = 0.0
        for block, (field, text) in enumerate(_fields(document)):
            weight = WEIGHTS[field] / 2
            for place, term in enumerate(terms(text)):
                length += weight
                if field == "headline" or term not in STOP:
                    self.words.append((block, place, term, weight))
        self.length = byte_to_length(length_to_byte(int(length)))
        self.terms = {term for _, _, term, _ in self.words}
        self.language = language_of(document.language)


class Brute:
    """All documents that are indexed, public or not."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.all = [Scanned(document) for document in documents]
        self.average = max(1.0, sum(one.length for one in self.all) / max(1, len(self.all)))
        self.languages = {one.language for one in self.all}
        self.stems = {(one.language, stem(term, one.language), term) for one in self.all for term in one.terms}

        self.vocabulary = {term for one in self.all for term in one.terms}
        self._forms: dict[Word, dict[str, float]] = {}

    def forms(self, word: Word) -> dict[str, float]:
        if word not in self._forms:
            self._forms[word] = self._find_forms(word)
        return self._forms[word]

    def _find_forms(self, word: Word) -> dict[str, float]:
        if word.prefix:
            return {term: 1.0 for term in self.vocabulary if term.startswith(word.term)}
        found = {
            term: OTHER
            for language, base, term in self.stems
            if language in self.languages and base == stem(word.term, language)
        }
        return {**found, word.term: 1.0}

    def weight(self, one: Scanned, leaf: Leaf) -> float:
        """What the occurrences of a leaf weigh; 0: it is not there."""
        if isinstance(leaf, Word):
            forms = self.forms(leaf)
            return sum(weight * forms[term] for _, _, term, weight in one.words if term in forms)
        if isinstance(leaf, Phrase):
            at = {(block, place): term for block, place, term, _ in one.words}
            return sum(all(at.get((b, p + d)) == term for term, d in leaf.terms) for b, p in at)
        return float(self._has(one.document, leaf))

    def _has(self, document: Document, name: Name) -> bool:
        slugs, names = {
            "by": (document.byline_slugs, document.bylines),
            "in": ((document.section,) if document.section else (), (document.section_name,)),
            "tag": (document.tags, document.tag_names),
            "kind": ((), (document.kind,)),
        }[name.field]
        have = {f"={slug}" for slug in slugs} | {term for text in names for term in terms(text)}
        return set(name.terms) <= have

    def idf(self, leaf: Leaf) -> float:
        if isinstance(leaf, Phrase):
            return sum(self._idf(sum(term in one.terms for one in self.all)) for term, _ in leaf.terms)
        return self._idf(sum(self.weight(one, leaf) > 0 for one in self.all))

    def _idf(self, n: int) -> float:
        return log(1 + (len(self.all) - n + 0.5) / (n + 0.5))

    def ranked(self, question: Question, now: Instant) -> list[tuple[str, float]]:
        """(key, score) of every document that answers, best first."""
        public = [
            one for one in self.all
            if one.document.public_from <= now
            and (one.document.public_until is None or now < one.document.public_until)
        ]  # fmt: skip
        newest = max((one.document.published_at for one in public), default=0)
        idfs = {leaf: self.idf(leaf) for leaf in question.leaves()}
        scored = []
        for one in public:
            if self._answers(one, question):
                norm = K1 * (1 - B + B * one.length / self.average)
                score = 0.0
                for leaf, idf in idfs.items():
                    weight = self.weight(one, leaf)
                    score += idf * (K1 + 1) * weight / (weight + norm)
                score *= 1 + RECENCY * 2 ** ((one.document.published_at - newest) / HALF_LIFE)
                scored.append((score, one.document))
        scored.sort(key=lambda entry: (-round(entry[0], 9), -entry[1].published_at, tie(entry[1].key)))
        return [(document.key, score) for score, document in scored]

    def _answers(self, one: Scanned, question: Question) -> bool:
        at = one.document.published_at
        return (
            all(any(self.weight(one, leaf) for leaf in clause) for clause in question.clauses)
            and not any(self.weight(one, leaf) for leaf in question.excluded)
            and (question.after is None or at >= question.after)
            and (question.before is None or at < question.before)
        )
