"""Exact entries: the golden values as exact numbers, the runtime's values, the laws they obey."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, pi, simplify, sqrt

import sphspec
from derivations import exact_covariance
from derivations.grids import GaussLegendre, Healpix


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


@pytest.mark.parametrize("nside", [1, 2, 3, 5])
def test_trace_on_healpix_is_exactly_n(nside):
    lmax = 4
    found = exact_covariance(Healpix(nside), lmax)
    trace = sum(value for (l, m, l2, m2), value in found.items() if (l, m) == (l2, m2))
    assert simplify(trace * 12 * nside**2 / (4 * pi)) == (lmax + 1) ** 2


def test_odd_aliasing_on_gauss_legendre_is_refused_with_its_cure():
    with pytest.raises(ValueError, match="take nlon even or >= 7"):
        exact_covariance(GaussLegendre(4, 3), 3)


@pytest.mark.parametrize(
    "make", [lambda: Healpix(0), lambda: GaussLegendre(0, 3), lambda: GaussLegendre(3, 0)]
)
def test_bad_grids_are_refused(make):
    with pytest.raises(ValueError, match="must be >= 1, got 0"):
        make()
    with pytest.raises(ValueError, match="lmax must be >= 0"):
        exact_covariance(Healpix(1), -1)
