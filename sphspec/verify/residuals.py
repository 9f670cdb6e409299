"""Theory against Monte Carlo: what a run left over, entry by entry, with the limits of a correct run.

With x = R z, R block diagonal on the sectors of Sigma = R R^T, the second moments of the draws are R P R^T, P
those of z. In white coordinates t_ij = z_i.z_j/|z_j| is standard normal given z_j for every i > j, exactly:
Phi(t_ij) is uniform.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.verify.quantiles import chi_square_above, chi_square_below, normal_above

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
FAMILY = 0.05  # probability that a correct run leaves the lines anywhere
MOST = 3000  # uniform values of a run
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Sector:
    """Coefficients that Sigma does not couple to others.

    Attributes
    ----------
    places : (k,) their indices
    columns : (rank,) those of their white coordinates
    covariance : (k, k) Sigma
    colour : (k, rank) R, x = R z
    """

    places: Places
    columns: Places
    covariance: Floats
    colour: Floats


@dataclass(frozen=True, eq=False)
class Residuals:
    """What a Monte Carlo run left over.

    Attributes
    ----------
    largest_score : of |moments - Sigma| over their standard deviation, entries of variance > 0
    score_line : |score| that a correct run exceeds anywhere with probability FAMILY (Bonferroni, normal)
    ratios : (n,) measured over claimed variance, NaN where nothing varies
    band : interval of the ratios, simultaneous at FAMILY (Bonferroni, chi-square)
    uniforms : Phi(t_ij) of pairs i > j of white coordinates, at most MOST of them evenly spaced
    """

    largest_score: float
    score_line: float
    ratios: Floats
    band: tuple[float, float]
    uniforms: Floats


def residuals(sectors: Sequence[Sector], products: Floats, count: int) -> Residuals:
    """Return the residuals; Var(S_ij) = (Sigma_ii Sigma_jj + Sigma_ij^2)/K for K normal draws.

    Parameters
    ----------
    sectors : of the claimed covariance
    products : (r, r) sum of z z^T over the draws
    count : K
    """
    half = np.empty((sum(sector.places.size for sector in sectors), products.shape[0]))
    diagonal = np.empty(half.shape[0])
    for sector in sectors:
        half[sector.places] = sector.colour @ products[sector.columns]
        diagonal[sector.places] = np.diagonal(sector.covariance)
    floor = EPS * 2 * diagonal.max() ** 2
    measured, largest, kept = np.empty(diagonal.size), 0.0, 0
    for sector in sectors:
        places = sector.places
        moments = sector.colour @ half[:, sector.columns].T / count
        measured[places] = moments[np.arange(places.size), places]
        spread = np.outer(diagonal[places], diagonal)
        spread[:, places] += sector.covariance**2
        moments[:, places] -= sector.covariance
        varying = spread > floor
        squares = moments**2 / np.where(varying, spread, np.inf)
        largest = max(largest, float(squares.max(initial=0.0)))
        kept += int(np.count_nonzero(varying)) + int(varying[np.arange(places.size), places].sum())
    varying = diagonal > EPS * diagonal.max()
    ratios = np.full(diagonal.size, np.nan)
    ratios[varying] = measured[varying] / diagonal[varying]
    level = FAMILY / (2 * max(1, int(varying.sum())))
    band = chi_square_below(level, count) / count, chi_square_above(level, count) / count
    line = normal_above(FAMILY / kept)  # both signs of kept/2 pairs i >= j
    return Residuals(float(np.sqrt(count * largest)), line, ratios, band, uniforms(products))


def uniforms(products: Floats) -> Floats:
    """Return Phi(t_ij) for i > j, at most MOST of them evenly spaced."""
    pairs = products.shape[0] * (products.shape[0] - 1) // 2
    members = np.linspace(0, pairs - 1, MOST).astype(np.int64) if pairs > MOST else np.arange(pairs)
    row, column = pair_of(members)
    found: Floats = special.ndtr(products[row, column] / np.sqrt(products[column, column]))
    return found


def pair_of(member: Places) -> tuple[Places, Places]:
    """Return i > j of the pairs whose places in (1, 0), (2, 0), (2, 1), (3, 0) ... are given."""
    row = ((1 + np.sqrt(8 * member + 1)) // 2).astype(np.int64)
    return row, member - row * (row - 1) // 2
