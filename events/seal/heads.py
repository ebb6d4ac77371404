"""Signed tree heads: what the log was at a moment, in a text of a few lines that anybody can check and keep.

The text is a checkpoint as other transparency logs write it (C2SP tlog-checkpoint, in a C2SP signed note), so that
their tools and witnesses can read it, and other parties may add their signature lines below ours:

    daybook-log/9f86d081884c7d659a2feaa0c55ad015
    12345
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    sealed 2026-11-23T09:13:03Z

    — daybook-log/9f86d081884c7d659a2feaa0c55ad015 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+…

Which log it is (from its first event's hash), how many events, the Merkle root over them, when it was signed; then
Ed25519 (RFC 8032) over all lines above the empty one.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events.instant import Instant, from_iso, to_iso

LONGEST = 64 * 1024  # bytes of a note, with witnesses' signatures
_ED25519 = b"\x01"  # the type of signature, as signed notes number it
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"[1-9][0-9]{0,18}")


class Unsigned(Exception):
    """It is not a head, or nobody we know has signed it. The message says which."""


class TreeHead(msgspec.Struct, frozen=True):
    """A signed tree head. log: which log; size: how many events; note: the whole text with its signatures."""

    log: str
    size: int
    root: bytes
    sealed_at: Instant
    note: str


def log_name(first_chain_hash: bytes) -> str:
    """What a log is called in its heads. It is the same wherever the log is copied to."""
    return f"daybook-log/{first_chain_hash[:16].hex()}"


def sign(log: str, size: int, root: bytes, sealed_at: Instant, key: Ed25519PrivateKey) -> TreeHead:
    """Make a signed head."""
    text = f"{log}\n{size}\n{b64encode(root).decode()}\nsealed {to_iso(sealed_at)}\n"
    signature = b64encode(key_id(log, key.public_key()) + key.sign(text.encode())).decode()
    return TreeHead(log, size, root, sealed_at, f"{text}\n— {log} {signature}\n")


def read(note: str) -> TreeHead:
    """What a note says, not yet believed. Raises Unsigned where it is not a head."""
    text, _ = _parts(note)
    lines = text.splitlines()
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]) or not lines[3].startswith("sealed "):
        raise Unsigned("this is not a head of Daybook's log: name, size, root and time, a line each")
    try:
        root, sealed_at = _decoded(lines[2]), from_iso(lines[3].removeprefix("sealed "))
    except ValueError as error:
        raise Unsigned(f"this is not a head of Daybook's log: {error}") from error
    if len(root) != 32:
        raise Unsigned("this is not a head of Daybook's log: its root is not a hash")
    return TreeHead(lines[0], int(lines[1]), root, sealed_at, note)


def verify(note: str, keys: Sequence[Ed25519PublicKey]) -> TreeHead:
    """The head in a note that one of these keys has signed. Raises Unsigned otherwise."""
    head = read(note)
    text, signatures = _parts(note)
    known = {(head.log, key_id(head.log, key)): key for key in keys}
    signed = False
    for name, signature in signatures:
        key = known.get((name, signature[:4]))
        if key is None:
            continue  # a witness, or an older key of ours
        try:
            key.verify(signature[4:], text.encode())
        except InvalidSignature:
            raise Unsigned(f"the signature on the head of {head.size:,} events is false") from None
        signed = True
    if not signed:
        raise Unsigned(f"the head of {head.size:,} events is not signed by the key that was given")
    return head


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """Four bytes that tell keys apart."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as tools for signed notes take it."""
    return f"{name}+{key_id(name, key).hex()}+{b64encode(_ED25519 + key.public_bytes_raw()).decode()}"


def read_verifier_key(text: str) -> Ed25519PublicKey:
    """The public key in such a text. Raises ValueError for another one."""
    name, _, rest = text.strip().partition("+")
    key = b64decode(rest.partition("+")[2], validate=True)
    if key[:1] != _ED25519 or len(key) != 33:
        raise ValueError("this is not a verifier key for Ed25519")
    public = Ed25519PublicKey.from_public_bytes(key[1:])
    if key_id(name, public).hex() != rest.partition("+")[0]:
        raise ValueError("this verifier key is damaged")
    return public


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text that was signed, and the signatures below it."""
    if len(note) > LONGEST or any(ord(character) < 32 and character != "\n" for character in note):
        raise Unsigned("this is not a signed note")
    text, gap, below = note.rpartition("\n\n")
    lines = [_SIGNATURE.fullmatch(line) for line in below.removesuffix("\n").split("\n")]
    if not gap or not text or not all(lines):
        raise Unsigned("this is not a signed note: no text, an empty line, and signatures below it")
    try:
        return f"{text}\n", [(line[1], _decoded(line[2])) for line in lines if line]
    except ValueError as error:
        raise Unsigned(f"this is not a signed note: {error}") from error


def _decoded(text: str) -> bytes:
    found = b64decode(text, validate=True)
    if b64encode(found).decode() != text:
        raise ValueError(f"{text!r} is not base64")
    return found
