"""Analysis operators against healpy, plain matrix algebra and their own adjoints; bad input."""

import healpy
import numpy as np
import pytest
from oracles import operator_matrix, unwhole, whole

from sphspec import GaussLegendre, Healpix, Jacobi, LeastSquares, Quadrature, RingGrid
from sphspec.conventions import from_complex

RINGS = RingGrid(
    [0.3, 0.9, 1.4, 2.2, 2.9], [4, 7, 9, 8, 3], [0.1, 0.0, 0.5, 2.0, 1.0],
    whole([0.3, 0.5, 0.4, 0.6, 0.2], [4, 7, 9, 8, 3]),
)  # fmt: skip


@pytest.mark.parametrize("nside", [1, 2, 3, 8])
@pytest.mark.parametrize("iterations", [0, 1, 3])
def test_jacobi_is_healpys_map2alm(nside, iterations, rng):
    lmax = 3 * nside - 1
    maps = rng.standard_normal((4, 12 * nside**2))
    found = Jacobi(Healpix(nside), lmax, iterations=iterations)(maps)
    theirs = np.array([healpy.map2alm(row, lmax=lmax, iter=iterations, pol=False) for row in maps])
    expected = from_complex(theirs, lmax)
    assert np.abs(found - expected).max() <= 1e-13 * np.abs(expected).max()


@pytest.mark.parametrize(
    ("operator", "kind", "iterations"),
    [
        (Quadrature(Healpix(3), 8), "jacobi", 0),
        (Jacobi(Healpix(3), 8, 2), "jacobi", 2),
        (LeastSquares(Healpix(3), 8), "least-squares", 0),
        (Quadrature(GaussLegendre(5, 6), 8), "jacobi", 0),
        (Jacobi(GaussLegendre(5, 6), 8, 1), "jacobi", 1),
        (LeastSquares(GaussLegendre(9, 17), 8), "least-squares", 0),
        (Quadrature(RINGS, 4), "jacobi", 0),
        (Jacobi(RINGS, 4, 2), "jacobi", 2),
    ],
    ids=repr,
)
def test_operator_is_its_matrix_and_adjoint_its_transpose(operator, kind, iterations, rng):
    expected = operator_matrix(operator.grid, operator.lmax, kind, iterations)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(operator.dense(), expected, atol=1e-12 * scale)
    maps = rng.standard_normal((2, 3, operator.grid.npix))
    np.testing.assert_allclose(operator(maps), maps @ expected.T, atol=1e-12 * scale * operator.grid.npix)
    alpha = rng.standard_normal((2, operator.n))
    np.testing.assert_allclose(operator.adjoint(alpha), alpha @ expected, atol=1e-12 * scale * operator.n)


def test_least_squares_returns_band_limited_fields(rng):
    operator = LeastSquares(Healpix(4), 11)
    alpha = rng.standard_normal(operator.n)
    np.testing.assert_allclose(operator(operator.synthesis(alpha)), alpha, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Quadrature(Healpix(2), -1), "lmax must be an integer >= 0, got -1"),
        (lambda: Quadrature(Healpix(2), 1.5), "got 1.5"),
        (lambda: Quadrature("healpix", 4), "grid must be a sphspec grid"),
        (lambda: Quadrature(Healpix(2), 2_000_000), "GiB"),
        (lambda: Jacobi(Healpix(2), 4, iterations=-1), "iterations must be an integer >= 0, got -1"),
        (lambda: LeastSquares(Healpix(1), 4), "12 points of weight > 0, 25 coefficients"),
        (lambda: LeastSquares(GaussLegendre(20, 3), 4)(np.zeros(60)), "rank 21 of 25"),
        (lambda: LeastSquares(unwhole([1.0], [9], [0.0], [-1.0]), 1), "weights >= 0"),
        (lambda: Quadrature(Healpix(2), 4)(np.zeros(47)), r"map must have 48 entries .* shape \(47,\)"),
        (lambda: Quadrature(Healpix(2), 4)(np.full(48, np.nan)), "map must be finite, got 48 NaN"),
        (lambda: Quadrature(Healpix(2), 4)(np.zeros(48, dtype=complex)), "map must be real"),
        (lambda: Quadrature(Healpix(2), 4).adjoint(np.zeros(24)), "alpha must have 25 entries"),
    ],
)
def test_bad_input_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
