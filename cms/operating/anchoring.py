"""Keeping heads elsewhere: posted to an address, so that nobody who has all of Daybook can rewrite its history."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from events.seal.heads import TreeHead

TIMEOUT = 10.0  # seconds for each of connecting, sending and hearing


class NotPosted(Exception):
    """The head was not taken. The message says where and why."""


def post(head: TreeHead, url: str, timeout: float = TIMEOUT) -> None:
    """Post a head's note as plain text; an answer of 200 to 299 means that it is kept. Raises NotPosted.

    Redirects are not followed: a head goes where the operator said.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotPosted(f"{url} is not an address such as https://witness.example.org/daybook")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        connection = kind(parts.hostname, parts.port, timeout=timeout)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "Daybook"}
            connection.request("POST", path, head.note.encode(), headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise NotPosted(f"{url} could not be reached: {error or type(error).__name__}") from error
    if not 200 <= status < 300:
        raise NotPosted(f"{url} answered {status}: the head of {head.size:,} events was not taken.")
