"""Proofs hold with nothing but the public key, and only as they were made; no single change of a row goes unseen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from events.instant import now
from events.seal.hashes import GENESIS, Row
from events.seal.heads import TreeHead, Unsigned
from events.seal.merkle import Unproven
from events.seal.proving import Proof, as_json, check, prove_consistency, prove_inclusion, read_proof
from events.seal.sealing import seal
from events.seal.seals import Seals
from events.seal.verifying import verify
from events.store import EventStore
from tests.events.conftest import drafted, headline, unit

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIZE = 23


class Made:
    """A sealed log: its rows, its tree, its heads at 9 and at 23 events."""

    def __init__(self, folder: Path) -> None:
        store = EventStore(folder / "events.db")
        self.seals = Seals(folder / "seals")
        self.heads: list[TreeHead] = []
        for number in range(SIZE):
            stream, version = f"article-{number % 5}", number // 5
            store.append(unit(stream, version, headline(f"No. {number}") if version else drafted(f"No. {number}")))
            if number + 1 in (9, SIZE):
                head = seal(store, self.seals, KEY, now())
                assert head is not None
                self.heads.append(head)
        self.rows = list(store.rows())
        store.close()

    def proof(self, position: int, words: bool = True) -> Proof:
        previous = self.rows[position - 2].chain_hash if position > 1 else GENESIS
        return prove_inclusion(self.rows[position - 1], previous, self.seals.tree, self.heads[-1], words)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made"))


def checked(plain: dict[str, Any]) -> tuple[TreeHead, ...]:
    """What a stranger does with a file and the public key."""
    return check(read_proof(json.dumps(plain).encode()), [KEY.public_key()])


@pytest.mark.parametrize("words", [True, False])
def test_every_event_is_proved_with_its_words_or_without_them(made: Made, words: bool) -> None:
    for position in range(1, SIZE + 1):
        plain = as_json(made.proof(position, words))
        assert ("data" in plain["event"]) is words
        assert checked(plain) == (made.heads[-1],)


def test_a_later_head_is_proved_to_continue_an_earlier_one(made: Made) -> None:
    old, new = made.heads
    assert checked(as_json(prove_consistency(old, new, made.seals.tree))) == (old, new)
    forged = msgspec.structs.replace(old, root=bytes(32))
    with pytest.raises(Unproven):
        prove_consistency(forged, new, made.seals.tree)


def test_an_event_that_was_altered_is_not_proved(made: Made) -> None:
    altered = msgspec.structs.replace(made.rows[4], data='{"headline":"Another"}')
    with pytest.raises(Unproven, match="does not lead to the root"):
        prove_inclusion(altered, made.rows[3].chain_hash, made.seals.tree, made.heads[-1])


def test_words_that_are_shown_are_the_words_that_are_proved(made: Made) -> None:
    """A hash in the place of the salt, or beside the words, would let any words be shown with somebody else's proof."""
    plain = as_json(made.proof(7))
    bare = as_json(made.proof(7, words=False))["event"]["payload_hash"]
    for false in ({"salt": bare}, {"payload_hash": bare}, {"salt": None}):
        told = {**plain["event"], "data": '{"headline":"Never said"}', **false}
        with pytest.raises(Unproven, match="is not a proof"):
            checked({**plain, "event": {name: value for name, value in told.items() if value is not None}})


@given(data=st.data())
def test_whatever_is_changed_in_a_proof_it_no_longer_holds(made: Made, data: st.DataObject) -> None:
    proofs = [
        as_json(made.proof(data.draw(st.integers(1, SIZE)), data.draw(st.booleans()))),
        as_json(prove_consistency(*made.heads, made.seals.tree)),
    ]
    plain = data.draw(st.sampled_from(proofs))
    where = data.draw(st.sampled_from(sorted(set(plain) - {"format"})))
    changed = {**plain, where: _otherwise(data, plain[where])}
    with pytest.raises((Unproven, Unsigned)):
        checked(changed)


def _otherwise(data: st.DataObject, value: Any) -> Any:
    """The value with one thing changed."""
    if isinstance(value, dict):
        name = data.draw(st.sampled_from(sorted(value)))
        return {**value, name: _otherwise(data, value[name])}
    if isinstance(value, list):
        if not value or data.draw(st.booleans()):
            return [*value, "00" * 32]
        place = data.draw(st.integers(0, len(value) - 1))
        instead = [] if data.draw(st.booleans()) else [_otherwise(data, value[place])]
        return [*value[:place], *instead, *value[place + 1 :]]
    if isinstance(value, int):
        return value + data.draw(st.integers(-3, 3).filter(bool))
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda one: one != value[place]))
    return value[:place] + other + value[place + 1 :]


# --- the rows


def _set(name: str, value: st.SearchStrategy[Any]) -> Callable[[st.DataObject, list[Row]], tuple[list[Row], int]]:
    def change(data: st.DataObject, rows: list[Row]) -> tuple[list[Row], int]:
        place = data.draw(st.integers(0, len(rows) - 1))
        other = data.draw(value.filter(lambda drawn: drawn != getattr(rows[place], name)))
        return [*rows[:place], msgspec.structs.replace(rows[place], **{name: other}), *rows[place + 1 :]], place

    return change


def _removed(data: st.DataObject, rows: list[Row]) -> tuple[list[Row], int]:
    place = data.draw(st.integers(0, len(rows) - 2))
    return _renumbered(data, [*rows[:place], *rows[place + 1 :]]), place


def _put_in(data: st.DataObject, rows: list[Row]) -> tuple[list[Row], int]:
    place = data.draw(st.integers(0, len(rows) - 1))
    extra = msgspec.structs.replace(data.draw(st.sampled_from(rows)), position=place + 1)
    if data.draw(st.booleans()):
        extra = msgspec.structs.replace(extra, stream="article-new", version=1)
    if extra.chain_hash == rows[place].chain_hash and extra.stream == rows[place].stream:
        place += 1  # doubled: the first of the two is as it was
    rows = [*rows[:place], extra, *rows[place:]]
    return [msgspec.structs.replace(row, position=number) for number, row in enumerate(rows, start=1)], place


def _exchanged(data: st.DataObject, rows: list[Row]) -> tuple[list[Row], int]:
    first, second = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)))
    swapped = list(rows)
    swapped[first] = msgspec.structs.replace(rows[second], position=first + 1)
    swapped[second] = msgspec.structs.replace(rows[first], position=second + 1)
    return swapped, first


def _renumbered(data: st.DataObject, rows: list[Row]) -> list[Row]:
    """As they are, or with the hole closed."""
    if data.draw(st.booleans()):
        return rows
    return [msgspec.structs.replace(row, position=number) for number, row in enumerate(rows, start=1)]


TEXT, NUMBER, BYTES = st.text(max_size=20), st.integers(1, 2**40), st.binary(min_size=16, max_size=16)
CHANGES = {
    "stream": _set("stream", TEXT), "version": _set("version", NUMBER), "type": _set("type", TEXT),
    "schema": _set("schema", st.integers(0, 2**31)), "data": _set("data", TEXT), "meta": _set("meta", TEXT),
    "occurred_at": _set("occurred_at", NUMBER), "recorded_at": _set("recorded_at", NUMBER),
    "salt": _set("salt", BYTES), "content_hash": _set("content_hash", BYTES), "chain_hash": _set("chain_hash", BYTES),
    "removed": _removed, "put in": _put_in, "exchanged": _exchanged,
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
@given(data=st.data())
def test_no_single_change_of_the_rows_goes_unseen_and_the_first_is_named(
    made: Made, what: str, data: st.DataObject
) -> None:
    rows, place = CHANGES[what](data, made.rows)
    verdict = verify(rows)
    assert not verdict.ok
    assert verdict.position == place + 1
    if "is missing" not in verdict.reason:
        assert (verdict.stream, verdict.version) == (rows[place].stream, rows[place].version)
