"""What a Monte Carlo run detects: smallest effects found with a given probability, exactly or bounded."""

import numpy as np
from scipy import optimize, stats

from sphspec.verify.budget import POWER


def detectable_variance(count: int, alpha: float, power: float = POWER) -> float:
    """Return the smallest delta for which a variance (1 + delta) of `count` summed squares is caught.

    Two-sided chi-square test at level alpha: 1 + delta = q(1 - alpha/2) / q(1 - power), exact.
    """
    threshold = stats.chi2.isf(alpha / 2, count)
    return float(threshold / stats.chi2.ppf(1 - power, count) - 1)


def detectable_correlation(count: int, alpha: float, power: float = POWER) -> float:
    """Return the smallest correlation of a pair that is caught in `count` draws (a bound, safe side).

    Given z_j the statistic is normal with mean rho |z_j| and variance 1 - rho^2 <= 1; |z_j| is taken
    at half of the allowed misses, the normal deviate at the other half.
    """
    miss = (1 - power) / 2
    length = np.sqrt(stats.chi2.ppf(miss, count))
    needed = (stats.norm.isf(alpha / 2) + stats.norm.isf(miss)) / length
    return float(min(needed, 1.0))


def samples_for_variance(delta: float, alpha: float, power: float = POWER) -> int:
    """Return the smallest number of summed squares with which a variance (1 + delta) is caught."""
    if delta <= 0:
        raise ValueError(f"delta must be > 0, got {delta}")

    def excess(log_count: float) -> float:
        return detectable_variance(round(float(np.exp(log_count))), alpha, power) - delta

    root = optimize.brentq(excess, np.log(2), np.log(1e12), xtol=1e-6)
    count = round(float(np.exp(root)))
    while detectable_variance(count, alpha, power) > delta:
        count += 1
    return count
