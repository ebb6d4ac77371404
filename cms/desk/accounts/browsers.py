"""Which browser somebody is signed in with, in words that its owner knows it by."""

import re

# The first that fits: browsers pretend to be those below them.
_BROWSERS = (
    ("Edg(?:e|A|iOS)?/", "Edge"), ("OPR/|Opera", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"), ("Firefox/|FxiOS/", "Firefox"), ("Chrome/|CriOS/|Chromium/|HeadlessChrome/", "Chrome"),
    ("Version/.* Safari/", "Safari"), ("^curl/", "curl"), ("^python|Python-urllib|requests/|^Werkzeug", "a script"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "Mac"), ("Linux|X11", "Linux"),
)  # fmt: skip


def in_words(user_agent: str) -> str:
    """``Firefox on Windows``; as much of it as can be told."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown browser")


def _first(among: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in among if re.search(pattern, user_agent)), "")
