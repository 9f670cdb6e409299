"""Every block of the documentation runs and prints what the page shows; pages keep to the package."""

import importlib
import re
import sys
from functools import cache
from pathlib import Path

import pytest
import typer.main
from documents import FENCE, MARK, play, session

import sphspec
from derivations.catalogue import catalogue
from sphspec.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.parts[-2] != "_pictures"
)
STEP = re.compile(r"\{step\}`([\w-]+): ([^`]+)`")
PROSE = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\]\([^)]*\)", re.DOTALL
)  # what is not: formulas, code, links
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
        "`b.py`:\n\n```python\nx = 1\n```\n\n```python\nimport b\n```\n\n"
        "```python\nprint(b.x)\n```\n\n```text\n1\n```\n\n"
        "<!-- needs: no_such_module -->\n```python\nraise ValueError\n```\n\n"
        "<!-- nightly -->\n```python\nraise ValueError\n```\n\n<!-- exit: 1 -->\n```sh\nfalse\n```\n"
    )
    assert play("page", session(page), folder, nightly=False) == 3


@cache
def claims(name):
    """Return what the steps of a proof claim."""
    return {step.claim for step in {entry.name: entry for entry in statements()}[name].proof()}


@cache
def statements():
    return catalogue()


def invented_steps(text):
    return [(name, claim) for name, claim in STEP.findall(text) if claim not in claims(name)]


@pytest.mark.parametrize("page", [page for page in PAGES if STEP.search(text_of(page))])
def test_quoted_steps_are_steps_of_the_proof(page):
    assert invented_steps(text_of(page)) == []


def test_a_step_that_no_proof_has_is_noticed():
    assert invented_steps("{step}`sum-rule: one pixel adds nothing`") == [
        ("sum-rule", "one pixel adds nothing")
    ]


def test_statements_that_pages_show_exist_and_every_theorem_has_one():
    shown = {name for page in PAGES for name in re.findall(r"```\{derivation\} ([\w-]+)", text_of(page))}
    assert shown <= {entry.name for entry in statements()}
    theorems = ("T1", "T1b", "T2", "T2b", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12")
    tagged = {entry.title.rpartition("(")[2].rstrip(")") for entry in statements() if entry.name in shown}
    assert set(theorems) <= {tag.rpartition(", ")[2] for tag in tagged}


def test_every_public_name_is_in_the_reference():
    page = text_of("reference/python.md") + text_of("reference/laws.md")
    homes = set(re.findall(r"```\{public\} ([\w.]+)", page))
    modules = set(re.findall(r"```\{callable\} sphspec\.(\w+)|automodule:: sphspec\.(\w+)", page))
    documented = {name for name in sphspec.__all__ if sphspec._HOME.get(name) in homes}
    documented |= {name for pair in modules for name in pair}
    assert sorted(set(sphspec.__all__) - documented) == []


def test_every_command_is_in_the_reference():
    known = typer.main.get_command(app).commands
    assert sorted(re.findall(r"```\{help\} (\w+)", text_of("reference/commands.md"))) == sorted(known)


def unprinted_decimals(text):
    """Return decimal numbers of the prose that no block of the page has."""
    shown = " ".join(found["source"] for found in FENCE.finditer(text))
    prose = PROSE.sub(" ", MARK.sub(" ", FENCE.sub(" ", text)))
    return [number for number in DECIMAL.findall(prose) if number not in shown]


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("adapters/")])
def test_decimals_in_prose_are_printed_on_the_page(page):
    assert unprinted_decimals(text_of(page)) == []


def test_a_number_from_nowhere_is_noticed():
    page = "It is 0.53 there.\n\n```python\nprint(0.52)\n```\n\n```text\n0.52\n```\n"
    assert unprinted_decimals(page) == ["0.53"]


def test_a_page_that_loads_from_elsewhere_is_noticed(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    from extension.offline import loads

    (tmp_path / "a.html").write_text('<script src="x.js"></script><a href="https://arxiv.org">paper</a>')
    assert loads(tmp_path) == []
    (tmp_path / "b.html").write_text('<script defer src="https://cdn.example/x.js"></script>')
    (tmp_path / "c.css").write_text("@import 'https://fonts.example/a.css';")
    assert [found.split(":")[0] for found in loads(tmp_path)] == ["b.html", "c.css"]


def test_every_figure_is_on_a_page():
    scripts = {path.stem for path in (DOCS / "figures").glob("*.py")} - {"__init__", "drawing"}
    drawn = {name for page in PAGES for name in re.findall(r"```\{drawn\} (\w+)", text_of(page))}
    assert drawn == scripts


def test_every_figure_of_the_site_can_be_drawn(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    scripts = sorted(
        path.stem for path in (DOCS / "figures").glob("*.py") if path.stem not in ("__init__", "drawing")
    )
    assert scripts
    for name in scripts:
        assert callable(importlib.import_module(f"figures.{name}").draw)
