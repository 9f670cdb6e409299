"""Theory against Monte Carlo: standardised residuals and variance ratios of one run, with their limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.quantiles import chi_square_above, chi_square_below, normal_above
from sphspec.verify.result import Evidence

Floats = NDArray[np.float64]
FAMILY = 0.05  # probability that a correct run leaves the lines anywhere


@dataclass(frozen=True, eq=False)
class Residuals:
    """What a Monte Carlo run left over.

    Attributes
    ----------
    run : the evidence
    largest_score : of |moments - Sigma| over their standard deviation, entries of variance > 0
    score_line : |score| that a correct run exceeds anywhere with probability FAMILY (Bonferroni, normal)
    ratios : (n,) measured over claimed variance, NaN where nothing varies
    band : interval of the ratios, simultaneous at FAMILY (Bonferroni, chi-square)
    """

    run: Evidence
    largest_score: float
    score_line: float
    ratios: Floats
    band: tuple[float, float]


def residuals(run: Evidence) -> Residuals:
    """Return the residuals; Var(S_ij) = (Sigma_ii Sigma_jj + Sigma_ij^2)/K for K normal draws."""
    diagonal = np.diagonal(run.covariance)
    spread = (np.outer(diagonal, diagonal) + run.covariance**2) / run.samples
    kept = spread > np.finfo(np.float64).eps * spread.max()
    squares = (run.moments - run.covariance) ** 2 / np.where(kept, spread, np.inf)
    count = (np.count_nonzero(kept) + np.count_nonzero(np.diagonal(kept))) // 2  # i >= j
    varying = diagonal > np.finfo(np.float64).eps * diagonal.max()
    ratios = np.full(diagonal.size, np.nan)
    ratios[varying] = np.diagonal(run.moments)[varying] / diagonal[varying]
    level = FAMILY / (2 * max(1, int(varying.sum())))
    low = chi_square_below(level, run.samples) / run.samples
    high = chi_square_above(level, run.samples) / run.samples
    line = normal_above(FAMILY / (2 * count))
    return Residuals(run, float(np.sqrt(squares.max())), line, ratios, (low, high))
