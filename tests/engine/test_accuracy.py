"""Digits at high band limits: sampled entries against direct sums in extended precision."""

import numpy as np
import pytest

from sphspec import GaussLegendre, Healpix
from sphspec.engine import fold, interleaved, one_order, split, square
from sphspec.gram import ring_sums

EXTENDED = np.finfo(np.longdouble).nmant >= 63
PI = np.longdouble("3.14159265358979323846264338327950288")
pytestmark = pytest.mark.skipif(not EXTENDED, reason="long double has no more digits than double here")


def extended_table(grid, m, lmax):
    """lambda_lm at the very nodes z of the grid, by the three-term recurrence in long double."""
    z = grid.ring_directions[0].astype(np.longdouble)
    sine, whole = np.sqrt((1 - z) * (1 + z)), np.longdouble(1)
    start = np.ones_like(z) / np.sqrt(4 * PI)
    for k in range(1, m + 1):
        start = -start * sine * np.sqrt(whole + whole / (2 * k))
    length = [np.sqrt(whole * (l * l - m * m) / (whole * (4 * l * l - 1))) for l in range(m, lmax + 2)]
    table, previous, current = [], np.zeros_like(z), start
    for k in range(lmax - m + 1):
        table.append(current)
        current, previous = (z * current - length[k] * previous) / length[k + 1], current
    return np.array(table)


def sampled(count):
    """Rows near l = m, near lmax and in the middle."""
    middle = np.random.default_rng(7).integers(0, count, 24)
    return np.unique(np.clip([0, 1, 2, 3, count - 4, count - 3, count - 2, count - 1, *middle], 0, count - 1))


def found_and_expected(grid, sums, lmax, m):
    rings, rows = fold(grid, sums), sampled(lmax - m + 1)
    block = interleaved(list(map(square, split(one_order(rings, lmax, m), lmax, m, mirrored=rings.mirrored))))
    table = extended_table(grid, m, lmax)[rows]
    return block[np.ix_(rows, rows)], (table * sums.astype(np.longdouble)) @ table.T


def checked(lmax, m):
    grid = GaussLegendre(lmax + 1, 2 * lmax + 1)
    sums = ring_sums(grid, grid.weights**2)
    for variance in (1.0, 1.0 + 0.9 * np.cos(3 * grid.ring_theta)):
        found, expected = found_and_expected(grid, sums * variance, lmax, m)
        scale = np.sqrt(np.diagonal(expected))
        assert np.abs(found - expected).max() <= 5e-14 * float(scale.max()) ** 2
        assert np.all(np.abs(found - expected) <= 5e-14 * np.outer(scale, scale))


@pytest.mark.parametrize("m", [0, 1, 100, 512, 1024])
def test_entries_at_lmax_1024(m):
    checked(1024, m)


@pytest.mark.parametrize("m", [0, 1, 100, 1024, 2048])
def test_entries_at_lmax_2048(m):
    checked(2048, m)


@pytest.mark.parametrize("m", [0, 1, 40, 255, 383])
def test_entries_on_healpix(m):
    grid, lmax = Healpix(128), 383
    found, expected = found_and_expected(grid, ring_sums(grid, grid.weights**2), lmax, m)
    scale = np.sqrt(np.diagonal(expected))
    assert np.all(np.abs(found - expected) <= 5e-14 * np.outer(scale, scale))


@pytest.mark.parametrize("cap", [1.5, 1.2, 0.4, 0.1])
@pytest.mark.parametrize("m", [0, 1, 100, 512])
def test_a_polar_cap_alone_keeps_digits_of_the_mean_variance(m, cap):
    grid, lmax = GaussLegendre(1025, 2049), 1024
    sums = ring_sums(grid, grid.weights**2) * (grid.ring_theta < cap)
    found, expected = found_and_expected(grid, sums, lmax, m)
    mean_variance = float(sums.sum()) / (4 * np.pi)  # trace / n, by the addition theorem
    assert np.abs(found - expected).max() <= 1e-14 * mean_variance


@pytest.mark.parametrize("m", [0, 100])
def test_the_recurrence_alone_loses_digits_near_a_pole(m, monkeypatch):
    monkeypatch.setattr("sphspec.engine.polar.SHARE", 0.0)
    grid, lmax = GaussLegendre(1025, 2049), 1024
    sums = ring_sums(grid, grid.weights**2) * (grid.ring_theta < 0.1)
    found, expected = found_and_expected(grid, sums, lmax, m)
    assert np.abs(found - expected).max() > 1e-13 * float(sums.sum()) / (4 * np.pi)


def test_a_node_moved_by_a_few_roundings_is_seen():
    grid, lmax, m = GaussLegendre(1025, 2049), 1024, 100
    sums = ring_sums(grid, grid.weights**2)
    rows = sampled(lmax - m + 1)
    table = extended_table(grid, m, lmax)[rows]
    moved = (table * sums * (1 + 2e-13)) @ table.T
    found, _ = found_and_expected(grid, sums, lmax, m)
    scale = np.sqrt(np.diagonal(moved))
    assert not np.all(np.abs(found - moved) <= 5e-14 * np.outer(scale, scale))
