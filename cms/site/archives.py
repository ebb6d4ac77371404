"""The archive by date, and the way to any page at any moment of the past."""
from __future__ import annotations

from calendar import Calendar
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from cms.site import linked_data
from cms.site.answers import redirected
from cms.site.outcomes import Document, Elsewhere, Missing
from cms.site.pages import LISTED, keys_of
from cms.site.visit import Visit
from cms.site.words import month_name
from events.instant import from_datetime, to_iso

if TYPE_CHECKING:
    from cms.site.routes import Site


def archive(site: Site, visit: Visit) -> Document:
    years = [(name, list(months)) for name, months in groupby(visit.reader.months(), lambda month: month.period[:4])]
    visit.keys.append("archive")
    return Document(site.templates("archive.html", v=visit, years=years))


def year(_site: Site, _visit: Visit, year: int) -> Document:
    raise Elsewhere(f"/archive#y{year:04d}", 302)


def month(site: Site, visit: Visit, year: int, month: int) -> Document:
    """A calendar of the month, and its articles."""
    period = f"{year:04d}/{month:02d}"
    days = {day.period: day.articles for day in visit.reader.days(period)}
    if not days:
        raise Missing
    weeks = Calendar().monthdayscalendar(year, month)
    cards = visit.reader.latest(LISTED, visit.before, under=f"/{period}/")
    visit.keys += [f"archive:{period}", *keys_of(cards.items)]
    newer, older = beside(period, [month.period for month in visit.reader.months()])
    return Document(site.templates("month.html", v=visit, period=period, weeks=weeks, days=days, cards_page=cards,
                                   newer=newer, older=older, total=sum(days.values()),
                                   data=linked_data.listing(visit, month_name(period), cards.items)))


def day(site: Site, visit: Visit, year: int, month: int, day: int) -> Document:
    period = f"{year:04d}/{month:02d}/{day:02d}"
    days = [day.period for day in visit.reader.days(period[:7])]
    if period not in days:
        raise Missing
    cards = visit.reader.latest(LISTED, visit.before, under=f"/{period}/")
    visit.keys += [f"archive:{period}", *keys_of(cards.items)]
    newer, older = beside(period, days)
    return Document(site.templates("day.html", v=visit, period=period, cards_page=cards, newer=newer, older=older,
                                   data=linked_data.listing(visit, month_name(period), cards.items)))


def beside(period: str, periods: list[str]) -> tuple[str | None, str | None]:
    """The ones after and before it, of a list that is newest first."""
    here = periods.index(period)
    return (periods[here - 1] if here else None), (periods[here + 1] if here + 1 < len(periods) else None)


def install(app: Flask, site: Site) -> None:
    @app.get("/at", endpoint="site.travel")
    def travel() -> Response:
        """From the form `?on=2026-11-20T09:00&path=/politics` to that page at that moment of the newsroom's clock."""
        path = request.args.get("path", "/")
        path = path if path.startswith("/") and not path.startswith(("//", "/\\", "/at/")) else "/"
        try:
            named = datetime.fromisoformat(request.args.get("on", ""))
            zoned = named if named.tzinfo else named.replace(tzinfo=site.clock.zone)
            moment = from_datetime(zoned.astimezone(UTC))
        except (ValueError, OverflowError):
            return redirected("/archive#then", 302)
        if moment > site.daybook.clock():
            return redirected(path, 302)
        return redirected(f"/at/{to_iso(moment)}{path}", 302)
