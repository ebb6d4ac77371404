"""Typing in a long story, in a real Chromium: how long it is from a key to the frame that shows it, by the clock and
in CPU of the page's own thread. The second figure holds on a busy machine too.

The story has 8,000 words and 30 pictures, all of them in sight of the editor; its newsroom is a server of its own, and
what is typed is saved to its log meanwhile, as always.
"""

import random
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image
from uuid_utils.compat import uuid7

from app import create_app
from bench.measure import Figure, compare, slowest
from cms import article, image
from cms.decider import Actor
from cms.house import House
from cms.pictures import take_in
from cms.settings import load_settings
from events.document import Doc
from events.document.schema import Block, FigureAttrs, Heading, Paragraph, Text
from events.document.schema import Figure as Picture
from tests.browser import chromium, chromium_path, served

WORDS, PICTURES, KEYS = 8_000, 30, 150
PAUSE = 90  # milliseconds from one key to the next
PASSWORD = "seven quiet harbours"
WATCH = """() => {
    window.took = [];
    document.addEventListener("keydown", event => {
        if (event.key.length > 1) return;
        const began = event.timeStamp;
        requestAnimationFrame(() => {
            const {port1, port2} = new MessageChannel();
            port1.onmessage = () => took.push(performance.now() - began); // runs once the frame was drawn
            port2.postMessage(null);
        });
    }, true);
}"""


def figures() -> Iterator[Figure]:
    """At the beginning of the story, and in its middle."""
    if chromium_path() is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        environ = {"DAYBOOK_VAR": folder, "DAYBOOK_PASSWORD_MEMORY": "64", "DAYBOOK_SECRET_KEY": "s" * 40}
        app = create_app(load_settings(environ, None))
        house: House = app.extensions["daybook"]
        house.prepare(lambda _: None)
        try:
            with served(app) as url:
                token, story = _signed_in(house), _story(house)
                _, least = _typed(f"{url}/desk/articles/{_short(house)}/write", token, 1)
                for place, block in (("at its start", 1), ("in its middle", 60)):
                    took, cpu = _typed(f"{url}/desk/articles/{story}/write", token, block)
                    against = f"median {median(took):.0f} ms"
                    yield slowest(f"typing in 8,000 words, {place}", "ms, p95", took, 50, against=against)
                    name = f"a key in 8,000 words, {place}"
                    yield slowest(name, "ms CPU, p95", cpu, 25, against="saving and all")
                    yield _longer(name, median(cpu), median(least))
        finally:
            house.close()


def _longer(name: str, ours: float, least: float) -> Figure:
    """What a key takes in the long story beside what it takes in one of a single paragraph."""
    return compare(name, "ms CPU", lambda: ours, lambda: least, "a story of one paragraph", at_most=2, runs=1)


def _typed(url: str, token: str, block: int) -> tuple[list[float], list[float]]:
    """How long each key took until it was painted; and the CPU of the page's main thread from each key to the next."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "daybook_desk", "value": token, "domain": "127.0.0.1", "path": "/desk"}])
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("html[data-ready]")
        page.click(f".ProseMirror > :nth-child({block})", position={"x": 5, "y": 5})
        page.keyboard.type("warming up ", delay=60)
        page.locator("#state-line", has_text="Saved").wait_for()
        page.evaluate(WATCH)
        inspector = context.new_cdp_session(page)
        inspector.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = {one["name"]: one["value"] for one in inspector.send("Performance.getMetrics")["metrics"]}
            return float(metrics["TaskDuration"]) * 1000

        cpu, before = [], spent()
        for key in ("the harbour bridge was closed " * KEYS)[:KEYS]:
            page.keyboard.type(key)
            page.wait_for_timeout(PAUSE)
            cpu.append((now := spent()) - before)
            before = now
        took: list[float] = page.evaluate("took")
        return took, cpu


def _signed_in(house: House) -> str:
    known = house.accounts.find("bench@example.org")
    if known is None:
        house.accounts.add("bench@example.org", "Bench", "editor", PASSWORD)
    return house.accounts.sign_in("bench@example.org", PASSWORD, "127.0.0.1")[0]


def _short(house: House) -> str:
    id = str(uuid7())
    body = Doc(content=(Paragraph(content=(Text("word " * 80),)),))
    house.newsroom.handle([article.Draft(id, "A short story"), article.ReplaceBody(id, body)], Actor("bench", "editor"))
    return id


def _story(house: House) -> str:
    """The story; its id."""
    chance, id, who = random.Random(9), str(uuid7()), Actor("bench", "editor")
    vocabulary = Path(__file__).read_text().split()
    pictures = [_picture(house, who, number) for number in range(PICTURES)]
    blocks: list[Block] = []
    for number in range(WORDS // 80):
        if number % 10 == 0:
            blocks.append(Heading(content=(Text(f"Part {number // 10 + 1}"),)))
        blocks.append(Paragraph(content=(Text(" ".join(chance.choices(vocabulary, k=80))),)))
        if number % 3 == 0 and pictures:
            blocks.append(Picture(attrs=FigureAttrs(image=pictures.pop())))
    house.newsroom.handle([article.Draft(id, "A long story"), article.ReplaceBody(id, Doc(content=tuple(blocks)))], who)
    return id


def _picture(house: House, who: Actor, number: int) -> str:
    drawn = BytesIO()
    Image.new("RGB", (1600, 1000), (number * 8, 90, 120)).save(drawn, "JPEG")
    taken, id = take_in(house.media, drawn.getvalue()), str(uuid7())
    house.newsroom.handle([image.Upload(id, taken.picture, f"{number}.jpg", alt="A plane")], who)
    return id
