"""Numeric grids: against healpy, against the symbolic statement of the same facts, and bad input."""

import healpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import unwhole
from scipy.special import roots_legendre

from derivations.grids import gauss_legendre as symbolic_gl
from derivations.grids import healpix as symbolic_healpix
from derivations.symbols import N_side, ring
from derivations.symbols import z as cosine
from sphspec import GaussLegendre, Healpix, RingGrid
from sphspec.simulate.points import gauss_legendre_rule


@pytest.mark.parametrize("nside", [1, 2, 3, 5, 6, 8, 16])
def test_healpix_points_are_healpys(nside):
    grid = Healpix(nside)
    theta, phi = healpy.pix2ang(nside, np.arange(12 * nside**2))
    np.testing.assert_allclose(grid.theta, theta, rtol=0, atol=1e-14)
    np.testing.assert_allclose(grid.phi, phi, rtol=0, atol=1e-14)
    np.testing.assert_allclose(grid.weights, 4 * np.pi / grid.npix, rtol=1e-15)
    assert grid.mirrored
    assert grid.symmetric


@pytest.mark.parametrize("nside", [1, 2, 3, 5, 8])
def test_healpix_rings_are_the_derived_ones(nside):
    grid = Healpix(nside)
    for place in range(4 * nside - 1):
        at = {N_side: nside, ring: place + 1}
        assert np.cos(grid.ring_theta[place]) == pytest.approx(
            float(symbolic_healpix.ring_cosine(ring).subs(at)), abs=1e-15
        )
        assert grid.nphi[place] == symbolic_healpix.ring_count(ring).subs(at)
        assert grid.phi0[place] == pytest.approx(
            float(symbolic_healpix.ring_azimuth(ring).subs(at)), abs=1e-15
        )


@pytest.mark.parametrize("nlat", [1, 2, 3, 5])
def test_gauss_legendre_weights_are_the_derived_ones(nlat):
    grid = GaussLegendre(nlat, 4)
    weight = symbolic_gl.weight_polynomial(nlat)
    for z, w in zip(np.cos(grid.ring_theta), grid.weights[grid.ring_start], strict=True):
        assert w * 4 / (2 * np.pi) == pytest.approx(float(weight.subs(cosine, z)), rel=1e-13)


@given(nlat=st.integers(1, 80), nlon=st.integers(1, 9))
def test_gauss_legendre_is_scipys_rule(nlat, nlon):
    grid = GaussLegendre(nlat, nlon)
    rings, weights = gauss_legendre_rule(nlat)
    np.testing.assert_allclose(np.cos(grid.ring_theta), roots_legendre(nlat)[0][::-1], rtol=0, atol=1e-14)
    np.testing.assert_allclose(grid.ring_theta, rings, rtol=0, atol=2e-15)
    np.testing.assert_allclose(grid.weights[grid.ring_start] * nlon / (2 * np.pi), weights, rtol=1e-14)
    assert grid.npix == nlat * nlon == grid.theta.size == grid.phi.size == grid.weights.size


def test_ring_grid_takes_weights_a_ring_or_a_point():
    by_ring = unwhole([0.5, 1.5], [3, 4], [0.0, 0.1], [1.0, 2.0])
    by_point = unwhole([0.5, 1.5], [3, 4], [0.0, 0.1], [1.0] * 3 + [2.0] * 4)
    assert np.array_equal(by_ring.weights, by_point.weights)
    assert not by_ring.symmetric


def test_arrays_of_a_grid_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        Healpix(2).weights[0] = 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Healpix(0), "nside must be an integer from 1 to .*, got 0"),
        (lambda: Healpix(-1), "got -1"),
        (lambda: Healpix(2.0), "got 2.0"),
        (lambda: Healpix(True), "got True"),
        (lambda: Healpix(2, weights=np.ones(5)), "weights must have 7 .* or 48 .* got 5"),
        (lambda: Healpix(2, weights=np.full(48, np.nan)), "weights must be finite, got 48 NaN"),
        (lambda: Healpix(2, weights=np.ones(48, dtype=np.float32)), "float32 would lose the digits"),
        (lambda: Healpix(1 << 19), "GiB"),
        (lambda: GaussLegendre(0, 4), "nlat must be an integer >= 1, got 0"),
        (lambda: GaussLegendre(4, -2), "nlon must be an integer >= 1, got -2"),
        (lambda: RingGrid([], [], [], []), "at least one ring"),
        (lambda: RingGrid([4.0], [3], [0.0], [1.0]), r"theta must be in \[0, pi\]"),
        (lambda: RingGrid([1.0], [-3], [0.0], [1.0]), "nphi must be integers >= 1, got -3"),
        (lambda: RingGrid([1.0], [2.5], [0.0], [1.0]), "nphi must be integers >= 1, got 2.5"),
        (lambda: RingGrid([1.0, 2.0], [3], [0.0], [1.0]), "nphi must have 2 entries"),
        (lambda: RingGrid([1.0], [3], [np.inf], [1.0]), "phi0 must be finite"),
        (lambda: RingGrid([1.0], [3], [0.0], [1j]), "weights must be real numbers"),
    ],
)
def test_bad_grid_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
