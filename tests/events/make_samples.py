"""Write a sample of every event whose newest shape has none yet: ``python -m tests.events.make_samples``.

A sample that exists is never written again: it is what some newsroom's log holds.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

import events  # noqa: F401  (enters the catalogue)
from events.event import Event, catalogue, encode

FOLDER = Path(__file__).parent.parent / "samples"
TEXT = "Ferry “Sæfríður” runs aground — 3 hurt"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for kind in catalogue().values():
        path = FOLDER / f"{kind.name}.{kind.schema}.json"
        if not path.exists():
            path.write_bytes(encode(example(kind.cls)))


def example(cls: type[Event]) -> Event:
    """An event with something in every field."""
    return msgspec.convert(_struct(inspect.type_info(cls)), cls)


def _struct(info: Any) -> Any:
    fields = {field.encode_name: _value(field.encode_name, field.type) for field in info.fields}
    return cls(**fields) if (cls := _raw_holder(info)) else fields


def _raw_holder(info: Any) -> Any:
    return info.cls if any(isinstance(field.type, inspect.RawType) for field in info.fields) else None


def _value(name: str, info: Any) -> Any:
    match info:
        case inspect.StrType():
            return TEXT
        case inspect.IntType():
            return 1_795_425_183_000_000 if name in {"public_from", "until", "expires", "due"} else 2
        case inspect.FloatType():
            return 0.25
        case inspect.BoolType():
            return True
        case inspect.LiteralType():
            return info.values[0]
        case inspect.ListType():
            return [_value(name, info.item_type)]
        case inspect.TupleType():
            return [_value(name, item) for item in info.item_types]
        case inspect.DictType():
            return {"stepType": "replace", "from": 0, "to": 2}
        case inspect.UnionType():
            return _value(name, next(kind for kind in info.types if not isinstance(kind, inspect.NoneType)))
        case inspect.StructType():
            return _struct(info)
        case inspect.RawType():
            return msgspec.Raw(b'{"content":[{"attrs":{"id":null},"type":"paragraph"}],"type":"doc"}')
    raise TypeError(f"no example of {info}")


if __name__ == "__main__":
    main()
