"""T4: closed forms in N_side are exact, valid where they say, and prove themselves."""

from fractions import Fraction
from itertools import product
from math import gcd
from time import perf_counter

import pytest
from sympy import Integer, Rational, expand, pi, sqrt

import derivations
from derivations import closed_forms as forms
from derivations import healpix_forms
from derivations.codegen.table import render_table
from derivations.exact import exact_covariance
from derivations.faulhaber import belt_sum, cap_sum
from derivations.grids import Healpix
from derivations.symbols import N_side

LMAX = 8
PAIRS = [(l, m) for l in range(LMAX + 1) for m in range(-l, l + 1)]
N = N_side


def dimensionless(*key):
    return expand(derivations.closed_form(*key) * 12 * N**2 / (4 * pi))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ((0, 0, 0, 0), Integer(1)),
        ((1, 1, 1, 1), 1 + 5 / (108 * N**2) + 1 / (108 * N**4)),
        ((1, 0, 1, 0), 1 - 5 / (54 * N**2) - 1 / (54 * N**4)),
        ((2, 0, 0, 0), -sqrt(5) * (5 * N**2 + 1) / (108 * N**4)),
        ((2, 0, 1, 0), Integer(0)),  # parity
        ((2, 2, 2, 0), Integer(0)),  # 4 does not divide 2
    ],
)
def test_known_forms(key, value):
    assert dimensionless(*key) == expand(value)


@pytest.mark.parametrize("nside", range(1, 10))
def test_forms_are_the_exact_entries_to_lmax_8(nside):
    """For l + l2 <= 8 and m = m2 nine values exceed the degree l + l2: a proof by interpolation."""
    exact = exact_covariance(Healpix(nside), LMAX)
    compared = 0
    for (l, m), (l2, m2) in product(PAIRS, PAIRS):
        if nside >= derivations.valid_from(m, m2):
            value = derivations.closed_form_at(l, m, l2, m2, nside)
            assert value == exact.get((l, m, l2, m2), 0), (l, m, l2, m2)
            compared += 1
    assert compared >= (5409 if nside == 1 else 6159)


def test_degree_is_what_interpolation_needs():
    for key in forms.independent_keys(LMAX):
        bound = key[0] + key[2] + (key[1] != key[3])
        assert len(forms.form(*key).coefficients) - 1 <= bound


@pytest.mark.parametrize("nside", [3, 5])
def test_relation_is_the_form_with_the_second_order_reversed(nside):
    exact = exact_covariance(Healpix(nside), 4)
    few = [(l, m) for l, m in PAIRS if l <= 4]
    for (l, m), (l2, m2) in product(few, few):
        expected = (-1) ** abs(m2) * exact.get((l, m, l2, -m2), Integer(0))
        assert derivations.closed_relation_at(l, m, l2, m2, nside) == expected
        assert derivations.closed_relation(l, m, l2, m2).subs(N, nside) == expected


def test_expression_and_value_agree():
    for key in forms.independent_keys(5):
        start = derivations.valid_from(key[1], key[3])
        value = derivations.closed_form(*key)
        at = Integer(value) if value.is_Integer else value.subs(N, start + 3)
        assert at == derivations.closed_form_at(*key, start + 3)


def test_expression_is_tidy():
    assert derivations.closed_form(1, 1, 1, 1) == pi * (1 + 5 / (108 * N**2) + 1 / (108 * N**4)) / (3 * N**2)
    for key in forms.independent_keys(LMAX):
        found = forms.form(*key)
        assert all(found.radicand % square**2 for square in range(2, int(found.radicand**0.5) + 1))
        assert found.coefficients[-1] != 0


def test_bound_is_sharp_for_every_pair_of_orders_but_not_of_degrees():
    """At N_side = |k|/4 the belt aliases; only odd l - m at N_side = 1 does not see it (the equator)."""
    exact = {nside: exact_covariance(Healpix(nside), LMAX) for nside in range(1, 5)}
    fails, holds = set(), set()
    for key in forms.independent_keys(LMAX):
        l, m, _, m2 = key
        for nside in range(1, derivations.valid_from(m, m2)):
            right = forms.form(*key).at(nside) == exact[nside].get(key, 0)
            (holds if right else fails).add((m, m2, nside, (l - m) % 2))
    wanted = {(m, m2) for _, m, _, m2 in forms.independent_keys(LMAX) if m != m2}
    assert {(m, m2) for m, m2, nside, _ in fails if nside == (m2 - m) // 4} == wanted
    assert {(m2 - m, nside, odd) for m, m2, nside, odd in holds} == {(4, 1, 1)}
    assert not {case for case in fails if (case[1] - case[0], *case[2:]) == (4, 1, 1)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: derivations.closed_form(-1, 0, 1, 0), "l must be an integer >= 0, got -1"),
        (lambda: derivations.closed_form(1, 2, 1, 0), "m must be an integer from -1 to 1, got 2"),
        (lambda: derivations.closed_form(1, 1, 2, -3), "m2 must be an integer from -2 to 2, got -3"),
        (lambda: derivations.closed_relation(1, 1, 2, -3), "m2 must be an integer from -2 to 2, got 3"),
        (lambda: derivations.closed_form_at(2, -2, 2, 2, 1), "integers nside >= 2, got 1"),
        (lambda: derivations.closed_form_at(8, -8, 8, 8, 4), "integers nside >= 5, got 4"),
        (lambda: derivations.closed_form_at(1, 1, 1, 1, 0), "nside must be an integer >= 1, got 0"),
        (lambda: derivations.closed_form_at(1, 1, 1, 1, 2.0), r"got 2\.0"),
        (lambda: derivations.closed_relation_at(2, 2, 2, 2, 1), "integers nside >= 2, got 1"),
    ],
)
def test_bad_input_is_refused_with_the_bound(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("m", "m2", "start"), [(0, 0, 1), (3, 1, 1), (-2, 2, 2), (1, 9, 3), (8, -8, 5)])
def test_validity_starts_above_a_quarter_of_the_difference(m, m2, start):
    assert derivations.valid_from(m, m2) == derivations.valid_from(m2, m) == start


def test_all_pairs_to_lmax_8_take_seconds():
    forms._form.cache_clear()
    begun = perf_counter()
    found = [derivations.closed_form(*left, *right) for left, right in product(PAIRS, PAIRS)]
    assert perf_counter() - begun < 20  # 0.3 s where it was written
    assert len(found) == 6561
    assert sum(value != 0 for value in found) == 841


def test_independent_keys_stand_for_all_entries():
    keys = forms.independent_keys(LMAX)
    nonzero = {
        (*left, *right)
        for left, right in product(PAIRS, PAIRS)
        if derivations.closed_form(*left, *right) != 0
    }
    assert {forms.representative(*key) for key in nonzero} == set(keys)
    assert len(keys) == len(set(keys)) == 251


@pytest.mark.parametrize("power", [0, 1, 5, 16])
@pytest.mark.parametrize("n", [1, 2, 9])
def test_power_sums_are_the_sums(power, n):
    assert int(cap_sum(power)(n)) == sum(i ** (2 * power + 1) for i in range(n))
    assert int(belt_sum(power)(n)) == sum(j ** (2 * power) for j in range(-n, n + 1))


@pytest.mark.parametrize("power", [5, 6, 9])
def test_divisor_sum_is_dominated_by_its_largest_divisor(power):
    """|sum + j^s| <= 3/64 j^s for s >= 5: never zero, always negative."""
    for steps in range(1, 200):
        total = forms.divisor_sum(steps, power)
        assert abs(total + steps**power) <= Fraction(3, 64) * steps**power
        assert total < 0


def test_coupling_starts_exactly_where_the_theorem_says():
    for l, m, l2, m2 in healpix_forms.coupled_keys(LMAX):
        powers = [place for place, value in enumerate(forms.form(l, m, l2, m2).coefficients) if value]
        assert powers[0] == 1 + (abs(m) + abs(m2)) / 2 >= 3


def test_table_has_the_forms_in_lowest_terms():
    table = healpix_forms.table()
    assert [key for key, _ in table.rows] == sorted(forms.independent_keys(LMAX))
    for key, (start, radicand, denominator, numerators) in table.rows:
        found = forms.form(*key)
        assert (start, radicand) == (found.valid_from, found.radicand)
        assert tuple(Rational(value, denominator) for value in numerators) == found.coefficients
        assert gcd(denominator, *numerators) == 1


def test_a_changed_coefficient_changes_the_fingerprint(monkeypatch):
    entry = next(entry for entry in healpix_forms.derivations() if entry.tables)
    before = render_table(entry, entry.tables[0])
    form = forms.form(1, 1, 1, 1)
    wrong = forms.Form(form.radicand, (*form.coefficients[:-1], Fraction(1, 109)), form.valid_from)
    original = forms.form
    monkeypatch.setattr(forms, "form", lambda *key: wrong if key == (1, 1, 1, 1) else original(*key))
    after = render_table(entry, healpix_forms.table())
    mark = "Fingerprint: "
    assert before.split(mark)[1] != after.split(mark)[1]
