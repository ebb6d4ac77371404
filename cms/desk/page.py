"""Pages of the desk: their templates, and the words they share."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from uuid_utils.compat import uuid7

from cms.assets import Assets
from cms.desk.house import house
from cms.desk.wording import called, depicted
from cms.roles import may, may_open
from cms.site.words import Clock, count, names, thousands
from events.instant import DAY, HOUR, MINUTE, Instant, to_iso

HTML = "text/html; charset=utf-8"
Faults = Sequence[tuple[str, str]]  # the id of a field, '' for the whole form; and what is wrong with it


@cache
def environment() -> Environment:
    """The templates."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    assets = Assets()
    made.globals.update(asset=assets.url, icon=cache(assets.icon), count=count, names=names, address=address,
                        called=called, depicted=depicted, thousands=thousands)
    made.filters.update(iso=to_iso, moment=moment, day=day, time=time, ago=ago, age=age, when=when, role=role)
    return made


def render(name: str, status: int = 200, *, faults: Faults = (), **context: Any) -> Response:
    """A page of the desk. ``faults``: what is wrong with a form that was sent; those of its ``answer`` need no saying.

    They stand at the top of the page, each leading to its field, and have the focus.
    """
    from cms.desk import wellbeing
    from cms.desk.session import key, owes

    session = g.get("desk_session")
    said = g.get("desk_said")
    g.desk_clear = said is not None
    keeper = session is not None and wellbeing.looks_after(session.person)
    text = environment().get_template(name).render(
        here=request.path, session=session, me=session.person if session else None, key=key(), said=said,
        command_id=str(uuid7()), now=now(), may=_may, may_open=_may_open, owes=owes(), with_components=has_components(),
        keeper=keeper, ailments=wellbeing.ailments() if keeper else [],
        faults=faults or (answer.faults if (answer := context.get("answer")) else []), **context,
    )  # fmt: skip
    return Response(text.encode("utf-8", "replace"), status, content_type=HTML)


def has_components() -> bool:
    """Whether the page of all components is shown here."""
    return current_app.debug or house().settings.components


def now() -> Instant:
    """This moment; the same for all of a request."""
    if "desk_now" not in g:
        g.desk_now = house().now()
    moment: Instant = g.desk_now
    return moment


def clock() -> Clock:
    """The newsroom's clock on the wall."""
    return Clock(house().settings.zone)


def town() -> str:
    """The place that the newsroom's time zone is named after: London."""
    return house().settings.zone.key.rpartition("/")[2].replace("_", " ")


def moment(instant: Instant) -> str:
    """23 November 2026, 9.13am, in the newsroom's time zone."""
    return clock().moment(instant)


def age(instant: Instant) -> str:
    """How long something has stood, in short: 12 minutes, 3 hours, 5 days."""
    passed = max(now() - instant, 0)
    if passed < HOUR:
        return count(max(passed // MINUTE, 1), "minute")
    return count(passed // HOUR, "hour") if passed < DAY else count(passed // DAY, "day")


def day(instant: Instant) -> str:
    """23 November 2026, in the newsroom's time zone."""
    return clock().date(instant)


def time(instant: Instant) -> str:
    """9.13am, in the newsroom's time zone."""
    return clock().time(instant)


def ago(instant: Instant) -> str:
    """How long ago, as people say it; the date where it is long ago or ahead."""
    passed = now() - instant
    if _is_far(passed):
        return moment(instant)
    if passed < MINUTE:
        return "just now"
    if passed < HOUR:
        return count(passed // MINUTE, "minute") + " ago"
    if passed < DAY:
        return count(passed // HOUR, "hour") + " ago"
    return count(passed // DAY, "day") + " ago"


def _is_far(passed: int) -> bool:
    """Ahead, or so long ago that people name the day."""
    return not 0 <= passed <= 6 * DAY


def when(instant: Instant) -> Markup:
    """A <time> with the exact moment behind the words."""
    # Put together by hand, for lists have a hundred: all three are made of digits and our own words.
    exact = moment(instant)
    words = exact if _is_far(now() - instant) else ago(instant)
    return Markup(f'<time datetime="{to_iso(instant)}" title="{exact}">{words}</time>')  # noqa: S704


def role(name: str) -> str:
    """A role as people say it."""
    return name.replace("_", " ")


def address(path: str, **query: str | int | None) -> str:
    """A path with a query; what is None or '' is left out."""
    said = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


def _may(*commands: Any) -> bool:
    session = g.get("desk_session")
    return session is not None and all(may(session.person.role, command) for command in commands)


def _may_open(screen: str) -> bool:
    session = g.get("desk_session")
    return session is not None and may_open(session.person.role, screen)
