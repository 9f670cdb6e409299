"""The real chart R1: its inverse, healpy's synthesis, and the orthonormality that fixes sqrt2."""

import healpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import real_harmonics

from sphspec import conventions
from sphspec.simulate.witness import real_chart


@given(lmax=st.integers(0, 12), seed=st.integers(0, 100))
def test_complex_coefficients_come_back(lmax, seed):
    alpha = np.random.default_rng(seed).standard_normal((2, conventions.size(lmax)))
    alm = conventions.to_complex(alpha, lmax)
    assert alm.shape == (2, (lmax + 1) * (lmax + 2) // 2)
    np.testing.assert_allclose(conventions.from_complex(alm, lmax), alpha, rtol=2e-16, atol=0)


@given(lmax=st.integers(0, 12), seed=st.integers(0, 100))
def test_chart_is_the_simulators_own(lmax, seed):
    rng = np.random.default_rng(seed)
    count = (lmax + 1) * (lmax + 2) // 2
    alm = rng.standard_normal((1, count)) + 1j * rng.standard_normal((1, count))
    np.testing.assert_allclose(conventions.from_complex(alm, lmax), real_chart(alm, lmax), rtol=3e-16, atol=0)


def test_coefficients_mean_what_healpy_synthesises(rng):
    nside, lmax = 4, 7
    alpha = rng.standard_normal(conventions.size(lmax))
    theta, phi = healpy.pix2ang(nside, np.arange(12 * nside**2))
    alm = conventions.to_complex(alpha, lmax)
    np.testing.assert_allclose(
        healpy.alm2map(alm, nside, lmax=lmax, pol=False), real_harmonics(theta, phi, lmax) @ alpha, atol=1e-13
    )


def test_index_and_degrees_agree():
    degrees, orders = conventions.degrees_orders(9)
    for place, (l, m) in enumerate(zip(degrees, orders, strict=True)):
        assert conventions.index(int(l), int(m)) == place


@pytest.mark.parametrize(("l", "m"), [(2, 5), (2, -3), (np.array([1, 2]), np.array([-1, 3])), (-1, 0)])
def test_an_index_beyond_the_triangle_is_refused(l, m):
    with pytest.raises(ValueError, match=r"\|m\| <= l"):
        conventions.index(l, m)
