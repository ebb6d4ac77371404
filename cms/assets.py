"""The built files under static/build: templates name them plainly, readers fetch them by a name that never changes meaning.

`install(app)` gives every template `asset('site.css')` (the address of the built file) and `icon('search')` (an
inline <svg> that uses the sprite), and serves /static/build/… with a year's caching.
"""
from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
from flask import Flask, Response, abort, send_from_directory
from markupsafe import Markup

FOLDER = Path(__file__).parents[1] / "static" / "build"
PREFIX = "/static/build/"


class Assets:
    """The manifest, read once: plain name → hashed name."""

    def __init__(self, folder: Path = FOLDER) -> None:
        raw = (folder / "manifest.json").read_bytes()
        self.folder = folder
        self.names: dict[str, str] = msgspec.json.decode(raw, type=dict[str, str])
        self.version = sha256(raw).hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a built file; KeyError names the file when there is none of that name."""
        return PREFIX + self.names[name]

    def icon(self, name: str) -> Markup:
        """A decorative icon of the sprite; what it means must stand beside it as text."""
        return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
            self.url("icons.svg"), name)


def install(app: Flask, assets: Assets | None = None) -> Assets:
    """Gives the app's templates `asset` and `icon` and serves the built files."""
    built = assets or Assets()
    app.jinja_env.globals["asset"] = built.url
    app.jinja_env.globals["icon"] = built.icon
    known = frozenset(built.names.values())

    @app.get(PREFIX + "<name>")
    def built_file(name: str) -> Response:
        if name not in known:
            abort(404)
        answer = send_from_directory(built.folder, name, max_age=31_536_000, conditional=True)
        answer.cache_control.immutable = True
        answer.cache_control.public = True
        return answer

    return built
