"""``flask log``: the group that this folder's commands belong to, and what several of them need."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import click

from cms.house import house
from events.seal.hashes import Row
from events.store import EventStore


@click.group()
def log() -> None:
    """The log: the newsroom's one source of truth."""


def open_log() -> Callable[[], EventStore]:
    """What opens this newsroom's log, in another process too."""
    return partial(EventStore, house().store.where)


def counted(store: EventStore, until: int, progress: Any, after: int = 0) -> Iterator[Row]:
    """The log's rows, each thousand told to ``progress``."""
    for number, row in enumerate(store.rows(after, until), start=1):
        if number % 1000 == 0:
            progress.advance(1000)
        yield row
    progress.advance((until - after) % 1000)
