"""Everything that follows the log in this house, and how each stands: for operators, and for /readyz.

The views and the index keep their own checkpoints, in one transaction with what they fold; every other follower's is
in the ledger. What stopped one, and what an operator decided about it, is in the ledger for all of them.
"""

import getpass
import socket

import msgspec

from cms.house import House
from events.following.ledger import Decision, Failure, Ledger
from events.instant import now

VIEWS, INDEX, DESK_INDEX = "views", "index", "desk-index"


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """One follower. failure: what it cannot take, where it has not come past it since. parked: what it passes over."""

    name: str
    position: int
    lag: int
    failure: Failure | None
    parked: tuple[Decision, ...]


class DecisionRefused(Exception):
    """What an operator asked for cannot be meant. The message says why, and what to do."""


def followers(house: House) -> list[Follower]:
    """All of them, by name."""
    head, ledger = house.store.head().position, house.ledger
    known = {standing.name: standing for standing in ledger.standings()}
    places = {name: standing.position for name, standing in known.items()}
    places |= {VIEWS: house.views.status(rows=False).position, INDEX: house.index.status().position}
    places[DESK_INDEX] = house.desk_index.status().position
    found = []
    for name, position in sorted(places.items()):
        failure = known[name].failure if name in known else None
        if failure is not None and failure.position <= position:
            failure = None
        parked = tuple(ledger.parked(name).values())
        found.append(Follower(name=name, position=position, lag=head - position, failure=failure, parked=parked))
    return found


def retry(house: House, name: str) -> Failure | None:
    """Let a follower that has stopped try again; what it had failed at. Raises DecisionRefused."""
    failure = _find(house, name).failure
    house.ledger.fail(name, None)
    return failure


def park(house: House, name: str, position: int, why: str, who: str) -> Decision:
    """Let a follower pass over one event, now and at every rebuild. Raises DecisionRefused."""
    follower, head = _find(house, name), house.store.head().position
    if name in (INDEX, DESK_INDEX):
        raise DecisionRefused("The index is made from the views: park the event for the views.")
    if not 1 <= position <= head:
        raise DecisionRefused(f"There is no event at position {position:,}: the log has {head:,}.")
    if position <= follower.position:
        raise DecisionRefused(
            f"{name} has come past position {position:,} already: it is at {follower.position:,}. Nothing was parked."
        )
    return _decide(house.ledger, name, position, "parked", why, who)


def unpark(house: House, name: str, position: int, why: str, who: str) -> Decision:
    """Take that back: from the next rebuild or reset on the event is taken again. Raises DecisionRefused."""
    _find(house, name)
    if position not in house.ledger.parked(name):
        raise DecisionRefused(f"Position {position:,} is not parked for {name}.")
    return _decide(house.ledger, name, position, "unparked", why, who)


def reset(house: House, name: str, position: int, why: str, who: str) -> Decision:
    """Let a follower go on after another position of this log. Raises DecisionRefused."""
    _find(house, name)
    if name in (VIEWS, INDEX, DESK_INDEX):
        raise DecisionRefused(f"The {name} begin again with flask rebuild-index.")
    head = house.store.head().position
    if not 0 <= position <= head:
        raise DecisionRefused(f"There is no position {position:,}: the log has {head:,} events.")
    row = next(house.store.rows(position - 1, position), None) if position else None
    return _decide(house.ledger, name, position, "reset", why, who, row.chain_hash if row else None)


def operator() -> str:
    """Who sits at the keyboard, as this machine knows them."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a user without a name, in a container
        return f"somebody@{socket.gethostname()}"


def _find(house: House, name: str) -> Follower:
    known = followers(house)
    for follower in known:
        if follower.name == name:
            return follower
    names = ", ".join(follower.name for follower in known)
    raise DecisionRefused(f"Nothing that follows the log is called {name!r}. There are: {names}.")


def _decide(
    ledger: Ledger, name: str, position: int, what: str, why: str, who: str, chain_hash: bytes | None = None
) -> Decision:
    if not why.strip():
        raise DecisionRefused("Say why: whoever looks at this in a year will want to know.")
    decision = Decision(name=name, position=position, what=what, why=why.strip(), who=who, at=now())
    ledger.decide(decision, chain_hash)
    return decision
