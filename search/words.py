"""From text to terms: the one analysis that indexing, asking and highlighting share.

A term is a word, case and diacritics folded, as it stands in the text: *not* its stem. Stems are looked up when
somebody asks (``stems`` in the index leads from a stem to its words), so an exact form can be preferred, prefixes
and spelling suggestions are of real words, and each language is stemmed its own way.

Chinese, Japanese and Korean have no spaces: there each pair of neighbouring characters is a term.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

ANALYSIS = 2  # raise it when the same text would give other terms: the index is then rebuilt

CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
_CJK = re.compile(f"[{CJK}]")


def _letters() -> str:
    """A character class of what words are made of, CJK apart. Spelt out, since ``\\w`` is asked character by
    character and takes three times as long."""
    ranges: list[list[int]] = []
    for code in range(0x10000):
        char = chr(code)
        if (char.isalnum() or unicodedata.category(char) == "Mn") and not _CJK.match(char):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + "\U00010000-\U0001ffff"


_L = _letters()
# A dotted abbreviation of letters, whose last dot may be left out (U.S., e.g), a word with its apostrophes, or a run of
# CJK characters.
WORD = re.compile(rf"[{_L}](?:(?<!\d)(?:\.(?!\d)[{_L}])+(?![{_L}])\.?|[{_L}'’]*)|[{CJK}]+")
LEFT_OUT = str.maketrans("", "", "'’.")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
LONGEST = 64  # characters of a term; what is longer is cut

# Too common to tell one article from another. They are indexed in headlines only.
_STOP = (
    "a about after all also an and any are as at be been being but by can could did do does for from had has have he "
    "her his how i if in into is it its may more most my no not of on one or our other out over she should so some "
    "such than that the their them then there these they this those to was we were what when where which while who "
    "will with would you your"
)
STOP = frozenset(_STOP.split())

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def fold(word: str) -> str:
    """``word`` without case, diacritics, apostrophes and a possessive s: Müller's → muller, U.S. → us."""
    folded = word.casefold()
    if not folded.isascii():
        apart = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in apart if not unicodedata.combining(c)).casefold().translate(_LETTERS)
    folded = folded.replace("’", "'").removesuffix("'s")
    return folded.translate(LEFT_OUT)[:LONGEST]


def is_cjk(word: str) -> bool:
    """Whether a match of ``WORD`` is a run of characters that are written without spaces between words."""
    return word > "\u3000" and _CJK.match(word) is not None


def pairs(run: str) -> list[str]:
    """The terms of a run of CJK characters: each pair of neighbours, then the last character alone."""
    return [run[i : i + 2] for i in range(len(run))]


def terms(text: str) -> Iterator[str]:
    """The terms of ``text`` in order, stop words included."""
    for word in WORD.findall(text):
        if is_cjk(word):
            yield from pairs(word)
        elif folded := fold(word):
            yield folded


def telling(text: str) -> tuple[str, ...]:
    """The terms of ``text`` without stop words: what a question that says it is made of."""
    return tuple(term for term in terms(text) if term not in STOP)


def language_of(tag: str) -> str:
    """The primary language of a BCP 47 tag: ``en`` of ``en-GB``."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=64)
def _stemmer(language: str) -> "Stemmer.Stemmer | None":
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name, 0) if name in Stemmer.algorithms() else None


def stem(word: str, language: str) -> str:
    """The stem of a folded word; the word itself in a language that we cannot stem, or where there is a digit."""
    stemmer = _stemmer(language)
    if stemmer is None or not word.isalpha():
        return word
    result: str = stemmer.stemWord(word)
    return result
