"""Any stream as it was: folded by the rules themselves up to a moment, and told in plain values."""

from typing import Any

import msgspec

from cms.article.body import Body
from cms.decider import State
from cms.streams import decider_of
from events.document import to_text
from events.store import EventStore
from events.temporal import AsOf, read_stream


def state_as_of(store: EventStore, stream: str, moment: AsOf) -> State:
    """The stream's state at a moment; its version is 0 where there was no such stream. KeyError: of no kind we know."""
    decider = decider_of(stream)
    state: State = decider.initial
    for recorded in read_stream(store, stream, moment):
        state = decider.replay(state, recorded)
    return state


def plain(value: Any) -> Any:
    """A state as JSON has it; of a body its words, as a text."""
    if isinstance(value, Body):
        return {"words": value.words, "images": list(value.images), "digest": value.digest, "text": to_text(value.doc)}
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(plain(one) for one in value)
    return msgspec.to_builtins(value)
