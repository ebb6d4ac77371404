"""Names in records become things of the newsroom: bylines, sections, tags, each once."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, TypeVar

from cms import byline, path, section, tag
from cms.decider import Command, State, derived_slug, line
from cms.importing.records import id_of

Look = Callable[[str], State]
Kind = Literal["byline", "section", "tag"]
Thing = byline.Byline | section.Section | tag.Tag
T = TypeVar("T")


class Names:
    """The ids of names, and the commands that make those which are not there yet."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.commands: list[Command] = []
        self._made: set[str] = set()

    def bylines(self, names: Iterable[str]) -> tuple[str, ...]:
        """Byline ids, in order, each once."""
        return self._ids("byline", names)

    def tags(self, names: Iterable[str]) -> tuple[str, ...]:
        """Tag ids, in order, each once."""
        return self._ids("tag", map(spoken, names))

    def section(self, name: str) -> str | None:
        """A section id; None where no section is named."""
        return next(iter(self._ids("section", [spoken(name)])), None)

    def _ids(self, kind: Kind, names: Iterable[str]) -> tuple[str, ...]:
        tidy = (line(name, kind) for name in names)
        return tuple(dict.fromkeys(self._id(kind, name) for name in tidy if name))

    def _id(self, kind: Kind, name: str) -> str:
        id, address = _own(kind, name)
        state = self._thing(f"{kind}-{id}")
        if state is None and id not in self._made:
            owner = getattr(self._look(path.stream_of(address)), "owner", "")  # perhaps the desk made it itself
            other = self._thing(owner) if owner.startswith(f"{kind}-") else None
            if other is not None and key(other.name) == key(name):
                return self._living(owner, other)
            self._made.add(id)
            self.commands.append(_making(kind, id, name))
        return id if state is None else self._living(f"{kind}-{id}", state)

    def _living(self, stream: str, state: Thing) -> str:
        """The thing itself, or what it was merged into."""
        while (into := getattr(state, "merged", None)) is not None:
            stream = f"{stream.partition('-')[0]}-{into}"
            found = self._thing(stream)
            assert found is not None
            state = found
        return stream.partition("-")[2]

    def _thing(self, stream: str) -> Thing | None:
        state = self._look(stream)
        return state if isinstance(state, Thing) and state.version else None


def key(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(name.casefold().split())


def spoken(name: str) -> str:
    """A name as it is said: ``software-engineering`` is Software engineering."""
    if "-" in name and name == name.lower() and " " not in name and ":" not in name:
        name = name.replace("-", " ")
        return name[:1].upper() + name[1:]
    return name


@lru_cache(20_000)
def _own(kind: Kind, name: str) -> tuple[str, str]:
    """The id that the name has where an import makes it, and the address that it would have."""
    prefix = {"byline": byline.KIND, "section": section.KIND, "tag": tag.KIND}[kind].prefix
    return str(id_of(kind, key(name))), prefix + derived_slug(name, "")


def _making(kind: Kind, id: str, name: str) -> Command:
    if kind == "byline":
        return byline.Create(id, name)
    return section.Open(id, name) if kind == "section" else tag.Create(id, name)
