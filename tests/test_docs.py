"""What is not documented does not exist: every command, setting, event and view is named in docs/."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click
import pytest

import events
from app import create_app
from cms.settings import known_settings
from events.event import catalogue
from views.projections import PROJECTIONS

DOCS = Path(__file__).parents[1] / "docs"
FLASKS_OWN = {"run", "shell", "routes"}  # documented by Flask


@cache
def pages() -> dict[str, str]:
    """Every page by its path under docs/."""
    return {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}


def is_named(words: str) -> bool:
    """Whether a page has these very words. Decisions are left out: they tell what was thought, not what is."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(words)}(?![\w-]|\.\w)")
    return any(pattern.search(page) for path, page in pages().items() if not path.startswith("decisions/"))


def commands(group: click.Group, words: str = "flask") -> Iterator[str]:
    """``flask log tail`` and so on: every command with its group's name before it."""
    for name, command in group.commands.items():
        if words == "flask" and name in FLASKS_OWN:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}"


def stored_names() -> set[str]:
    """Every type of event, whether or not this process has met its module yet."""
    for module in iter_modules(events.__path__, "events."):
        import_module(module.name)
    return set(catalogue())


def test_every_command_is_documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYBOOK_VAR", str(tmp_path))
    every = set(commands(create_app().cli))
    assert "flask serve" in every
    assert not {command for command in every if not is_named(command)}


def test_every_setting_is_documented() -> None:
    every = {setting.name for setting in known_settings().values()}
    assert "DAYBOOK_VAR" in every
    assert not {name for name in every if not is_named(name)}


def test_every_type_of_event_is_documented() -> None:
    every = stored_names()
    assert "article.published" in every
    assert not {name for name in every if not is_named(name)}


def test_every_view_is_documented() -> None:
    every = {projection.name for projection in PROJECTIONS}
    assert "published" in every
    assert not {name for name in every if not is_named(f"`{name}`")}


def test_no_setting_is_documented_that_is_not_there() -> None:
    known = {setting.name for setting in known_settings().values()} | {"DAYBOOK_FORBID_SKIPS", "DAYBOOK_TEST_POSTGRES"}
    told = {name for page in pages().values() for name in re.findall(r"\bDAYBOOK_(?!BENCH_)[A-Z_]+\b", page)}
    assert told <= known


@pytest.mark.parametrize("folder", ["", "decisions/"])
def test_every_page_is_in_its_index(folder: str) -> None:
    index = pages()[f"{folder}README.md"]
    beside = [path.removeprefix(folder) for path in pages() if path.startswith(folder)]
    assert not [path for path in beside if "/" not in path and path != "README.md" and f"({path})" not in index]


def test_no_link_between_pages_leads_nowhere() -> None:
    for path, page in pages().items():
        for target in re.findall(r"\]\(([^)#\s]+)", page):
            if "://" not in target:
                assert (DOCS / path).parent.joinpath(target).exists(), f"{path} → {target}"
