"""Photographs of a demo newsroom: ``make screenshots``, or ``python -m tests.screenshots --full --to FOLDER``.

Each page at 1440 and 390 pixels, light and dark, as ``<page>-<width>-<scheme>.png``. The demo is made anew in a
folder of its own, so nothing of yours is on the pictures.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FLASK = (sys.executable, "-m", "flask", "--app", "app")
VIEWPORTS = {1440: 1000, 390: 844}  # width → height, pixels
READY = 120  # seconds


@contextmanager
def demo() -> Iterator[str]:
    """A served demo newsroom: its address."""
    with TemporaryDirectory() as var, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "DAYBOOK_VAR": var, "PORT": str(port)}
        subprocess.run([*FLASK, "demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*FLASK, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def wait(address: str) -> None:
    """Until it answers 200."""
    until = time.monotonic() + READY
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    sys.exit(f"{address} was not ready after {READY} s")


def addresses(page: Page, site: str) -> dict[str, str]:
    """Page → path, found by following links, as readers would."""

    def first(path: str, selector: str) -> str:
        page.goto(site + path)
        return str(page.locator(selector).first.get_attribute("href"))

    article = first("/corrections", "main a[href^='/2']")
    return {
        "home": "/",
        "article": article,
        "section": first(article, "main a[href]:not([href^='/2']):not([href^='/by/']):not([href^='#'])"),
        "byline": first(article, "main a[href^='/by/']"),
        "search": "/search?q=harbour",
        "corrections": "/corrections",
        "missing": "/no/such/page",
        "desk": "/desk/",
    }


def photograph(browser: Browser, site: str, folder: Path, full: bool) -> None:
    """Every page in every shape, as PNG of 256 colours: a third of the size, and nobody sees it."""
    with browser.new_context() as context:
        paths = addresses(context.new_page(), site)
    for width, height in VIEWPORTS.items():
        for scheme in ("light", "dark"):
            size = {"width": width, "height": height}
            with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:
                page = context.new_page()
                for name, path in paths.items():
                    page.goto(site + path, wait_until="networkidle")
                    page.evaluate("document.fonts.ready")
                    picture = Image.open(BytesIO(page.screenshot(full_page=full)))
                    quantized = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
                    quantized.save(folder / f"{name}-{width}-{scheme}.png", optimize=True)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens", help="the folder for the pictures")
    parser.add_argument("--full", action="store_true", help="whole pages instead of the first screen")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("There is no Chromium on this machine. On Debian and Ubuntu: apt install chromium")
    options.to.mkdir(parents=True, exist_ok=True)
    with demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
        )
        photograph(browser, site, options.to, options.full)
        browser.close()
    print(f"Photographed into {options.to}")


if __name__ == "__main__":
    main()
