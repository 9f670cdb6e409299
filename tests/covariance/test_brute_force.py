"""Every entry against scipy's sph_harm_y, to 1e-13 sqrt(C_ii C_jj), and the exact laws of the design."""

import healpy
import numpy as np
import pytest
from oracles import real_harmonics, relative_error, unwhole

from sphspec import GaussLegendre, Healpix, Jacobi, LeastSquares, Quadrature, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.covariance import round_trip_deviation
from sphspec.simulate import HealpyWitness

LIMIT = 1e-13


@pytest.mark.parametrize("nside", [1, 2, 3, 4, 5, 6, 8])
def test_every_healpix_entry(nside):
    lmax = 3 * nside - 1
    theta, phi = healpy.pix2ang(nside, np.arange(12 * nside**2))
    harmonics = real_harmonics(theta, phi, lmax)
    expected = harmonics.T @ harmonics * (4 * np.pi / theta.size) ** 2
    assert relative_error(noise_covariance(Quadrature(Healpix(nside), lmax)).dense(), expected) <= LIMIT


@pytest.mark.parametrize(
    ("nlat", "nlon", "lmax"),
    [(1, 1, 0), (3, 5, 2), (9, 17, 8), (17, 33, 16), (33, 65, 32), (20, 70, 32), (33, 40, 32)],
)
def test_every_gauss_legendre_entry(nlat, nlon, lmax):
    grid = GaussLegendre(nlat, nlon)
    harmonics = real_harmonics(grid.theta, grid.phi, lmax)
    expected = (harmonics.T * grid.weights**2) @ harmonics
    assert relative_error(noise_covariance(Quadrature(grid, lmax)).dense(), expected) <= LIMIT


@pytest.mark.parametrize("iterations", [0, 3])
@pytest.mark.parametrize("nside", [1, 2, 3, 8])
def test_every_entry_by_unit_pixels_through_healpy(nside, iterations):
    operator = Jacobi(Healpix(nside), 3 * nside - 1, iterations)
    matrix = HealpyWitness(operator.grid, operator.lmax, iterations).matrix
    assert relative_error(noise_covariance(operator).dense(), matrix @ matrix.T) <= LIMIT


@pytest.mark.parametrize(
    ("grid", "lmax"),
    [
        (Healpix(1), 2), (Healpix(5), 14), (Healpix(8), 23), (Healpix(64), 100), (GaussLegendre(33, 65), 32),
        (GaussLegendre(5, 4), 12),
        (unwhole([0.2, 1.0, 2.5], [5, 2, 9], [0.3, 1.0, 2.0], [0.5, -0.2, 0.7]), 9),
    ],
    ids=repr,
)  # fmt: skip
def test_power_spectrum_is_exactly_flat_on_every_grid(grid, lmax):
    cov = noise_covariance(Quadrature(grid, lmax), 1.7)
    degrees, _ = degrees_orders(lmax)
    power = np.bincount(degrees, cov.diagonal())
    expected = (2 * np.arange(lmax + 1) + 1) / (4 * np.pi) * np.sum(grid.weights**2 * 1.7)
    np.testing.assert_allclose(power, expected, rtol=1e-14)


def test_noise_is_white_where_variance_is_one_over_weight():
    grid = GaussLegendre(9, 17)
    sigma = noise_covariance(Quadrature(grid, 8), 1 / grid.weights).dense()
    np.testing.assert_allclose(sigma, np.eye(81), atol=1e-14)


def test_least_squares_covariance_is_the_inverse_of_quadratures():
    grid = Healpix(4)
    scale = 4 * np.pi / grid.npix
    least_squares = noise_covariance(LeastSquares(grid, 11)).dense()
    quadrature = noise_covariance(Quadrature(grid, 11)).dense()
    np.testing.assert_allclose(least_squares @ quadrature, scale**2 * np.eye(144), atol=1e-14)


@pytest.mark.parametrize(("lmax", "condition"), [(4, 2.4), (8, 4.1), (16, 7.4), (32, 14.2)])
def test_condition_on_gauss_legendre_grows_linearly(lmax, condition):
    cov = noise_covariance(Quadrature(GaussLegendre(lmax + 1, 2 * lmax + 1), lmax))
    assert cov.isotropy().condition == pytest.approx(condition, abs=0.05)


def test_white_noise_there_and_back_through_healpy():
    """Healpy issue 414: the standard deviation is 0.861 at nside=8, lmax=23, iter=3."""
    operator = Jacobi(Healpix(8), 23, 3)
    predicted = round_trip_deviation(noise_covariance(operator))
    assert predicted == pytest.approx(0.861, abs=5e-4)
    back = HealpyWitness(operator.grid, 23, 3).synthesise(np.eye(768))
    assert predicted == pytest.approx(np.linalg.norm(back) / np.sqrt(768), rel=1e-13)
