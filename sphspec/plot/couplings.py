"""What the maps of correlations show: entries, or extremes and norms of every pair of degrees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance

Floats = NDArray[np.float64]
FULL = 600  # coefficients up to which every entry is drawn; above, pairs of degrees: none is left out


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
    """Return the couplings of a covariance from its sectors, of single entries or of pairs of degrees."""
    degrees, _ = degrees_orders(cov.lmax)
    places = np.arange(cov.n) if entries else degrees
    edges = np.arange(cov.lmax + 2) ** (2 if entries else 1)
    size = int(edges[-1])
    check.fits(24.0 * size**2, f"a map of the correlations at lmax={cov.lmax}")
    high, low, allowed = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size), dtype=bool)
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        where = np.ix_(places[members], places[members])
        values = _correlation(block)
        np.maximum.at(high, where, values)
        np.minimum.at(low, where, values)
        allowed[where] = True
    if entries:
        np.fill_diagonal(allowed, False)
    return Couplings(np.where(high >= -low, high, low), allowed, edges)


def norms(cov: NoiseCovariance) -> Floats:
    """Return |C_ll' - c [l = l'] I|_F / (c sqrt of the smaller block), c = tr Sigma/n: (lmax + 1, lmax + 1).

    Zero everywhere for white noise.
    """
    degrees, _ = degrees_orders(cov.lmax)
    mean = float(cov.diagonal().mean())
    squares = np.zeros((cov.lmax + 1, cov.lmax + 1))
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        here = degrees[members]
        part = np.asarray(block - mean * np.eye(here.size)) ** 2
        np.add.at(squares, np.ix_(here, here), part)
    least = np.minimum.outer(np.arange(cov.lmax + 1), np.arange(cov.lmax + 1))
    return np.asarray(np.sqrt(squares / (2 * least + 1)) / mean)


def _correlation(block: Floats) -> Floats:
    scale = np.sqrt(np.clip(np.diagonal(block), 0, None))
    floor = np.finfo(np.float64).eps * scale.max(initial=0.0)
    safe = np.where(scale > floor, scale, np.inf)
    found: Floats = block / np.outer(safe, safe)
    np.fill_diagonal(found, 0)
    return found
