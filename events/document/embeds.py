"""Whose things can be embedded: their names, and where they are found."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

EMBED_HOSTS: Final[dict[str, tuple[str, ...]]] = {
    "youtube": ("youtube.com", "youtu.be", "youtube-nocookie.com"),
    "vimeo": ("vimeo.com",),
    "soundcloud": ("soundcloud.com",),
    "spotify": ("open.spotify.com",),
    "x": ("x.com", "twitter.com"),
    "bluesky": ("bsky.app",),
    "instagram": ("instagram.com",),
    "tiktok": ("tiktok.com",),
    "facebook": ("facebook.com", "fb.watch"),
    "datawrapper": ("datawrapper.de", "dwcdn.net"),
    "flourish": ("flourish.studio",),
    "documentcloud": ("documentcloud.org",),
    "mastodon": (),
}
"""The hosts (and their subdomains) of each; () = any host, for federated services."""
PROVIDERS: Final = {
    "youtube": "YouTube",
    "vimeo": "Vimeo",
    "soundcloud": "SoundCloud",
    "spotify": "Spotify",
    "x": "X",
    "bluesky": "Bluesky",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "facebook": "Facebook",
    "datawrapper": "Datawrapper",
    "flourish": "Flourish",
    "documentcloud": "DocumentCloud",
    "mastodon": "Mastodon",
}
Provider: TypeAlias = Literal[
    "youtube", "vimeo", "soundcloud", "spotify", "x", "bluesky", "instagram", "tiktok", "facebook", "datawrapper",
    "flourish", "documentcloud", "mastodon",
]  # fmt: skip


def is_from(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether this https address lies on one of the hosts or their subdomains; () = any."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host or parts.username is not None or parts.password is not None:
        return False
    return not hosts or any(host == known or host.endswith(f".{known}") for known in hosts)
