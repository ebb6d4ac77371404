"""The log, held against heads that were signed of it: our own, and those that are kept elsewhere.

The chain alone cannot show that the log's end was cut off, or that somebody who had everything wrote all of history
anew, hashes and all. A head that is kept where they could not reach it does.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from events.instant import to_iso
from events.seal.commands import beyond
from events.seal.heads import TreeHead
from events.seal.sealing import cut_off, first_difference, grow, name_of, sealed_at
from events.seal.tree import Still, Tree
from events.seal.verifying import Open, Verdict, misnoted, verify_log
from events.store import EventStore


def hold(
    open_log: Open,
    tree: Tree,
    groups: Sequence[Sequence[TreeHead]],
    *,
    after: TreeHead | None = None,
    workers: int | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Verify the log, and that it leads to every one of these heads. Signatures are the caller's to check.

    groups: heads that are trusted alike. after: begin where this head was sealed, which the tree has to lead to.
    """
    newest = max((head for group in groups for head in group), key=lambda head: head.size, default=None)
    true = newest is not None and tree.leads_to(newest.size, newest.root)
    store = open_log()
    try:
        if after is not None:
            if not tree.leads_to(after.size, after.root):
                return Verdict(False, after.size, "", "the Merkle tree is not the one that was signed: verify all")
            if fault := differs(store, tree, after):
                return fault
        verdict = verify_log(
            open_log,
            after.size if after else 0,
            sealed=(tree.folder, newest.size) if newest and true else None,
            workers=workers,
            advance=advance,
        )
        if not verdict.ok:
            return verdict
        if newest is not None and (fault := _compared(store, tree if true else None, groups, newest)):
            return fault
        odd = beyond(store, verdict.position)
        return misnoted(odd) if odd else verdict
    finally:
        store.close()


def _compared(
    store: EventStore, tree: Tree | None, groups: Sequence[Sequence[TreeHead]], newest: TreeHead
) -> Verdict | None:
    """tree: None where ours is lost, torn, altered, or shorter than a head from elsewhere."""
    if tree is not None:
        return _compare(store, tree, groups)
    with TemporaryDirectory() as folder:
        fresh = Tree(Path(folder))
        grow(store, fresh, min(newest.size, store.head().position))
        return _compare(store, fresh, groups)


def differs(store: EventStore, tree: Tree, head: TreeHead) -> Verdict | None:
    """Whether the log up to ``head`` is what was sealed, by its last event alone: the chain ties in the others.

    The tree has to lead to the head.
    """
    return first_difference(store, tree, head) if sealed_at(store, tree, head.size) is None else None


def _compare(store: EventStore, tree: Tree, groups: Sequence[Sequence[TreeHead]]) -> Verdict | None:
    """The first head that the log does not lead to, in words."""
    name, end, tree = name_of(store), store.head().position, Still(tree.folder)
    for heads in groups:
        good = 0
        for head in sorted(heads, key=lambda head: head.size):
            if head.log != name:
                why = f"this log is {name}, and the head is of {head.log}: its first event, or all of it, is another"
                return Verdict(False, 1, "", why)
            if head.size > end:
                return cut_off(end, head)
            if not tree.leads_to(head.size, head.root):
                why = (
                    f"history was written anew: the events {good + 1:,} to {head.size:,} are not those that were "
                    f"sealed on {to_iso(head.sealed_at)}" + (f"; up to {good:,} they are" if good else "")
                )
                return Verdict(False, good + 1, "", why)
            good = head.size
    return None
