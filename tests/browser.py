"""A real Chromium for tests and screenshots, and a server for it to visit."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")
# Everything that comes late: fonts, and pictures below the fold.
SETTLED = """async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map(image => image.complete ||
        new Promise(done => { image.onload = image.onerror = done; })));
    await Promise.all([...document.images].map(image => image.decode().catch(() => null)));
    await document.fonts.ready;
}"""


def focused(page: Page) -> str:
    """The words, or else the id, of what has the keyboard."""
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))


def chromium_path() -> str | None:
    """Where Chromium is, None where there is none."""
    return next((place for place in PLACES if Path(place).exists()), shutil.which("chromium"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own. Raises FileNotFoundError where there is none."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise FileNotFoundError("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on a page, and where; and that it is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = [
        (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(("wider than the screen", []))
    return found


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: a test's output is about its failure."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app at an address of this machine, without a slash at its end."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
