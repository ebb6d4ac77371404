"""What the desk needs of the house that app.py puts together."""

from typing import Protocol, cast

from flask import current_app

from cms.accounts import Accounts
from cms.keys import KeyRing
from cms.media import Media
from cms.newsroom import Newsroom
from cms.settings import Settings
from cms.snapshots import Snapshots
from events.instant import Instant
from events.store import EventStore
from views import Views


class House(Protocol):
    """One for the process, used by many threads; at ``app.extensions['daybook']``."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> EventStore: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def keys(self) -> KeyRing: ...
    @property
    def media(self) -> Media: ...
    @property
    def newsroom(self) -> Newsroom: ...
    @property
    def views(self) -> Views: ...

    def now(self) -> Instant:
        """This moment: never behind the log's last event."""


def house() -> House:
    """The house of the running app."""
    return cast(House, current_app.extensions["daybook"])
