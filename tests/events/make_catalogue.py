"""Write docs/events.md from the catalogue's own words: ``python -m tests.events.make_catalogue``."""

import importlib
import inspect
from pathlib import Path

import msgspec

import events
from events.event import Kind, catalogue

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
HEAD = """# The catalogue of events

Every kind of event that the log may hold, with its stored name, the schema number of its newest shape, and its \
fields. Written from the code by `python -m tests.events.make_catalogue`; a test holds the two together.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name in events.__all__:
        module = importlib.import_module(f"events.{name}")
        kinds = [kind for kind in catalogue().values() if kind.cls.__module__ == module.__name__]
        title, _, rest = inspect.getdoc(module).partition("\n")  # type: ignore[union-attr]
        parts.append(f"## {name}\n\n{title}\n{rest}".rstrip() + "\n")
        parts += [_entry(kind) for kind in kinds]
    return "\n".join(parts)


def _entry(kind: Kind) -> str:
    fields = "".join(f"- `{field.name}`: {_type(field.type)}\n" for field in msgspec.structs.fields(kind.cls))
    return f"### `{kind.name}` ({kind.schema})\n\n{inspect.getdoc(kind.cls)}\n" + (f"\n{fields}" if fields else "")


def _type(type_: object) -> str:
    text = inspect.formatannotation(type_)
    for noise in ("typing.", "events.article.", "events.image.", "events.envelope.", "msgspec."):
        text = text.replace(noise, "")
    return text


if __name__ == "__main__":
    PAGE.write_text(page())
