"""The blind trial: generators that know nothing of the audit; the right name first, and no false alarm."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "blind"))
import trial

import sphspec
from sphspec.audit import run

SEEDS = (11, 23, 47)
DAY = 900  # draws by day
NAMES = sorted(trial.PLANTED)


def audit(entry, grid, seed, **options):
    generator, kind = entry
    return sphspec.audit(trial.sampler(generator, grid), trial.claim(grid, kind), seed=seed, **options)


def trials(seeds):
    """Every defect on every grid: another generator of the same name for every seed where there are some."""
    for name in NAMES:
        for number, grid in enumerate(trial.GRIDS):
            entries = trial.entries(name, grid)
            for place, seed in enumerate(seeds):
                yield name, grid, entries[(number + place) % len(entries)], seed + 1000 * number


@pytest.mark.parametrize("name", NAMES)
def test_planted_defect_is_named(name):
    grid = trial.GRIDS[NAMES.index(name) % 3]
    finding = audit(trial.PLANTED[name], grid, 5, samples=DAY)
    assert not finding.ok
    assert finding.defect == name, finding.summary()
    assert finding.p_value <= finding.false_alarm
    assert finding.cure


@pytest.mark.parametrize("kind", sorted(trial.CLEAN))
def test_clean_generator_passes(kind):
    for number, grid in enumerate(trial.GRIDS):
        finding = audit(trial.CLEAN[kind], grid, 70 + number, samples=DAY)
        assert finding.ok, finding.summary()
        assert finding.detectable


@pytest.mark.nightly
def test_the_right_name_comes_first_in_95_percent(monkeypatch):
    """By likelihood; the smallest p alone would name fewer."""
    by_p, whole = [], run.explain

    def explain(dictionary, batch, certain, repeats):
        by_p.append(min(certain, key=certain.get))
        return whole(dictionary, batch, certain, repeats)

    monkeypatch.setattr(run, "explain", lambda *given: explain(*given) if given[2] else [])
    outcomes = [
        (name, grid, entry[0].__name__, audit(entry, grid, seed).defect)
        for name, grid, entry, seed in trials(SEEDS)
    ]
    wrong = [outcome for outcome in outcomes if outcome[0] != outcome[-1]]
    assert len(outcomes) == len(by_p) == len(NAMES) * len(trial.GRIDS) * len(SEEDS)
    assert len(wrong) <= 0.05 * len(outcomes), wrong
    assert sum(outcome[0] == name for outcome, name in zip(outcomes, by_p, strict=True)) < 0.95 * len(by_p)


@pytest.mark.nightly
def test_no_finding_on_200_clean_runs():
    runs = [(kind, grid, seed) for kind in trial.CLEAN for grid in trial.GRIDS for seed in range(17)][:200]
    findings = [audit(trial.CLEAN[kind], grid, 9000 + seed) for kind, grid, seed in runs]
    assert len(runs) == 200
    assert [finding.summary() for finding in findings if not finding.ok] == []
