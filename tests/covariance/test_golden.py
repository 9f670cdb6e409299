"""Every value of the golden file, computed by independent code, is reproduced to 1e-12."""

from fractions import Fraction

import numpy as np
import pytest

from sphspec import GaussLegendre, Healpix, Jacobi, LeastSquares, Quadrature, noise_covariance

RELATIVE = 1e-12


def arguments(key):
    return {
        name: int(value)
        for name, value in (part.split("=") for part in key.replace(",", " ").split() if "=" in part)
    }


def complex_entry(cov, l, m, l2, m2):
    """Return E[a_lm conj(a_l2m2)] for m, m2 >= 0 where cosine and sine parts do not mix."""
    sigma, scale = cov.dense(), (1 if m == 0 else np.sqrt(2)) * (1 if m2 == 0 else np.sqrt(2))
    cosines = sigma[l * l + l + m, l2 * l2 + l2 + m2]
    sines = sigma[l * l + l - m, l2 * l2 + l2 - m2] if m and m2 else 0.0
    return (cosines + sines) / scale


@pytest.mark.parametrize("key", ["nside=1,lmax=2", "nside=2,lmax=4", "nside=4,lmax=4"])
def test_healpix_entries(golden, key):
    given = arguments(key)
    cov = noise_covariance(Quadrature(Healpix(given["nside"]), given["lmax"]))
    factor = cov.operator.grid.npix / (4 * np.pi)
    listed = golden["healpix"][key]
    assert listed
    for l in range(given["lmax"] + 1):
        for m in range(l + 1):
            for l2 in range(given["lmax"] + 1):
                for m2 in range(l2 + 1):
                    found = factor * complex_entry(cov, l, m, l2, m2)
                    value = listed.get(f"{l},{m},{l2},{m2}") or listed.get(f"{l2},{m2},{l},{m}")
                    if value is None:
                        assert abs(found) < 1e-15
                    else:
                        rational, radicand = (Fraction(part) for part in value)
                        expected = float(rational) * np.sqrt(float(radicand))
                        assert found == pytest.approx(expected, rel=RELATIVE)


@pytest.mark.parametrize("key", ["nlat=3,lmax=2", "nlat=5,lmax=4"])
def test_gauss_legendre_sums(golden, key):
    given = arguments(key)
    nlat, lmax = given["nlat"], given["lmax"]
    nlon = 2 * lmax + 1
    cov = noise_covariance(Quadrature(GaussLegendre(nlat, nlon), lmax))
    listed = golden["gauss_legendre"][key]
    assert listed
    for name, value in listed.items():
        m, l, l2 = (int(part) for part in name.split(","))
        # C = sum_r w_pixel^2 nlon lambda lambda', lambda = N_lm sin^m D_lm, w_pixel = w_r 2 pi/nlon
        norm = np.sqrt(_norm_squared(l, m) * _norm_squared(l2, m))
        expected = float(Fraction(value)) * norm * (2 * np.pi / nlon) ** 2 * nlon
        assert cov.block(m)[l - m, l2 - m] == pytest.approx(expected, rel=RELATIVE)


def _norm_squared(l, m):
    factorial = Fraction(1)
    for k in range(l - m + 1, l + m + 1):
        factorial *= k
    return (2 * l + 1) / (4 * np.pi) / float(factorial)


def test_normalised_spectra(golden):
    assert golden["normalised"]
    for key, expected in golden["normalised"].items():
        given = arguments(key)
        healpix = key.startswith("healpix")
        grid = Healpix(given["nside"]) if healpix else GaussLegendre(given["nlat"], given["nlon"])
        if "least_squares" in key:
            operator = LeastSquares(grid, given["lmax"])
        else:
            operator = Jacobi(grid, given["lmax"], given.get("iterations", 0))
        sigma = noise_covariance(operator).dense() * grid.npix / (4 * np.pi)
        values = np.linalg.eigvalsh(sigma)
        found = {
            "trace": np.trace(sigma),
            "eig_min": values[0],
            "eig_max": values[-1],
            "frobenius": np.linalg.norm(sigma),
        }
        for name, value in expected.items():
            assert found[name] == pytest.approx(float(value), rel=RELATIVE), (key, name)


def test_closed_forms(golden):
    assert golden["closed_forms"]
    for key, text in golden["closed_forms"].items():
        l, m, l2, m2 = (int(part) for part in key.split(","))
        for nside in (1, 2, 3, 5, 8):
            cov = noise_covariance(Quadrature(Healpix(nside), 2))
            found = complex_entry(cov, l, m, l2, m2) * cov.operator.grid.npix / (4 * np.pi)
            expected = eval(text, {"N": nside, "sqrt": np.sqrt})
            assert found == pytest.approx(expected, rel=RELATIVE)
