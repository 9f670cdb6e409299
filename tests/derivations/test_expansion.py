"""T5: the expansion in 1/N_side^2 is the series of the closed forms, and how far it may be trusted."""

from math import sqrt

import numpy as np
import pytest
from sympy import Integer, Rational, pi

import sphspec
from derivations import closed_forms as forms
from derivations import expansion, expansion_trust

LMAX = 8


@pytest.mark.parametrize(("degree", "degree2", "order"), expansion.equal_orders(LMAX))
def test_expansion_is_the_series_of_the_closed_form(degree, degree2, order):
    """Exactly, coefficient by coefficient through N_side^-6."""
    _, outside = forms.root(degree, order, degree2, order)
    found = [Rational(outside) * value for value in expansion.series(degree, order, degree2, order)]
    closed = (*forms.form(degree, order, degree2, order).coefficients, *([0] * 4))
    assert found == [Rational(value) for value in closed[:4]]


def test_every_equal_order_entry_to_lmax_8_is_compared():
    assert len(expansion.equal_orders(LMAX)) == 95


def test_further_orders_come_from_the_same_code():
    """The whole closed form of (2, 1; 2, 1), degree 4 in 1/N_side^2."""
    _, outside = forms.root(2, 1, 2, 1)
    found = tuple(Rational(outside) * value for value in expansion.series(2, 1, 2, 1, terms=5))
    assert found == (*map(Rational, forms.form(2, 1, 2, 1).coefficients), 0)


def test_leading_term_lives_on_the_caps_edge_and_the_poles():
    at = expansion.F
    assert expansion.term(1) == 2 * pi / 9 * at(0, Rational(2, 3)) - 2 * pi / 9 * at(0, Integer(1))
    for order in (1, 2, 3):
        places = {part.args[1] for part in expansion.term(order).atoms(at)}
        assert places == {Rational(2, 3), Integer(1)}
        assert max(part.args[0] for part in expansion.term(order).atoms(at)) == 2 * order - 2


def test_leading_coefficient_of_the_quadrupole_with_the_monopole():
    assert expansion._coefficient(2, 0, 0, 1) == -5 * 5 ** Rational(1, 2) / 108
    assert expansion._closed(2, 0, 0)[1] == -5 * 5 ** Rational(1, 2) / 108


@pytest.mark.parametrize("terms", [0, 1, 2])
def test_remainder_is_the_first_term_left_out(terms):
    """Closed form minus so many terms, over the remainder, tends to 1 with N_side, by order N_side^-2."""
    for degree, degree2, order in ((2, 2, 1), (4, 2, 1), (8, 6, 0), (8, 8, 8)):
        kept = expansion._closed(degree, degree2, order)
        for nside, bound in ((64, 0.05), (256, 0.004)):
            exact = sphspec_value(degree, degree2, order, nside)
            error = exact - sum(
                value / Integer(nside) ** (2 * r) for r, value in enumerate(kept[: terms + 1])
            )
            left_out = expansion_trust.remainder(degree, order, degree2, terms, nside)
            assert abs(error / left_out - 1) < bound


def test_odd_degrees_have_no_remainder():
    assert expansion_trust.remainder(2, 1, 3, 1, 8) == 0


def test_the_remainder_is_the_same_for_both_signs_of_the_order():
    assert expansion_trust.remainder(3, -2, 5, 2, 8) == expansion_trust.remainder(3, 2, 5, 2, 8) != 0


def sphspec_value(degree, degree2, order, nside):
    return forms.form(degree, order, degree2, order).at(nside) * 12 * nside**2 / (4 * pi)


def measured(lmax, nside):
    """Return what 1, 2, 3 terms leave of the anisotropy, whole block, and the couplings' share of it."""
    series = {
        (l, l2, m): np.array([float(value) for value in expansion.series(l, m, l2, m)])
        * float(forms.root(l, m, l2, m)[1])
        * sqrt(forms.root(l, m, l2, m)[0])
        for l, l2, m in expansion.equal_orders(lmax)
    }
    cov = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(nside), lmax)).dense()
    deviation = cov * 12 * nside**2 / (4 * np.pi) - np.eye((lmax + 1) ** 2)
    total, equal, left = np.sum(deviation**2), 0.0, np.zeros(3)
    for m in range(lmax + 1):
        degrees = np.arange(m, lmax + 1)
        cosines, sines = degrees**2 + degrees + m, degrees**2 + degrees - m
        block = (deviation[np.ix_(cosines, cosines)] + deviation[np.ix_(sines, sines)]) / 2  # C_(lm, l'm)
        weight = 2 if m else 1
        equal += weight * np.sum(block**2)
        for terms in (1, 2, 3):
            kept = np.zeros_like(block)
            for l in degrees:
                for l2 in range(l, lmax + 1, 2):
                    powers = float(nside) ** (-2.0 * np.arange(1, terms + 1))
                    value = float(series[l, l2, m][1 : terms + 1] @ powers)
                    kept[l - m, l2 - m] = kept[l2 - m, l - m] = value
            left[terms - 1] += weight * np.sum((block - kept) ** 2)
    coupling = max(total - equal, 0.0)
    return np.sqrt(left / total), np.sqrt(coupling / total), np.sqrt((left + coupling) / total)


@pytest.mark.parametrize(
    ("lmax", "nside"),
    [
        *((4, nside) for nside in (4, 5, 8, 16, 32, 64)),
        *((5, nside) for nside in (4, 8, 16)),
        *((6, nside) for nside in (4, 6, 12)),
        *((8, nside) for nside in (4, 6, 8, 16, 32, 64)),
        *((12, nside) for nside in (8, 12, 24)),
        *((16, nside) for nside in (8, 12, 16, 32, 64)),
        *((32, nside) for nside in (16, 24, 32, 64)),
    ],
)
def test_rule_of_thumb_bounds_what_is_left_and_is_not_idle(lmax, nside):
    """0.05 x^2, 0.0055 x^4, 0.0006 x^6 for m = m', 0.12 x^4 for the couplings, x = lmax/N_side."""
    equal, coupling, whole = measured(lmax, nside)
    ratio = lmax / nside
    for terms in (1, 2, 3):
        estimate = expansion_trust.error_estimate(terms, lmax, nside)
        share = expansion_trust.SHARES[terms - 1] * ratio ** (2 * terms)
        assert equal[terms - 1] <= share + 1e-9
        assert whole[terms - 1] <= estimate + 1e-9
        if ratio <= 1:
            assert estimate <= 2.2 * whole[terms - 1] + 1e-9
    assert coupling <= expansion_trust.COUPLING * ratio**4 + 1e-9


@pytest.mark.parametrize(
    ("lmax", "nside", "equal", "coupling"),
    [(8, 4, (0.116, 0.0353, 0.0106), 0.697), (8, 8, (0.0358, 0.00269, 0.000218), 0.0739),
     (16, 16, (0.0294, 0.00213, 0.000191), 0.0625), (8, 16, (0.0087, 0.000163, 3.35e-6), 0.0051)],
)  # fmt: skip
def test_measured_numbers(lmax, nside, equal, coupling):
    found, share, _ = measured(lmax, nside)
    np.testing.assert_allclose(found, equal, rtol=0.01)
    assert share == pytest.approx(coupling, rel=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expansion.term(0), "order must be >= 1, got 0"),
        (lambda: expansion_trust.error_estimate(4, 8, 8), "terms must be an integer from 1 to 3, got 4"),
        (lambda: expansion_trust.error_estimate(1, 3, 8), "lmax must be an integer from 4 to 32, got 3"),
        (lambda: expansion_trust.error_estimate(1, 33, 32), "lmax must be an integer from 4 to 32, got 33"),
        (lambda: expansion_trust.error_estimate(1, 9, 4), "at most 2 nside = 8, got 9"),
        (lambda: expansion.series(2, 0, 3, 0), "l \\+ l2 even"),
        (lambda: expansion_trust.remainder(2, 0, 2, -1, 8), "terms must be an integer >= 0, got -1"),
        (lambda: expansion_trust.remainder(2, 3, 2, 1, 8), "m must be an integer from -2 to 2, got 3"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
