"""The Merkle tree is that of RFC 6962: known roots, and proofs that hold exactly where they should."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.seal import merkle
from events.seal.merkle import Unproven, leaf_hash
from events.seal.tree import Still, Tree

# The entries and roots that implementations of Certificate Transparency are tested with.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def planted(folder: Path, size: int) -> Tree:
    """A tree of ``size`` leaves that are all different."""
    tree = Tree(folder)
    tree.extend(leaf_hash(number.to_bytes(4, "big")) for number in range(size))
    return tree


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def test_the_known_roots(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.extend(map(leaf_hash, ENTRIES))
    assert [tree.root(size).hex() for size in range(9)] == ROOTS


def test_the_known_proofs_of_rfc_9162_section_2_1_5(tmp_path: Path) -> None:
    """The tree of seven leaves that the RFC draws: which hashes each proof is made of."""
    tree = planted(tmp_path, 7)
    a, b, c, d, e, f, j = (tree.leaf(number) for number in range(7))
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, l = merkle.node_hash(g, h), merkle.node_hash(i, j)  # noqa: E741 - as the RFC calls them
    assert tree.inclusion(0, 7) == [b, h, l]
    assert tree.inclusion(3, 7) == [c, g, l]
    assert tree.inclusion(4, 7) == [f, j, k]
    assert tree.inclusion(6, 7) == [i, k]
    assert tree.consistency(3, 7) == [c, d, g, l]
    assert tree.consistency(4, 7) == [l]
    assert tree.consistency(6, 7) == [i, j, k]


@given(size=st.integers(1, 700), more=st.integers(0, 700), data=st.data())
def test_every_true_proof_holds_and_every_changed_one_does_not(size: int, more: int, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        tree = planted(Path(folder), size)
        tree.extend(leaf_hash(number.to_bytes(4, "big")) for number in range(size, size + more))
        leaves = [tree.leaf(number) for number in range(size + more)]
        old, new = tree.root(size), tree.root(size + more)
        assert (old, new) == (by_definition(leaves[:size]), by_definition(leaves))
        index = data.draw(st.integers(0, size + more - 1))
        path = tree.inclusion(index, size + more)
        merkle.check_inclusion(leaves[index], index, size + more, path, new)
        steps = tree.consistency(size, size + more)
        merkle.check_consistency(size, old, size + more, new, steps)

    other = data.draw(st.integers(0, size + more - 1).filter(lambda number: number != index)) if size + more > 1 else 1
    for wrong in _spoilt(data, path):
        with pytest.raises(Unproven):
            merkle.check_inclusion(leaves[index], index, size + more, wrong, new)
    with pytest.raises(Unproven):
        merkle.check_inclusion(leaf_hash(b"another"), index, size + more, path, new)
    with pytest.raises(Unproven):
        merkle.check_inclusion(leaves[index], other, size + more, path, new)
    for wrong in _spoilt(data, steps):
        with pytest.raises(Unproven):
            merkle.check_consistency(size, old, size + more, new, wrong)
    with pytest.raises(Unproven):
        merkle.check_consistency(size, leaf_hash(b"another"), size + more, new, steps)
    with pytest.raises(Unproven):
        merkle.check_consistency(size, old, size + more, leaf_hash(b"another"), steps)


def _spoilt(data: st.DataObject, path: list[bytes]) -> list[list[bytes]]:
    """The path with one bit changed, with one hash too many, and with one too few."""
    wrong = [[*path, leaf_hash(b"more")], [leaf_hash(b"more"), *path]]
    if path:
        place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(path[place], "big") ^ 1 << bit).to_bytes(32, "big")
        wrong += [path[1:], path[:-1], [*path[:place], flipped, *path[place + 1 :]]]
    return wrong


def test_a_long_tree_is_the_same_in_whatever_pieces_it_grew_and_after_a_torn_write(tmp_path: Path) -> None:
    whole = planted(tmp_path / "whole", 70_000)
    pieces = Tree(tmp_path / "pieces")
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
    pieces.extend(leaves[:300])
    (tmp_path / "pieces" / "1").unlink()  # the power went before it reached the disk
    pieces.extend(leaves[300:66_000])
    with (tmp_path / "pieces" / "0").open("ab") as torn:
        torn.write(b"half a hash")
    pieces.extend(leaves[66_000:])
    assert [pieces.root(size) for size in (1, 256, 65_536, 70_000)] == [
        whole.root(size) for size in (1, 256, 65_536, 70_000)
    ]
    merkle.check_inclusion(leaves[65_999], 65_999, 70_000, pieces.inclusion(65_999, 70_000), whole.root(70_000))
    pieces.truncate(65_537)
    pieces.extend(leaves[65_537:])
    assert pieces.root(70_000) == whole.root(70_000)


def test_a_tree_that_is_too_short_says_so(tmp_path: Path) -> None:
    tree = planted(tmp_path, 5)
    with pytest.raises(ValueError, match="has 5 leaves, not 6"):
        tree.root(6)
    with pytest.raises(ValueError, match="is not in a tree"):
        tree.inclusion(5, 5)


def test_what_many_roots_have_in_common_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand heads are checked in a second or two: twice as many cost twice as much."""
    tree, hashed = planted(tmp_path, 20_000), 0

    def counted(left: bytes, right: bytes) -> bytes:
        nonlocal hashed
        hashed += 1
        return node_hash(left, right)

    def asked(tree: Tree, heads: int) -> tuple[list[bytes], int]:
        nonlocal hashed
        hashed, step = 0, 20_000 // heads
        roots = [tree.root(size) for size in range(step, 20_001, step)]
        return roots, hashed

    node_hash = merkle.node_hash
    monkeypatch.setattr(merkle, "node_hash", counted)
    roots, alone = asked(tree, 1000)
    same, together = asked(Still(tmp_path), 1000)
    assert same == roots and together * 2 < alone
    assert asked(Still(tmp_path), 2000)[1] < 2.2 * together
