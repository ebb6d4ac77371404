"""The table of roles, held by the door itself: each command by somebody in each role, through ``Newsroom.handle``.

tests/test_roles.py says what the table should be; here it is seen to be asked, whatever a face has checked before.
"""

from typing import Any

import msgspec
import pytest

import cms.streams  # noqa: F401 - brings every command
from cms import article
from cms.decider import Actor, Command, Denied, Refused, commands
from cms.newsroom import Newsroom
from cms.roles import ROLES, Role, may
from events.store import EventStore
from tests.newsroom.spec import BODY, LONDON, Clock, some_id
from tests.test_roles import CELLS, CLASSES

NOWHERE = some_id("nowhere")


def value(of: Any) -> Any:
    """Something of this type, the smallest there is; every id is of something that nobody began."""
    match of:
        case msgspec.inspect.UnionType(types=types) if any(isinstance(one, msgspec.inspect.NoneType) for one in types):
            return None
        case msgspec.inspect.UnionType(types=types):
            return value(types[0])
        case msgspec.inspect.StructType(fields=fields):
            return {field.encode_name: value(field.type) for field in fields if field.required}
        case msgspec.inspect.StrType():
            return NOWHERE
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.BoolType():
            return False
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            return 1
        case msgspec.inspect.TupleType(item_types=types):
            return [value(one) for one in types]
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType() | msgspec.inspect.SetType():
            return []
        case msgspec.inspect.DictType() | msgspec.inspect.AnyType():
            return {}
    raise AssertionError(f"a command has a field of a kind that this test cannot make: {of}")


def made(kind: type[Command]) -> Command:
    """A command of this kind, as a script would send it."""
    if kind is article.ReplaceBody:
        return article.ReplaceBody(NOWHERE, BODY)  # a document is more than the smallest values of its fields
    return msgspec.convert(value(msgspec.inspect.type_info(kind)), kind)


@pytest.mark.parametrize("name", CLASSES)
def test_every_command_can_be_made_here(name: str) -> None:
    assert type(made(CLASSES[name])) in commands().values()


@pytest.mark.parametrize(("name", "role", "allowed"), CELLS, ids=[f"{name}-{role}" for name, role, _ in CELLS])
def test_the_door_holds_each_cell(store: EventStore, clock: Clock, name: str, role: Role, allowed: bool) -> None:
    newsroom = Newsroom(store, zone=LONDON, may=may, clock=clock)
    assert denied(newsroom, made(CLASSES[name]), role) is not allowed
    if not allowed:
        assert store.head().position == 0


def denied(newsroom: Newsroom, command: Command, role: Role) -> bool:
    """Whether the door denies it to this role; that what it was asked of is not there is another matter."""
    try:
        newsroom.handle(command, Actor("somebody", role, "desk"))
    except Denied as words:
        return "Your role does not allow" in words.message
    except Refused:
        return False
    return False


def test_one_command_that_is_not_allowed_stops_all_that_come_with_it(store: EventStore, clock: Clock) -> None:
    newsroom = Newsroom(store, zone=LONDON, may=may, clock=clock)
    for role in ROLES:
        beyond = [made(CLASSES[name]) for name, one, allowed in CELLS if one == role and not allowed]
        if beyond:
            with pytest.raises(Denied):
                newsroom.handle([made(CLASSES["article.Draft"]), beyond[0]], Actor("somebody", role, "desk"))
    assert store.head().position == 0
