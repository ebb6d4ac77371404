"""The demo newsroom's data says only what it can keep: names resolve, histories unwind, lives make sense."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

DEMO = Path(__file__).parents[2] / "cms" / "demo"
NEWSROOM: dict[str, Any] = tomllib.loads((DEMO / "newsroom.toml").read_text(encoding="utf-8"))
SLUGS = sorted(path.stem for path in (DEMO / "articles").glob("*.md"))
KINDS = {"news", "analysis", "interview", "feature", "opinion", "obituary", "explainer", "recipe", "review"}
KINDS |= {"report", "live"}
READABLE = {"published", "updated", "corrected", "retracted"}
AT = re.compile(r"^([-+])(?:(\d+)d (\d\d):(\d\d)|(\d+)([hm]))$")
NEEDS = {"returned": "note", "corrected": "note", "withdrawn": "reason", "retracted": "note"}
ENDS_IN = {"drafted": "draft", "edited": "draft"}
HOURS_OF_LOADING = (0, 6, 12, 18, 23)


def article(slug: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of one article."""
    _, front, body = (DEMO / "articles" / f"{slug}.md").read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), body


def moment(at: str, now: datetime) -> datetime:
    match = AT.match(at)
    assert match, f"not a moment: {at!r}"
    sign, days, hour, minute, count, unit = match.groups()
    direction = 1 if sign == "+" else -1
    if days:
        assert int(days) >= 1, f"a step may not fall on the day of loading: {at!r}"
        day = now + direction * timedelta(days=int(days))
        return day.replace(hour=int(hour), minute=int(minute), second=0)
    return now + direction * timedelta(**{"hours" if unit == "h" else "minutes": int(count)})


def slugs(table: str, key: str = "slug") -> set[str]:
    found = [row[key] for row in NEWSROOM[table]]
    assert len(found) == len(set(found)), f"{table} has a {key} twice"
    return set(found)


def first_drafts(slug: str) -> Iterator[str]:
    """The bodies that the history walks back through, the first draft last."""
    front, body = article(slug)
    for step in reversed(front.get("history", [])):
        for change in reversed(step.get("text", [])):
            now = change["now"]
            assert body.count(now) == 1, f"{slug} {step['at']}: {now[:60]!r} is not there once"
            body = body.replace(now, change["was"])
            yield body


def words(body: str) -> int:
    return len(re.findall(r"[\w’'-]+", re.sub(r"\]\([^)]*\)", "]", body)))


def images_of(front: dict[str, Any], body: str) -> set[str]:
    was = {step["lead_was"] for step in front.get("history", []) if step.get("lead_was")}
    return {front["lead"], *was, *re.findall(r"!\[[^]]*\]\(([^ )]+)", body)}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_name_in_an_article_resolves(slug: str) -> None:
    front, body = article(slug)
    credited = [name for role in ("by", "photographs", "contributing") for name in front.get(role, [])]
    assert front["by"] and set(credited) <= slugs("bylines")
    assert len(credited) == len(set(credited))
    assert front["section"] in slugs("sections")
    assert front["tags"] and set(front["tags"]) <= slugs("tags")
    assert images_of(front, body) <= slugs("images", "file")
    assert set(front["related"]) <= set(SLUGS) - {slug}
    assert {step["who"] for step in front.get("history", [])} <= slugs("staff", "key")


@pytest.mark.parametrize("slug", SLUGS)
def test_links_lead_to_stories_that_readers_can_open(slug: str) -> None:
    _, body = article(slug)
    for target in re.findall(r"\]\(story:([^)]*)\)", body):
        assert target in SLUGS, f"{slug} links to {target}, which is not there"
        assert target != slug and article(target)[0]["state"] in READABLE


@pytest.mark.parametrize("slug", SLUGS)
def test_an_article_is_worth_reading(slug: str) -> None:
    front, body = article(slug)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert front["kind"] in KINDS
    assert 10 <= len(front["headline"]) <= 90 and front["kicker"]
    assert 40 <= len(front["standfirst"]) <= 220
    assert 250 <= words(body) <= 900, f"{slug} has {words(body)} words"
    prose = re.sub(r"!\[.*\)", "", body)
    assert not any(mark in prose for mark in ("TK", "lorem", '"', " - "))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_history_unwinds_to_a_first_draft(slug: str) -> None:
    *_, first = [article(slug)[1], *first_drafts(slug)]
    assert first.strip()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("hour", HOURS_OF_LOADING)
def test_a_life_is_told_in_order_whenever_the_demo_is_loaded(slug: str, hour: int) -> None:
    now = datetime(2031, 5, 14, hour, 30, tzinfo=UTC)
    front, _ = article(slug)
    steps = front.get("history", [])
    times = [moment(step["at"], now) for step in steps]
    assert times == sorted(times) and all(time < now for time in times)
    if "at" in front:
        assert (moment(front["at"], now) > now) == (front["state"] == "scheduled")
    first = [step["at"] for step in steps if step["does"] == "published"]
    assert first in ([], [front.get("at")])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_life_follows_the_newsrooms_rules(slug: str) -> None:
    front, _ = article(slug)
    steps = front.get("history")
    if steps is None:
        assert front["state"] == "published" and "at" in front
        return
    assert steps[0]["does"] == "drafted"
    stage, public = "draft", False
    for step in steps[1:]:
        does = step["does"]
        assert does != "drafted" and step.get(NEEDS.get(does, "at"))
        assert (does == "edited") or not any(key.endswith("_was") or key == "text" for key in step)
        if does in {"published", "updated", "corrected", "scheduled"}:
            assert stage == "approved", f"{slug}: {does} at {step['at']} without approval"
            assert public == (does in {"updated", "corrected"})
            public = public or does == "published"
        if does in {"withdrawn", "retracted"}:
            assert public
        if does == "approved":
            assert step["who"] != steps[0]["who"], f"{slug}: nobody approves their own story"
        stage = ENDS_IN.get(does, does)
    assert stage == front["state"], f"{slug} ends {stage}"


def test_staff_bylines_and_changes_name_what_is_there() -> None:
    roles = {"reporter", "editor", "chief", "photo editor", "administrator"}
    assert {person["role"] for person in NEWSROOM["staff"]} == roles
    assert all(person["email"].endswith(".example") for person in NEWSROOM["staff"])
    assert {byline["staff"] for byline in NEWSROOM["bylines"]} <= slugs("staff", "key")
    assert {section["editor"] for section in NEWSROOM["sections"]} <= slugs("staff", "key")
    for change in NEWSROOM["changes"]:
        assert change["who"] in slugs("staff", "key") and change["at"].startswith("-")
        if "image" in change:
            assert change["image"] in slugs("images", "file") and change["caption_was"]
        else:
            assert change["byline"] in slugs("bylines")
            assert change.get("title_was") or change.get("name_was")


def test_the_newsroom_shows_every_state_of_an_article() -> None:
    states = [article(slug)[0]["state"] for slug in SLUGS]
    least = {"published": 20, "updated": 2, "corrected": 1, "withdrawn": 1, "retracted": 1, "scheduled": 2}
    least |= {"draft": 2, "submitted": 2, "returned": 1, "approved": 1}
    assert [state for state, count in least.items() if states.count(state) < count] == []
    worked_over = [slug for slug in SLUGS if len(article(slug)[0].get("history", [])) >= 6]
    assert len(worked_over) >= 8
    for section in slugs("sections"):
        assert sum(article(slug)[0]["section"] == section for slug in SLUGS) >= 5


def test_pictures_are_the_size_they_should_be_and_light() -> None:
    files = slugs("images", "file")
    assert files == {path.name for path in (DEMO / "images").iterdir()}
    portraits = {byline["portrait"] for byline in NEWSROOM["bylines"] if "portrait" in byline}
    assert portraits <= files
    for name in files:
        with Image.open(DEMO / "images" / name) as image:
            assert image.size == ((800, 800) if name in portraits else (1600, 1067))
        assert (DEMO / "images" / name).stat().st_size < 120_000
    assert sum((DEMO / "images" / name).stat().st_size for name in files) < 4_000_000


def test_every_picture_is_described_and_used() -> None:
    used = {byline["portrait"] for byline in NEWSROOM["bylines"] if "portrait" in byline}
    used |= {name for slug in SLUGS for name in images_of(*article(slug))}
    assert used == slugs("images", "file")
    for image in NEWSROOM["images"]:
        assert image["alt"] and image["credit"] and all(0 <= part <= 1 for part in image["focus"])
