"""Dates, counts and plain text as the site writes them: British, in the newsroom's time zone."""
from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from events.instant import Instant, from_datetime, to_datetime

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KINDS = {"opinion": "Opinion", "analysis": "Analysis", "interview": "Interview", "obituary": "Obituary",
         "explainer": "Explainer", "review": "Review", "live": "Minute by minute", "recipe": "Recipe"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Clock:
    """Instants in words of one time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def local(self, instant: Instant) -> datetime:
        return to_datetime(instant).astimezone(self.zone)

    def date(self, instant: Instant) -> str:
        """23 November 2026"""
        return _date(self.local(instant))

    def day(self, instant: Instant) -> str:
        """Monday 23 November 2026"""
        return f"{DAYS[self.local(instant).weekday()]} {self.date(instant)}"

    def time(self, instant: Instant) -> str:
        """9.13am"""
        return _time(self.local(instant))

    def moment(self, instant: Instant) -> str:
        """23 November 2026, 9.13am"""
        local = self.local(instant)
        return f"{_date(local)}, {_time(local)}"

    def since(self, instant: Instant, first: Instant) -> str:
        """The moment; without its date where that is the same day's as `first`."""
        same = self.local(instant).date() == self.local(first).date()
        return self.time(instant) if same else self.moment(instant)

    def midnight(self, instant: Instant) -> Instant:
        """The next midnight: when a page that names today stops being true."""
        today = self.local(instant).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return from_datetime((today + timedelta(days=1)).replace(tzinfo=self.zone))


def _date(local: datetime) -> str:
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}.{local.minute:02d}{'am' if local.hour < 12 else 'pm'}"


def month_name(period: str) -> str:
    """'2026/11' → 'November 2026'; '2026/11/23' → 'Monday 23 November 2026'."""
    parts = [int(part) for part in period.split("/")]
    if len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    weekday = datetime(parts[0], parts[1], parts[2]).weekday()  # noqa: DTZ001 a calendar's day has no zone
    return f"{DAYS[weekday]} {parts[2]} {MONTHS[parts[1] - 1]} {parts[0]}"


def kind_label(kind: str, kicker: str) -> str:
    """What a story is, where it is not plain news and the kicker does not say it ('Explained', 'The interview')."""
    label = KINDS.get(kind, "")
    return "" if label[:6].lower() in kicker.lower() else label


def thousands(number: int) -> str:
    """'1,204'"""
    return f"{number:,}"


def count(number: int, one: str, many: str | None = None) -> str:
    """'1 article', '1,204 articles'"""
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"


def minutes(words: int) -> str:
    """How long it takes to read, at 230 words a minute."""
    return f"{max(1, round(words / 230))} min read"


@lru_cache(4096)
def http_date(instant: Instant) -> str:
    """'Mon, 23 Nov 2026 09:13:03 GMT', for HTTP headers."""
    return format_datetime(to_datetime(instant).replace(microsecond=0), usegmt=True)


def rss_date(instant: Instant) -> str:
    """RFC 822 with a four-digit year, for RSS."""
    return format_datetime(to_datetime(instant).replace(microsecond=0))


def xml_text(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def names(people: list[str]) -> str:
    """'A', 'A and B', 'A, B and C'"""
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}" if people else ""
