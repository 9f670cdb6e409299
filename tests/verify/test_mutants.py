"""Every mutant is killed by the tiers named for it; the truth passes; the fixtures break every symmetry."""

import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from sphspec import cli
from sphspec.commands import verify as verify_command
from sphspec.console import show_mutants
from sphspec.suite.montecarlo import Run
from sphspec.suite.mutant_fixtures import grounds
from sphspec.suite.mutants import (
    DRAWS,
    FALSE_ALARM,
    HEADINGS,
    SEED,
    SHARE,
    judged,
    run_mutants,
    table,
    to_json,
)
from sphspec.verify.fixture import ALGEBRA, MONTE_CARLO, PATH, PROBE, TIERS, Mutant, simulator
from sphspec.verify.mutants import MUTANTS, TRUTH

ALPHA = SHARE * FALSE_ALARM / (len(MUTANTS) + len(TRUTH))
NEAR = 1e-3  # |E|_F/|Sigma|_F
ROUNDED = "float32 covariance"
HIDDEN = Mutant("the truth in disguise", "equal to the truth", (PROBE, MONTE_CARLO), lambda f: f.law)
HARMLESS = Mutant("a right simulator", "equal to the truth", (PATH, MONTE_CARLO), lambda f: simulator(f))
DOUBLED = Mutant("a wrong truth", "twice the covariance", (), lambda f: 2 * f.law)


@pytest.fixture(scope="module")
def ground():
    return grounds()


def judge(mutant, ground):
    chosen = ground[mutant.grid]
    return judged(mutant, chosen, Run(DRAWS // chosen.ours.times.size, SEED, ALPHA))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_must_fail(ground, mutant):
    outcome = judge(mutant, ground)
    assert outcome.must
    assert set(outcome.must) <= set(outcome.killed), outcome
    assert all(outcome.margins[tier] > 1 for tier in outcome.killed)
    if not math.isnan(outcome.distance):
        assert outcome.distance >= NEAR or mutant.name == ROUNDED


@pytest.mark.parametrize("truth", TRUTH, ids=lambda truth: f"{truth.name}, {truth.grid}")
def test_the_truth_passes_every_tier(ground, truth):
    outcome = judge(truth, ground)
    assert outcome.ok, outcome
    assert max(outcome.margins.values()) < 1
    tiers = {PATH, MONTE_CARLO} if "simulator" in truth.name else {ALGEBRA, PROBE, MONTE_CARLO}
    assert outcome.margins.keys() == tiers


def test_names_are_unique_and_tiers_known():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(set(mutant.tiers) <= set(TIERS) for mutant in MUTANTS)


@pytest.mark.parametrize("grid", ["gauss-legendre", "healpix"])
def test_the_fixture_breaks_every_symmetry(ground, grid):
    """Each symmetric operation on the coefficients or on time changes Sigma."""
    fixture = ground[grid].ours
    law, degrees, orders = fixture.law, fixture.degrees, fixture.orders
    size = np.linalg.norm(law)
    signs = {
        "north and south": (-1.0) ** (degrees + orders),
        "antipodes": (-1.0) ** degrees,
        "half a turn": (-1.0) ** orders,
        "east and west": np.where(orders < 0, -1.0, 1.0),
    }
    for name, sign in signs.items():
        assert np.linalg.norm(sign[:, None] * law * sign - law) > 0.1 * size, name
    swapped = degrees**2 + degrees - orders
    assert np.linalg.norm(law[np.ix_(swapped, swapped)] - law) > 0.1 * size
    assert np.linalg.norm(rotated(law, degrees, orders, 2 * np.pi / 13) - law) > 0.05 * size
    major = np.argsort(np.abs(orders) * orders.size + degrees, kind="stable")
    assert np.linalg.norm(law[np.ix_(major, major)] - law) > 0.1 * size
    assert np.linalg.norm(law - np.trace(law) / orders.size * np.eye(orders.size)) > 0.1 * size
    assert fixture.variance.size > orders.size
    assert 0 < fixture.time < 0.9
    assert np.ptp(np.diff(fixture.times, prepend=0.0)) > 0.1


def rotated(law, degrees, orders, angle):
    """Return the covariance of the sphere turned about its axis."""
    turn = np.diag(np.cos(np.abs(orders) * angle))
    turn[np.arange(orders.size), degrees**2 + degrees - orders] += np.sin(orders * angle)
    return turn @ law @ turn.T


def test_a_rotation_leaves_axial_noise_alone(ground):
    """The operation above is a rotation: it does nothing to a covariance that has the axis."""
    fixture = ground["gauss-legendre"].ours
    law = fixture.changed(variance=1 + np.cos(fixture.theta) ** 2)
    np.testing.assert_allclose(rotated(law, fixture.degrees, fixture.orders, 0.3), law, atol=1e-14)


def test_isotropic_noise_would_hide_seven_of_the_first_twenty(ground):
    """The fixture decides what can be killed."""
    fixture = ground["gauss-legendre"].ours
    flat = replace(fixture, variance=np.ones_like(fixture.variance))
    size = np.linalg.norm(flat.law)
    distances = {mutant.name: np.linalg.norm(mutant.build(flat) - flat.law) / size for mutant in MUTANTS[:20]}
    assert sum(distance < NEAR for distance in distances.values()) >= 7


@pytest.mark.parametrize("mutant", [HIDDEN, HARMLESS], ids=lambda mutant: mutant.name)
def test_a_mutant_equal_to_the_truth_is_reported_as_surviving(ground, mutant):
    outcome = judge(mutant, ground)
    assert not outcome.ok
    assert outcome.killed == ()
    assert table([outcome])[0][-1] == f"SURVIVED {', '.join(mutant.tiers)}"
    assert json.loads(to_json([outcome]))["ok"] is False


def test_a_truth_that_fails_is_reported(ground):
    outcome = judge(DOUBLED, ground)
    assert not outcome.ok
    assert table([outcome])[0][-1] == "FAILED"


def test_a_mutant_that_one_of_its_tiers_misses_survives(ground):
    """255 of 256 steps: the probe sees it, 20 000 draws do not; to name Monte Carlo too is a failure."""
    [late] = [mutant for mutant in MUTANTS if mutant.name == "one step less"]
    outcome = judge(replace(late, tiers=(PROBE, MONTE_CARLO)), ground)
    assert PROBE in outcome.killed
    assert table([outcome])[0][-1] == "SURVIVED 3 Monte Carlo"


@pytest.mark.parametrize(("mutants", "code"), [((TRUTH[0], MUTANTS[0]), 0), ((TRUTH[0], HIDDEN), 1)])
def test_the_command_exits_with_1_where_a_mutant_survives(monkeypatch, mutants, code):
    monkeypatch.setattr(verify_command, "run_mutants", lambda progress: run_mutants(mutants, progress))
    shown = CliRunner().invoke(cli.app, ["verify", "--mutants"], env={"COLUMNS": "200"})
    assert shown.exit_code == code
    assert mutants[1].name in shown.stdout
    assert ("SURVIVED" in shown.stdout) == bool(code)
    read = CliRunner().invoke(cli.app, ["verify", "--mutants", "--json"])
    assert read.exit_code == code
    assert [row["ok"] for row in json.loads(read.stdout)["mutants"]] == [True, not code]


def test_the_table_has_a_row_for_each_outcome_and_fits_its_headings(ground):
    outcomes = [judge(mutant, ground) for mutant in (*TRUTH[:2], MUTANTS[10])]
    assert all(len(row) == len(HEADINGS) for row in table(outcomes))
    console = Console(file=io.StringIO(), width=200)
    show_mutants(outcomes, console)
    text = console.file.getvalue()
    assert "not seen by 20000 draws: one step less" in text
    assert "PASSED 1 mutants, 2 times the truth" in text
