"""What the value of a setting can mean. Each raises ValueError with what is wrong with the text."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from cms.roles import ROLES, Role


def path(text: str) -> Path:
    if "\0" in text or not text.strip():
        raise ValueError("is not a path")
    return Path(text).expanduser().absolute()


def optional_path(text: str) -> Path | None:
    return path(text) if text else None


def whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]+", text.strip()) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def site_url(text: str) -> str:
    url = urlsplit(text.strip())
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("must be an address such as https://news.example.org")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise ValueError("must be an address without a path: the site lives at the root of its host")
    return f"{url.scheme}://{url.netloc}"


def web_address(text: str) -> str:
    url = urlsplit(text.strip())
    if text and (url.scheme not in ("http", "https") or not url.hostname or url.username or url.fragment):
        raise ValueError("must be an address such as https://witness.example.org/daybook")
    return text.strip()


def time_zone(text: str) -> str:
    try:
        return ZoneInfo(text.strip()).key
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a time zone of the IANA list, such as Europe/London") from None


def host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text.strip()):
        raise ValueError("must be an address to listen on, such as 127.0.0.1 or 0.0.0.0")
    return text.strip()


def roles(text: str) -> frozenset[Role]:
    named = frozenset(word for word in re.split(r"[\s,]+", text.strip()) if word)
    if named - set(ROLES):
        raise ValueError(f"must name roles, with commas between them, out of {', '.join(ROLES)}")
    return frozenset(role for role in ROLES if role in named)


def yes_or_no(text: str) -> bool:
    if text.strip().casefold() not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text.strip().casefold() == "yes"


def secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("is too short to be a secret: use at least 32 random characters")
    return text


def database(text: str) -> str:
    if not text:
        return ""
    wrong = "must be an address such as postgresql+psycopg://daybook:password@host/daybook"
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise ValueError(wrong) from None
    if url.drivername not in ("postgresql", "postgresql+psycopg") or not url.database:
        raise ValueError(wrong)
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def minute(text: str) -> str:
    """A minute of the day, or never."""
    if text.strip() != "never" and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text.strip()):
        raise ValueError("must be a time of the day such as 04:10, or never")
    return text.strip()
