"""Statistics: exact under the null, and every family fails on the error that it is there for."""

import numpy as np
import pytest
from scipy import stats

from sphspec.conventions import degrees_orders
from sphspec.verify.budget import SHARES
from sphspec.verify.dictionary import Direction
from sphspec.verify.moments import merge, sums_of
from sphspec.verify.stages import weights
from sphspec.verify.statistics import families
from sphspec.verify.streams import stream

LMAX, PATHS, STEPS = 3, 60, 3
DEGREES, ORDERS = degrees_orders(LMAX)
N = DEGREES.size


def draws(rng, paths=PATHS):
    return rng.standard_normal((paths, STEPS, N))


def trend():
    """Return the direction of a trend in l, for Sigma = I."""
    return Direction.scaled("trend", np.diag(2.0 * DEGREES / LMAX - 1))


def log_p(white):
    found = families(sums_of(white, 0.0), DEGREES, ORDERS, [trend()])
    return {family.name: family for family in found}


def test_shares_add_to_one():
    assert sum(SHARES.values()) == pytest.approx(1.0, abs=1e-12)


def repetitions(rng, paths, lmax, times):
    """Return the p of every member of every family under the null, and the merged p of each repetition."""
    degrees, orders = degrees_orders(lmax)
    directions = [Direction.scaled("l = 1", np.diag((degrees == 1) * 1.0 - (degrees == 0)))]
    found, merged = {}, []
    for _ in range(times):
        sums = sums_of(rng.standard_normal((paths, STEPS, degrees.size)), 0.0)
        every = families(sums, degrees, orders, directions)
        shares = weights(every)
        merged.append(min(f.log_p.min() + np.log(f.log_p.size / shares[f.name]) for f in every))
        for family in every:
            found.setdefault(family.name, []).append(np.exp(family.log_p))
    return {name: np.array(rows) for name, rows in found.items()}, np.exp(merged)


def assert_calibrated(found, merged):
    """Every member uniform (Kolmogorov-Smirnov at 1e-4 of each family), merged p within binomial noise."""
    for name, rows in found.items():
        smallest = min(stats.kstest(column, "uniform").pvalue for column in rows.T)
        assert smallest * rows.shape[1] > 1e-4, name
    for size in (0.01, 0.001):
        hits = np.count_nonzero(merged <= size)
        assert stats.binom.sf(hits - 1, merged.size, size) > 1e-4, (size, hits)


@pytest.fixture(scope="module")
def null():
    """2000 repetitions under the null."""
    return repetitions(np.random.default_rng(1), PATHS, 2, 2000)


@pytest.mark.nightly
def test_members_are_uniform_and_the_merged_p_has_its_size(null):
    found, merged = null
    assert set(found) == set(SHARES)
    assert_calibrated(found, merged)


@pytest.mark.nightly
@pytest.mark.parametrize(("lmax", "paths"), [(1, 40), (3, 35), (6, 10), (7, 12), (8, 200)])
def test_calibration_at_several_sizes(lmax, paths):
    """Few draws for many coefficients too: K < n, where the omnibus factor is a trapezoid."""
    assert_calibrated(*repetitions(np.random.default_rng([lmax, paths]), paths, lmax, 2000))


def planted(name, rng):
    """Return white draws with one error, sized to be caught by 2100 draws."""
    white = draws(rng, 700)
    if name == "total":
        white *= np.sqrt(1.12)
    elif name == "direction":
        white *= np.sqrt(1 + 0.15 * np.diagonal(trend().matrix))
    elif name == "degree":
        white[..., DEGREES == 2] *= np.sqrt(1.3)
    elif name == "order":
        white[..., ORDERS == 0] *= np.sqrt(0.7)
    elif name == "coefficient":
        white[..., 5] *= np.sqrt(1.5)
    elif name == "pair":
        white[..., 7] = 0.3 * white[..., 2] + np.sqrt(1 - 0.09) * white[..., 7]
    elif name == "omnibus":
        white = white @ np.linalg.cholesky(0.94 * np.eye(N) + 0.06).T
    elif name == "mean":
        white[..., 11] += 0.25
    elif name == "shape":
        white[..., 4] = np.sign(white[..., 4]) * np.sqrt(np.abs(white[..., 4])) * 1.1
    elif name == "increments":
        white[:, 1:] = 0.3 * white[:, :-1] + np.sqrt(1 - 0.09) * white[:, 1:]
    elif name == "paths":
        white[1::2] = 0.2 * white[::2] + np.sqrt(1 - 0.04) * white[1::2]
    elif name == "steps":
        white[:, 1] *= np.sqrt(1.2)
    return white


PLACES = {
    "direction": "trend",
    "degree": "l = 2",
    "order": "|m| = 0",
    "coefficient": "(l, m) = (2, -1)",
    "mean": "(l, m) = (3, -1)",
    "shape": "kurtosis of (l, m) = (2, -2)",
    "paths": "neighbouring paths",
    "steps": "time step 2 of 3",
}


@pytest.mark.parametrize("name", sorted(SHARES))
def test_every_family_catches_its_error_and_names_the_place(name):
    family = log_p(planted(name, np.random.default_rng(2)))[name]
    assert family.corrected < -8
    assert family.where == PLACES.get(name, family.where)
    if name == "pair":
        assert "(l, m) = (2, 1)" in family.where
        assert "(l, m) = (1, 0)" in family.where


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("common factor", "length of draws"),
        ("skew", "skewness of (l, m) = (1, 0)"),
        ("all", "kurtosis of all"),
    ],
)
def test_every_kind_of_shape_is_caught(kind, where):
    """Scale mixtures, skewness of one coefficient, a little kurtosis of all; mean 0, variance 1."""
    rng = np.random.default_rng(6)
    white = draws(rng, 1500)
    if kind == "common factor":
        white *= np.sqrt(rng.chisquare(30, (1500, STEPS, 1)) / 30)
    elif kind == "skew":
        white[..., 2] = (rng.chisquare(8, (1500, STEPS)) - 8) / 4
    else:
        white = rng.standard_t(12, white.shape) * np.sqrt(10 / 12)
    family = log_p(white)["shape"]
    assert family.corrected < -8
    assert family.where == where


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_increments_see_every_pair_of_time_steps(pair):
    """A small correlation of one pair of steps in all coefficients: every single one is far below notice."""
    white = draws(np.random.default_rng(7), 1000)
    first, second = pair
    white[:, second] = 0.1 * white[:, first] + np.sqrt(1 - 0.01) * white[:, second]
    family = log_p(white)["increments"]
    assert family.corrected < -8
    assert family.where == f"time steps {first + 1} and {second + 1}"


def test_the_naive_lagged_statistic_is_not_normal():
    """One path of three steps: the sum of z_j z_(j+1) over the root of the sum of z_j^2 has variance 3/4."""
    z = np.random.default_rng(8).standard_normal((200_000, 3))
    leading = z[:, :2]
    naive = np.sum(leading * z[:, 1:], axis=1) / np.sqrt(np.sum(leading**2, axis=1))
    exact = np.sum(np.sign(leading) * z[:, 1:], axis=1) / np.sqrt(2)
    assert naive.var() == pytest.approx(0.75, abs=0.02)
    assert stats.kstest(exact, "norm").pvalue > 1e-4


def test_a_mean_shared_by_all_coefficients_is_caught_as_a_whole():
    white = draws(np.random.default_rng(9), 700) + 0.055
    family = log_p(white)["mean"]
    assert family.corrected < -3
    assert family.where == "all"


def test_draws_that_repeat_a_coefficient_have_no_omnibus_p():
    white = draws(np.random.default_rng(10))
    white[..., 3] = white[..., 8]
    assert log_p(white)["omnibus"].log_p[0] < -1000


def test_blocks_merge_to_the_whole():
    white = draws(np.random.default_rng(5))
    whole = sums_of(white, 0.0)
    parts = merge([sums_of(part, 0.0) for part in np.array_split(white, 7)])
    assert parts.count == whole.count
    for name in ("total", "products", "steps", "lagged", "shape", "energy"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12, atol=1e-11)
    with pytest.raises(ValueError, match="no blocks"):
        merge([])


def test_streams_depend_on_every_part_of_their_key_and_on_nothing_else():
    keys = [(1, "a", "s", 0), (2, "a", "s", 0), (1, "b", "s", 0), (1, "a", "t", 0), (1, "a", "s", 1)]
    first = [stream(*key).standard_normal(4) for key in keys]
    again = [stream(*key).standard_normal(4) for key in reversed(keys)][::-1]
    np.testing.assert_array_equal(first, again)
    assert len({tuple(values) for values in first}) == len(keys)
