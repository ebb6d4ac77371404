"""What addresses ask for, read the same way in every list."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

import msgspec
from flask import request

from cms.desk.house import house
from cms.desk.page import address
from events.instant import Instant, from_datetime


class Asking(msgspec.Struct, frozen=True):
    """What the address of a room asks for, each of it as it stands there; '' where it says nothing."""

    room: ClassVar[str]  # where it is

    @classmethod
    def read(cls) -> Self:
        """Of this request."""
        return cls(**{name: request.args.get(name, "").strip() for name in cls.__struct_fields__})

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return self != type(self)()

    def address(self, to: str = "", **more: str | None) -> str:
        """Where this is; ``to``: where the same is asked of something else."""
        return address(to or self.room, **(msgspec.structs.asdict(self) | more))


def beginning(text: str, later: int, wrong: list[str]) -> Instant | None:
    """When a day begins in the newsroom's zone, so many days ``later``; None for '' and what is no date."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=later)
        return from_datetime(datetime(day.year, day.month, day.day, tzinfo=house().settings.zone))
    except (ValueError, OverflowError):
        wrong.append(f"“{text}” is no date. Write it as 2026-11-23.")
        return None
