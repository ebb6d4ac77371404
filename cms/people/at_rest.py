"""Small secrets at rest: readable only together with the installation's own secret, which lies in another file; and of
tokens, which we never have to read, the digest alone.

AES-256-GCM under a key made from that secret (HKDF, RFC 5869), one key for each purpose; what is sealed belongs to
one person and cannot be put in another's place.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def digest_of(token: str) -> str:
    """What is kept of a long random token: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


class Unreadable(Exception):
    """It was sealed under another secret, or altered."""


class Sealer:
    """Seals and opens for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        if not secret:
            raise ValueError("nothing can be sealed without a secret")
        key = HKDF(SHA256(), 32, salt=None, info=f"daybook: {purpose}".encode()).derive(secret.encode())
        self._cipher = AESGCM(key)

    def seal(self, words: str, whose: str) -> bytes:
        """Sealed words, with the nonce before them."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, words.encode(), whose.encode())

    def open(self, sealed: bytes, whose: str) -> str:
        """The words. Raises Unreadable."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], whose.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unreadable("sealed under another secret, or altered") from None
