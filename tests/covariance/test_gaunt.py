"""The Gaunt form is the ring sum, on every grid and for every u; it says which entries u can couple."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import real_harmonics, unwhole, whole

from sphspec import (
    GaussLegendre,
    Healpix,
    Quadrature,
    RingGrid,
    _validate,
    gaunt_covariance,
    harmonic_field,
    noise_covariance,
)
from sphspec._generated import chart, gaunt
from sphspec.conventions import degrees_orders, index

LIMIT = 1e-13  # of the largest entry


def scattered(count, seed=3):
    """Return points with no structure, as rings of one point each."""
    rng = np.random.default_rng(seed)
    theta = np.arccos(rng.uniform(-1, 1, count))
    weights = whole(rng.uniform(0.1, 2.0, count))
    return RingGrid(theta, np.ones(count), rng.uniform(0, 2 * np.pi, count), weights)


GRIDS = {
    "healpix-1": (Healpix(1), 4),
    "healpix-3": (Healpix(3), 8),
    "healpix-8": (Healpix(8), 16),
    "healpix-weights": (Healpix(2, weights=whole(np.linspace(0.1, 0.4, 48))), 5),
    "gl-exact": (GaussLegendre(9, 17), 8),
    "gl-aliased": (GaussLegendre(4, 5), 6),
    "signed-rings": (
        unwhole([0.0, 0.9, 1.4, np.pi], [1, 7, 9, 3], [0.1, 0.0, 0.5, 2.0], [0.3, -0.5, 0.4, 0.6]), 7,
    ),
    "scattered": (scattered(40), 8),
    "one-point": (scattered(1), 5),
}  # fmt: skip
VARIANCES = {
    "uniform": lambda grid, rng: np.ones(grid.npix),
    "by latitude": lambda grid, rng: 0.5 + np.cos(grid.theta) ** 2 + 0.2 * np.cos(grid.theta),
    "random": lambda grid, rng: rng.uniform(0.1, 2.0, grid.npix),
    "mask": lambda grid, rng: 1.0 * (rng.uniform(size=grid.npix) < 0.6),
    "galactic cut": lambda grid, rng: 1.0 * (np.abs(np.cos(grid.theta)) > 0.3),
    "hit counts": lambda grid, rng: 1.0 / rng.integers(1, 50, grid.npix),
    "one pixel": lambda grid, rng: 1.0 * (np.arange(grid.npix) == grid.npix // 2),
}


def gaunt_of(grid, variance, lmax):
    return gaunt_covariance(harmonic_field(grid, grid.weights**2 * variance, 2 * lmax), lmax)


def relative(found, expected):
    return np.abs(found - expected).max() / max(np.abs(expected).max(), np.finfo(float).tiny)


@pytest.mark.parametrize("variance", list(VARIANCES))
@pytest.mark.parametrize("name", list(GRIDS))
def test_gaunt_form_is_the_ring_sum(name, variance, rng):
    grid, lmax = GRIDS[name]
    values = VARIANCES[variance](grid, rng)
    expected = noise_covariance(Quadrature(grid, lmax), values).dense()
    assert relative(gaunt_of(grid, values, lmax), expected) <= LIMIT


@st.composite
def ring_problems(draw):
    rings = draw(st.integers(1, 6))

    def values(low, high):
        return [draw(st.floats(low, high)) for _ in range(rings)]

    counts = [draw(st.integers(1, 9)) for _ in range(rings)]
    return values(0.0, np.pi), counts, values(0.0, 6.28), values(-2.0, 2.0), draw(st.integers(0, 7))


@given(ring_problems(), st.integers(0, 2**32 - 1))
@example(([0.0], [1], [0.0], [1.0], 3), 0)
@example(([np.pi / 2], [4], [0.0], [1.0], 7), 0)
def test_gaunt_form_is_the_ring_sum_on_random_rings(problem, seed):
    theta, counts, phi0, weights, lmax = problem
    grid = unwhole(theta, counts, phi0, weights)
    rng = np.random.default_rng(seed)
    variance = rng.uniform(0, 1, grid.npix) * (rng.uniform(size=grid.npix) < 0.8)
    expected = noise_covariance(Quadrature(grid, lmax), variance).dense()
    assert np.abs(gaunt_of(grid, variance, lmax) - expected).max() <= LIMIT * np.abs(expected).max()


@pytest.mark.parametrize("name", ["healpix-3", "gl-aliased", "scattered"])
def test_gaunt_form_is_brute_force_for_u_of_any_sign(name, rng):
    grid, lmax = GRIDS[name]
    u = rng.normal(size=grid.npix)
    harmonics = real_harmonics(grid.theta, grid.phi, lmax)
    expected = (harmonics.T * u) @ harmonics
    found = gaunt_covariance(harmonic_field(grid, u, 2 * lmax), lmax)
    assert relative(found, expected) <= LIMIT


def test_harmonic_field_is_the_sum_over_points(rng):
    grid = scattered(11)
    u = rng.normal(size=11)
    expected = real_harmonics(grid.theta, grid.phi, 9).T @ u
    np.testing.assert_allclose(harmonic_field(grid, u, 9), expected, atol=1e-14 * np.abs(u).sum())


def test_band_limit_32_is_the_ring_sum(rng):
    grid = Healpix(16)
    variance = rng.uniform(size=grid.npix)
    expected = noise_covariance(Quadrature(grid, 32), variance).dense()
    assert relative(gaunt_of(grid, variance, 32), expected) <= LIMIT


@pytest.mark.parametrize(("top", "difference"), [(0, 0), (1, 0), (2, 1), (3, -2), (4, 4), (6, -5)])
def test_one_harmonic_of_u_couples_what_the_selection_rules_allow(top, difference):
    lmax = 3
    field = np.zeros((2 * lmax + 1) ** 2)
    field[index(top, difference)] = 1.0
    sigma = gaunt_covariance(field, lmax)
    degrees, orders = degrees_orders(lmax)
    low = np.abs(degrees[:, None] - degrees)
    high = degrees[:, None] + degrees
    allowed = (low <= top) & (top <= high) & ((high + top) % 2 == 0)
    sizes = np.abs(orders[:, None]), np.abs(orders)
    allowed &= (np.abs(sizes[0] - sizes[1]) == abs(difference)) | (sizes[0] + sizes[1] == abs(difference))
    assert not sigma[~allowed].any()
    assert sigma.any()


def test_degrees_of_u_above_twice_the_band_limit_do_not_enter(rng):
    field = rng.normal(size=15**2)
    assert np.array_equal(gaunt_covariance(field, 5), gaunt_covariance(field[: 11**2], 5))


def test_gaunt_form_is_symmetric_and_linear(rng):
    first, second = rng.normal(size=(2, 13**2))
    sigma = gaunt_covariance(first, 6)
    assert np.array_equal(sigma, sigma.T)
    both = gaunt_covariance(2 * first - second, 6)
    np.testing.assert_allclose(both, 2 * sigma - gaunt_covariance(second, 6), atol=1e-13)


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (gaunt, "coefficient", lambda l, l2, l3, m, zeros, orders: (-1.0) ** m * orders * zeros),
        (gaunt, "entries", lambda s, s2, m2, c, d, r, q: (c + r, d - q, -d - q, c - r)),
        (chart, "reflected", lambda m, x, y: (x, -y)),
    ],
)
def test_wrong_kernel_is_seen(monkeypatch, module, name, wrong, rng):
    grid, lmax = GRIDS["scattered"]
    variance = rng.uniform(size=grid.npix)
    expected = noise_covariance(Quadrature(grid, lmax), variance).dense()
    monkeypatch.setattr(module, name, wrong)
    assert relative(gaunt_of(grid, variance, lmax), expected) > 1e-3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gaunt_covariance(np.zeros(9), 2), r"degrees up to 4 at least, got 2; use harmonic_field"),
        (lambda: gaunt_covariance(np.zeros(10), 1), r"\(L \+ 1\)\^2 coefficients in chart R1, got 10"),
        (lambda: gaunt_covariance(np.zeros(0), 0), "coefficients in chart R1, got 0"),
        (lambda: gaunt_covariance(np.zeros((3, 3)), 1), "one axis"),
        (lambda: gaunt_covariance(np.full(9, np.nan), 1), "finite"),
        (lambda: gaunt_covariance(np.zeros(9), -1), "lmax must be an integer >= 0"),
        (lambda: gaunt_covariance(np.zeros(9, np.float32), 1), "float64"),
        (lambda: gaunt_covariance(np.full(33**2, 1.7e308), 16), "overflows double precision; scale u down"),
        (lambda: harmonic_field("healpix", np.ones(12), 2), "grid must be a sphspec grid"),
        (lambda: harmonic_field(Healpix(1), np.ones(11), 2), "12"),
        (lambda: harmonic_field(Healpix(1), np.full(12, 1e308), 2), "overflows double precision"),
        (lambda: harmonic_field(Healpix(1), np.ones(12), 1.5), "lmax must be an integer"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_matrix_that_does_not_fit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(_validate, "available_memory", lambda: 2.0**20)
    with pytest.raises(ValueError, match=r"the Gaunt form at lmax=40 needs 0.0 GiB, 0.0 GiB are free"):
        gaunt_covariance(np.zeros(81**2), 40)
    monkeypatch.setattr(_validate, "available_memory", lambda: 2.0**30)
    with pytest.raises(ValueError, match=r"the Gaunt form at lmax=200 needs 13.1 GiB, 1.0 GiB are free"):
        gaunt_covariance(np.zeros(401**2), 200)
