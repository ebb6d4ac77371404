"""All that answers a question, in no order: for a list that has an order, and conditions, of its own.

Where a page of such a list is known, ``excerpts`` shows the question's words in it.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import NamedTuple

from events.instant import Instant
from search.grammar import PREFIX, Question, Word, parse
from search.highlight import Marker, opening
from search.ranking import Late, Search
from search.shapes import Hit
from search.snapshot import Snapshot, View


class Matches(NamedTuple):
    """``articles``: every one that has all the words, unless ``partial``: then the time allowed ran out."""

    articles: frozenset[str]
    partial: bool


def begun(text: str, zone: tzinfo) -> Question:
    """What a text asks whose last word may be cut off."""
    question = parse(text, zone)
    last = question.clauses[-1] if question.clauses and not text.endswith((" ", '"')) else ()
    if len(last) == 1 and isinstance(word := last[0], Word) and len(word.term) >= PREFIX:
        question.clauses[-1] = (word, Word(word.term, prefix=True))
    return question


def matches(snapshot: Snapshot, question: Question, now: Instant, deadline: float) -> Matches:
    """See ``Index.matches``."""
    search, found = Search(snapshot, question, now, deadline), set[str]()
    try:
        for view in snapshot.views:
            articles = view.part.articles
            found.update(articles[number] for number in search.candidates(view).tolist())
    except Late:
        return Matches(frozenset(found), True)
    return Matches(frozenset(found), False)


def excerpts(snapshot: Snapshot, question: Question, articles: Iterable[str]) -> Iterator[Hit]:
    """See ``Index.excerpts``."""
    marker = Marker(snapshot.words(question.leaves()))
    for article in articles:
        for view in snapshot.views:
            postings = view.part.postings("f_article", article.encode())
            for number in postings.ids.tolist() if postings else ():
                if number not in view.deleted:
                    yield hit(view, number, 0.0, marker)


def hit(view: View, number: int, score: float, marker: Marker) -> Hit:
    """A document as an answer shows it."""
    document = view.part.document(number)
    return Hit(
        article=document.article,
        key=document.key,
        path=document.path,
        headline_html=marker.mark(document.headline),
        standfirst_html=marker.mark(document.standfirst),
        snippet_html=marker.snippet(document.body) or opening(document.body),
        score=score,
        published_at=document.published_at,
        public_from=document.public_from,
        public_until=document.public_until,
    )
