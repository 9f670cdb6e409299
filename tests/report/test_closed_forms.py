"""The report's section on closed forms: its numbers come from the forms, its formulas from the catalogue."""

import numpy as np
import pytest

import sphspec
from sphspec.report import data, words
from sphspec.report.expansion import trust
from sphspec.report.figures import expansion_errors


@pytest.fixture(scope="module")
def found():
    return trust()


def test_shares_are_those_of_the_covariance(found):
    """What one term leaves at lmax = nside = 8, from Sigma and the leading anisotropy instead."""
    item = next(item for item in found if item.lmax == item.nside == 8)
    cov = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(8), 8)).dense() * 12 * 64 / (4 * np.pi)
    deviation = cov - np.eye(81)
    left, equal = 0.0, 0.0
    for m in range(9):
        degrees = np.arange(m, 9)
        cosines, sines = degrees**2 + degrees + m, degrees**2 + degrees - m
        block = (deviation[np.ix_(cosines, cosines)] + deviation[np.ix_(sines, sines)]) / 2
        weight = 2 if m else 1
        left += weight * np.sum((block - sphspec.leading_anisotropy(8, 8, m)) ** 2)
        equal += weight * np.sum(block**2)
    total = np.sum(deviation**2)
    assert item.left[0] == pytest.approx(np.sqrt(left / total), rel=1e-9)
    assert item.coupling == pytest.approx(np.sqrt(1 - equal / total), rel=1e-9)


def test_each_term_helps_and_couplings_fall_with_the_fourth_power(found):
    assert all(item.left[0] > item.left[1] > item.left[2] > 0 for item in found)
    fine = [item for item in found if item.lmax == 8 and item.nside in (32, 64)]
    assert fine[0].coupling / fine[1].coupling == pytest.approx(2**4, rel=0.05)
    for place, power in enumerate((2, 4, 6)):
        assert fine[0].left[place] / fine[1].left[place] == pytest.approx(2**power, rel=0.05)


def test_table_has_the_forms_of_low_degree(found):
    table = data.closed_forms_data(found)
    assert [row["entry"] for row in table["rows"]][:3] == [
        "(0, 0) with (0, 0)", "(0, 0) with (2, 0)", "(1, 0) with (1, 0)",
    ]  # fmt: skip
    assert table["rows"][2]["typst"] == '1 - frac(5, 54 N_"side"^2) - frac(1, 54 N_"side"^4)'
    assert [row["scope"] for row in table["rows"] if words.MINUS in row["entry"]] == ["2"]
    assert table["left"] == words.listed(
        words.percent(share, 2) for item in found if item.lmax == item.nside == 8 for share in item.left
    )


def test_figure_says_what_it_shows(found):
    drawing = expansion_errors(found)
    assert "coupled orders" in drawing.svg
    assert "lmax 8, nside 8: 0.0358" in drawing.alt
