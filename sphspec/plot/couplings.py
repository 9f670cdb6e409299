"""Off-diagonal correlations of a covariance, entry by entry or as the extreme of every pair of degrees.

rho_ij = Sigma_ij/sqrt(Sigma_ii Sigma_jj), i != j.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance

Floats = NDArray[np.float64]
FULL = 600  # coefficients up to which every entry is drawn; above, the extreme of every pair of degrees


@dataclass(frozen=True, eq=False)
class Couplings:
    """Off-diagonal correlations, drawn entry by entry or as the extreme of every pair of degrees.

    Attributes
    ----------
    signed : (k, k) correlation, diagonal left out
    allowed : (k, k) whether the selection rules leave anything off the diagonal
    edges : (lmax + 2,) where each degree begins
    """

    signed: Floats
    allowed: NDArray[np.bool_]
    edges: NDArray[np.int64]


def couplings(cov: NoiseCovariance, *, entries: bool) -> Couplings:
    """Return the couplings of a covariance from its sectors, of single entries or of pairs of degrees.

    The extreme of a pair of degrees is its correlation of largest size, with its sign: the positive one
    where both signs are as large. Nothing is left out between.
    """
    degrees, _ = degrees_orders(cov.lmax)
    places = np.arange(cov.n) if entries else degrees
    edges = np.arange(cov.lmax + 2) ** (2 if entries else 1)
    size = int(edges[-1])
    high, low, allowed = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size), dtype=bool)
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        order = np.argsort(places[members], kind="stable")
        seen, starts = np.unique(places[members][order], return_index=True)
        where, values = np.ix_(seen, seen), _correlation(block)[np.ix_(order, order)]
        high[where] = np.maximum(high[where], _pooled(np.maximum, values, starts))
        low[where] = np.minimum(low[where], _pooled(np.minimum, values, starts))
        allowed[where] = True
    if entries:
        np.fill_diagonal(allowed, False)
    return Couplings(np.where(high >= -low, high, low), allowed, edges)


def shared_scale(covs: Iterable[NoiseCovariance]) -> float:
    """Return the largest |rho| of several covariances, 1 where none couples: one scale for their panels.

    Raises
    ------
    ValueError
        where no covariance is given.
    """
    sizes = [float(np.abs(couplings(cov, entries=False).signed).max()) for cov in covs]
    if not sizes:
        raise ValueError("a shared scale needs at least one covariance")
    return max(sizes) or 1.0


def _pooled(extreme: np.ufunc, values: Floats, starts: NDArray[np.int64]) -> Floats:
    if starts.size == values.shape[0]:  # groups of one
        return values
    return np.asarray(extreme.reduceat(extreme.reduceat(values, starts, axis=0), starts, axis=1))


def _correlation(block: Floats) -> Floats:
    scale = np.sqrt(np.clip(np.diagonal(block), 0, None))
    floor = np.finfo(np.float64).eps * scale.max(initial=0.0)
    safe = np.where(scale > floor, scale, np.inf)
    correlation: Floats = block / np.outer(safe, safe)
    np.fill_diagonal(correlation, 0)
    return correlation
