"""Quantiles are scipy.stats' own."""

import pytest
from scipy import special, stats

from sphspec.verify.quantiles import chi_square_above, chi_square_below, normal_above

LEVELS = (1e-300, 1e-30, 1e-9, 1e-3, 0.5, 0.999)


@pytest.mark.parametrize("p", LEVELS)
def test_they_are_those_of_scipy_stats(p):
    assert normal_above(p) == pytest.approx(stats.norm.isf(p), rel=1e-13, abs=1e-15)
    for freedom in (1, 7, 2000, 10**7):
        assert chi_square_above(p, freedom) == pytest.approx(stats.chi2.isf(p, freedom), rel=1e-12)
        assert chi_square_below(p, freedom) == pytest.approx(stats.chi2.ppf(p, freedom), rel=1e-12)


@pytest.mark.parametrize("p", LEVELS[2:])
def test_they_are_quantiles(p):
    for freedom in (3, 500):
        assert special.chdtrc(freedom, chi_square_above(p, freedom)) == pytest.approx(p, rel=1e-10)
        assert special.chdtr(freedom, chi_square_below(p, freedom)) == pytest.approx(p, rel=1e-10)
