"""A library's transform, ours and the converter commute: for every lmax from 1 to 32, where it installs."""

import importlib
import warnings

import numpy as np
import pytest
from transforms import MAKERS, field, needs, torch_harmonics

from sphspec.conventions import convert, convert_power, named, size

BY_DAY = (1, 2, 3, 8, 17)
ALL = tuple(range(1, 33))


def available(name):
    """Skip unless the convention's library is installed; return its maker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in needs(name):
            pytest.importorskip(module, reason=f"{module} is not installed: its golden values are tested")
    return MAKERS[name]


@pytest.mark.filterwarnings("ignore")  # s2fft's logarithms of zero, and what libraries deprecate
@pytest.mark.parametrize(
    "degrees", [pytest.param(BY_DAY, id="some"), pytest.param(ALL, id="all", marks=pytest.mark.nightly)]
)
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_transforms_commute_with_the_converter(name, degrees, rng):
    make, convention = available(name), named(name)
    for lmax in degrees:
        if name.startswith("e3nn") and lmax > 11:  # as far as e3nn has formulas
            continue
        transform = make(lmax)
        alpha = rng.standard_normal(size(lmax))
        values = field(alpha, lmax, transform.theta, transform.phi)
        found = transform.synthesise(convention.from_r1(alpha))
        np.testing.assert_allclose(found, values, rtol=0, atol=1e-12 * np.abs(values).max())
        if transform.analyse is not None:
            back = convention.to_r1(transform.analyse(values))
            np.testing.assert_allclose(back.ravel(), alpha, rtol=0, atol=1e-12 * np.abs(alpha).max())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("norm", ["ortho", "schmidt", "unnorm"])
def test_nyquist_column_is_torch_harmonics_own(norm, rng):
    available("torch-harmonics:norm=ortho,csphase=1")
    for lmax in BY_DAY:
        transform = torch_harmonics(norm, 1, lambda lmax: 2 * lmax)(lmax)
        convention = named(f"torch-harmonics:norm={norm},nlon={2 * lmax}")
        alpha = rng.standard_normal(size(lmax))
        alpha[lmax * lmax] = 0.0  # l = lmax, m = -lmax: the sine that this many longitudes cannot see
        values = field(alpha, lmax, transform.theta, transform.phi)
        np.testing.assert_allclose(convention.to_r1(transform.analyse(values)), alpha, rtol=0, atol=1e-12)
        np.testing.assert_allclose(transform.synthesise(convention.from_r1(alpha)), values, atol=2e-12)


def test_glass_order_is_glass_own(rng):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("glass", reason="glass is not installed: its order is tested by definition")
        fields = importlib.import_module("glass.fields")
        harmonics = importlib.import_module("glass.harmonics")
    for lmax in ALL:
        alpha = rng.standard_normal(size(lmax))
        alm = named("glass").from_r1(alpha)
        np.testing.assert_array_equal(fields._glass_to_healpix_alm(alm), named("healpy").from_r1(alpha))
        factors = rng.standard_normal(lmax + 1)
        degrees = named("glass").degrees_orders(lmax)[0]
        np.testing.assert_array_equal(harmonics.multalm(alm, factors), alm * factors[degrees])


def test_healpy_synthesises_what_the_converter_gives(rng):
    healpy = pytest.importorskip("healpy", reason="healpy is not installed: ducc0 has the same order")
    for lmax in ALL:
        alpha = rng.standard_normal(size(lmax))
        ring = healpy.alm2map(named("healpy").from_r1(alpha), 1, lmax=lmax, pol=False)
        theta, phi = healpy.pix2ang(1, np.arange(12))
        values = [field(alpha, lmax, theta[p : p + 1], phi[p : p + 1])[0, 0] for p in range(12)]
        np.testing.assert_allclose(ring, values, rtol=0, atol=1e-12 * np.abs(alpha).sum())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("unit", ["per_l", "per_lm"])
def test_power_is_pyshtools_own(unit, rng):
    library = pytest.importorskip("pyshtools", reason="pyshtools is not installed")
    alpha = rng.standard_normal(size(9))
    cilm = convert(alpha, "r1", "pyshtools")
    degrees = named("r1").degrees_orders(9)[0]
    c_l = np.bincount(degrees, alpha**2) / (2 * np.arange(10) + 1)
    expected = library.spectralanalysis.spectrum(cilm, normalization="4pi", unit=unit)
    np.testing.assert_allclose(convert_power(c_l, "c_l", unit), expected, rtol=1e-13)
