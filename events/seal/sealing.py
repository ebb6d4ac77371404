"""Sealing the log: what is new is verified, goes into the Merkle tree, and the tree's head is signed.

Nothing that does not verify, and nothing that does not go on from what was sealed before, is ever signed.
"""

from collections.abc import Callable, Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.instant import Instant, to_iso
from events.seal.commands import Odd, among, held
from events.seal.hashes import Row
from events.seal.heads import TreeHead, log_name, sign
from events.seal.merkle import leaf_hash
from events.seal.seals import Seals
from events.seal.tree import Tree
from events.seal.verifying import (
    SEGMENT,
    START,
    Mark,
    Verdict,
    at_fault,
    mark_at,
    misnoted,
    missing,
    name_missing,
    verify,
)
from events.store import EventStore


class Altered(Exception):
    """The log is not what was written, or not what was sealed. ``verdict`` names the first event concerned."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(in_words(verdict))
        self.verdict = verdict


def in_words(verdict: Verdict) -> str:
    """A verdict that is not good, as a sentence."""
    if not verdict.stream:
        return verdict.reason
    return f"the event at position {verdict.position:,} ({verdict.stream}, version {verdict.version}): {verdict.reason}"


def seal(
    store: EventStore,
    seals: Seals,
    key: Ed25519PrivateKey,
    moment: Instant,
    advance: Callable[[int], None] = lambda _: None,
) -> TreeHead | None:
    """Seal what is new; the new head, or None where nothing is. Raises Altered, and then signs nothing."""
    with seals.lock():
        end, before = store.head().position, seals.latest()
        size = before.size if before else 0
        mark = go_on(store, seals.tree, before)
        if end == size:
            return None
        for first in range(size, end, SEGMENT):
            leaves: list[bytes] = []
            until = min(first + SEGMENT, end)
            odd: list[Odd] = []
            rows = held(store.rows(first, until), among(store, first, until), odd)
            verdict = verify(_noted(rows, leaves), mark, store.place)
            if verdict.ok and verdict.position < until:
                verdict = missing(verdict.position + 1)
            if verdict.ok and odd:
                verdict = misnoted(odd[0])
            if not verdict.ok:
                raise Altered(name_missing(store, verdict))
            seals.tree.extend(leaves)
            found = mark_at(store, until)
            assert found is not None
            mark = found
            advance(until - first)
        head = sign(name_of(store), end, seals.tree.root(end), moment, key)
        seals.keep(head)
        return head


def go_on(store: EventStore, tree: Tree, head: TreeHead | None) -> Mark:
    """Bring the tree to where ``head`` was signed; where the log goes on from. Raises Altered where it does not."""
    size = head.size if head else 0
    tree.truncate(size)
    if head is None:
        return START
    if (end := store.head().position) < size:
        raise Altered(cut_off(end, head))
    if not tree.leads_to(size, head.root):  # lost or torn: it is made from the log again
        tree.truncate(0)
        grow(store, tree, size)
        if not tree.leads_to(size, head.root):
            tree.truncate(0)
            raise Altered(Verdict(False, 1, "", f"one of the first {size:,} events is not what was {_sealed(head)}"))
    mark = sealed_at(store, tree, size)
    if mark is None:
        raise Altered(first_difference(store, tree, head))
    return mark


def sealed_at(store: EventStore, tree: Tree, position: int) -> Mark | None:
    """What is stored at a position, where that is the leaf that the tree has there."""
    mark = mark_at(store, position)
    return mark if mark is not None and leaf_hash(mark.chain_hash) == tree.leaf(position - 1) else None


def grow(store: EventStore, tree: Tree, size: int) -> None:
    """Make the tree of the first ``size`` events (or of as many as there are) from the log."""
    for first in range(tree.size, size, SEGMENT):
        tree.extend(leaf_hash(row.chain_hash) for row in store.rows(first, min(first + SEGMENT, size)))


def first_difference(store: EventStore, tree: Tree, head: TreeHead) -> Verdict:
    """The first event that is not the one that was sealed, by halving: all that follows it differs too."""
    if (end := store.head().position) < head.size:
        return cut_off(end, head)
    good, bad = 0, head.size
    while bad - good > 1:
        middle = (good + bad) // 2
        if sealed_at(store, tree, middle) is None:
            bad = middle
        else:
            good = middle
    row = next(store.rows(bad - 1, bad), None)
    if row is None:
        return name_missing(store, missing(bad))
    return at_fault(row, f"it is not what was {_sealed(head)}")


def cut_off(end: int, head: TreeHead) -> Verdict:
    """The log is shorter than what was sealed."""
    why = f"the log ends at {end:,}, but {head.size:,} events were {_sealed(head)}: its end was cut off"
    return Verdict(False, end + 1, "", why)


def name_of(store: EventStore) -> str:
    """What this log is called in its heads; it has to have an event."""
    first = mark_at(store, 1)
    return log_name(first.chain_hash if first else bytes(32))


def _noted(rows: Iterable[Row], leaves: list[bytes]) -> Iterator[Row]:
    for row in rows:
        leaves.append(leaf_hash(row.chain_hash))
        yield row


def _sealed(head: TreeHead) -> str:
    return f"sealed on {to_iso(head.sealed_at)}"
