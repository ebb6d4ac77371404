"""The built files under static/build: templates name them plainly, readers fetch them by a hashed name.

cms.site gives every template of the app `asset('site.css')` (the address of the built file) and `icon('search')`
(an <svg> that uses the sprite), and serves /static/build/… with a year's caching.
"""
from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
from markupsafe import Markup

FOLDER = Path(__file__).parents[1] / "static" / "build"
PREFIX = "/static/build/"
_ICON = Markup('<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{}#{}"/></svg>')


class Assets:
    """The manifest, read once: plain name → hashed name."""

    def __init__(self, folder: Path = FOLDER) -> None:
        raw = (folder / "manifest.json").read_bytes()
        self.folder = folder
        self.names: dict[str, str] = msgspec.json.decode(raw, type=dict[str, str])
        self.files = frozenset(self.names.values())
        self.version = sha256(raw).hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a built file; KeyError names the file when there is none of that name."""
        return PREFIX + self.names[name]

    def icon(self, name: str) -> Markup:
        """A decorative icon of the sprite; what it means must stand beside it as text."""
        return _ICON.format(self.url("icons.svg"), name)
