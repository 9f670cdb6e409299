"""The e-process: a martingale that seldom gets large, evidence that grows at the rate it should."""

import numpy as np
import pytest
from scipy import stats

from sphspec.conventions import degrees_orders
from sphspec.verify.dictionary import Direction
from sphspec.verify.eprocess import KINDS, SIGNED, components, reach, weigh
from sphspec.verify.moments import merge, sums_of

THRESHOLD = np.log(1e6)
DIRECTIONS = (
    Direction.scaled("trend", np.diag([-1.0, 0.0, 0.5, 0.5])),
    Direction.scaled("swap", np.eye(4)[::-1]),
)


def evidence(lmax, alter, rng, paths, looks, steps=1):
    """Yield draws and what they say after every block; `alter` plants an error in (paths, steps, n)."""
    degrees, orders = degrees_orders(lmax)
    sums, count = None, 0
    for _ in range(looks):
        block = sums_of(alter(rng.standard_normal((paths, steps, degrees.size))), 0.0)
        sums = block if sums is None else merge([sums, block])
        count += paths * steps
        yield count, weigh(sums, degrees, orders)


def test_evidence_seldom_gets_large_under_the_null():
    """Ville: P(sup E >= 20) <= 0.05. 200 runs of 10 looks: 10 expected at most, 28 have p < 1e-6."""
    rng = np.random.default_rng(1)
    tops = [
        max(said.log_e for _, said in evidence(3, lambda white: white, rng, 150, 10, steps=3))
        for _ in range(200)
    ]
    assert stats.binom.sf(27, 200, 0.05) < 1e-6
    assert sum(top >= np.log(20) for top in tops) <= 27
    assert sum(top >= np.log(1e4) for top in tops) <= 3  # 0.02 expected, p < 1e-8


def test_every_likelihood_ratio_has_mean_one():
    """The mean of every member's ratio over 5000 null runs of few draws, at 5.5 standard errors."""
    rng, of_degrees = np.random.default_rng(2), degrees_orders(1)
    ratios = []
    for _ in range(5000):
        sums = sums_of(rng.standard_normal((4, 3, 4)), 0.0)
        parts = tuple(components(sums, *of_degrees, DIRECTIONS))
        assert len(parts) == KINDS
        ratios.append(
            np.exp(np.concatenate([part.log_ratio(size) for part in parts for size in (0.1, -0.1)]))
        )
    mean, error = np.mean(ratios, axis=0), np.std(ratios, axis=0) / np.sqrt(len(ratios))
    assert np.all(np.abs(mean - 1) <= 5.5 * error)  # p < 4e-8 each, 58 ratios


def scale(white):
    return white * np.sqrt(1.01)


def one_variance(white):
    white[..., 40] *= np.sqrt(1.05)
    return white


def one_correlation(white):
    white[..., 50] = 0.05 * white[..., 20] + np.sqrt(1 - 0.05**2) * white[..., 50]
    return white


@pytest.mark.parametrize(
    ("alter", "component", "low", "high"),
    [
        (scale, "total, all, +", 6_000, 18_000),
        (one_variance, "coefficient, (l, m) = (6, -2), +", 25_000, 60_000),
        (one_correlation, "pair, (l, m) = (7, -6) with (l, m) = (4, 0), +", 15_000, 35_000),
    ],
)
def test_evidence_reaches_its_threshold_in_as_many_draws_as_stated(alter, component, low, high):
    """Median of 9 runs at n = 81 and E >= 1e6, and the error is named."""
    counts = []
    for run in range(9):
        found = evidence(8, alter, np.random.default_rng([3, run]), 2000, 60)
        count, said = next((count, said) for count, said in found if said.log_e >= THRESHOLD)
        counts.append(count)
        assert said.component == component
    assert low <= np.median(counts) <= high, counts


def test_what_is_within_reach_is_found():
    """Errors of the stated size, 4000 repetitions by their laws: 4 misses expected, 20 have p < 1e-6."""
    rng, count, rank, repeats = np.random.default_rng(4), 20_000, 81, 4000
    stated = reach(count, rank, THRESHOLD)
    weight = np.log(KINDS * SIGNED.size)
    laws = (
        (stated.scale, count * rank, rank, 1),
        (stated.variance, count, 1, rank),
    )
    for effect, freedom, width, members in laws:
        values = (1 + effect) * rng.chisquare(freedom, repeats)
        sizes = SIGNED[:, None] / np.sqrt(width)
        logs = values * sizes / (2 * (1 + sizes)) - freedom / 2 * np.log1p(sizes)
        missed = np.count_nonzero(logs.max(axis=0) - weight - np.log(members) < THRESHOLD)
        assert missed <= 20
        assert missed < repeats / 100
    rho, pairs = stated.correlation, rank * (rank - 1) // 2
    length = np.sqrt(rng.chisquare(count, repeats))
    q = length * (rho * length + np.sqrt(1 - rho**2) * rng.standard_normal(repeats))
    logs = SIGNED[:, None] * q + count / 2 * np.log1p(-(SIGNED[:, None] ** 2))
    assert np.count_nonzero(logs.max(axis=0) - weight - np.log(pairs) < THRESHOLD) <= 20


def test_documented_reach_of_a_night():
    stated = reach(1_000_000, 81, THRESHOLD)
    assert stated.scale < 0.0015
    assert stated.variance < 0.0145
    assert stated.correlation < 0.0108
