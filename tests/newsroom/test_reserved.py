"""No section may hide a page of the site's own, and no redirect by hand begins where the site never looks for one."""

from pathlib import Path

from app import create_app
from cms import redirect, section
from cms.settings import load_settings


def test_every_word_that_the_site_uses_at_its_root_is_reserved(tmp_path: Path) -> None:
    app = create_app(load_settings({"DAYBOOK_VAR": str(tmp_path / "var")}, dotenv=None))
    words = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    plain = {word for word in words if word and "<" not in word and "." not in word}
    assert "search" in plain
    assert {word for word in plain if not section.reserved(word)} == set()
    assert plain - {"by", "tag"} == redirect.OWN  # those of bylines and tags are each a thing's own
