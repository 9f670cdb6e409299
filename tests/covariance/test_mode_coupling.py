"""The mode-coupling matrix against brute force, ducc0, healpy's pseudo-spectra; NaMaster if installed."""

from importlib.util import find_spec

import ducc0
import healpy
import numpy as np
import pytest
from scipy.special import sph_harm_y

from sphspec import (
    GaussLegendre,
    Healpix,
    Quadrature,
    _validate,
    field_spectrum,
    gaunt_covariance,
    harmonic_field,
    mode_coupling_matrix,
    noise_covariance,
)
from sphspec._generated import gaunt
from sphspec.conventions import degrees_orders, size, to_complex


def mask_of(grid, rng):
    """Return a smooth cap with holes: no symmetry."""
    return np.clip(np.cos(grid.theta - 0.4 * np.cos(grid.phi)) + 0.5, 0, 1) * (
        rng.uniform(size=grid.npix) < 0.9
    )


def matrix_of(grid, mask, lmax):
    return mode_coupling_matrix(field_spectrum(harmonic_field(grid, grid.weights * mask, 2 * lmax)), lmax)


def complex_kernel(grid, u, lmax):
    """Return K = sum_p u conj(Y_lm) Y_l'm' over all orders by scipy, (n, n)."""
    degrees, orders = degrees_orders(lmax)
    harmonics = sph_harm_y(degrees, orders, grid.theta[:, None], grid.phi[:, None])
    return (harmonics.conj().T * u) @ harmonics


def mean_of_blocks(squares, lmax):
    """Return the sum over m' of squares, averaged over m, for every pair of degrees."""
    degrees, _ = degrees_orders(lmax)
    picks = (degrees == np.arange(lmax + 1)[:, None]).astype(float)
    return picks @ squares @ picks.T / (2 * np.arange(lmax + 1)[:, None] + 1)


def close(found, expected, limit=1e-13):
    assert np.abs(found - expected).max() <= limit * np.abs(expected).max()


@pytest.mark.parametrize(
    ("grid", "lmax"), [(Healpix(4), 8), (Healpix(1), 5), (GaussLegendre(7, 13), 6), (GaussLegendre(3, 4), 5)],
    ids=repr,
)  # fmt: skip
def test_matrix_is_the_mean_square_of_the_kernel_by_brute_force(grid, lmax, rng):
    mask = mask_of(grid, rng)
    kernel = complex_kernel(grid, grid.weights * mask, lmax)
    close(matrix_of(grid, mask, lmax), mean_of_blocks(np.abs(kernel) ** 2, lmax))


def test_noise_covariance_squared_and_averaged_is_the_matrix(rng):
    """The covariance of noise with w^2 s^2 = u is the coupling kernel of u: one object, two uses."""
    grid, lmax = Healpix(4), 10
    variance = rng.uniform(size=grid.npix)
    sigma = noise_covariance(Quadrature(grid, lmax), variance).dense()
    field = harmonic_field(grid, grid.weights**2 * variance, 2 * lmax)
    close(mode_coupling_matrix(field_spectrum(field), lmax), mean_of_blocks(sigma**2, lmax))
    close(mean_of_blocks(gaunt_covariance(field, lmax) ** 2, lmax), mean_of_blocks(sigma**2, lmax))


def test_mean_pseudo_spectrum_through_healpy_is_the_matrix_times_the_spectrum(rng):
    """E is linear in C_l: send every unit coefficient through healpy, mask, and healpy again."""
    nside, lmax = 8, 10
    grid = Healpix(nside)
    mask, spectrum = mask_of(grid, rng), 1 / (1.0 + np.arange(lmax + 1)) ** 2
    degrees, _ = degrees_orders(lmax)
    expected = np.zeros(lmax + 1)
    for place, alm in enumerate(to_complex(np.eye(size(lmax)), lmax)):
        field = healpy.alm2map(alm, nside, lmax=lmax)
        masked = healpy.map2alm(field * mask, lmax=lmax, iter=0)
        expected += spectrum[degrees[place]] * healpy.alm2cl(masked, lmax=lmax)
    close(matrix_of(grid, mask, lmax) @ spectrum, expected)


@pytest.mark.parametrize("lmax", [0, 1, 2, 30, 200])
def test_matrix_is_ducc0s(lmax, rng):
    spectrum = rng.normal(size=2 * lmax + 1)  # a cross-spectrum may be negative
    result = np.zeros((1, lmax + 1, lmax + 1))
    ducc0.misc.experimental.coupling_matrix_rect(spec=spectrum[None].copy(), optype=(0,), res=result)
    close(mode_coupling_matrix(spectrum, lmax), result[0] * (2 * np.arange(lmax + 1) + 1))


@pytest.mark.skipif(find_spec("pymaster") is None, reason="NaMaster (pymaster) is not installed")
def test_matrix_is_namasters(rng):
    import pymaster

    nside, lmax = 16, 15  # NaMaster's mask goes to 3 nside - 1 = 47 > 2 lmax
    grid = Healpix(nside)
    mask = mask_of(grid, rng)
    zeros = [np.zeros(grid.npix)]
    field = pymaster.NmtField(mask, zeros, lmax=lmax, lmax_mask=2 * lmax, n_iter=0, n_iter_mask=0)
    workspace = pymaster.NmtWorkspace.from_fields(field, field, pymaster.NmtBin.from_lmax_linear(lmax, 1))
    close(matrix_of(grid, mask, lmax), workspace.get_coupling_matrix(), 1e-10)


def test_whole_sky_couples_nothing():
    grid = GaussLegendre(17, 33)
    np.testing.assert_allclose(matrix_of(grid, np.ones(grid.npix), 8), np.eye(9), atol=1e-14)


def test_rows_add_up_to_the_mean_square_of_the_mask():
    """Sum over l' of M_(l,l') is sum_L (2L+1) W_L/(4 pi) where lmax holds all the coupling: l + L <= lmax."""
    spectrum = np.zeros(121)
    spectrum[:7] = np.arange(7, 0, -1)
    rows = mode_coupling_matrix(spectrum, 60).sum(axis=1)
    total = (2 * np.arange(7) + 1) @ spectrum[:7] / (4 * np.pi)
    np.testing.assert_allclose(rows[:55], total, rtol=1e-13)
    assert rows[60] < 0.9 * total


def test_field_spectrum_is_healpys(rng):
    alm = to_complex(field := rng.normal(size=49), 6)
    np.testing.assert_allclose(field_spectrum(field), healpy.alm2cl(alm), rtol=1e-13)


@pytest.mark.parametrize("name", ["field_power", "coupling"])
def test_wrong_kernel_is_seen(monkeypatch, name, rng):
    grid = Healpix(2)
    mask = mask_of(grid, rng)
    expected = mean_of_blocks(np.abs(complex_kernel(grid, grid.weights * mask, 3)) ** 2, 3)
    original = getattr(gaunt, name)
    monkeypatch.setattr(gaunt, name, lambda degree, total: original(degree + 1, total))
    assert np.abs(matrix_of(grid, mask, 3) - expected).max() > 1e-3 * expected.max()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mode_coupling_matrix(np.ones(4), 2), "degrees up to 4 at least, got 3"),
        (lambda: mode_coupling_matrix(np.ones((3, 3)), 1), "one axis"),
        (lambda: mode_coupling_matrix([1.0, np.inf, 1.0], 1), "finite"),
        (lambda: mode_coupling_matrix(np.ones(3), True), "lmax must be an integer"),
        (lambda: field_spectrum(np.ones(5)), "coefficients in chart R1, got 5"),
        (lambda: field_spectrum([]), "coefficients in chart R1, got 0"),
        (lambda: field_spectrum([1e200]), "overflows double precision"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_matrix_that_does_not_fit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(_validate, "available_memory", lambda: 2.0**30)
    with pytest.raises(ValueError, match=r"the mode-coupling matrix at lmax=9999 needs 14.9 GiB, 1.0 GiB"):
        mode_coupling_matrix(np.ones(20000), 9999)
