"""Carrying out an order to remove words from the log: what it reaches, doing it, and whether it was done.

The steps of a body's edits stand on each other. Where one is removed, those after it have nothing to stand on, and
their hashes would let the words be guessed; so they go too, up to the next publication that stays and holds every word.
"""

from collections.abc import Callable, Iterable
from uuid import uuid4

from events.article import ArticleBodyEdited, Publication
from events.event import Meta, UnknownEvent, kind_of
from events.reading import events_of, recorded
from events.redaction import NoWords, disagreement, is_removed, removal_of
from events.seal.hashes import Row
from events.store import EventStore, Unit, VersionConflict, Write
from events.words import Tombstone, WordsRemoved

AT_ONCE = 500  # events that one fact lists
ATTEMPTS = 20


class RemovalRefused(Exception):
    """Nothing was removed. The message says why."""


def reach(store: EventStore, positions: Iterable[int], streams: Iterable[str] = ()) -> dict[str, list[Row]]:
    """The events whose words go, by stream: those named, all of the streams named, and what stands on them.

    Raises RemovalRefused where one of them has no words, or no words any more.
    """
    named: dict[int, Row] = {}
    for position in positions:
        row = next(store.rows(position - 1, position), None)
        if row is None:
            raise RemovalRefused(f"There is no event at position {position:,}.")
        try:
            removal_of(row, 0)
        except (NoWords, UnknownEvent) as why:
            raise RemovalRefused(f"Position {position:,}: {why}.") from why
        named[position] = row
    for stream in streams:
        found = {row.position: row for row in _rows_of(store, stream) if _has_words(row)}
        if not found:
            raise RemovalRefused(f"There is nothing in {stream} that could be removed.")
        named |= found
    for stream in {row.stream for row in named.values() if _is_of_body(row)}:
        named |= {row.position: row for row in _standing_on(store, stream, set(named))}
    reached: dict[str, list[Row]] = {}
    for _, row in sorted(named.items()):
        reached.setdefault(row.stream, []).append(row)
    return reached


def remove(
    store: EventStore,
    rows: list[Row],
    order: str,
    why: str,
    meta: Meta,
    advance: Callable[[int], None] = lambda _: None,
) -> list[int]:
    """Remove the words of events of one stream. The positions of the facts that say so."""
    facts = []
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        facts.append(_remove(store, some, order, why, meta))
        advance(len(some))
    return facts


def remove_again(store: EventStore, after: int = 0) -> int:
    """Remove what facts after a position say was removed, and is there: they came from a copy where it was. How many.

    Raises RemovalRefused where this code would put other tombstones than those that the facts list.
    """
    count = 0
    for line in store.of_type(kind_of(WordsRemoved).name, after):
        [one] = recorded([line], store.lines)
        assert isinstance(one.event, WordsRemoved)
        rows = [(next(store.rows(told.position - 1, told.position)), told) for told in one.event.tombstones]
        removals = [(removal_of(row, one.position), told) for row, told in rows if not is_removed(row)]
        for removal, told in removals:
            if removal.tombstone != told:
                raise RemovalRefused(f"Position {told.position:,} became another tombstone where it was removed.")
        if removals:
            store.remove_again([removal for removal, _ in removals])
            count += len(removals)
    return count


def check(store: EventStore, after: int = 0, until: int | None = None) -> tuple[int, str] | None:
    """The first event after a position whose removal and the log do not agree, and how."""
    facts = []
    for line in store.of_type(kind_of(WordsRemoved).name, after):
        [one] = recorded([line], store.lines)
        assert isinstance(one.event, WordsRemoved)
        facts.append((one.stream, one.event))
    removed = store.removed(after, until)
    before = {told.position for _, fact in facts for told in fact.tombstones if told.position <= after}
    for position in sorted(before):
        removed += store.removed(position - 1, position)
    return disagreement(removed, facts)


def _remove(store: EventStore, rows: list[Row], order: str, why: str, meta: Meta) -> int:
    stream, command = rows[0].stream, uuid4()

    def say(tombstones: list[Tombstone]) -> Unit:
        fact = WordsRemoved(order=order, why=why, tombstones=tombstones)
        return Unit(command_id=command, writes=[Write(stream, version, [fact])], meta=meta)

    for attempt in range(ATTEMPTS):
        version = store.version(stream)
        try:
            return store.remove_words(rows, say).position
        except VersionConflict:  # somebody is writing at this moment
            if attempt + 1 == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _standing_on(store: EventStore, stream: str, named: set[int]) -> Iterable[Row]:
    """The edits of a body that stand on what goes, or went."""
    gone = named | {position for position, _, _ in store.removed()}
    lost = noted = False  # whether the words that the next edit stands on are lost; whether notes stood among them
    for one in store.read_stream(stream):
        if isinstance(one.event, ArticleBodyEdited):
            if lost and one.position not in gone:
                yield from store.rows(one.position - 1, one.position)
            lost = lost or one.position in gone
            noted = one.event.readers_hash != ""
        elif isinstance(one.event, Publication) and one.position not in gone and not noted:
            lost = False  # it holds every word; of a body with notes to the desk it holds only what readers get


def _is_of_body(row: Row) -> bool:
    return any(isinstance(one, ArticleBodyEdited | Publication) for one in events_of(row.type, row.schema, row.data))


def _rows_of(store: EventStore, stream: str) -> Iterable[Row]:
    for position in dict.fromkeys(one.position for one in store.read_stream(stream)):
        yield from store.rows(position - 1, position)


def _has_words(row: Row) -> bool:
    try:
        removal_of(row, 0)
    except NoWords:
        return False
    return True
