"""What `sphspec report` says to bad input: exit code 2, one clear line, and nothing is written."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_report import STUDY as SMALL

from sphspec.commands.reporting import finish
from sphspec.report import data
from sphspec.report.prepare import prepare

ROOT = Path(__file__).resolve().parents[2]
STUDY = '[[settings]]\ngrid = "{grid}"\nlmax = 2\noperators = ["{operator}"]\n[budget]\nsamples = 100\n'
GOOD = {"grid": "gauss-legendre:nlat=3,nlon=5", "operator": "quadrature"}


def report(folder, *arguments, prelude="", **environment):
    """Run `sphspec report` in a folder, after a line that plants something."""
    code = f"import sys; sys.argv = ['sphspec', 'report', *sys.argv[1:]]\n{prelude}\n"
    return subprocess.run(
        [sys.executable, "-c", f"{code}from sphspec.__main__ import main; main()", *map(str, arguments)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY.format(**GOOD))
    return tmp_path


def refused(finished, folder, message):
    assert finished.returncode == 2, finished.stderr
    assert message in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1
    assert finished.stdout == ""
    assert [
        path for path in folder.rglob("*") if path.suffix in (".pdf", ".json") or path.name[0] == "."
    ] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STUDY.format(**{**GOOD, "grid": "cube:n=3"}), "cube"),
        (STUDY.format(**{**GOOD, "operator": "wishful"}), "wishful"),
        ("this is no TOML", "cannot read study study.toml"),
    ],
)
def test_bad_study_is_refused(folder, text, message):
    (folder / "study.toml").write_text(text)
    refused(report(folder, "study.toml", "-o", "out.pdf"), folder, message)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("out.txt", "--output must end in .pdf"),
        ("/proc/out.pdf", "cannot write /proc/out.pdf"),
        ("study.toml/out.pdf", "cannot write study.toml/out.pdf"),
    ],
)
def test_bad_output_is_refused(folder, output, message):
    refused(report(folder, "study.toml", "-o", output), folder, message)


def test_folder_in_the_way_is_left_alone(folder):
    (folder / "taken.pdf").mkdir()
    finished = report(folder, "study.toml", "-o", "taken.pdf")
    assert finished.returncode == 2
    assert "taken.pdf is a folder" in finished.stderr
    assert sorted(path.name for path in folder.rglob("*")) == ["study.toml", "taken.pdf"]


def test_epoch_that_is_no_number_is_refused_before_any_work(folder):
    finished = report(folder, "study.toml", "-o", "out.pdf", SOURCE_DATE_EPOCH="yesterday")
    refused(finished, folder, "SOURCE_DATE_EPOCH must be seconds since 1970")


def test_missing_fonts_are_refused_before_any_work(folder):
    prelude = "import matplotlib; matplotlib.get_data_path = lambda: 'nowhere'"
    finished = report(folder, "study.toml", "-o", "out.pdf", prelude=prelude)
    refused(finished, folder, "the report's fonts are missing")


def planted_formula(typst):
    real = data.formulas(SMALL)["formulas"]
    return lambda _: {"formulas": [{**real[0], "typst": typst}, *real[1:]], "others": "0"}


@pytest.mark.parametrize("typst", ["frac(1", "nosuchname"])
def test_formula_that_cannot_be_set_leaves_no_pdf(typst, verdict, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(data, "formulas", planted_formula(typst))
    with pytest.raises(ValueError, match=r"(?s)typesetting the report failed.*the results are kept in"):
        finish(
            SMALL, replace(verdict, evidence=()), tmp_path / "out.pdf", lambda: prepare(SMALL), as_json=True
        )
    assert capsys.readouterr().out.startswith("{")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]  # the verdict cost more than the page


@pytest.mark.nightly  # verifies a study first
def test_formula_that_cannot_be_set_is_one_line(folder):
    prelude = (
        "from sphspec.report import data; real = data.formulas\n"
        "data.formulas = lambda study: {**real(study), 'formulas': [{**real(study)['formulas'][0], "
        "'typst': 'frac(1'}]}"
    )
    finished = report(folder, "study.toml", "-o", "out.pdf", prelude=prelude)
    assert finished.returncode == 2
    assert finished.stderr.count("error:") == finished.stderr.count("typesetting the report failed: ") == 1
    assert "Traceback" not in finished.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["out.json", "study.toml"]
