"""What the desk needs of the house that app.py puts together."""

from collections.abc import Callable
from typing import Protocol, cast

from flask import current_app

from cms.keys import KeyRing
from cms.media import Media
from cms.newsroom import Newsroom
from cms.operating.work import Works
from cms.people.accounts import Accounts
from cms.settings import Settings
from cms.snapshots import Snapshots
from events.instant import Instant
from events.store import EventStore
from search.index import Index
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
    def works(self) -> Works: ...
    @property
    def views(self) -> Views: ...
    @property
    def index(self) -> Index: ...
    @property
    def desk_index(self) -> Index: ...
    @property
    def steady(self) -> Callable[[], Instant]: ...

    def now(self) -> Instant:
        """This moment: never behind the log's last event."""


def house() -> House:
    """The house of the running app."""
    return cast(House, current_app.extensions["daybook"])
