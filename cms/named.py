"""What bylines, sections and tags have in common: a name, and a page of their own, to which its former ones lead."""

from typing import TypeVar

import msgspec

from cms import path
from cms.decider import Addresses, Context, Refused, State, derived_slug, line, new_id, required


class Named(State, frozen=True):
    """What the rules know of any of them. merged: into which one, of those that can be the same as another."""

    name: str = ""
    slug: str = ""
    former: tuple[str, ...] = ()  # slugs that it had before
    merged: str | None = None


N = TypeVar("N", bound=Named)


class Kind(msgspec.Struct, frozen=True):
    """One kind of them. noun: what people call it; prefix: what the addresses of its pages begin with."""

    noun: str
    prefix: str

    def addresses(self, state: Named) -> Addresses:
        """Its page; former pages, and the page of one that was merged, lead elsewhere."""
        if not state.version:
            return {}
        return {
            **{f"{self.prefix}{slug}": "redirected" for slug in state.former},
            f"{self.prefix}{state.slug}": "redirected" if state.merged else "claimed",
        }

    def name(self, name: str) -> str:
        """A name for one. Refused where there is none, or too much of it."""
        return line(required(name, "name", f"A {self.noun} needs a name."), "name", 120)

    def begun(self, state: Named, id: str, name: str) -> str:
        """The name of one that begins. Refused where the id is another's already, or no id."""
        if state.version:
            raise Refused(f"There is already a {self.noun} with this id.", "id")
        new_id(id)
        return self.name(name)

    def derived(self, id: str, name: str) -> str:
        """The slug that a name would give it; an address must still be found that is nobody's: ``unused``."""
        return derived_slug(name, f"{self.noun}-{id[-8:]}")

    def unused(self, context: Context, stream: str, slug: str) -> str:
        """This slug, or with the first number behind it that makes it nobody else's."""
        return path.unused(context, stream, self.prefix, slug).removeprefix(self.prefix)

    def living(self, state: N) -> N:
        """The one that is to change. Refused where it is none, or was merged."""
        if not state.version:
            raise Refused(f"There is no such {self.noun}.")
        if state.merged:
            raise Refused(f"{state.name} was merged into another {self.noun}. Change that one.")
        return state

    def usable(self, state: N, id: str, field: str) -> N:
        """The one that something begins to use. Refused where it is unknown or was merged."""
        if not state.version:
            raise Refused(f"There is no {self.noun} {id}.", field)
        if state.merged:
            raise Refused(f"{state.name} was merged into another {self.noun}. Use that one.", field)
        return state


def moved(state: N, slug: str) -> N:
    """With another slug; the one that it had leads there."""
    former = tuple(one for one in (*state.former, state.slug) if one != slug)
    return msgspec.structs.replace(state, slug=slug, former=former)
