"""A stand-in for ``psycopg_pool``, for the peer library that wants it, where it is not installed.

As much of its interface as that library calls: connections are made when they are first needed and kept.
"""

import queue
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Generic, TypeVar

import psycopg

CT = TypeVar("CT")


class ConnectionPool(Generic[CT]):
    """Hands connections out and takes them back."""

    def __init__(
        self, conninfo: str = "", *, connection_class: Any = psycopg.Connection, kwargs: Any = None, max_size: Any = 4,
        configure: Callable[[Any], None] | None = None, **_: Any,
    ) -> None:  # fmt: skip
        self._make = lambda: connection_class.__origin__.connect(conninfo, **(kwargs or {}))
        self._configure = configure
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(max_size or 4):
            self._idle.put(None)

    def open(self, wait: bool = False, timeout: float = 30.0) -> None:
        """Nothing to do."""

    @contextmanager
    def connection(self, timeout: float | None = None) -> Iterator[Any]:
        """One of them, for as long as the block."""
        found = self._idle.get(timeout=timeout or 30)
        try:
            if found is None:
                found = self._make()
                if self._configure:
                    self._configure(found)
            yield found
        finally:
            self._idle.put(found)

    def close(self) -> None:
        """Close what is idle."""
        while not self._idle.empty():
            if (found := self._idle.get()) is not None:
                found.close()


def stand_in() -> None:
    """Be importable as ``psycopg_pool`` where that is not there."""
    if "psycopg_pool" not in sys.modules and find_spec("psycopg_pool") is None:
        made, abc = ModuleType("psycopg_pool"), ModuleType("psycopg_pool.abc")
        made.ConnectionPool, made.abc = ConnectionPool, abc  # type: ignore[attr-defined]
        for name in ("ConnectFailedCB", "ConnectionCB"):
            setattr(abc, name, Callable[[CT], None])  # type: ignore[valid-type]
        for name, value in {"CT": CT, "ConninfoParam": str, "KwargsParam": dict}.items():
            setattr(abc, name, value)
        sys.modules |= {"psycopg_pool": made, "psycopg_pool.abc": abc}
