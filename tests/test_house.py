"""The house's rules that a tool's configuration cannot say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
PACKAGES = ("cms", "events", "search", "views")
MODULE_LINES = 300
TEST_LINES = 450  # a list of cases is read one case at a time
BUILT = "static/build/"
FLASK = {"click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}  # what Flask is made of comes with it
USED_BY_NAME = {"tzdata", "pyotp", "segno"}  # zoneinfo reads it; the others are about to be imported

# Patterns with a bracket in each, since this file is searched as well.
PROMISES = ["TO[D]O", "FIX[M]E", "XX[X]", "NotImplemented[E]rror", "implemented[ ]yet", "coming[ ]soon", "lorem[ ]"]
MACHINE = ["/wor[k]/", "/tmp/d[k]", "/roo[t]/", r"/hom[e]/\w", r"/User[s]/\w", r"\.librar[y]/"]
HOSTS = [r"pyp[i]\.org", r"pythonhoste[d]\.org", r"registry\.npmj[s]", r"registry\.yarnpk[g]"]


@cache
def files() -> tuple[Path, ...]:
    """What is committed or will be: every file that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if listed.returncode:
        pytest.fail("this is no git checkout, so nobody can tell what belongs to Daybook")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name and not name.startswith(BUILT))
    return tuple(path for path in paths if path.is_file())


@cache
def parsed() -> dict[Path, ast.Module]:
    """Every module there is."""
    paths = (path for path in files() if path.suffix == ".py")
    return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}


def modules() -> dict[Path, ast.Module]:
    """Every module of the application itself: app.py and the four packages."""
    ours = {path for path in parsed() if path.relative_to(ROOT).parts[0] in (*PACKAGES, "app.py")}
    return {path: tree for path, tree in parsed().items() if path in ours}


def imports(tree: ast.Module) -> set[str]:
    """The dotted names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def lines_with(patterns: list[str]) -> list[str]:
    """Each line of the repository in which one of the patterns is found, as file:line: text."""
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(patterns) + r")")
    found = []
    for path in files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture, a font
        name = path.relative_to(ROOT)
        hits = (n for n, line in enumerate(lines) if pattern.search(line))
        found += [f"{name}:{n + 1}: {lines[n].strip()[:120]}" for n in hits]
    return found


def requirements(name: str) -> set[str]:
    """The packages that a requirements file asks for, normalised."""
    lines = (ROOT / name).read_text().splitlines()
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def pinned(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_a_module_is_one_thing_and_fits_a_reading() -> None:
    sources = (path for path in files() if path.suffix == ".py")
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    limits = {name: TEST_LINES if name.startswith("tests/") else MODULE_LINES for name in lengths}
    assert not {name: lines for name, lines in lengths.items() if lines > limits[name]}


def test_nothing_is_left_unfinished() -> None:
    assert not lines_with(PROMISES)


def test_nothing_names_the_machine_it_was_written_on() -> None:
    assert not lines_with(MACHINE)


def test_nothing_names_the_host_of_a_package_registry() -> None:
    assert not lines_with(HOSTS)


def test_imports_keep_the_contracts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out


def test_nobody_imports_the_composition_root() -> None:
    guilty = [path.relative_to(ROOT) for path, tree in modules().items() if "app" in imports(tree)]
    assert not guilty


def test_no_module_of_the_application_imports_tests_or_bench() -> None:
    for path, tree in modules().items():
        assert not {name for name in imports(tree) if name.split(".")[0] in ("tests", "bench")}, path


def third_party(trees: Iterable[ast.Module]) -> set[str]:
    """The packages, as requirements call them, that modules import."""
    provided = packages_distributions()
    tops = {name.split(".")[0] for tree in trees for name in imports(tree)}
    tops -= sys.stdlib_module_names | {*PACKAGES, "app", "bench", "tests", "_typeshed"}
    return {name.lower().replace("_", "-") for top in tops for name in provided.get(top, [top])}


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    imported, required = third_party(modules().values()), requirements("requirements.in")
    assert imported <= required | FLASK
    assert required - USED_BY_NAME <= imported


def test_what_tests_and_bench_import_is_required_for_development() -> None:
    required = requirements("requirements.in") | requirements("requirements-dev.in")
    assert third_party(parsed().values()) <= required | FLASK


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_is_asked_for_with_hashes(name: str) -> None:
    assert requirements(f"{name}.in") <= set(pinned(f"{name}.txt")), "make lock was forgotten"
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / f"{name}.txt").read_text()):
        assert entry.startswith("#") or "--hash=sha256:" in entry, entry


def test_tests_run_on_the_versions_that_readers_get() -> None:
    runtime, dev = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert runtime.items() <= dev.items()


def test_every_target_of_make_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in phony[1].split():
        assert re.search(rf"^  make {target} +\w", said.stdout, re.MULTILINE), target
