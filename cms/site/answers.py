"""From a page to an HTTP answer: headers, validators, and a cache that is never behind the reader.

A made page is served again only while `reader.stamp()` is what it was and no boundary (something scheduled, the
next midnight where today is named) has passed, so that nothing stale is ever sent.
"""
from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import Lock

from flask import Request, Response

from cms.site.rendering import Templates
from cms.site.words import http_date
from events.instant import SECOND, Instant
from views.shapes import ViewsMissing

HTML = "text/html; charset=utf-8"
FRESH = 10  # seconds a browser may show a page without asking
RETRY = 5  # seconds after which to ask again while views are rebuilt
UNREADABLE = (ViewsMissing, sqlite3.DatabaseError)  # none, or damaged: the log has everything
POLICY = ("default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
SCRIPTED = f"{POLICY}; script-src 'self'; connect-src 'self'"  # the search page, which suggests as one types
SECURITY = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A page as bytes. `until`: when it may stop being true, None for as long as the stamp stays."""
    body: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]
    stamp: str
    made_at: Instant
    until: Instant | None
    at: Instant | None = None  # the instant travelled to
    digest: str | None = None  # an article page: of what it was made, to make it again only when that changed

    def true_at(self, stamp: str, now: Instant) -> bool:
        return self.stamp == stamp and (self.until is None or now < self.until)


def make(text: str | bytes, *, kind: str, stamp: str, now: Instant, until: Instant | None = None,
         at: Instant | None = None, keys: Iterable[str] = (), extra: Iterable[tuple[str, str]] = (),
         digest: str | None = None) -> Made:
    body = text.encode("utf-8", "replace") if isinstance(text, str) else text
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *SECURITY, *extra]
    if named := " ".join(dict.fromkeys(keys)):
        headers.append(("Surrogate-Key", named))
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    return Made(body, etag, (*headers, ("ETag", etag)), stamp, now, until, at, digest)


def lifetime(until: Instant | None, now: Instant) -> int:
    """Whole seconds that an answer may be kept: never past the moment it may stop being true."""
    return FRESH if until is None else max(0, min(FRESH, (until - now) // SECOND))


def headers_now(made: Made, now: Instant) -> list[tuple[str, str]]:
    """With what depends on the moment of asking."""
    headers = [*made.headers, ("Cache-Control", f"public, max-age={lifetime(made.until, now)}")]
    if dated(made, now):
        headers.append(("Last-Modified", http_date(made.made_at)))
    return headers


def dated(made: Made, now: Instant) -> bool:
    """A page of the same second as its date could be made twice within it: only an older one may claim a date."""
    return now - made.made_at > SECOND


def send(made: Made, request: Request, now: Instant) -> Response:
    """200, or 304 where the reader's copy is the same."""
    answer = Response(made.body, 200, headers_now(made, now))
    environ = request.environ
    if "HTTP_IF_NONE_MATCH" in environ or (dated(made, now) and "HTTP_IF_MODIFIED_SINCE" in environ):
        answer.make_conditional(request)
    return answer


def redirected(to: str, status: int) -> Response:
    return Response("", status, [("Location", to), ("Cache-Control", f"public, max-age={FRESH}"), *SECURITY])


def unavailable(templates: Templates) -> Response:
    """While the views are made anew, or cannot be read."""
    headers = [("Content-Type", HTML), ("Retry-After", str(RETRY)), ("Cache-Control", "no-store"), *SECURITY]
    return Response(templates("unavailable.html"), 503, headers)


class PageCache:
    """The pages made last, by address; at most `room` bytes of them."""

    def __init__(self, room: int = 64 * 1024 * 1024) -> None:
        self._room, self._used, self._lock = room, 0, Lock()
        self._pages: OrderedDict[str, Made] = OrderedDict()

    def find(self, key: str) -> Made | None:
        """The last made page of that address; whether it is still true is for the asker to see."""
        with self._lock:
            made = self._pages.get(key)
            if made is not None:
                self._pages.move_to_end(key)
            return made

    def keep(self, key: str, made: Made) -> Made:
        """Keeps it, and gives it the age of the page it replaces where the bytes are the same."""
        with self._lock:
            before = self._pages.pop(key, None)
            if before is not None:
                self._used -= len(before.body)
                if before.etag == made.etag:
                    made = replace(made, made_at=before.made_at)
            self._pages[key] = made
            self._used += len(made.body)
            while self._used > self._room:
                _, dropped = self._pages.popitem(last=False)
                self._used -= len(dropped.body)
            return made
