"""Equiangular grids: rings, weights and poles against the classical sums in extended precision."""

import pickle

import numpy as np
import pytest
from oracles import extended_legendre
from scipy.special import eval_legendre

from sphspec import Equiangular, Quadrature, noise_covariance
from sphspec.simulate.points import circle, equiangular_weights, points

GEOMETRY = {
    "fejer1": "F1",
    "clenshaw-curtis": "CC",
    "fejer2": "F2",
    "driscoll-healy": "DH",
    "mcewen-wiaux": "MW",
}
FORMULAS = {
    "fejer1": lambda i, n: (i + 0.5) * np.pi / n,
    "clenshaw-curtis": lambda i, n: i * np.pi / (n - 1),
    "fejer2": lambda i, n: (i + 1) * np.pi / (n + 1),
    "driscoll-healy": lambda i, n: i * np.pi / n,
    "mcewen-wiaux": lambda i, n: (2 * i + 1) * np.pi / (2 * n - 1),
}


@pytest.mark.parametrize("rule", list(FORMULAS))
@pytest.mark.parametrize("nlat", [2, 8, 34, 180])
def test_rings_stand_where_the_rule_says(rule, nlat):
    grid = Equiangular(nlat, 3, rule)
    np.testing.assert_allclose(
        grid.ring_theta, FORMULAS[rule](np.arange(nlat), nlat), rtol=0, atol=1e-15 * np.pi
    )
    assert grid.npix == 3 * nlat
    assert (grid.phi0 == 0).all()


@pytest.mark.parametrize("rule", list(FORMULAS))
@pytest.mark.parametrize("nlat", [1, 2, 3, 8, 33, 120])
def test_weights_are_the_classical_sums(rule, nlat):
    if (rule == "clenshaw-curtis" and nlat < 2) or (rule == "driscoll-healy" and nlat % 2):
        return
    grid = Equiangular(nlat, 7, rule)
    for found, expected in zip((grid.theta, grid.phi, grid.weights), points(grid), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-15)
    assert grid.weights.sum() == pytest.approx(4 * np.pi, rel=1e-14)


@pytest.mark.parametrize("rule", list(FORMULAS))
@pytest.mark.parametrize("nlat", [2, 5, 6, 17, 32])
def test_quadrature_is_exact_to_the_stated_degree_and_no_further(rule, nlat):
    if rule == "driscoll-healy" and nlat % 2:
        return
    grid = Equiangular(nlat, 1, rule)
    z = np.cos(grid.ring_theta)
    moments = [grid.weights @ eval_legendre(degree, z) for degree in range(nlat + 3)]
    np.testing.assert_allclose(moments[0], 4 * np.pi, rtol=1e-14)
    np.testing.assert_allclose(moments[1:nlat], 0, atol=1e-13)
    assert np.abs(moments[nlat : nlat + 2]).max() > 1e-4


@pytest.mark.parametrize("rule", ["clenshaw-curtis", "driscoll-healy", "mcewen-wiaux"])
def test_a_single_pole_carries_the_weight_of_the_ring(rule):
    doubled, single = Equiangular(8, 15, rule), Equiangular(8, 15, rule, poles="single")
    poles = doubled.polar
    assert np.array_equal(single.nphi, np.where(poles, 1, 15))
    sums = [np.add.reduceat(grid.weights, grid.ring_start) for grid in (doubled, single)]
    np.testing.assert_allclose(*sums, rtol=1e-14)
    assert single.name == f"{doubled.name},poles=single"


@pytest.mark.parametrize(
    ("rule", "north", "south"),
    [
        ("fejer1", 0, 0),
        ("clenshaw-curtis", 1, 1),
        ("fejer2", 0, 0),
        ("driscoll-healy", 1, 0),
        ("mcewen-wiaux", 0, 1),
    ],
)
def test_rings_at_poles_are_known(rule, north, south):
    polar = Equiangular(10, 4, rule).polar
    assert (polar[0], polar[-1]) == (north, south)
    assert not polar[1:-1].any()


def test_symmetric_rules_are_symmetric_to_the_last_bit():
    for rule in ("fejer1", "clenshaw-curtis", "fejer2"):
        for nlat in (2, 7, 360, 721):
            grid = Equiangular(nlat, 5, rule)
            assert grid.symmetric
            assert grid.mirrored
            cosine, sine = grid.ring_directions
            assert np.array_equal(cosine, -cosine[::-1])
            assert np.array_equal(sine, sine[::-1])
            assert np.array_equal(grid.weights, grid.weights[::-1])


@pytest.mark.parametrize("rule", ["clenshaw-curtis", "fejer1", "fejer2", "mcewen-wiaux"])
@pytest.mark.parametrize("nlat", [9, 33, 34])
@pytest.mark.parametrize("poles", ["doubled", "single"])
def test_covariance_is_right_to_1e_14_in_extended_precision(rule, nlat, poles):
    lmax = min(32, nlat - 1)
    if poles == "single" and rule in ("fejer1", "fejer2"):
        return
    grid = Equiangular(nlat, 2 * lmax + 1, rule, poles)
    theta, weights = circle(GEOMETRY[rule], nlat)[:nlat], equiangular_weights(GEOMETRY[rule], nlat)
    cov = noise_covariance(Quadrature(grid, lmax))
    for m in range(lmax + 1):
        table = extended_legendre(theta, lmax, m)
        expected = (table * (weights**2 / grid.nphi)) @ table.T
        scale = np.sqrt(np.diag(expected))
        assert (np.abs(cov.block(m) - expected) / np.outer(scale, scale)).max() <= 1e-14


def test_a_single_pole_couples_no_orders():
    cov = noise_covariance(Quadrature(Equiangular(9, 17, "clenshaw-curtis", "single"), 8))
    assert len(cov.blocks.blocks) == 2 * 17 - 2  # order x sign x parity, none of them mixed
    sigma = cov.dense()
    places = [l * l + l + m for l in range(9) for m in range(-l, l + 1) if m]
    zonal = [l * l + l for l in range(9)]
    assert (sigma[np.ix_(zonal, places)] == 0).all()


def test_era5_grid_is_built_at_once():
    grid = Equiangular(721, 1440, rule="clenshaw-curtis")
    assert grid.npix == 1_038_240
    assert grid.weights.sum() == pytest.approx(4 * np.pi, rel=1e-13)
    assert grid.symmetric


def test_grid_can_be_pickled():
    copy = pickle.loads(pickle.dumps(Equiangular(5, 9, "mcewen-wiaux")))
    assert copy.rule.name == "mcewen-wiaux"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Equiangular(5, 9, "simpson"), "unknown rule 'simpson'; known: clenshaw-curtis, "),
        (lambda: Equiangular(5, 9, 3), "unknown rule 3"),
        (lambda: Equiangular(5, 9, poles="triple"), "unknown poles 'triple'; known: doubled, single"),
        (lambda: Equiangular(5, 9, "fejer1", "single"), "a ring at a pole, fejer1 has none"),
        (lambda: Equiangular(1, 9, "clenshaw-curtis"), "nlat must be an integer >= 2, got 1"),
        (lambda: Equiangular(5, 9, "driscoll-healy"), "multiple of 2 for driscoll-healy, got 5"),
        (lambda: Equiangular(5, 0), "nlon must be an integer >= 1, got 0"),
        (lambda: Equiangular(10**6, 10**6), "GiB"),
    ],
)  # fmt: skip
def test_bad_equiangular_grid_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
