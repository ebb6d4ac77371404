"""A newspaper to measure: 20,000 published articles of some 600 words, made by the newsroom's own rules.

``DAYBOOK_BENCH_PAPER`` says how many it has instead.

Words follow Zipf's law, as they do in news; everything is drawn with a fixed seed. It is made once for a run, in a
folder that is gone afterwards.
"""

import atexit
import math
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from uuid import UUID, uuid5

from app import create_app
from cms import article, byline, image, section, tag
from cms.decider import Actor, Command
from cms.house import House
from cms.settings import load_settings
from events.article import Credit, Lead
from events.document import from_paragraphs
from events.image import Picture
from events.instant import DAY, now

ARTICLES = int(os.environ.get("DAYBOOK_BENCH_PAPER", "20000"))
WORDS, PARAGRAPHS, BLOCKS = 20_000, 6_000, 9  # different words; different paragraphs; paragraphs of an article
SECTIONS, BYLINES, TAGS, IMAGES = 8, 60, 200, 100
SHARED = 17  # articles whose lead picture is ``PICTURE``
EDITOR = Actor("editor", "administrator", "desk")
TOGETHER = 500  # articles in one transaction


def id_of(kind: str, number: int) -> str:
    """The same id in every run."""
    return str(uuid5(UUID(int=7), f"{kind} {number}"))


PICTURE = id_of("image", IMAGES)
COMMON = "the"  # a word of almost every article


@cache
def folder() -> Path:
    """A folder that is gone when the run ends."""
    path = Path(tempfile.mkdtemp(prefix="daybook-bench-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def open_house(name: str) -> House:
    """A Daybook of its own in the run's folder, with everything behind it; its app is ``app_of``."""
    house: House = app_of(folder() / name).extensions["daybook"]
    return house


@cache
def app_of(var: Path):  # type: ignore[no-untyped-def]
    """The whole app over a folder. Its house is closed when the run ends."""
    app = create_app(load_settings({"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None))
    atexit.register(app.extensions["daybook"].close)
    return app


@cache
def written() -> House:
    """The newspaper as a log alone."""
    house = open_house("paper")
    chance = random.Random(7)
    paragraphs = list(_paragraphs(chance))
    began = now() - 400 * DAY
    with house.newsroom.batch() as batch:
        for number, commands in enumerate(_things()):
            batch.add(commands, EDITOR, UUID(id_of("thing", number)), occurred_at=began)
    batch = house.newsroom.batch()
    for number in range(ARTICLES):
        moment = began + (number + 1) * 399 * DAY // ARTICLES
        command = UUID(id_of("command", number))
        batch.add(_article(number, chance, paragraphs), EDITOR, command, occurred_at=moment)
        if number % TOGETHER == TOGETHER - 1:
            batch.flush()
    batch.flush()
    return house


@cache
def published() -> House:
    """The newspaper with its pages."""
    house = written()
    house.views.rebuild()
    return house


@cache
def worked_in() -> House:
    """The newspaper with its pages and the index that the desk's lists ask."""
    house = published()
    house.desk_follower.step()
    return house


@cache
def searchable() -> House:
    """The newspaper with its pages and its index."""
    house = published()
    house.index.rebuild(house.documents)
    return house


def _things() -> Iterator[list[Command]]:
    for number in range(SECTIONS):
        yield [section.Open(id_of("section", number), f"Section {'ABCDEFGH'[number]}")]
    for number in range(BYLINES):
        yield [byline.Create(id_of("byline", number), f"Writer {word(number + 100).title()}")]
    for number in range(TAGS):
        yield [tag.Create(id_of("tag", number), f"{word(number + 1000)} affairs")]
    for number in range(IMAGES + 1):
        picture = Picture(uuid5(UUID(int=7), str(number)).hex * 2, "jpeg", 900_000, 2400, 1600)
        words = {"caption": f"A view of {word(number + 500)}.", "alt": f"A {word(number)}", "credit": "Harbour Press"}
        yield [image.Upload(id_of("image", number), picture, f"{number}.jpg", **words)]


def _article(number: int, chance: random.Random, paragraphs: list[str]) -> list[Command]:
    id = id_of("article", number)
    picture = PICTURE if number < SHARED else id_of("image", number % IMAGES)
    headline = " ".join(chance.choices(paragraphs, k=1)[0].split()[:8]).strip(".").capitalize()
    return [
        article.Draft(id, f"{headline} {number}"),
        article.ChangeStandfirst(id, " ".join(chance.choice(paragraphs).split()[:24])),
        article.ReplaceBody(id, from_paragraphs(chance.choices(paragraphs, k=BLOCKS))),
        article.AssignBylines(id, (Credit(id_of("byline", chance.randrange(BYLINES))),)),
        article.ChangeTags(id, tuple(id_of("tag", n) for n in chance.sample(range(TAGS), 3))),
        article.ChangeSection(id, id_of("section", number % SECTIONS)),
        article.SetLeadImage(id, Lead(picture)),
        article.Publish(id, without_approval="made for a measurement"),
    ]


def _paragraphs(chance: random.Random) -> Iterator[str]:
    """Some 68 words each, in sentences."""
    words = [COMMON, *(word(number) for number in range(WORDS))]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(words))))
    for _ in range(PARAGRAPHS):
        drawn = chance.choices(words, cum_weights=weights, k=chance.randint(50, 86))
        yield " ".join(" ".join(drawn[n : n + 14]).capitalize() + "." for n in range(0, len(drawn), 14))


def word(number: int) -> str:
    """A word that can be pronounced, and is that number's alone."""
    syllables = []
    for _ in range(max(2, math.ceil(math.log(number + 1, 60) + 1e-9))):
        number, rest = divmod(number, 60)
        syllables.append("bdfgklmnprst"[rest // 5] + "aeiou"[rest % 5])
    return "".join(syllables)
