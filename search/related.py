"""More like this: the stories whose words are most like one story's.

What a story is about are the words that stand in it more often than in others: of all that stand in its headline,
standfirst and tags or more than once in its body, the TERMS whose weight times rarity is greatest. Stories are ranked
by these as if somebody had asked for any of them, so newer ones come a little before older.
"""

from collections import Counter
from math import log

from events.instant import Instant
from search.codec import WEIGHTS
from search.grammar import Name, Question, Word
from search.ranking import Search
from search.shapes import Document
from search.snapshot import Snapshot
from search.words import STOP, terms

TERMS = 20
READ = 20_000  # characters of a body
COMMON = 0.1  # of all documents: a word that more have tells nothing
LEAST = 2  # of the terms that a story must have to be like another


def related(snapshot: Snapshot, article: str, now: Instant, most: int, deadline: float) -> list[str]:
    """See ``Index.related``."""
    document = _find(snapshot, article, now)
    if document is None:
        return []
    telling = about(document, snapshot)
    if len(telling) < LEAST:
        return []
    itself = Name("article", (article,))
    question = Question(clauses=[tuple(Word(term, exact=True) for term in telling)], excluded=[itself])
    found = Search(snapshot, question, now, deadline).run("relevance", most, facets=False)
    return [view.part.document(number).article for view, number, _ in found.best]


def about(document: Document, snapshot: Snapshot) -> list[str]:
    """The words that tell what a document is about, the most telling first."""
    weights: Counter[str] = Counter()
    named = " ".join((document.headline, document.standfirst, document.kicker, *document.tag_names))
    for text, weight in ((named, WEIGHTS["standfirst"]), (document.body[:READ], WEIGHTS["body"])):
        for term in terms(text):
            if term not in STOP and len(term) > 1:
                weights[term] += weight
    rare: list[tuple[float, str]] = []
    for term, weight in weights.items():
        if weight > WEIGHTS["body"]:
            documents = snapshot.frequency(term)
            if 1 < documents <= max(LEAST, COMMON * snapshot.documents):
                rare.append((weight * log(1 + snapshot.documents / documents), term))
    return [term for _, term in sorted(rare, key=lambda entry: (-entry[0], entry[1]))[:TERMS]]


def _find(snapshot: Snapshot, article: str, now: Instant) -> Document | None:
    for view in snapshot.views:
        postings = view.part.postings("f_article", article.encode())
        if postings is not None:
            visible = view.visible(now)
            for number in postings.ids.tolist():
                if visible[number]:
                    return view.part.document(number)
    return None
