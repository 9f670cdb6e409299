"""A wrong audit is seen: without a defect's own tests, or without the likelihood, the trial fails."""

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


@pytest.mark.nightly
def test_the_smallest_p_alone_names_wrongly(monkeypatch):
    """Name by p, as an audit without likelihoods would: fewer than 95 % come out right."""
    outcomes = []
    whole = run.explain

    def by_p(dictionary, batch, certain, repeats):
        found = whole(dictionary, batch, certain, repeats)
        least = min(certain, key=certain.get) if certain else None
        return sorted(found, key=lambda fit: fit.defect != least)

    monkeypatch.setattr(run, "explain", by_p)
    for name in NAMES:
        outcomes += [named(name, seed) == name for seed in (5, 6)]
    assert sum(outcomes) < 0.95 * len(outcomes)
