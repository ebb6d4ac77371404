"""Proofs to hand out: that an event stands in the sealed log, and that a later head continues an earlier one.

A proof is a JSON object. Whoever has it and the newsroom's public key can check it without the log, without Daybook,
and without trusting either; docs/log.md tells how, step by step.
"""

import struct
from collections.abc import Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from events.instant import Instant, from_iso, to_iso
from events.seal.hashes import HASH_BYTES, SALT_BYTES, Row, chain_hash, content_hash, payload_hash
from events.seal.heads import TreeHead, verify
from events.seal.merkle import Unproven, check_consistency, check_inclusion, leaf_hash
from events.seal.tree import Tree

INCLUSION = "daybook-inclusion-1"
CONSISTENCY = "daybook-consistency-1"


class Told(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event as a proof tells it: with its words (data and salt), or only with their hash (payload_hash)."""

    stream: str
    version: int
    type: str
    schema: int
    meta: str
    occurred_at: str
    recorded_at: str
    data: str | None = None
    salt: str | None = None
    payload_hash: str | None = None


class Inclusion(msgspec.Struct, frozen=True, tag=INCLUSION, tag_field="format", forbid_unknown_fields=True):
    """That an event stands at a position. previous: the chain hash before it; head: a signed note. Hashes are hex."""

    position: int
    previous: str
    event: Told
    path: list[str]
    head: str


class Consistency(msgspec.Struct, frozen=True, tag=CONSISTENCY, tag_field="format", forbid_unknown_fields=True):
    """That the log of the head ``new`` begins with all of the log of the head ``old``."""

    path: list[str]
    old: str
    new: str


Proof = Inclusion | Consistency
_decoder: msgspec.json.Decoder[Proof] = msgspec.json.Decoder(Proof)


def prove_inclusion(row: Row, previous: bytes, tree: Tree, head: TreeHead, words: bool = True) -> Inclusion:
    """The proof of an event, checked before it is handed out. Raises Unproven where the log no longer bears it out."""
    told = Told(
        row.stream, row.version, row.type, row.schema, row.meta, to_iso(row.occurred_at), to_iso(row.recorded_at)
    )
    if words and len(row.salt) == SALT_BYTES:  # of a destroyed payload there is only the hash
        told = msgspec.structs.replace(told, data=row.data, salt=row.salt.hex())
    else:
        told = msgspec.structs.replace(told, payload_hash=payload_hash(row.data.encode(), row.salt).hex())
    path = tree.inclusion(row.position - 1, head.size)
    proof = Inclusion(row.position, previous.hex(), told, [step.hex() for step in path], head.note)
    _check_inclusion(proof, head)
    return proof


def prove_consistency(old: TreeHead, new: TreeHead, tree: Tree) -> Consistency:
    """The proof that ``new`` continues ``old``, checked before it is handed out. Raises Unproven where it does not."""
    path = tree.consistency(old.size, new.size)
    check_consistency(old.size, old.root, new.size, new.root, path)
    return Consistency([step.hex() for step in path], old.note, new.note)


def read_proof(text: bytes) -> Proof:
    """Read a proof. Raises Unproven for what is none."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise Unproven(f"this is not a proof: {error}") from error


def check(proof: Proof, keys: Sequence[Ed25519PublicKey]) -> tuple[TreeHead, ...]:
    """The heads that a proof rests on, if it holds. Raises Unsigned or Unproven, with the reason, if it does not."""
    if isinstance(proof, Inclusion):
        head = verify(proof.head, keys)
        _check_inclusion(proof, head)
        return (head,)
    old, new = verify(proof.old, keys), verify(proof.new, keys)
    if old.log != new.log:
        raise Unproven("the two heads are of different logs")
    check_consistency(old.size, old.root, new.size, new.root, _hashes(proof.path))
    return old, new


def _check_inclusion(proof: Inclusion, head: TreeHead) -> None:
    leaf = leaf_hash(_chain_hash(proof))
    check_inclusion(leaf, proof.position - 1, head.size, _hashes(proof.path), head.root)


def _chain_hash(proof: Inclusion) -> bytes:
    told = proof.event
    try:
        content = content_hash(
            told.stream, told.version, told.type, told.schema, _payload_hash(told), told.meta.encode(),
            _instant(told.occurred_at),
        )  # fmt: skip
        return chain_hash(_bytes(proof.previous, HASH_BYTES), proof.position, _instant(told.recorded_at), content)
    except (ValueError, OverflowError, struct.error) as error:
        raise Unproven(f"this is not a proof: {error}") from error


def _payload_hash(told: Told) -> bytes:
    """From the words, or as told; never from both, or the words that are shown need not be those that are proved."""
    if told.data is not None and told.salt is not None and told.payload_hash is None:
        return payload_hash(told.data.encode(), _bytes(told.salt, SALT_BYTES))
    if told.payload_hash is not None and told.data is None and told.salt is None:
        return _bytes(told.payload_hash, HASH_BYTES)
    raise ValueError("the event is told by its data and salt, or by its payload_hash")


def _hashes(path: list[str]) -> list[bytes]:
    try:
        return [_bytes(step, HASH_BYTES) for step in path]
    except ValueError as error:
        raise Unproven(f"this is not a proof: {error}") from error


def _bytes(text: str, length: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != length or found.hex() != text:
        raise ValueError(f"{text!r} is not {length} bytes in hex")
    return found


def _instant(text: str) -> Instant:
    found = from_iso(text)
    if to_iso(found) != text:  # one spelling, so that a proof is the same for whoever compares two
        raise ValueError(f"{text!r} is not written as {to_iso(found)}")
    return found


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof as an object."""
    plain: dict[str, Any] = msgspec.to_builtins(proof)
    return plain
