"""The two-stage judge: no false alarms on good samplers, and effects of the stated size are caught.

The small version runs by default, the large one nightly; roots of the streams are the numbers of the runs.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sphspec import VP, GaussLegendre, Healpix, Jacobi, Quadrature, SpectralSDE, Study, noise_covariance
from sphspec.simulate import moments
from sphspec.suite.draws import BrownianDraws, MarginalDraws
from sphspec.suite.engine import Inline
from sphspec.suite.montecarlo import Run, judge, start_field
from sphspec.suite.process import scalar_sde
from sphspec.suite.witnesses import direct_witness
from sphspec.verify.budget import MONTE_CARLO, SCREEN

PATHS = 300  # of the first stage
TIMES = (0.3, 1.0)
ALPHA = MONTE_CARLO * Study().budget.false_alarm / 11  # of one run of the default study
LARGE = 0.01  # a rate at which false alarms can be counted
RARE = 1e-4  # false-alarm rate of each assertion below
NUMBER = re.compile(r"of (?P<number>[\d.]+)(?P<percent>%?)")


def laws():
    """Return laws that small studies simulate: both grids, both operators, an SDE, a singular covariance."""
    square, points = GaussLegendre(4, 7), Healpix(2)
    operators = [Quadrature(square, 3), Jacobi(points, 4, 3), Quadrature(points, 6), Quadrature(square, 5)]
    uneven = [
        noise_covariance(operator, 1.5 + np.sin(2 + 3.7 * np.arange(operator.grid.npix)))
        for operator in operators
    ]
    found: list[Any] = [
        BrownianDraws(f"law {place}", cov, direct_witness(cov.operator), TIMES)
        for place, cov in enumerate(uneven)
    ]
    cov, when = uneven[0], 0.4
    witness, run = direct_witness(cov.operator), Run(PATHS, 0, ALPHA)
    start = start_field(run, "start", cov)
    centre, deviation = SpectralSDE(VP(), cov).marginal(witness.analyse(start[None])[0], when)
    law = moments(scalar_sde(VP()), when)
    return [*found, MarginalDraws("SDE", cov, witness, start, centre, float(deviation), *law)]


def judged(draws, root, alpha=ALPHA):
    return judge(Run(PATHS, root, alpha), draws, Inline())


def calibrate(runs):
    """Return how many runs fail at the default rate, at the large one, and are escalated."""
    small = laws()
    counts = Counter(default=0, large=0, escalated=0)
    for root in range(runs):
        results, evidence = judged(small[root % len(small)], root)
        counts["default"] += not all(result.ok for result in results)
        counts["escalated"] += bool(evidence.flagged)
        results, _ = judged(small[root % len(small)], runs + root, LARGE)
        counts["large"] += not all(result.ok for result in results)
    return counts


def assert_calibrated(runs):
    counts = calibrate(runs)
    print(f"{runs} runs: {dict(counts)}")
    assert counts["default"] == 0
    assert stats.binom.sf(counts["escalated"] - 1, runs, SCREEN) > RARE, counts
    assert stats.binom.sf(counts["large"] - 1, runs, LARGE) > RARE, counts


def test_forty_small_studies_without_a_false_alarm():
    assert_calibrated(40)


@pytest.mark.nightly
def test_a_thousand_small_studies_without_a_false_alarm():
    """At the default rate none fails; at 0.01, and of the screen, no more than the rate allows."""
    assert_calibrated(1000)


@dataclass(frozen=True, eq=False)
class PlantedDraws:
    """Draws that are right but for one effect on their white coordinates."""

    label: str
    cov: Any
    plant: Any

    @property
    def normals(self):
        """Normals a path."""
        return len(TIMES) * self.cov.n

    @property
    def content(self):
        """The label."""
        return self.label

    def values(self, rng, paths):
        """Return the draws whose white coordinates are planted."""
        white = rng.standard_normal((paths, len(TIMES), self.cov.n))
        return self.cov.blocks.root(self.plant(white))


def scaled(part, effect):
    """Return a function that multiplies the variance of a part of white draws by 1 + effect."""

    def plant(white):
        white[part] *= np.sqrt(1 + effect)
        return white

    return plant


def correlated(first, second, effect):
    """Return a function that gives two parts of white draws a correlation."""

    def plant(white):
        white[second] = effect * white[first] + np.sqrt(1 - effect**2) * white[second]
        return white

    return plant


def shifted(part, effect):
    def plant(white):
        white[part] += effect
        return white

    return plant


# l = 2 is at 4 to 8, (2, 1) at 7, |m| = 3 of lmax 3 at 9 and 15
EFFECTS = {
    "total": lambda effect: scaled(..., effect),
    "degree": lambda effect: scaled(np.s_[..., :1], effect),
    "order": lambda effect: scaled(np.s_[..., [9, 15]], effect),
    "coefficient": lambda effect: scaled(np.s_[..., 7], effect),
    "pair": lambda effect: correlated(np.s_[..., 3], np.s_[..., 7], effect),
    "mean": lambda effect: shifted(np.s_[..., 7], effect),
    "increments": lambda effect: correlated(np.s_[:, 0, 7], np.s_[:, 1, 7], effect),
    "steps": lambda effect: scaled(np.s_[:, 1], effect),
}


def stated(results, family):
    """Return the effect that a family's result says it would have caught, as printed."""
    [result] = [result for result in results if result.check == f"Monte Carlo: {family}"]
    found = NUMBER.search(result.catches)
    assert found, result.catches
    return float(found["number"]) / (100 if found["percent"] else 1)


def misses(family, runs):
    """Return how many of so many runs with the family's stated effect are judged right, and the effect."""
    grid = GaussLegendre(4, 7)
    cov = noise_covariance(Quadrature(grid, 3), 1.5 + np.sin(2 + 3.7 * np.arange(grid.npix)))
    clean, _ = judged(PlantedDraws("clean", cov, lambda white: white), 0)
    effect = stated(clean, family)
    missed = 0
    for root in range(runs):
        draws = PlantedDraws(f"planted {family}", cov, EFFECTS[family](effect))
        results, _ = judged(draws, root)
        missed += all(result.ok for result in results if not result.check.startswith("positive control"))
    return missed, effect


@pytest.mark.parametrize("family", ["total", "pair"])
def test_the_stated_effect_is_caught_in_a_few_runs(family):
    """At most 1 of 40 missed: probability 8e-4 at the stated 0.999."""
    missed, effect = misses(family, 40)
    assert missed <= 1, (family, effect)


@pytest.mark.nightly
@pytest.mark.parametrize("family", sorted(EFFECTS))
def test_the_stated_effect_is_caught_99_times_in_100(family):
    """Of 400 runs at most 4 missed: probability 6e-5 at the stated 0.999."""
    missed, effect = misses(family, 400)
    print(f"{family}: effect {effect:.3g}, {missed} of 400 missed")
    assert missed <= 4, (family, effect)


def test_half_of_the_stated_effect_is_missed():
    """The power test can fail."""
    grid = GaussLegendre(4, 7)
    cov = noise_covariance(Quadrature(grid, 3), 1.0)
    clean, _ = judged(PlantedDraws("clean", cov, lambda white: white), 0)
    half = stated(clean, "total") / 2
    verdicts = [judged(PlantedDraws("half", cov, scaled(..., half)), root)[0] for root in range(20)]
    assert sum(all(result.ok for result in results) for results in verdicts) >= 5
