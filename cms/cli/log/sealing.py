"""``flask log key|seal|heads|verify|anchor``: sealing the log, and whether it is what was written."""

from collections.abc import Sequence
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cms.cli.log.group import log, open_log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from cms.operating import signing
from cms.operating.anchoring import NotPosted, post
from cms.operating.signing import NoKey
from events.instant import now, to_iso
from events.seal import heads as notes
from events.seal.heads import TreeHead, Unsigned
from events.seal.holding import hold
from events.seal.sealing import Altered, in_words, name_of, seal
from events.seal.seals import append_head, read_heads
from events.seal.verifying import Verdict

ALTERED = (
    "The log is not what was written: {}.\n"
    "Everything before it is as it was written. Keep this file as it is, and compare it with a backup."
)
_PUBLIC = click.Path(path_type=Path, exists=True, dir_okay=False)


@log.command()
@click.option("--make", is_flag=True, help="Make a key where DAYBOOK_SEAL_KEY says.")
@speaks
def key(make: bool, out: Output) -> None:
    """Print the public key that heads are checked with; --make: make the key first."""
    settings = house().settings
    try:
        public = signing.make_key(settings) if make else signing.signing_key(settings).public_key()
    except NoKey as error:
        raise Failed(str(error)) from error
    pem = signing.as_pem(public)
    store = house().store
    verifier = notes.verifier_key(name_of(store), public) if store.head().position else ""
    words = [f"The key is {settings.seal_key}. Keep a copy of it apart from all backups.", "", pem.rstrip()]
    words += ["", f"For tools that read signed notes: {verifier}"] if verifier else []
    out.done({"key": str(settings.seal_key), "public_key": pem, "verifier_key": verifier}, "\n".join(words))


@log.command(name="seal")
@speaks
def seal_(out: Output) -> None:
    """Verify what is new, take it into the Merkle tree, and sign the tree's head."""
    parts = house()
    try:
        private = signing.signing_key(parts.settings)
        before = parts.seals.latest()
        new = parts.store.head().position - (before.size if before else 0)
        with out.progress("Sealing", total=max(new, 0), unit="events") as progress:
            head = seal(parts.store, parts.seals, private, now(), progress.advance)
    except NoKey as error:
        raise Failed(f"{error}\nNothing was sealed: a seal without a signature would be worth nothing.") from error
    except Altered as error:
        raise _altered(error.verdict) from error
    if head is not None:
        out.done({**_plain(head), "new": True}, f"{_in_a_line(head)}\n\n{head.note}".rstrip())
    elif before is not None:
        out.done({**_plain(before), "new": False}, f"Nothing is new. {_in_a_line(before)}")
    else:
        raise Failed("The log is empty: there is nothing to seal.")


@log.command()
@speaks
def heads(out: Output) -> None:
    """List every head that was signed, the newest last."""
    found = list(house().seals.heads())
    lines = [f"{head.size:>12,}  {to_iso(head.sealed_at)}  {head.root.hex()}" for head in found]
    out.done({"heads": [_plain(head) for head in found]}, "\n".join(lines) or "The log was not sealed yet.")


@log.command()
@click.option("--since-last-seal", is_flag=True, help="Only what is new since; the seal stands for the rest.")
@click.option("--against", multiple=True, type=_PUBLIC, help="A file of heads that were kept elsewhere.")
@click.option("--key", "public", type=_PUBLIC, help="The public key that the heads are signed with.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many work on it; unless given, as many as help.")
@speaks
def verify(
    since_last_seal: bool, against: Sequence[Path], public: Path | None, processes: int | None, out: Output
) -> None:
    """Recompute every hash, hold the log against its seals, and name the first event that is not what was written."""
    parts = house()
    try:
        keys = signing.read_public_keys(public) if public else signing.public_keys(parts.settings)
        elsewhere = [head for path in against for head in read_heads(path.read_text(encoding="utf-8"))]
        own = list(filter(None, [parts.seals.latest()] if since_last_seal else parts.seals.heads()))
        _check_signatures([*elsewhere, *own], keys, out)
    except (NoKey, Unsigned) as error:
        raise Failed(f"A head cannot be believed: {error}.") from error
    after = own[-1] if since_last_seal and own else None
    if since_last_seal and after is None:
        raise Failed("The log was not sealed yet: verify all of it.")
    end = parts.store.head().position
    with out.progress("Verifying", total=max(end - (after.size if after else 0), 0), unit="events") as progress:
        verdict = hold(
            open_log(), parts.seals.tree, [own, elsewhere], after=after, workers=processes, advance=progress.advance
        )
    if not verdict.ok:
        raise _altered(verdict)
    _say_good(verdict, after, [*own, *elsewhere], bool(keys), out)


@log.command()
@click.option("--file", "target", type=click.Path(path_type=Path, dir_okay=False), help="Add the head to this file.")
@click.option("--url", help="Post the head to this address instead of DAYBOOK_ANCHOR_URL.")
@click.option("--no-post", is_flag=True, help="Do not post it, whatever DAYBOOK_ANCHOR_URL says.")
@speaks
def anchor(target: Path | None, url: str | None, no_post: bool, out: Output) -> None:
    """Print the newest head, and keep it elsewhere: in a file, or posted to an address."""
    parts = house()
    head = parts.seals.latest()
    if head is None:
        raise Failed("The log was not sealed yet: flask log seal.")
    address = "" if no_post else url or parts.settings.anchor_url
    done = []
    if target is not None:
        append_head(target, head)
        done.append(f"Added to {target}.")
    if address:
        try:
            post(head, address)
        except NotPosted as error:
            raise Failed(str(error), {**_plain(head), "posted": None, "file": target and str(target)}) from error
        done.append(f"Posted to {address}.")
    words = "\n".join([head.note, *done]).rstrip()
    out.done({**_plain(head), "posted": address or None, "file": str(target) if target else None}, words)


def _check_signatures(heads: Sequence[TreeHead], keys: Sequence[Ed25519PublicKey], out: Output) -> None:
    if not keys:
        if heads:
            out.note("Signatures are not checked: there is no public key. Name it with --key.")
        return
    for head in heads:
        notes.verify(head.note, keys)


def _say_good(verdict: Verdict, after: TreeHead | None, heads: list[TreeHead], signed: bool, out: Output) -> None:
    result = {
        "events": verdict.position, "head": verdict.chain_hash, "first_bad_position": None, "heads": len(heads),
        "signatures_checked": signed and bool(heads), "since": after.size if after else 0,
    }  # fmt: skip
    since = f" since the seal of {after.size:,}" if after else ""
    words = f"{verdict.position - (after.size if after else 0):,} events{since}, every one as it was written."
    if heads:
        newest = max(heads, key=lambda head: head.size)
        fit = "1 head fits, of" if len(heads) == 1 else f"{len(heads):,} heads fit, the newest of"
        words += f"\n{fit} {newest.size:,} events, {to_iso(newest.sealed_at)}. "
        words += f"Their signatures were {'' if signed else 'not '}checked."
    else:
        words += "\nThere are no signed heads to hold it against: flask log seal makes one."
    out.done(result, f"{words}\nChain hash {verdict.chain_hash}")


def _altered(verdict: Verdict) -> Failed:
    return Failed(
        ALTERED.format(in_words(verdict)),
        {
            "first_bad_position": verdict.position, "reason": verdict.reason,
            "stream": verdict.stream or None, "version": verdict.version or None,
        },
    )  # fmt: skip


def _plain(head: TreeHead) -> dict[str, object]:
    return {
        "log": head.log, "size": head.size, "root": head.root.hex(), "sealed_at": to_iso(head.sealed_at),
        "note": head.note,
    }  # fmt: skip


def _in_a_line(head: TreeHead) -> str:
    return f"{head.size:,} events are sealed ({to_iso(head.sealed_at)}), root {head.root.hex()}"
