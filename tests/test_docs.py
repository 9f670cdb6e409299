"""Every block of the documentation runs and prints what the page shows; pages keep to the package."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import FENCE, MARK, play, session

import sphspec
from derivations.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.parts[-2] != "_pictures")
STEP = re.compile(r"\{step\}`([\w-]+): ([^`]+)`")
DECIMAL = re.compile(r"(?<![\w.^{/-])\d+\.\d+(?![\w.])")


def text_of(page):
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", [page for page in PAGES if session(text_of(page))])
def test_blocks_of_a_page_run_and_print_what_it_shows(page, folder):
    play(page, session(text_of(page)), folder, nightly=False)


@pytest.mark.nightly
@pytest.mark.parametrize("page", [page for page in PAGES if any(b.nightly for b in session(text_of(page)))])
def test_long_blocks_of_a_page_run_too(page, folder):
    play(page, session(text_of(page)), folder)


@pytest.mark.parametrize(
    "planted",
    [
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        "```python\nprint(1)\n```\n",
        "```python\nraise ValueError\n```\n",
        "```sh\nfalse\n```\n",
        "<!-- exit: 1 -->\n```sh\ntrue\n```\n",
        "`a.py`:\n\n```python\nx = 1\n```\n\n```python\nimport a\n\nprint(a.x)\n```\n\n```text\n2\n```\n",
    ],
)
def test_a_page_that_shows_something_else_is_noticed(planted, folder):
    with pytest.raises((AssertionError, ValueError)):
        play("planted", session(planted), folder)


def test_blocks_share_a_session_files_are_written_and_conditions_are_kept(folder):
    page = (
        "`b.py`:\n\n```python\nx = 1\n```\n\n```python\nimport b\n```\n\n```python\nprint(b.x)\n```\n\n```text\n1\n```\n\n"
        "<!-- needs: no_such_module -->\n```python\nraise ValueError\n```\n\n"
        "<!-- nightly -->\n```python\nraise ValueError\n```\n\n<!-- exit: 1 -->\n```sh\nfalse\n```\n"
    )
    assert play("page", session(page), folder, nightly=False) == 3


@pytest.mark.parametrize("page", [page for page in PAGES if STEP.search(text_of(page))])
def test_quoted_steps_are_steps_of_the_proof(page):
    known = {entry.name: entry for entry in catalogue()}
    for name in {name for name, _ in STEP.findall(text_of(page))}:
        claims = {step.claim for step in known[name].proof()}
        quoted = {claim for other, claim in STEP.findall(text_of(page)) if other == name}
        assert quoted <= claims, f"{page}: {name}: {sorted(quoted - claims)}, known: {sorted(claims)[:20]}"


def test_statements_that_pages_show_exist_and_every_theorem_has_one():
    shown = {name for page in PAGES for name in re.findall(r"```\{derivation\} ([\w-]+)", text_of(page))}
    assert shown <= {entry.name for entry in catalogue()}
    theorems = ("T1", "T1b", "T2", "T2b", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12")
    tagged = {entry.title.rpartition("(")[2].rstrip(")") for entry in catalogue() if entry.name in shown}
    assert set(theorems) <= {tag.rpartition(", ")[2] for tag in tagged}


def test_every_public_name_is_in_the_reference():
    page = text_of("reference/python.md") + text_of("reference/laws.md")
    homes = set(re.findall(r"```\{public\} ([\w.]+)", page))
    modules = set(re.findall(r"```\{callable\} sphspec\.(\w+)|automodule:: sphspec\.(\w+)", page))
    documented = {name for name in sphspec.__all__ if sphspec._HOME.get(name) in homes}
    documented |= {name for pair in modules for name in pair}
    assert sorted(set(sphspec.__all__) - documented) == []


def test_every_command_is_in_the_reference():
    done = subprocess.run(
        [sys.executable, "-c", "import json, typer.main, sphspec.cli as c; print(json.dumps(sorted(typer.main.get_command(c.app).commands)))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert sorted(re.findall(r"```\{help\} (\w+)", text_of("reference/commands.md"))) == json.loads(done.stdout)


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("adapters/")])
def test_decimals_in_prose_are_printed_on_the_page(page):
    text = text_of(page)
    shown = " ".join(found["source"] for found in FENCE.finditer(text))
    prose = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\]\([^)]*\)", " ", MARK.sub(" ", FENCE.sub(" ", text)), flags=re.DOTALL)
    assert [number for number in DECIMAL.findall(prose) if number not in shown] == []


def test_every_figure_is_on_a_page():
    scripts = {path.stem for path in (DOCS / "figures").glob("*.py")} - {"__init__", "drawing"}
    drawn = {name for page in PAGES for name in re.findall(r"```\{drawn\} (\w+)", text_of(page))}
    assert drawn == scripts
