"""Passwords: hashed with argon2id, refused where anyone would guess them."""

import threading
import unicodedata

import argon2

SHORTEST = 10  # characters
LONGEST = 1000
AT_ONCE = 2  # hashes at the same time: each takes its memory and a core for a while

_GUESSED_FIRST = frozenset(
    """
    1234567890 0123456789 0987654321 12345678910 1q2w3e4r5t qwertyuiop qwerty12345 qwerty123456
    password12 password123 password1234 passw0rd123 iloveyou12 iloveyou123 letmein123 letmein1234
    welcome123 welcome1234 administrator admin12345 admin123456 changeme123 correcthorse abcdefghij
    abcd123456 abc1234567 daybook123 daybook1234 journalist journalist1 newspaper1 newsroom12
    newsroom123 football123 sunshine123 princess123 monkey12345 dragon12345 superman123 trustno1234
    liverpool123 manchester newcastle1 birmingham
    """.split()  # noqa: SIM905 - a list to be read and added to
)


class Passwords:
    """Hashing with a given cost. ``memory``: KiB for one hash (RFC 9106 recommends 65,536)."""

    def __init__(self, memory: int) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=3, memory_cost=memory, parallelism=4)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """The hash to keep, with its salt and cost in it."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. No hash takes as long as a wrong password, so nobody learns who is here."""
        if kept is None and self._nobody is None:
            self._nobody = self.hash("nobody's password")
        if len(password) > LONGEST:
            return False
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobody or "", _normal(password)) and kept is not None
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with another cost than today's."""
        return self._hasher.check_needs_rehash(kept)


def weakness(password: str, *personal: str) -> str | None:
    """What is wrong with a new password, in words for its owner, or None. ``personal``: e-mail, name."""
    plain = _normal(password).casefold()
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters: a few words that you remember make a good password."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST:,} characters."
    if plain in _GUESSED_FIRST or len(set(plain)) < 5:
        return "That is one of the first passwords that anybody would try. Take a few words that only you know."
    parts = {part for words in personal for part in [words.casefold(), words.casefold().partition("@")[0]]}
    if plain in parts or plain.rstrip("0123456789!") in parts:
        return "Your own name or address is the first thing that anybody would try."
    return None


def _normal(password: str) -> str:
    """The same characters however a keyboard puts them together (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
