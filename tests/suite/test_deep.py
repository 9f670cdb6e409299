"""Deep verification: a planted error is found and named, code and nights are kept apart."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sphspec.study import Setting, Study
from sphspec.suite import deep
from sphspec.suite.deep import deep_study, level, run_deep
from sphspec.suite.draws import BrownianDraws
from sphspec.suite.ledger import Ledger
from sphspec.verify.budget import NIGHTLY

ROOT = Path(__file__).resolve().parents[2]
STUDY = Study(
    name="tiny",
    settings=(
        Setting(grid="icosahedron", lmax=(2,)),
        Setting(grid="gauss-legendre:nlat=4,nlon=7", lmax=(3,)),
    ),
)


@pytest.fixture
def louder(monkeypatch):
    """Plant an error: the noise of every simulation is 4 % too strong."""
    values = BrownianDraws.values
    monkeypatch.setattr(BrownianDraws, "values", lambda self, rng, paths: 1.04 * values(self, rng, paths))


def test_the_deep_study_is_the_file_under_reports():
    written = Study.load(ROOT / "reports" / "deep.toml")
    assert written == deep_study()
    assert len(tuple(written.cases())) == 5


def test_nights_add_up(tmp_path):
    path = tmp_path / "a.sqlite"
    seen = []
    first = run_deep(STUDY, path, 100.0, lambda verdict, left: seen.append(left), blocks=2)
    second = run_deep(STUDY, path, 100.0, blocks=5)
    assert first.ok
    assert second.ok
    assert len(seen) == 4
    assert [finding.blocks for finding in (*first.findings, *second.findings)] == [2, 2, 5, 5]
    assert second == run_deep(STUDY, path, 0.0)
    assert second == run_deep(STUDY, tmp_path / "b.sqlite", 100.0, blocks=5)
    assert all(finding.draws >= 4096 * finding.blocks for finding in second.findings)
    smaller = [finding.reach.scale for finding in second.findings]
    assert np.all(np.array(smaller) < [finding.reach.scale for finding in first.findings])
    assert json.loads(second.to_json())["ok"] is True


@pytest.mark.usefixtures("louder")
def test_a_planted_error_is_found_named_and_stays_found(tmp_path, monkeypatch):
    """4 % in strength, 8 % in variance, at n = 9 and 16: within 3 blocks, and red for good."""
    path = tmp_path / "a.sqlite"
    found = run_deep(STUDY, path, 100.0, blocks=3)
    assert not found.ok
    assert found.log10_e > found.limit > 6
    assert "total, all, +" in found.alarm
    assert not any(finding.ok for finding in found.findings)
    monkeypatch.undo()
    assert not run_deep(STUDY, path, 100.0, blocks=60).ok  # diluted, not forgiven


def test_a_stream_used_twice_is_a_fault(tmp_path, monkeypatch):
    stream = deep.Configuration.block
    monkeypatch.setattr(deep.Configuration, "block", lambda self, number: stream(self, 0))
    found = run_deep(STUDY, tmp_path / "a.sqlite", 100.0, blocks=3)
    assert not found.ok
    assert "2 blocks begin with a draw that another one began with" in found.findings[0].fault


def test_draws_outside_the_range_are_a_fault(tmp_path, monkeypatch):
    block = deep.Configuration.block
    monkeypatch.setattr(
        deep.Configuration, "block", lambda self, number: replace(block(self, number), outside=1e-3)
    )
    found = run_deep(STUDY, tmp_path / "a.sqlite", 100.0, blocks=1)
    assert not found.ok
    assert "leave the range" in found.findings[0].fault


def test_code_that_raises_turns_the_epoch_red(tmp_path, monkeypatch):
    monkeypatch.setattr(BrownianDraws, "values", lambda self, rng, paths: 1 // 0)
    found = run_deep(STUDY, tmp_path / "a.sqlite", 100.0, blocks=1)
    assert not found.ok
    assert "raised ZeroDivisionError" in found.alarm


def test_levels_add_to_the_nightly_share():
    levels = [level(1e-6, epoch) for epoch in range(1, 100_000)]
    assert sum(levels) == pytest.approx(NIGHTLY * 1e-6, rel=1e-4)
    assert sum(levels) < NIGHTLY * 1e-6


def test_another_study_or_other_code_is_another_epoch(tmp_path, project_copy):
    path = tmp_path / "a.sqlite"
    first = run_deep(STUDY, path, 100.0, blocks=1)
    other = STUDY.model_copy(update={"settings": (STUDY.settings[0],)})
    assert (first.epoch, run_deep(other, path, 0.0).epoch, run_deep(STUDY, path, 0.0).epoch) == (1, 2, 1)
    study = tmp_path / "tiny.toml"
    study.write_text('[[settings]]\ngrid = "icosahedron"\nlmax = 2\n')
    wrong = project_copy / "sphspec" / "simulate" / "brownian.py"
    wrong.write_text(wrong.read_text() + "\n# planted\n")
    for epoch, folder in ((2, ROOT), (3, project_copy), (2, ROOT)):
        finished = command(folder, str(study), "--ledger", str(path), "--minutes", "0", "--json")
        assert finished.returncode == 0, finished.stderr
        verdict = json.loads(finished.stdout)
        assert verdict["epoch"] == epoch
        assert verdict["findings"][0]["blocks"] == 0
    with Ledger(path) as ledger:
        assert ledger.epoch("new") == 4


def test_the_command_shows_evidence_and_what_would_have_been_found(tmp_path):
    finished = command(
        ROOT, str(ROOT / "tests/data/small.toml"), "--ledger", str(tmp_path / "a.sqlite"),
        "--minutes", "0.05", COLUMNS="200",
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    for text in (
        "log10 E",
        "threshold",
        "largest component",
        "PASSED epoch 1",
        "found with probability 0.999",
    ):
        assert text in finished.stdout


@pytest.mark.usefixtures("louder")
def test_the_command_fails_where_evidence_stands(tmp_path):
    path, study = tmp_path / "a.sqlite", tmp_path / "tiny.toml"
    study.write_text('name = "tiny"\n[[settings]]\ngrid = "icosahedron"\nlmax = 2\n')
    assert not run_deep(Study.load(study), path, 100.0, blocks=8).ok
    finished = command(ROOT, str(study), "--ledger", str(path), "--minutes", "0", COLUMNS="200")
    assert finished.returncode == 1, finished.stderr
    assert "FAILED icosahedron" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--deep", "--minutes", "-1"], "--minutes must be a finite number >= 0, got -1.0"),
        (["--deep", "--minutes", "nan"], "--minutes must be a finite number >= 0, got nan"),
        (["--deep", "--minutes", "1e9"], "--minutes must be at most 527040, a year, got 1e+09"),
        (["--deep", "--samples", "500"], "--deep takes --ledger, --minutes"),
        (["--minutes", "3"], "belong to --deep"),
        (["--ledger", "x.sqlite"], "belong to --deep"),
        (["--deep", "--ledger", "README.md"], "ledger README.md is damaged or no ledger"),
        (["--deep", "--ledger", "/proc/a.sqlite"], "cannot write /proc/a.sqlite"),
    ],
)
def test_bad_usage_is_one_clear_line(arguments, message):
    finished = command(ROOT, *arguments, deep=False, COLUMNS="300")
    assert finished.returncode == 2
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""


def command(folder, *arguments, deep=True, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sphspec", "verify", *(["--deep"] if deep else []), *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
