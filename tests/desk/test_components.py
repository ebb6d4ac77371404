"""The page of all components shows all of them: what a style sheet, the sprite or the forms have is on it."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from cms.desk import components
from cms.desk.page import environment
from tests.desk.conftest import Browser, Newsroom

SOURCES = Path(__file__).parents[2] / "static" / "src"
TEMPLATES = Path(components.__file__).parent / "templates"
SHARED = ("controls.css", "desk.css", "desk-account.css")  # what any screen may use; other sheets are a screen's own
WHERE = {"desk", "desk-main", "desk-narrow", "story"}  # places on a page, not things on it


def sheet(name: str) -> str:
    """A style sheet's rules without what is said about them."""
    return re.sub(r"/\*.*?\*/", "", (SOURCES / "css" / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def classes(css: str) -> set[str]:
    """Every class that a selector of it names."""
    selectors = re.findall(r"([^{};]+)\{", css)
    return {name for selector in selectors for name in re.findall(r"\.([a-z][\w-]*)", selector)}


@pytest.fixture
def page(newsroom: Newsroom) -> Browser:
    object.__setattr__(newsroom.house.settings, "components", True)
    return newsroom.browser("rita").go("/desk/components")


def used(html: str) -> set[str]:
    """Every class of a page."""
    return {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}


@pytest.mark.parametrize("name", SHARED)
def test_every_shared_class_is_shown(page: Browser, name: str) -> None:
    every = classes(sheet(name))
    assert len(every) > 10
    assert every - WHERE - used(page.page.text) == set()


def test_every_token_is_shown(page: Browser) -> None:
    every = set(re.findall(r"^ +--([\w-]+):", sheet("tokens.css"), re.MULTILINE))
    assert len(every) > 30
    assert every - set(re.findall(r"<code>--([\w-]+)</code>", page.page.text)) == set()
    assert {name for names in components.tokens().values() for name in names} == every


def test_every_icon_is_shown(page: Browser) -> None:
    every = {path.stem for path in (SOURCES / "icons").glob("*.svg")}
    assert len(every) > 30
    assert every - set(re.findall(r"<code>([\w-]+)</code>", page.page.text)) == set()


def test_every_macro_of_the_forms_is_drawn(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (TEMPLATES / "forms.html").read_text(encoding="utf-8")
    every = set(re.findall(r"{% macro (\w+)\(", source))
    marked = re.sub(r"({% macro (\w+)\([^%]*%})", r"\1{{ drawn('\2') }}", source)
    loader = environment().loader
    assert loader
    drawn: set[str] = set()

    def note(name: str) -> Markup:
        drawn.add(name)
        return Markup("")

    overlay = environment().overlay()
    overlay.globals = {**environment().globals, "drawn": note}
    real = loader.get_source
    monkeypatch.setattr(
        loader, "get_source",
        lambda env, name: (marked, name, lambda: True) if name == "forms.html" else real(env, name),
    )  # fmt: skip
    overlay.cache = None
    monkeypatch.setattr("cms.desk.page.environment", lambda: overlay)
    object.__setattr__(newsroom.house.settings, "components", True)
    newsroom.browser("rita").go("/desk/components")
    assert every - drawn == set()


def test_every_kind_of_field_is_drawn() -> None:
    source = (TEMPLATES / "forms.html").read_text(encoding="utf-8")
    every = set(re.findall(r"one\.kind == '(\w+)'", source))
    assert every - {field.kind for field in components._KINDS} == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_seen_light_and_dark(page: Browser, theme: str) -> None:
    assert f'data-theme="{theme}"' in page.go(f"/desk/components?theme={theme}").page.text
    assert "data-theme" not in page.go("/desk/components?theme=%22%3E").page.text


def test_readers_of_the_desk_do_not_have_it(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    assert "Components" not in rita.page.text
    rita.go("/desk/components", 404)
    newsroom.app.debug = True
    assert "Components" in rita.go("/desk").page.text
    rita.go("/desk/components")
