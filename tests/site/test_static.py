"""The built files: what templates name is there, under a name that tells its content."""
from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from cms.assets import FOLDER, Assets

SOURCES = Path(__file__).parents[2] / "static" / "src"
TEMPLATES = Path(__file__).parents[2] / "cms"


def test_every_built_file_is_named_by_its_content() -> None:
    built = Assets()
    assert {file.name for file in FOLDER.iterdir()} == {*built.files, "manifest.json"}
    for name, file in built.names.items():
        digest = sha256((FOLDER / file).read_bytes()).hexdigest()
        assert file == f"{name.rpartition('.')[0]}-{digest[:10]}.{name.rpartition('.')[2]}"


def test_style_sheets_name_only_files_that_are_there() -> None:
    built = Assets()
    for file in built.files:
        if file.endswith(".css"):
            text = (FOLDER / file).read_text()
            assert set(re.findall(r"url\([\"']?([^)\"']+)", text)) <= built.files


def test_templates_name_only_files_and_icons_that_are_there() -> None:
    built = Assets()
    icons = set(re.findall(r'<symbol id="([^"]+)"', (FOLDER / built.names["icons.svg"]).read_text()))
    for template in TEMPLATES.rglob("templates/**/*.html"):
        text = template.read_text()
        assert set(re.findall(r"asset\([\"']([^\"']+)", text)) <= built.names.keys(), template.name
        assert set(re.findall(r"icon\([\"']([^\"']+)", text)) <= icons, template.name


def test_an_unknown_file_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"missing\.css"):
        Assets().url("missing.css")


def test_fonts_and_icons_come_with_their_licences() -> None:
    families = {file.name.split("-latin")[0] for file in (SOURCES / "fonts").glob("*.woff2")}
    for family in families:
        assert "SIL Open Font License" in (SOURCES / "fonts" / f"LICENSE-{family}.txt").read_text(), family
    assert "ISC" in (SOURCES / "icons" / "LICENSE-lucide.txt").read_text()
