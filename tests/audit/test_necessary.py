"""A wrong audit is seen: without a defect's own tests the trial fails."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "blind"))
import trial

import sphspec
from sphspec.audit import run

NAMES = sorted(trial.PLANTED)
DAY = ("cos-sin-swap", "dependent-draws", "m0-power", "non-gaussian")


def named(name, seed=5):
    generator, kind = trial.PLANTED[name]
    grid = trial.GRIDS[NAMES.index(name) % 3]
    return sphspec.audit(
        trial.sampler(generator, grid), trial.claim(grid, kind), seed=seed, samples=900
    ).defect


def check_needed(name, monkeypatch):
    """Take a defect's tests away: its generator then gets another name, or none."""
    whole = run.tests
    assert named(name) == name
    monkeypatch.setattr(
        run, "tests", lambda *given: tuple(each for each in whole(*given) if each.defect != name)
    )
    assert named(name) != name


@pytest.mark.parametrize("name", DAY)
def test_without_its_own_tests_a_defect_is_not_named(name, monkeypatch):
    check_needed(name, monkeypatch)


@pytest.mark.nightly
@pytest.mark.parametrize("name", [name for name in NAMES if name not in DAY])
def test_without_its_own_tests_no_defect_is_named(name, monkeypatch):
    check_needed(name, monkeypatch)
