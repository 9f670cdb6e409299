"""The smallest error that one test of one hypothesis misses with a given probability, law by law.

Every test is two-sided at `level`; `miss` is the probability that it does not find the error. Each function
solves P(statistic is not rejected | error) = miss: exactly where the law under the error is known, else with
a bound that claims less.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from sphspec.verify.quantiles import chi_square_above, chi_square_below, normal_above
from sphspec.verify.tails import quadratic_tails

Floats = NDArray[np.float64]
LARGEST = 0.999  # effect of a quadratic form: the covariance stays positive


def variance(freedom: int, level: float, miss: float) -> float:
    """Return e: a sum of `freedom` squares of variance 1 + e is found; q(level/2)/q(1 - miss) - 1, exact."""
    return chi_square_above(level / 2, freedom) / chi_square_below(miss, freedom) - 1


def smaller_variance(freedom: int, level: float, miss: float) -> float:
    """Return e: a sum of `freedom` squares of variance 1 - e is found, exact."""
    return 1 - chi_square_below(level / 2, freedom) / chi_square_above(miss, freedom)


def offset(samples: int, level: float, miss: float) -> float:
    """Return the mean, in standard deviations, that is found in so many draws, exact."""
    return (normal_above(level / 2) + normal_above(miss)) / math.sqrt(samples)


def correlated(samples: int, level: float, miss: float, parts: int = 1) -> float:
    """Return the correlation that is found between z_j and z_k (a bound, safe side), at most 1.

    Given z_j, z_j.z_k/|z_j| = r |z_j| + sqrt(1 - r^2) g with g standard normal. |z_j| is taken at half of the
    allowed misses, g at the other half. With parts, the sum of so many independent ones over sqrt(parts).
    """
    length = math.sqrt(parts * chi_square_below(miss / 2 / parts, samples))
    if length == 0:
        return 1.0
    deviate = normal_above(miss / 2)
    needed = (normal_above(level / 2) + deviate) / length
    return min(needed, 1.0)


def quadratic(eigenvalues: Floats, samples: int, level: float, miss: float) -> float:
    """Return e: covariance I + e B or I - e B is found by trace(B Z^T Z), the larger of both, exact.

    Under I + e B the eigenvalues b of the form become b (1 + e b). Infinite where no e < 1 is found.
    """
    return _quadratic(tuple(eigenvalues.tolist()), samples, level, miss)


@lru_cache(maxsize=256)
def _quadratic(eigenvalues: tuple[float, ...], samples: int, level: float, miss: float) -> float:
    values = np.array(eigenvalues)
    return max(_one_sided(sign * values, samples, level, miss) for sign in (1.0, -1.0))


def _one_sided(values: Floats, samples: int, level: float, miss: float) -> float:
    """Return e for which q, rejected in its upper tail at level/2, is found under I + e B."""
    width = math.sqrt(2 * samples * float(values @ values))
    centre = samples * float(values.sum())

    def rejected(deviate: float) -> float:  # in normal scores, as below: almost a line
        return _score(quadratic_tails(centre + deviate * width, values, samples)[0], level / 2)

    far = 4 * normal_above(level / 2) + 40
    threshold = centre + width * float(optimize.brentq(rejected, 0.1, far, xtol=1e-9))

    def missed(effect: float) -> float:
        return _score(quadratic_tails(threshold, values * (1 + effect * values), samples)[1], miss)

    if missed(LARGEST) > 0:
        return math.inf
    return float(optimize.brentq(missed, 0.0, LARGEST, xtol=1e-12))


def _score(log_p: float, wanted: float) -> float:
    """Return the normal score of a probability less that of the wanted one."""
    return float(special.ndtri_exp(log_p) - special.ndtri(wanted))


def dependence(n: int, samples: int, level: float, miss: float) -> float:
    """Return sqrt(-2 log det C) of a correlation matrix C that the omnibus finds, whatever C is.

    For small correlations that is the root of the sum of their squares over i != j.

    Z^T Z = R^T R, R_ij = T_ii c_ji + ... + g_ij with T_ii^2 chi-square of at least K - n and c the Cholesky
    factor of C: the sum of squares is non-central chi-square, of T^2 |c|^2 off the diagonal. What the other
    entries of c take off the g_ij is less than n |c|^2, so K - 2 n, less three deviations, stands for T^2.
    With d_i = 1 - c_ii^2, |c|^2 = sum d_i and -log det C = -sum log(1 - d_i), at most -log(1 - |c|^2): all in
    one d_i. That C also changes the spread of the g_ij is left out.
    """
    length = samples - 2 * n - 3 * math.sqrt(2 * samples)
    if length <= 0:
        return math.inf
    freedom = n * (n - 1) // 2
    threshold = chi_square_above(level / 2, freedom)

    def missed(centre: float) -> float:
        return float(special.chndtr(threshold, freedom, centre)) - miss

    high = 100 + threshold
    while missed(high) > 0:
        high *= 2
    square = float(optimize.brentq(missed, 1e-9, high, rtol=1e-10)) / length
    return math.sqrt(-2 * math.log1p(-square)) if square < 1 else math.inf
