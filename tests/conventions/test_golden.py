"""Coefficients that real libraries computed (tests/convention_golden.py says how) are ours, converted."""

import json

import numpy as np
import pytest
from convention_golden import DEGREES, FILE, alpha_of
from transforms import MAKERS

from sphspec.conventions import convention, convert, known, layout, named, norms

with np.load(FILE) as stored:
    GOLDEN = {key: stored[key] for key in stored.files if key != "versions"}
    VERSIONS = json.loads(str(stored["versions"]))


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("lmax", DEGREES)
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_coefficients_are_the_librarys(name, lmax):
    expected, convention = GOLDEN[f"{lmax}|{name}"], named(name)
    close(convention.from_r1(alpha_of(lmax)), expected.reshape(convention.shape(lmax)))
    close(convention.to_r1(expected), np.broadcast_to(alpha_of(lmax), convention.to_r1(expected).shape))


@pytest.mark.parametrize("lmax", DEGREES)
def test_any_library_becomes_any_other(lmax):
    for source in sorted(MAKERS):
        for target in sorted(MAKERS):
            found = convert(GOLDEN[f"{lmax}|{source}"], source, target, lmax)
            close(found, GOLDEN[f"{lmax}|{target}"].reshape(found.shape))


def test_every_convention_has_golden_values_or_a_stated_reason():
    own = {"r1", "r2"}  # ours alone; tested by their definition
    reordered = {"glass"}  # no transform of its own: tested against its conversion to healpy's order
    assert set(known()) - own - reordered == set(MAKERS)
    assert {key.partition("|")[2] for key in GOLDEN} == set(MAKERS)
    assert set(VERSIONS) >= {"ducc0", "pyshtools", "s2fft", "torch-harmonics", "sphericart", "e3nn", "nifty"}


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"healpy"}))
def test_a_wrong_convention_is_seen(name):
    """Golden values read as another convention of that shape are another field, or are refused."""
    wrong = {
        other for other in known() if other != name and known()[other].shape(4) == known()[name].shape(4)
    }
    golden = GOLDEN[f"4|{name}"].reshape(known()[name].shape(4))
    for other in sorted(wrong):
        if known()[other].is_complex != known()[name].is_complex:
            continue
        same = {"e3nn:norm=integral", "sphericart"}
        if {name, other} <= same:  # one convention under two names
            continue
        try:
            found = known()[other].to_r1(golden)
        except ValueError:
            continue
        assert np.abs(found - alpha_of(4)).max() > 0.1, other


@pytest.mark.parametrize(
    ("module", "kernel", "wrong", "name"),
    [
        (norms.generated, "phase", lambda m: 1 + 0 * m, "pyshtools:kind=real,norm=4pi,csphase=1"),
        (norms.generated, "unit_norm", lambda l: 1 + 0 * l, "nifty"),
        (norms.generated, "schmidt_norm", lambda l: 2 * l + 1, "torch-harmonics:norm=schmidt,csphase=1"),
        (
            norms.generated,
            "classical_start",
            lambda l: 1 + 0 * l,
            "pyshtools:kind=complex,norm=unnorm,csphase=1",
        ),
        (
            norms.generated,
            "classical_step",
            lambda l, m: l + m,
            "pyshtools:kind=complex,norm=unnorm,csphase=1",
        ),
        (norms.generated, "classical_real", lambda k, s: k, "pyshtools:kind=real,norm=unnorm,csphase=-1"),
        (layout.chart, "scale", lambda m: 1 + 0 * m, "healpy"),
        (layout.chart, "complex_parts", lambda s, x, y: (x / s, y / s), "healpy"),
        (layout.chart, "reflected", lambda m, x, y: (x, -y), "s2fft"),
    ],
)
def test_a_planted_error_is_seen(monkeypatch, module, kernel, wrong, name):
    monkeypatch.setattr(module, kernel, wrong)
    convention._layout.cache_clear()
    try:
        expected = GOLDEN[f"4|{name}"]
        found = named(name).from_r1(alpha_of(4)).reshape(expected.shape)
        assert np.abs(found - expected).max() > 1e-3 * np.abs(expected).max()
    finally:
        convention._layout.cache_clear()
