"""Personal words in an immutable log: an envelope whose key can be destroyed.

The log keeps ``{subject, nonce, ciphertext}``; the key of each subject is kept elsewhere (``keys.db``).
Destroying the key erases the words, from every copy of the log at once, and no hash changes.
AES-256-GCM (NIST SP 800-38D). The nonce is made from key and words, as in the SIV construction (RFC 5297):
sealing the same words again gives the same bytes, so a command that is sent twice is still the same command.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that only the holder of the subject's key can read. nonce, ciphertext: base64."""

    subject: str
    nonce: str
    ciphertext: str


class Keys(Protocol):
    """Where the keys are: 32 bytes a subject."""

    def key_for(self, subject: str) -> bytes:
        """The subject's key, made at the first call."""

    def find_key(self, subject: str) -> bytes | None:
        """The subject's key, or None where it was destroyed or never made."""


def seal(words: str, subject: str, keys: Keys) -> Envelope:
    """Put words under the subject's key."""
    key = keys.key_for(subject)
    aad = subject.encode()
    plain = words.encode()
    nonce = hmac.digest(hashlib.sha256(b"nonce" + key).digest(), aad + b"\0" + plain, "sha256")[:NONCE_BYTES]
    ciphertext = AESGCM(key).encrypt(nonce, plain, aad)
    return Envelope(subject, b64encode(nonce).decode(), b64encode(ciphertext).decode())


def open_envelope(envelope: Envelope, keys: Keys) -> str | None:
    """The words, or None where they were erased. Raises ValueError where somebody altered the envelope."""
    key = keys.find_key(envelope.subject)
    if key is None:
        return None
    try:
        plain = AESGCM(key).decrypt(
            b64decode(envelope.nonce), b64decode(envelope.ciphertext), envelope.subject.encode()
        )
    except InvalidTag:
        raise ValueError(f"the envelope of {envelope.subject} was altered") from None
    return plain.decode()
