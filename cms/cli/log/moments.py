"""A moment, as an operator types it: a time, a day, or how long ago."""

import re
from datetime import datetime
from typing import Any

import click

from cms.house import house
from events.instant import DAY, HOUR, MINUTE, SECOND, Instant, from_datetime, now

_AGO = re.compile(r"(\d{1,6})\s*(s|min|m|h|d|w)")
_UNITS = {"s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


class _Moment(click.ParamType[Instant]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Instant:
        if isinstance(value, int):
            return value
        text = str(value).strip()
        if ago := _AGO.fullmatch(text):
            return now() - int(ago[1]) * _UNITS[ago[2]]
        try:
            moment = datetime.fromisoformat(text)
            return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=house().settings.zone))
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is no moment. Write 2026-11-23T09:00, 2026-11-23 (in the newsroom's time), "
                "2026-11-23T09:00Z, or 2h for two hours ago.", param, context,
            )  # fmt: skip


MOMENT = _Moment()
