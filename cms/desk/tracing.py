"""Which request a command came with, so that an event, an answer and the web server's log can be laid side by side."""

import re

from flask import g, request
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from cms.units import NOWHERE, Origin

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._:/+=-]{1,100}")  # it is kept in the log for ever


def request_id() -> str:
    """This request's id: what the web server in front says, or else one that is made here."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE.fullmatch(given) else str(uuid7())
    found: str = g.request_id
    return found


def traced(origin: Origin = NOWHERE) -> Origin:
    """Where a command of this request comes from, with the request's id."""
    return replace(origin, request=origin.request or request_id())
