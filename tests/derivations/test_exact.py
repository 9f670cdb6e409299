"""Exact entries: the golden values as exact numbers, the runtime's values, the laws they obey."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.special import sph_harm_y
from sympy import Poly, Rational, log, pi, simplify, sqrt

import sphspec
from derivations import (
    exact_covariance,
    exact_determinant,
    exact_rank,
    exact_real_covariance,
    exact_relation,
    zero_entries,
)
from derivations.exact import Jacobi, LeastSquares, Quadrature
from derivations.exact.sums import exact_sums, norm_squared
from derivations.grids import Equiangular, GaussLegendre, Healpix
from derivations.grids.gauss_legendre import weight_polynomial
from derivations.symbols import z


def arguments(key):
    return {name: int(value) for name, value in (part.split("=") for part in key.split(","))}


@pytest.mark.parametrize("key", ["nside=1,lmax=2", "nside=2,lmax=4", "nside=4,lmax=4"])
def test_healpix_entries_are_the_golden_ones_exactly(golden, key):
    given = arguments(key)
    found = exact_covariance(Healpix(given["nside"]), given["lmax"])
    scale = Rational(12 * given["nside"] ** 2) / (4 * pi)
    upper = {entry: value for entry, value in found.items() if entry[1] >= 0 and entry[3] >= 0}
    expected = {}
    for name, (rational, radicand) in golden["healpix"][key].items():
        entry = tuple(int(part) for part in name.split(","))
        expected[entry] = Rational(Fraction(rational)) * sqrt(Rational(Fraction(radicand)))
    assert upper.keys() == expected.keys()
    for entry, value in expected.items():
        difference = simplify(scale * upper[entry] - value)
        if (
            entry[:2] == (4, 4) and entry[3] == 0
        ):  # the file rounds these to 1e-18; their transposes are exact
            assert simplify(scale * upper[entry] - expected[entry[2:] + entry[:2]]) == 0
            assert abs(float(difference)) < 1e-18
        else:
            assert difference == 0


@pytest.mark.parametrize("key", ["nlat=3,lmax=2", "nlat=5,lmax=4"])
def test_gauss_legendre_sums_are_the_golden_ones_exactly(golden, key):
    given = arguments(key)
    grid = GaussLegendre(given["nlat"], 2 * given["lmax"] + 1)
    for name, value in golden["gauss_legendre"][key].items():
        m, l, l2 = (int(part) for part in name.split(","))
        assert grid.ring_sums(given["lmax"], m, m, 0)[l, l2] == Fraction(value)


@pytest.mark.parametrize(
    ("exact", "grid", "lmax"),
    [
        (Healpix(1), sphspec.Healpix(1), 2),
        (Healpix(3), sphspec.Healpix(3), 8),
        (Healpix(4), sphspec.Healpix(4), 11),
        (GaussLegendre(5, 9), sphspec.GaussLegendre(5, 9), 4),
        (GaussLegendre(5, 6), sphspec.GaussLegendre(5, 6), 4),
    ],
    ids=repr,
)
def test_runtime_has_the_exact_values(exact, grid, lmax):
    """Every entry of C, signed orders, from Sigma in chart R1; entries left out are zero."""
    sigma = sphspec.noise_covariance(sphspec.Quadrature(grid, lmax)).dense()
    chart = np.zeros(sigma.shape, dtype=complex)
    for l in range(lmax + 1):
        centre = l * l + l
        chart[centre, centre] = 1
        for m in range(1, l + 1):
            chart[centre + m, centre + m], chart[centre + m, centre - m] = np.sqrt(0.5), -1j * np.sqrt(0.5)
            sign = (-1) ** m
            chart[centre - m, centre + m], chart[centre - m, centre - m] = (
                sign * np.sqrt(0.5),
                sign * 1j * np.sqrt(0.5),
            )
    complex_covariance = chart @ sigma @ chart.conj().T
    expected = np.zeros(sigma.shape)
    for (l, m, l2, m2), value in exact_covariance(exact, lmax).items():
        expected[l * l + l + m, l2 * l2 + l2 + m2] = float(value)
    scale = np.sqrt(np.diagonal(expected))
    assert np.abs((complex_covariance - expected) / np.outer(scale, scale)).max() <= 1e-14


GRIDS = [
    (Healpix(2), sphspec.Healpix(2), 5),
    (Healpix(3), sphspec.Healpix(3), 8),
    (GaussLegendre(5, 9), sphspec.GaussLegendre(5, 9), 4),
    (GaussLegendre(6, 6), sphspec.GaussLegendre(6, 6), 5),
]
OPERATORS = [
    (Quadrature(), sphspec.Quadrature, {}),
    (Jacobi(3), sphspec.Jacobi, {"iterations": 3}),
    (LeastSquares(), sphspec.LeastSquares, {}),
]


@pytest.mark.parametrize("operators", OPERATORS, ids=lambda entry: repr(entry[0]))
@pytest.mark.parametrize("grids", GRIDS, ids=lambda entry: repr(entry[0]))
def test_real_chart_and_relation_are_the_runtimes(grids, operators):
    """Sigma entry by entry in R1, exact operators included; C + P and C - P give the same Sigma."""
    (exact, grid, lmax), (operator, runtime, arguments) = grids, operators
    if grid.npix < (lmax + 1) ** 2 + 4 and isinstance(operator, LeastSquares):
        with pytest.raises(ValueError, match="cannot tell them apart; lower lmax"):
            exact_real_covariance(exact, lmax, operator)
        return
    sigma = sphspec.noise_covariance(runtime(grid, lmax, **arguments)).dense()
    found = np.zeros(sigma.shape)
    for (l, m, l2, m2), value in exact_real_covariance(exact, lmax, operator).items():
        found[l * l + l + m, l2 * l2 + l2 + m2] = float(value)
    scale = np.sqrt(np.diagonal(found))
    scale[scale == 0] = scale.max()  # sin(3 phi) is zero on 6 points: exactly no variance
    limit = 1e-14 if isinstance(operator, Quadrature) else 1e-13
    assert np.abs((sigma - found) / np.outer(scale, scale)).max() <= limit
    covariance, relation = (give(exact, lmax, operator) for give in (exact_covariance, exact_relation))
    for (l, m, l2, m2), value in list(covariance.items())[::7]:
        assert simplify(relation.get((l, m, l2, -m2), 0) - (-1) ** m2 * value) == 0


@pytest.mark.parametrize("grids", GRIDS, ids=lambda entry: repr(entry[0]))
def test_rank_and_determinant_are_those_of_sigma(grids):
    exact, grid, lmax = grids
    cov = sphspec.noise_covariance(sphspec.Quadrature(grid, lmax))
    assert exact_rank(exact, lmax) == cov.rank()
    determinant = exact_determinant(exact, lmax)
    if cov.rank() < cov.n:
        assert determinant == 0
    else:
        assert float(log(determinant).evalf(30)) == pytest.approx(cov.logdet(), rel=1e-12)


@pytest.mark.parametrize("grids", GRIDS, ids=lambda entry: repr(entry[0]))
def test_zeros_are_counted_by_the_rule_that_proves_them(grids):
    exact, _, lmax = grids
    zeros = zero_entries(exact, lmax)
    assert zeros.nonzero == len(exact_covariance(exact, lmax))
    assert zeros.nonzero + zeros.orders + zeros.parity + zeros.accidental == zeros.entries


def test_a_wrong_selection_rule_is_caught(monkeypatch):
    monkeypatch.setattr(Healpix, "couples", lambda self, k: k == 0)
    with pytest.raises(ArithmeticError, match="no ring couples"):
        zero_entries(Healpix(1), 4)


def test_clenshaw_curtis_poles_doubled_and_single_differ_in_order_zero_alone():
    doubled, single = (
        exact_covariance(Equiangular(7, 12, rule="clenshaw-curtis", poles=poles), 4)
        for poles in ("doubled", "single")
    )
    for key in doubled.keys() | single.keys():
        order_zero = key[1] == key[3] == 0
        assert order_zero == (simplify(doubled.get(key, 0) - single.get(key, 0)) != 0)


@pytest.mark.parametrize(
    ("rule", "nodes"),
    [
        ("fejer1", [(i + 0.5) / 9 for i in range(9)]),
        ("fejer2", [(i + 1) / 10 for i in range(9)]),
        ("clenshaw-curtis", [i / 8 for i in range(9)]),
        ("driscoll-healy", [i / 10 for i in range(10)]),
        ("mcewen-wiaux", [(2 * i + 1) / 17 for i in range(9)]),
    ],
)
def test_equiangular_entries_by_brute_force(rule, nodes):
    """Weights by solving the moment equations at the nodes, entries by scipy's harmonics."""
    theta, nlon, lmax = np.pi * np.array(nodes), 9, 4
    powers = np.cos(np.outer(np.arange(theta.size), theta))
    moments = [0 if k % 2 else 2 / (1 - k * k) for k in range(theta.size)]
    weights = np.linalg.solve(powers, moments) if rule != "driscoll-healy" else None
    if weights is None:  # the pole's weight is zero: one moment less
        weights = np.append(0.0, np.linalg.solve(powers[:-1, 1:], moments[:-1]))
    point = np.repeat(weights, nlon) * 2 * np.pi / nlon
    angles = np.repeat(theta, nlon), np.tile(2 * np.pi * np.arange(nlon) / nlon, theta.size)
    found = exact_covariance(Equiangular(theta.size, nlon, rule=rule), lmax)
    scale = float(found[0, 0, 0, 0])
    for l, m, l2, m2 in product(range(lmax + 1), range(-4, 5), range(lmax + 1), range(-4, 5)):
        if abs(m) <= l and abs(m2) <= l2:
            direct = np.sum(point**2 * sph_harm_y(l, m, *angles).conj() * sph_harm_y(l2, m2, *angles))
            assert abs(float(found.get((l, m, l2, m2), 0)) - direct) < 1e-13 * scale


@pytest.mark.parametrize("nside", [*range(1, 9), 12, 16])
def test_trace_on_healpix_is_exactly_n(nside):
    lmax = 6
    pixels = 12 * nside**2
    sums = {key: value for key, value in exact_sums(Healpix(nside), lmax) if key[:2] == key[2:]}
    trace = sum(value * norm_squared(l, m) for (l, m, _, _), value in sums.items())
    assert trace / pixels == (lmax + 1) ** 2  # (N/4pi)(4 pi/N)^2/(4 pi) = 1/N
    assert simplify(Healpix(nside).prefactor(2) * pixels / (4 * pi) - Rational(1, pixels)) == 0


def test_entries_at_nside_8_are_many_and_quick_to_count():
    assert zero_entries(Healpix(8), 16).nonzero == 10513


def test_odd_aliasing_on_gauss_legendre_is_refused_with_its_cure():
    with pytest.raises(ValueError, match="take nlon even or >= 7"):
        exact_covariance(GaussLegendre(4, 3), 3)


@pytest.mark.parametrize(
    "make", [lambda: Healpix(0), lambda: GaussLegendre(0, 3), lambda: GaussLegendre(3, 0)]
)
def test_bad_grids_are_refused(make):
    with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
        make()
    with pytest.raises(ValueError, match="lmax must be an integer >= 0"):
        exact_covariance(Healpix(1), -1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Equiangular(4, 8, rule="simpson"), "unknown rule 'simpson'; known: clenshaw-curtis, dris"),
        (lambda: Equiangular(1, 8, rule="clenshaw-curtis"), "nlat >= 2, its poles, got 1"),
        (lambda: Equiangular(5, 8, rule="driscoll-healy"), "even nlat >= 2, got 5"),
        (lambda: Equiangular(5, 8, rule="fejer1", poles="single"), "no ring at a pole"),
        (lambda: Equiangular(5, 8, poles="triple"), "'doubled' or 'single', got 'triple'"),
        (lambda: Jacobi(-1), "iterations must be an integer >= 0, got -1"),
    ],
)
def test_bad_exact_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("nodes", [1, 2, 3, 8, 17])
def test_gauss_legendre_weight_needs_no_inversion(nodes):
    rule = GaussLegendre(nodes, 1).quadrature
    expected = Poly(weight_polynomial(nodes), z).all_coeffs()[::-1]
    found = [Rational(int(c.p), int(c.q)) for c in rule.weight.coeffs()]
    assert found == expected


def test_jacobi_iterates_as_healpy_does_unless_told_and_not_at_all_for_zero():
    assert Jacobi() == Jacobi(3)
    assert exact_covariance(Healpix(1), 2, Jacobi(0)) == exact_covariance(Healpix(1), 2)


@pytest.mark.parametrize("nside", [1, 3])
def test_ring_weights_are_one_a_ring_of_a_hemisphere_and_the_equator(nside):
    assert len(Healpix(nside, (1,) * (2 * nside)).ring_weights) == 2 * nside
    with pytest.raises(ValueError, match=f"must have {2 * nside} entries"):
        Healpix(nside, (1,) * (2 * nside + 1))


def test_a_polynomial_of_both_parities_is_not_even():
    from flint import fmpq_poly

    from derivations.grids.exact_tensor import _is_even

    assert _is_even(fmpq_poly([1, 0, 3]))
    assert _is_even(fmpq_poly([0, 2, 0, 5]))
    assert not _is_even(fmpq_poly([1, 2]))
