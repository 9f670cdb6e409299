"""Closed forms at run time: equal to the covariance, exact to a few roundings, refused where not valid."""

import numpy as np
import pytest

import sphspec
from derivations import closed_form_at
from sphspec._generated import closed_form as generated
from sphspec.conventions import index
from sphspec.suite.closed_forms import unit_pixels


def complex_covariance(grid, lmax):
    """Return C = E[a a^H], orders signed, from Sigma in chart R1."""
    sigma = sphspec.noise_covariance(sphspec.Quadrature(grid, lmax)).dense()
    chart = np.zeros(sigma.shape, dtype=complex)
    for l in range(lmax + 1):
        chart[index(l, 0), index(l, 0)] = 1
        for m in range(1, l + 1):
            row, mirrored = index(l, m), index(l, -m)
            chart[row, [row, mirrored]] = np.sqrt(0.5), -1j * np.sqrt(0.5)
            chart[mirrored, [row, mirrored]] = (-1) ** m * np.array([np.sqrt(0.5), 1j * np.sqrt(0.5)])
    return chart @ sigma @ chart.conj().T


@pytest.mark.parametrize(("nside", "lmax"), [(1, 1), (2, 2), (3, 5), (5, 8), (6, 8), (64, 8)])
def test_forms_are_every_entry_of_the_covariance(nside, lmax):
    expected = complex_covariance(sphspec.Healpix(nside), lmax)
    found = np.zeros_like(expected)
    keys, values = sphspec.closed_forms(nside, lmax)
    for (l, m, l2, m2), value in zip(keys, values, strict=True):
        found[index(l, m), index(l2, m2)] = value
    scale = np.sqrt(np.diagonal(expected).real)
    assert np.abs((found - expected) / np.outer(scale, scale)).max() <= 1e-14


@pytest.mark.parametrize("nside", [5, 7, 1000])
def test_values_are_the_exact_ones_rounded(nside):
    keys, values = sphspec.closed_forms(nside, 8)
    assert len(keys) == len({tuple(key) for key in keys.tolist()}) == 841
    for key, value in zip(keys.tolist(), values, strict=True):
        assert value == pytest.approx(float(closed_form_at(*key, nside).n(30)), rel=1e-15)


def test_keys_are_sorted_symmetric_and_degrees_are_bounded():
    keys, values = sphspec.closed_forms(4, 3)
    assert keys.shape == (len(values), 4)
    assert keys.tolist() == sorted(keys.tolist())
    lookup = {tuple(key): value for key, value in zip(keys.tolist(), values, strict=True)}
    assert all(lookup[l2, m2, l, m] == lookup[l, -m, l2, -m2] == v for (l, m, l2, m2), v in lookup.items())
    assert keys[:, [0, 2]].max() == 3


def test_where_forms_do_not_hold_they_are_refused_or_left_out():
    with pytest.raises(
        ValueError, match="nside must be >= 5 for the closed forms to lmax=8, got 4; lower lmax"
    ):
        sphspec.closed_forms(4, 8)
    kept = sphspec.closed_forms(4, 8, valid_only=True)
    assert len(sphspec.closed_forms(5, 8).keys) - len(kept.keys) == 2  # (8, -8; 8, 8) and its mirror
    assert np.abs(kept.keys[:, 1] - kept.keys[:, 3]).max() == 12
    for lmax, smallest in [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (7, 4), (8, 5)]:
        sphspec.closed_forms(smallest, lmax)
        if smallest > 1:
            with pytest.raises(ValueError, match=f"nside must be >= {smallest}"):
                sphspec.closed_forms(smallest - 1, lmax)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 9), "lmax must be an integer from 0 to 8, got 9"),
        ((4, -1), "lmax must be an integer from 0 to 8"),
        ((0, 2), "nside must be an integer from 1"),
        ((2.0, 2), "nside must be an integer"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        sphspec.closed_forms(*arguments)
    with pytest.raises(ValueError, match="m must be an integer from -2 to 2, got 3"):
        sphspec.leading_anisotropy(4, 2, 3)


@pytest.mark.parametrize("nside", [3, 64])
@pytest.mark.parametrize("m", [0, 1, -3, 8])
def test_one_term_of_the_forms_is_the_leading_anisotropy(nside, m):
    """Faulhaber's way and Euler-Maclaurin's way, both generated, agree to rounding."""
    leading = sphspec.leading_anisotropy(nside, 8, m)
    keys, values = sphspec.closed_forms(nside, 8, terms=1, valid_only=True)
    found = np.zeros_like(leading)
    for (l, first, l2, second), value in zip(keys.tolist(), values, strict=True):
        if first == second == m:
            found[l - abs(m), l2 - abs(m)] = value * 12 * nside**2 / (4 * np.pi) - (l == l2)
    np.testing.assert_allclose(leading, found, rtol=0, atol=1e-13 / nside**2 + 4e-16)


def test_table_has_every_key_once_in_its_standard_form():
    assert list(generated.FORMS) == sorted(generated.FORMS)
    assert len(generated.FORMS) == 251
    assert all(abs(m) <= m2 for _, m, _, m2 in generated.FORMS)


@pytest.mark.parametrize("nside", [1, 2])
def test_forms_hold_through_healpy_beyond_the_band_limit_it_recommends(nside):
    """All degrees to 8: healpy warns from lmax > 4 nside on, and is the plain quadrature there too."""
    through_healpy = unit_pixels(nside, 8)
    forms = sphspec.closed_forms(nside, 8, valid_only=True)
    rows, columns = ([index(l, m) for l, m in part] for part in (forms.keys[:, :2], forms.keys[:, 2:]))
    error = np.abs(through_healpy[rows, columns] - forms.values).max()
    assert error <= 1e-13 * np.abs(through_healpy).max()
    assert len(forms.values) > 200
