"""The key that the log's heads are signed with. It lives outside ``var/``: whoever copies or alters what Daybook keeps
must not find it there. Beside it is its public half, ``<key>.pub``, for whoever checks.
"""

import os
import re
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cms.settings import Settings
from events.files import sync
from events.seal.heads import read_verifier_key

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n?", re.DOTALL)


class NoKey(Exception):
    """There is no key that could be used. The message says why, and what to do."""


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The key to sign with. Raises NoKey where there is none, or where others could have read it."""
    path = _path(settings)
    try:
        status = path.stat()
        if status.st_uid not in (os.geteuid(), 0):
            raise NoKey(f"{path} belongs to somebody else than who runs Daybook. Nothing was signed.")
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise NoKey(f"{path} can be read by others: chmod 600 {path}, and make a new key if anybody has.")
        key = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise NoKey(f"There is no key at {path} yet. Make one with: flask log key --make") from None
    except (OSError, ValueError, TypeError) as error:
        raise NoKey(f"{path} cannot be used as a key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(f"{path} is another kind of key than Ed25519.")
    return key


def make_key(settings: Settings) -> Ed25519PublicKey:
    """Make a new key, for its owner's eyes only, and put its public half beside it. Raises NoKey where there is one."""
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NoKey(f"{path} is there already, and is not overwritten. To change keys, move it away first.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    with public_file(path).open("a") as file:  # older keys stay: what they signed is to be checked for ever
        file.write(as_pem(key.public_key()))
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)
    return key.public_key()


def public_keys(settings: Settings) -> list[Ed25519PublicKey]:
    """The keys that heads may be signed with, the older ones too; none where no key is set or made."""
    if settings.seal_key is None or not public_file(settings.seal_key).exists():
        return []
    return read_public_keys(public_file(settings.seal_key))


def read_public_keys(path: Path) -> list[Ed25519PublicKey]:
    """The public keys in a file: PEM blocks, or a verifier key a line. Raises NoKey where it holds none."""
    try:
        text = path.read_text(encoding="utf-8")
        blocks = _PEM.findall(text)
        found = [load_pem_public_key(block.encode()) for block in blocks]
        found += [] if blocks else [read_verifier_key(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise NoKey(f"{path} holds no public key that can be read: {error}") from error
    keys = [key for key in found if isinstance(key, Ed25519PublicKey)]
    if not keys:
        raise NoKey(f"{path} holds no public key for Ed25519.")
    return keys


def public_file(key: Path) -> Path:
    """Where the public half of a key is."""
    return key.with_name(f"{key.name}.pub")


def as_pem(key: Ed25519PublicKey) -> str:
    """A public key as a text."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _path(settings: Settings) -> Path:
    path = settings.seal_key
    if path is None:
        raise NoKey(
            "There is no key to sign with. Set DAYBOOK_SEAL_KEY to a file outside DAYBOOK_VAR (such as "
            "/etc/daybook/seal.key), and run: flask log key --make"
        )
    if path.resolve().is_relative_to(settings.var.resolve()):
        raise NoKey(
            f"DAYBOOK_SEAL_KEY is {path}, within {settings.var}: whoever has the log would have the key too. Name a "
            "file elsewhere."
        )
    return path
