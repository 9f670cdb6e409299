"""Tails: against exact closed forms in high precision, far beyond the smallest double."""

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats

from sphspec.verify.tails import chi_square, normal, quadratic_tails

LOGS = [-5 * np.log(10.0), -30.0, -100.0, -690.0, -1000.0, -1000 * np.log(10.0)]


@pytest.fixture(autouse=True)
def _precision():
    """Sixty digits and more."""
    before, mpmath.mp.dps, ctx.prec = mpmath.mp.dps, 60, 4000
    yield
    mpmath.mp.dps, ctx.prec = before, 53


def chi_square_log(x, k, upper):
    """Return log P(q > x) or log P(q < x) by ball arithmetic."""
    tail = (arb(float(x)) / 2).gamma_upper(arb(int(k)) / 2, 1)
    return float((tail if upper else 1 - tail).log())


@pytest.mark.parametrize("k", [1, 2, 3, 60, 4000])
@pytest.mark.parametrize("depth", LOGS)
@pytest.mark.parametrize("upper", [True, False])
def test_chi_square_is_right_in_the_far_tail(k, depth, upper):
    """At x from the Wilson-Hilferty deviate near the depth, its p by ball arithmetic."""
    deviate = np.sqrt(-2 * depth) * (1 if upper else -1)
    root = 1 - 2 / (9 * k) + deviate * np.sqrt(2 / (9 * k))
    x = k * (root**3 if root > 0.05 else max(np.exp(2 * depth / k), 1e-300))
    exact = chi_square_log(x, k, upper) + np.log(2)
    assert chi_square(x, k) == pytest.approx(exact, rel=1e-13, abs=1e-12 + 1e-16 * k)


@pytest.mark.parametrize("depth", LOGS)
def test_normal_is_right_in_the_far_tail(depth):
    x = np.sqrt(-2 * depth)
    exact = float(mpmath.log(mpmath.erfc(mpmath.mpf(x) / mpmath.sqrt(2))))
    assert normal([x, -x]) == pytest.approx([exact, exact], rel=1e-13)


def test_chi_square_agrees_with_scipy_in_the_middle():
    k = np.repeat([1, 2, 5, 100, 40_000], 1000)
    x = stats.chi2.rvs(k, random_state=np.random.default_rng(1))
    smaller = np.minimum(stats.chi2.sf(x, k), stats.chi2.cdf(x, k))
    np.testing.assert_allclose(chi_square(x, k), np.log(2 * smaller), rtol=1e-10, atol=3e-11)


def test_chi_square_at_and_near_zero():
    assert chi_square(0.0, 5) == -np.inf
    for x in (1e-250, 1e-91, 1e-89, 1e-30):
        assert chi_square(x, 3) == pytest.approx(chi_square_log(x, 3, False) + np.log(2), rel=1e-13)


def exponentials(x, values):
    """Return log P(q > x), x > 0, of q = sum of 2 v E_v, E standard exponentials, distinct v of either sign.

    Partial fractions of prod 1/(1 - 2 v s): sum over v > 0 of exp(-x/2v) prod_(u != v) v/(v - u).
    """
    tail = mpmath.mpf(0)
    for v in values:
        if v > 0:
            others = [mpmath.mpf(v) / (mpmath.mpf(v) - mpmath.mpf(u)) for u in values if u != v]
            tail += mpmath.exp(-mpmath.mpf(x) / (2 * mpmath.mpf(v))) * mpmath.fprod(others)
    return float(mpmath.log(tail))


@pytest.mark.parametrize("values", [[1.0, 0.5, 0.21], [1.0, -0.9], [0.3, 1.0, -2.0, -0.1, 0.7], [1e-3, 1.0]])
@pytest.mark.parametrize("x", [0.01, 3.0, 30.0, 200.0, 1500.0, 4600.0])
def test_quadratic_forms_agree_with_sums_of_exponentials(values, x):
    """Pairs of equal eigenvalues, count 1: chi-square of 2 is an exponential."""
    upper, lower = quadratic_tails(x, np.repeat(values, 2), 1)
    exact = exponentials(x, values)
    assert upper == pytest.approx(exact, rel=1e-13, abs=1e-12)
    assert np.exp(upper) + np.exp(lower) == pytest.approx(1.0, abs=1e-13)
    mirrored = quadratic_tails(-x, -np.repeat(values, 2), 1)
    assert mirrored == pytest.approx((lower, upper), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("count", [1, 2, 7, 2000])
@pytest.mark.parametrize("ratio", [0.3, 0.9, 1.0, 1.2, 4.0])
def test_equal_eigenvalues_give_the_chi_square(count, ratio):
    x = 5 * count * ratio
    upper, lower = quadratic_tails(2.5 * x, np.full(5, 2.5), count)
    assert upper == pytest.approx(chi_square_log(x, 5 * count, True), rel=1e-13, abs=1e-12)
    assert lower == pytest.approx(chi_square_log(x, 5 * count, False), rel=1e-13, abs=1e-12)


def modified_root(x, values, count):
    """Return log P(q > x) by the first term of the expansion, r* = r + log(u/r)/r."""
    from scipy.optimize import brentq

    def slope(s):
        return count * np.sum(values / (1 - 2 * values * s)) - x

    s = brentq(slope, 0.5 / values.min() * (1 - 1e-12), 0.5 / values.max() * (1 - 1e-12), xtol=1e-15)
    height = s * x + count / 2 * np.log1p(-2 * values * s).sum()
    r = np.sign(s) * np.sqrt(2 * height)
    u = s * np.sqrt(2 * count * np.sum((values / (1 - 2 * values * s)) ** 2))
    return stats.norm.logsf(r + np.log(u / r) / r)


def test_the_integral_is_exact_where_the_expansion_is_not():
    """Relative error of p against exponentials: the expansion's is above 1e-4, the integral's rounding."""
    values = np.array([0.3, 1.0, -2.0, -0.1, 0.7])
    expansion, integral = [], []
    for x in (3.0, 30.0, 200.0):
        exact = exponentials(x, values)
        expansion.append(abs(np.expm1(modified_root(x, np.repeat(values, 2), 1) - exact)))
        integral.append(abs(np.expm1(quadratic_tails(x, np.repeat(values, 2), 1)[0] - exact)))
    assert max(integral) < 1e-12
    assert min(expansion) > 1e-4


def test_a_form_of_one_sign_has_one_tail():
    assert quadratic_tails(-1.0, np.array([1.0, 0.0]), 3) == (0.0, -np.inf)
    assert quadratic_tails(1.0, np.array([-1.0, 0.0]), 3) == (-np.inf, 0.0)
    with pytest.raises(ValueError, match="eigenvalue other than 0"):
        quadratic_tails(1.0, np.zeros(3), 3)


@pytest.mark.parametrize("x", [1e15, -1e15, 1e200, -1e200])
def test_absurd_forms_end_with_an_absurd_p(x):
    """A gross error of the code under test must be found, and at once."""
    upper, lower = quadratic_tails(x, np.array([1.0, -0.5, 1e-30]), 1000)
    assert min(upper, lower) < -1e9
    assert max(upper, lower) == 0


@pytest.mark.parametrize("x", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(x):
    with pytest.raises(ArithmeticError, match="not finite"):
        chi_square(x, 3)
    with pytest.raises(ArithmeticError, match="not finite"):
        quadratic_tails(np.nan, np.array([1.0, -0.5]), 3)
