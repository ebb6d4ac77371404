"""Addresses as they come in texts from elsewhere, made fit to stand in a document, or refused."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from .embeds import EMBED_HOSTS, is_from
from .schema import HREF, EmbedAttrs

_HREF: Final = re.compile(HREF)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f]")
_SPACE: Final = re.compile(r"\s")
_ROOT: Final = "https://root.invalid/"
_PLAYERS: Final = (
    (re.compile(r"https://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)"), r"https://www.youtube.com/watch?v=\1"),
    (re.compile(r"https://player\.vimeo\.com/video/(\d+)"), r"https://vimeo.com/\1"),
)


def href(raw: str, base: str = "") -> str | None:
    """The address a browser would go to, if a document may link there (http, https, mailto, / and #); else None.

    An address relative to a page is taken from `base`, or else from the site's root.
    """
    if len(raw) > 10_000:
        return None
    address = _UNSEEN.sub("", raw.strip()).replace("\\", "/")
    address = _SPACE.sub(lambda found: quote(found[0]), address.strip())
    scheme = _SCHEME.match(address)
    if scheme:
        address = scheme[0].lower() + address[scheme.end() :]
    elif address.lower().startswith("www."):
        address = f"https://{address}"
    elif address.startswith("//"):
        address = f"https:{address}"
    elif address and not address.startswith("#"):
        try:
            address = urljoin(base, address) if base else urljoin(_ROOT, address).removeprefix(_ROOT[:-1])
        except ValueError:
            return None
    return address if len(address) <= 8192 and _HREF.match(address) else None


def embed(address: str) -> EmbedAttrs | None:
    """What a frame or player with this address shows, if it is a provider's whose things may be embedded."""
    address = re.sub(r"\Ahttp:", "https:", address)
    for player, page in _PLAYERS:
        if found := player.match(address):
            address = found.expand(page)
    for provider, hosts in EMBED_HOSTS.items():
        try:
            if hosts and is_from(address, hosts):
                return EmbedAttrs(provider=provider, url=address)  # type: ignore[arg-type]
        except ValueError:
            return None
    return None


def file_name(address: str) -> str:
    """The last part of an address, to name a thing by that has no other name."""
    try:
        return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
