"""``flask log``: the group that this folder's commands belong to, and what several of them need."""

from collections.abc import Callable
from functools import partial

import click

from cms.house import house
from events.store import EventStore


@click.group()
def log() -> None:
    """The log: the newsroom's one source of truth."""


def open_log() -> Callable[[], EventStore]:
    """What opens this newsroom's log, in another process too."""
    return partial(EventStore, house().store.where)
