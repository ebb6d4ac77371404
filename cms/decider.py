"""The shape of every rule in the newsroom: decide what happens, fold what happened. No input, no output.

A decider (Chassaing) is three things: the state of a stream before anything happened, ``decide(state, command,
context) -> events``, which refuses or says what happened, and ``evolve(state, event) -> state``, which can only
agree. A rule that needs to know of another stream looks it up in ``context.states``; that lookup is all that a
rule ever sees of the world.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from slugify import slugify

from cms.roles import Role
from events.event import Event, Recorded, UnknownEvent
from events.instant import DAY, Instant
from events.words import WordsRemoved

Face = Literal["desk", "api", "cli", "import", "system"]
Status = Literal["claimed", "redirected", "gone", "free"]
Addresses = Mapping[str, Status]  # path → what it is to its owner; 'free' where it is not in the mapping


class Refused(Exception):
    """A rule says no. Nothing was changed. ``field``: the part of the command that it is about, if it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field


class Denied(Refused):
    """This person's role does not allow it."""


class Unwritten(Refused):
    """The log cannot be written at the moment (disk full, clock wrong, …). Nothing was changed."""

    def __init__(self, ailment: Exception) -> None:
        super().__init__(f"This could not be saved: {ailment}. Nothing was changed; keep your words and try again.")


class Moved(Refused):
    """The command was made for words that have moved on since.

    stream: which one moved; the newsroom fills it in. since: the version of the stream that the command was made for;
    base: the version of the body, where it edits the body.
    """

    def __init__(
        self, message: str, *, stream: str = "", since: int | None = None, base: int | None = None
    ) -> None:
        super().__init__(message)
        self.stream, self.since, self.base = stream, since, base


class Actor(msgspec.Struct, frozen=True):
    """Who asks: an account id (None: nobody, the machine), the role it acts in, and through which door."""

    account: str | None
    role: Role
    face: Face = "desk"


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is asked for. Its category says which decider answers it."""

    category: ClassVar[str] = ""

    @property
    def stream(self) -> str:
        """The stream that it is about."""
        raise TypeError(f"{type(self).__name__} is about no stream")


class StreamCommand(Command, frozen=True):
    """Something asked of one thing, which has a stream of its own."""

    id: str

    @property
    def stream(self) -> str:
        """The thing's own."""
        return f"{self.category}-{self.id}"


class State(msgspec.Struct, frozen=True):
    """What the rules need to know of a stream. version: how many events it has; 0 where there is no such thing."""

    version: int = 0


class Context(msgspec.Struct, frozen=True):
    """What a rule may know besides the state of its own stream.

    now: the moment at which the command is decided (an import's: at which it happened).
    states: stream → its state; the initial one where there is no such stream.
    """

    now: Instant
    actor: Actor
    zone: ZoneInfo
    states: Mapping[str, State]


S = TypeVar("S", bound=State)
Rule = Callable[[S, Any, Context], list[Event]]
Fold = Callable[[S, Any, str | None], S]

_commands: dict[str, type[Command]] = {}
_names: dict[type[Command], str] = {}


class Decider(Generic[S]):
    """The rules of one kind of stream: a rule for each command, a fold for each event."""

    def __init__(self, category: str, initial: S, addresses: Callable[[S], Addresses] | None = None) -> None:
        self.category, self.initial = category, initial
        self.addresses: Callable[[S], Addresses] = addresses or (lambda _: {})
        self._rules: dict[type[Command], Rule[S]] = {}
        self._folds: dict[type[Event], Fold[S]] = {}

    def on(self, *kinds: type[Command]) -> Callable[[Rule[S]], Rule[S]]:
        """Declare what answers these commands."""

        def enter(rule: Rule[S]) -> Rule[S]:
            for kind in kinds:
                self._rules[kind] = rule
                name = f"{self.category}.{_snake(kind.__name__)}"
                _commands[name], _names[kind] = kind, name
            return rule

        return enter

    def after(self, *kinds: type[Event]) -> Callable[[Fold[S]], Fold[S]]:
        """Declare what these events do to the state. The fold is handed the event and the account that caused it."""

        def enter(fold: Fold[S]) -> Fold[S]:
            for kind in kinds:
                self._folds[kind] = fold
            return fold

        return enter

    def decide(self, state: S, command: Command, context: Context) -> list[Event]:
        """What happens. [] where the command would change nothing. Raises Refused."""
        return self._rules[type(command)](state, command, context)

    def evolve(self, state: S, event: Event, actor: str | None = None) -> S:
        """The state after an event that ``actor`` caused. Raises UnknownEvent, else never: it has happened."""
        fold = self._folds.get(type(event))
        if fold is None and isinstance(event, WordsRemoved):
            return msgspec.structs.replace(state, version=state.version + 1)
        if fold is None:
            raise UnknownEvent(f"no rule of {self.category} streams knows what {type(event).__name__} means")
        return msgspec.structs.replace(fold(state, event, actor), version=state.version + 1)

    def fold(self, state: S, happened: Iterable[Event], actor: str | None = None) -> S:
        """The state after several events of one actor."""
        for event in happened:
            state = self.evolve(state, event, actor)
        return state

    def replay(self, state: S, recorded: Recorded) -> S:
        """The state after an event of the log. Its version is the event's, in however many pieces it is read."""
        if state.version != recorded.version - 1:
            state = msgspec.structs.replace(state, version=recorded.version - 1)
        return self.evolve(state, recorded.event, recorded.meta.actor)

    def kinds(self) -> Iterable[type[Event]]:
        """The events that it folds."""
        return self._folds.keys()


def commands() -> dict[str, type[Command]]:
    """Every command by its name, such as ``article.change_headline``."""
    return dict(_commands)


def name_of(command: Command | type[Command]) -> str:
    """A command's name, as it stands in an event's meta."""
    return _names[command if isinstance(command, type) else type(command)]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


# --- words that come in

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")
_SPACES = re.compile(" {2,}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH = 150  # the longest that may be chosen: archives have such addresses
DERIVED_LENGTH = 72  # the longest that is made from a headline
FIRST: Instant = -719_161 * DAY  # 1 January of the year 1 and 30 December 9999, with a day's room for any zone
LAST: Instant = 2_932_895 * DAY


_CALLED = {"alt": "alt text", "bio": "biography", "why": "reason", "without_approval": "reason"}  # of a field's name


def line(words: str, field: str, limit: int = 300) -> str:
    """Words for one line: control characters and line breaks become spaces. Refused where it is too long."""
    words = _SPACES.sub(" ", _CONTROL.sub(" ", words)).strip()
    return _within(_visible(words), field, limit)


def prose(words: str, field: str, limit: int = 5000) -> str:
    """Words that may have lines of their own."""
    words = _CONTROL_IN_PROSE.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return _within(_visible(words), field, limit)


def required(words: str, field: str, why: str, limit: int = 5000) -> str:
    """Prose that may not be empty; ``why`` is what the person is told then."""
    words = prose(words, field, limit)
    if not words:
        raise Refused(why, field)
    return words


def _visible(words: str) -> str:
    """Words in which there is nothing to see (zero-width characters, say) are no words."""
    return words if any(unicodedata.category(character)[0] not in "CZ" for character in words) else ""


def _within(words: str, field: str, limit: int) -> str:
    if len(words) > limit:
        called = _CALLED.get(field, field) or "text"
        raise Refused(f"The {called} is {len(words):,} characters long; {limit:,} is the most that fits.", field)
    return words


def chosen_slug(slug: str) -> str:
    """A slug that somebody chose. Refused where it could not stand in an address."""
    if len(slug) > SLUG_LENGTH or not SLUG.fullmatch(slug):
        raise Refused(
            "The last part of an address has only the letters a to z, digits and single hyphens, "
            f"and at most {SLUG_LENGTH} characters.",
            "slug",
        )
    return slug


def derived_slug(words: str, otherwise: str) -> str:
    """A slug made from words; ``otherwise`` where they have no letters that an address could hold."""
    return slugify(words, max_length=DERIVED_LENGTH, word_boundary=True) or otherwise


def new_id(id: str) -> str:
    """The id of something that begins. Refused where it is not a UUID in its usual form."""
    try:
        if str(UUID(id)) == id:
            return id
    except ValueError:
        pass
    raise Refused(f"{id!r} is not an id: it must be a UUID in lower case.", "id")


def moment(instant: Instant, field: str) -> Instant:
    """An instant that has a date. Refused outside the years 1 to 9999."""
    if not FIRST <= instant <= LAST:
        raise Refused("This moment is outside the years that have dates.", field)
    return instant
