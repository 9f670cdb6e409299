"""3j symbols: the exact numbers, orthogonality, and the recurrence that is derived for them."""

import ducc0
import numpy as np
import pytest
from oracles import exact_three_j

from sphspec import wigner
from sphspec._generated import wigner as generated


def test_every_symbol_to_degree_12_is_the_exact_one():
    worst = 0.0
    for l in range(13):
        for l2 in range(l + 1):
            for m in range(l + 1):
                for m2 in range(-l2, l2 + 1):
                    lowest, symbols = wigner.three_j(l, l2, m, m2)
                    assert lowest == max(l - l2, abs(m + m2))
                    assert symbols.size == l + l2 - lowest + 1
                    exact = [exact_three_j(l, l2, lowest + k, m, m2) for k in range(symbols.size)]
                    worst = max(worst, float(np.abs(symbols - exact).max()))
    assert worst <= 1e-15


@pytest.mark.parametrize(
    ("l", "l2", "m", "m2"),
    [(200, 200, 0, 0), (200, 200, 200, -200), (200, 150, 37, -101), (201, 200, 3, 5), (180, 3, 100, -2)],
)
def test_symbols_near_degree_200_are_exact_to_rounding(l, l2, m, m2):
    lowest, symbols = wigner.three_j(l, l2, m, m2)
    exact = [exact_three_j(l, l2, lowest + k, m, m2) for k in range(symbols.size)]
    np.testing.assert_allclose(symbols, exact, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("l", "l2"), [(0, 0), (1, 0), (5, 5), (7, 3), (24, 23)])
def test_table_holds_the_symbols_of_even_sums(l, l2):
    table = wigner.orders_table(l, l2)
    assert table.shape == (l2 + 1, l + 1, 2 * l2 + 1)
    for place in {0, l2 // 2, l2}:
        for m in {0, l // 2, l}:
            for m2 in {-l2, 0, l2 // 2}:
                exact = exact_three_j(l, l2, l - l2 + 2 * place, -m, m2)
                assert table[place, m, m2 + l2] == pytest.approx(exact, abs=1e-15)


@pytest.mark.parametrize("lmax", [0, 1, 12])
def test_overlaps_of_harmonics_without_orders_are_exact(lmax):
    for difference in range(lmax + 1):
        overlaps = wigner.zero_overlaps(difference, lmax)
        for l2, row in enumerate(overlaps):
            tops = difference + 2 * np.arange(row.size)
            exact = [(2 * top + 1) * exact_three_j(l2 + difference, l2, top, 0, 0) ** 2 for top in tops]
            np.testing.assert_allclose(row, exact, rtol=1e-14, atol=0)


def test_overlaps_at_degree_1000_agree_with_ducc():
    for difference in (0, 1, 500):
        row = wigner.zero_overlaps(difference, 1000)[-1]
        lowest, symbols = ducc0.misc.wigner3j_int(1000, 1000 - difference, 0, 0)
        assert lowest == difference
        degrees = lowest + np.arange(symbols.size)
        expected = ((2 * degrees + 1) * symbols**2)[::2]
        np.testing.assert_allclose(row[: expected.size], expected, rtol=1e-11)
        assert not row[expected.size :].any()


@pytest.mark.parametrize(("l", "l2"), [(0, 0), (1, 1), (6, 2), (20, 20), (60, 45)])
def test_symbols_obey_the_derived_recurrence(l, l2):
    orders = [(m, m2) for m in {-l, -1, 0, l // 2} if abs(m) <= l for m2 in {-l2, 0, l2 // 3}]
    assert max(wigner.recurrence_residual(l, l2, m, m2) for m, m2 in orders) <= 1e-15 * max(1, l)


def test_a_symbol_off_by_a_billionth_breaks_the_recurrence(monkeypatch):
    original = wigner.three_j

    def off(*quantum_numbers):
        lowest, symbols = original(*quantum_numbers)
        return lowest, symbols * np.where(np.arange(symbols.size) == 2, 1 + 1e-9, 1)

    monkeypatch.setattr(wigner, "three_j", off)
    assert wigner.recurrence_residual(6, 5, 2, -1) > 1e-11


def test_wrong_ratio_is_seen_against_exact_overlaps(monkeypatch):
    ratio = generated.zero_ratio
    monkeypatch.setattr(generated, "zero_ratio", lambda l3, l, l2: 1.01 * ratio(l3, l, l2))
    exact = 5 * exact_three_j(3, 3, 2, 0, 0) ** 2
    assert abs(wigner.zero_overlaps(0, 3)[3, 1] - exact) > 1e-3
