"""What addresses ask for, read the same way in every list."""

from datetime import date, datetime, timedelta

from cms.desk.house import house
from events.instant import Instant, from_datetime


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
