"""All runs of a suite together: what is too small for each, and whether their p are uniform.

Runs use independent streams. A statistic with an exact continuous law gives a normal score in each run,
Phi(score) = cdf; under the claim their sum over R runs is N(0, R) (Stouffer), and the cdf's are R draws
of a uniform law (Kolmogorov-Smirnov, exact at any R).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.verify.tails import normal

Floats = NDArray[np.float64]


def normal_scores(log_sf: Floats, log_cdf: Floats) -> Floats:
    """Return z with P(Z > z) = sf, from whichever tail is the smaller: right in both."""
    upper, lower = np.asarray(log_sf, dtype=np.float64), np.asarray(log_cdf, dtype=np.float64)
    return np.asarray(np.where(upper < lower, -special.ndtri_exp(upper), special.ndtri_exp(lower)))


def stouffer(scores: Floats) -> float:
    """Return the natural log of the two-sided p of the sum of independent normal scores, (R,)."""
    return float(normal(np.array([scores.sum() / np.sqrt(scores.size)]))[0])


def uniformity(scores: Floats) -> float:
    """Return the natural log of the exact two-sided Kolmogorov-Smirnov p of Phi(scores), (R,)."""
    from scipy import stats  # it takes half a second to load

    p = float(stats.kstest(special.ndtr(scores), "uniform", method="exact").pvalue)
    return float(np.log(p)) if p > 0 else -np.inf
