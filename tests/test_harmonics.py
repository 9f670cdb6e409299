"""Normalised Legendre functions against scipy and mpmath, out to high degree."""

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import sph_harm_y

from sphspec.harmonics import LegendreTable


@given(lmax=st.integers(0, 40), theta=st.lists(st.floats(0.0, np.pi), min_size=1, max_size=5))
@example(lmax=25, theta=[0.03125])  # near a pole the rounding of cos(theta) alone gives 2e-14
def test_legendre_table_is_scipys(lmax, theta):
    angles = np.array(theta)
    table = LegendreTable(angles, lmax)
    for m in range(lmax + 1):
        degrees = np.arange(m, lmax + 1)
        expected = np.array([sph_harm_y(l, m, angles, 0.0).real for l in degrees])
        steepest = degrees * (degrees + 1) / 2 * np.sqrt((2 * degrees + 1) / (4 * np.pi))  # at z = 1
        error = np.abs(table.order(m) - expected).max(axis=1)
        assert np.all(error <= 3e-14 + np.finfo(float).eps / 2 * steepest)


@pytest.mark.parametrize(("l", "m"), [(1024, 0), (1024, 500), (2048, 1500), (4096, 2000), (4096, 4000)])
def test_legendre_table_is_stable_to_4096(l, m):
    theta = np.array([0.05, 0.4, 0.9, 1.3, 1.57])
    found = LegendreTable(theta, l).order(m)[-1]
    mpmath.mp.dps = 40
    for value, angle in zip(found, theta, strict=True):
        z = mpmath.cos(mpmath.mpf(float(angle)))
        current = mpmath.sqrt(mpmath.mpf(1) / (4 * mpmath.pi))
        for k in range(1, m + 1):
            current *= -mpmath.sqrt(mpmath.mpf(2 * k + 1) / (2 * k)) * mpmath.sqrt(1 - z * z)
        previous = mpmath.mpf(0)
        for k in range(m, l):
            up = mpmath.sqrt(mpmath.mpf((k + 1) ** 2 - m**2) / (4 * (k + 1) ** 2 - 1))
            down = mpmath.sqrt(mpmath.mpf(k**2 - m**2) / (4 * k**2 - 1)) if k else mpmath.mpf(0)
            previous, current = current, (z * current - down * previous) / up
        assert value == pytest.approx(float(current), rel=1e-9, abs=1e-11)
