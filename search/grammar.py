"""Any string is a question, none is an error, none is expensive.

    budget vote            both words            "interest rate"   these words, side by side
    budget OR vote         either                -football         not this
    elect*                 words that begin so   by: in: tag: kind: after: before:
                                                 as in  by:"Ada Marsh"  in:politics  after:2024-05
    has:image             with a picture

A question is an AND of clauses, each clause an OR of leaves, minus the excluded: no nesting, so no depth to bound.
An operator whose value cannot be meant (``after:today``) is left out, and the question says which it was.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from events.instant import Instant, from_datetime
from search.words import STOP, terms

LONGEST = 500  # characters read
LEAVES = 40  # words, phrases and filters read
PHRASE = 16  # terms of a phrase
PREFIX = 3  # letters that a prefix needs
WIDEST = 6  # words or phrases that may together be another name of a tag
PICTURES = ("image", "images", "picture", "pictures", "photo", "photos")  # what `has:` knows
MANY = 3  # more plain words than this are a description rather than a demand: see Index.search


@dataclass(frozen=True)
class Word:
    """One term and its other forms; with ``prefix``, every term that begins with it; with ``exact``, it alone."""

    term: str
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True)
class Phrase:
    """Terms at these distances from the first. ``loose``: not quoted, but one word of several parts (covid-19)."""

    terms: tuple[tuple[str, int], ...]
    loose: bool = False


@dataclass(frozen=True)
class Name:
    """A filter: documents whose ``field`` (by, in, tag, kind, picture) has all of these exact terms."""

    field: str
    terms: tuple[str, ...]


Leaf = Word | Phrase | Name


@dataclass
class Question:
    """What a text asks."""

    clauses: list[tuple[Leaf, ...]] = field(default_factory=list)
    excluded: list[Leaf] = field(default_factory=list)
    after: Instant | None = None
    before: Instant | None = None
    misread: list[str] = field(default_factory=list)  # operators whose values cannot be meant, each once

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.clauses or self.excluded or self.after is not None or self.before is not None)

    def leaves(self) -> list[Word | Phrase]:
        """What documents are ranked by, each once."""
        found = [leaf for clause in self.clauses for leaf in clause if not isinstance(leaf, Name)]
        return list(dict.fromkeys(found))

    def loosened(self) -> "Question":
        """The same question, content with any of its words."""
        filters = [clause for clause in self.clauses if all(isinstance(leaf, Name) for leaf in clause)]
        words = tuple(dict.fromkeys(word for leaf in self.leaves() for word in _parts(leaf)))
        return Question([words, *filters] if words else filters, self.excluded, self.after, self.before)

    def narrow(self, after: Instant | None, before: Instant | None) -> None:
        """Ask for what is also not before ``after`` and before ``before``."""
        self.after = max((moment for moment in (self.after, after) if moment is not None), default=None)
        self.before = min((moment for moment in (self.before, before) if moment is not None), default=None)

    def widen(self, synonyms: Mapping[tuple[str, ...], str]) -> None:
        """Take what has a tag for what says its other name: the terms of such names, and the slugs of their tags.

        (a AND b) OR t is (a OR t) AND (b OR t), so a name of several words needs no clause of its own.
        """
        said = [clause[0] if len(clause) == 1 else None for clause in self.clauses]
        for start in range(len(said)):
            for end in range(min(len(said), start + WIDEST), start, -1):
                slug = synonyms.get(_terms_of(said[start:end]))
                if slug is not None:
                    for at in range(start, end):
                        self.clauses[at] = (*self.clauses[at], Name("tag", (f"={slug}",)))
                    break

    def is_description(self) -> bool:
        """Whether it is a longer run of plain words."""
        words = [clause for clause in self.clauses if not all(isinstance(leaf, Name) for leaf in clause)]
        return len(words) > MANY and all(
            len(clause) == 1 and (isinstance(clause[0], Word) or _parts(clause[0]) != clause) for clause in words
        )


def _terms_of(leaves: Sequence[Leaf | None]) -> tuple[str, ...]:
    """The terms of words or phrases that follow each other; () where there is anything else."""
    found: list[str] = []
    for leaf in leaves:
        if isinstance(leaf, Word) and not leaf.prefix:
            found.append(leaf.term)
        elif isinstance(leaf, Phrase):
            found += [term for term, _ in leaf.terms]
        else:
            return ()
    return tuple(found)


def _parts(leaf: Leaf) -> tuple[Leaf, ...]:
    """The words of a loose phrase; any other leaf alone."""
    if isinstance(leaf, Phrase) and leaf.loose:
        return tuple(Word(term) for term, _ in leaf.terms if term.isascii() or len(term) > 1)
    return (leaf,)


_TOKEN = re.compile(
    r'(?P<minus>-?)(?:(?P<field>by|in|tag|kind|has|before|after):)?'
    r'(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+)|(?(field)|(?!)))'  # only an operator may have nothing after it
)


def parse(text: str, zone: tzinfo = UTC, *, forgiving: bool = False) -> Question:
    """Read a question. ``zone``: whose midnight ``before:`` and ``after:`` mean.

    ``forgiving``: take for words what is misread, for whoever cannot say that it was left out.
    """
    question = Question()
    joined = False  # by OR, to the clause before
    for token in list(_TOKEN.finditer(text[:LONGEST]))[:LEAVES]:
        if token[0] == "OR":
            joined = bool(question.clauses)
            continue
        leaf = _leaf(token, question, zone, forgiving)
        if leaf is None:
            continue
        if token["minus"]:
            question.excluded.append(leaf)
        elif joined:
            question.clauses[-1] = (*question.clauses[-1], leaf)
        else:
            question.clauses.append((leaf,))
        joined = False
    return _without_stop_words(question)


def _leaf(token: "re.Match[str]", question: Question, zone: tzinfo, forgiving: bool) -> Leaf | None:
    name, quoted = token["field"], token["quoted"]
    value = quoted if quoted is not None else token["plain"] or ""
    if not name:
        return _words(value, quoted=quoted is not None)
    if name in ("before", "after"):
        moment = _moment(value, zone)
        if moment is not None:
            setattr(question, name, moment)
            return None
        leaf = None
    else:
        leaf = _name(name, value)
    if leaf is not None:
        return leaf
    if name not in question.misread:
        question.misread.append(name)
    return _words(f"{name} {value}") if forgiving else None


def _words(value: str, *, quoted: bool = False) -> Leaf | None:
    found = list(terms(value))[:PHRASE]
    if not found:
        return None
    if len(found) > 1:
        return Phrase(tuple(zip(found, range(len(found)), strict=True)), loose=not quoted)
    prefix = not quoted and value.endswith("*") and len(found[0]) >= PREFIX
    return Word(found[0], prefix or (len(found[0]) == 1 and not found[0].isascii()))


def _name(name: str, value: str) -> Leaf | None:
    if name == "kind":
        return Name(name, (value.casefold(),)) if value else None
    if name == "has":
        return Name("picture", ("yes",)) if value.casefold() in PICTURES else None
    words = tuple(terms(value))[:PHRASE]
    return Name(name, words) if words else None


def filters(
    *, section: str | None, byline: str | None, tag: str | None, kind: str | None, has_image: bool | None
) -> list[tuple[Leaf, ...]]:
    """Clauses for exact slugs."""
    named = (("in", section), ("by", byline), ("tag", tag))
    found: list[tuple[Leaf, ...]] = [(Name(name, (f"={value}",)),) for name, value in named if value is not None]
    if kind is not None:
        found.append((Name("kind", (kind.casefold(),)),))
    if has_image is not None:
        found.append((Name("picture", ("yes" if has_image else "no",)),))
    return found


def _without_stop_words(question: Question) -> Question:
    """Stop words are only looked for where nothing else is asked: ``the who``, ``to be or not to be``."""

    def empty(leaf: Leaf) -> bool:
        return isinstance(leaf, Word) and leaf.term in STOP

    kept = [clause for clause in question.clauses if not all(map(empty, clause))]
    if any(not isinstance(leaf, Name) for clause in kept for leaf in clause):
        question.clauses = kept
    question.clauses = [tuple(_gapped(leaf) for leaf in clause) for clause in question.clauses]
    question.excluded = [_gapped(leaf) for leaf in question.excluded]
    return question


def _gapped(leaf: Leaf) -> Leaf:
    """A phrase without its stop words, which bodies are indexed without; their places stay open."""
    if not isinstance(leaf, Phrase):
        return leaf
    kept = [(term, at) for term, at in leaf.terms if term not in STOP]
    if not kept:
        return leaf
    if len(kept) == 1:
        return Word(kept[0][0])
    return Phrase(tuple((term, at - kept[0][1]) for term, at in kept), leaf.loose)


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def _moment(text: str, zone: tzinfo) -> Instant | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return from_datetime(datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=zone))
    except (ValueError, OverflowError):
        return None
