"""``flask log prove|prove-consistency|check-proof``: proofs for others, and checking one with nothing but the key."""

from pathlib import Path
from typing import Any

import click
import msgspec

from cms.cli.log.group import log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from cms.operating import signing
from cms.operating.signing import NoKey
from events.instant import to_iso
from events.seal.heads import TreeHead, Unsigned
from events.seal.merkle import Unproven
from events.seal.proving import Inclusion, Proof, as_json, check, prove_consistency, prove_inclusion, read_proof
from events.seal.seals import read_heads
from events.seal.verifying import mark_at


@log.command()
@click.argument("position", type=click.IntRange(1))
@click.option("--without-words", is_flag=True, help="Prove the event by the hash of its words, without telling them.")
@speaks
def prove(position: int, without_words: bool, out: Output) -> None:
    """Print the proof, as JSON, that the event at POSITION stands in the sealed log."""
    parts = house()
    head = parts.seals.latest()
    row, before = next(parts.store.rows(position - 1, position), None), mark_at(parts.store, position - 1)
    if row is None or before is None:
        gone = position if row is None else position - 1
        raise Failed(f"There is no event at position {gone:,}.")
    if head is None or head.size < position:
        raise Failed(f"Position {position:,} is not sealed yet: flask log seal.")
    try:
        proof = prove_inclusion(row, before.chain_hash, parts.seals.tree, head, not without_words)
    except (Unproven, ValueError) as error:
        raise Failed(f"There is no such proof: {error}. Run: flask log verify") from error
    _print(proof, out)


@log.command(name="prove-consistency")
@click.argument("old")
@click.argument("new", default="")
@speaks
def prove_consistency_(old: str, new: str, out: Output) -> None:
    """Print the proof, as JSON, that the head NEW continues the head OLD.

    Each is the size of a head that is kept here (see flask log heads), or a file with a head; NEW is the newest unless
    given.
    """
    parts = house()
    earlier = _head(old)
    later = _head(new) if new else parts.seals.latest()
    if later is None:
        raise Failed("The log was not sealed yet: flask log seal.")
    if earlier.size > later.size:
        earlier, later = later, earlier
    try:
        proof = prove_consistency(earlier, later, parts.seals.tree)
    except (Unproven, ValueError) as error:
        raise Failed(f"There is no such proof: {error}. Run: flask log verify --against FILE") from error
    _print(proof, out)


@log.command(name="check-proof")
@click.argument("file", type=click.File("rb"))
@click.option("--key", "public", type=click.Path(path_type=Path, exists=True), help="The newsroom's public key.")
@speaks
def check_proof(file: Any, public: Path | None, out: Output) -> None:
    """Check the proof in FILE ('-': standard input) with nothing but the public key."""
    try:
        keys = signing.read_public_keys(public) if public else signing.public_keys(house().settings)
        if not keys:
            raise Failed("There is no public key to check it with: name its file with --key.")
        proof = read_proof(file.read())
        heads = check(proof, keys)
    except (Unproven, Unsigned, NoKey) as error:
        raise Failed(f"The proof does not hold: {error}.") from error
    told = [{"size": head.size, "sealed_at": to_iso(head.sealed_at)} for head in heads]
    out.done({"proof": as_json(proof), "heads": told}, _in_words(proof, heads))


def _in_words(proof: Proof, heads: tuple[TreeHead, ...]) -> str:
    last = heads[-1]
    sealed = f"{last.size:,} events of {last.log}, sealed on {to_iso(last.sealed_at)}"
    if not isinstance(proof, Inclusion):
        return f"It holds: the first {heads[0].size:,} events of the log are the same in the head of {sealed}."
    told = proof.event
    words = told.data if told.data is not None else f"its words are not told; their hash is {told.payload_hash}"
    return (
        f"It holds: this event stands at position {proof.position:,} of {sealed}.\n"
        f"  {told.stream}, version {told.version}: {told.type}, schema {told.schema}\n"
        f"  happened {told.occurred_at}, recorded {told.recorded_at}\n  {told.meta}\n  {words}"
    )


def _head(which: str) -> TreeHead:
    if which.isascii() and which.isdigit():
        found = [head for head in house().seals.heads() if head.size == int(which)]
        if found:
            return found[-1]
        raise Failed(f"No head of {which} events is kept here: see flask log heads.")
    try:
        heads = read_heads(Path(which).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Unsigned) as error:
        raise Failed(f"{which} is not a file with a head: {error}.") from error
    return max(heads, key=lambda head: head.size)


def _print(proof: Proof, out: Output) -> None:
    """The object itself, so that the command's output can be kept as a file; ``--json``: in one line."""
    encoded = msgspec.json.encode(proof)
    click.echo((encoded if out.as_json else msgspec.json.format(encoded, indent=1)).decode())
