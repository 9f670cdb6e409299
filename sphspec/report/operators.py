"""Operators side by side: what iteration, least squares and ring weights make of the noise of one grid."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sphspec.analysis import Jacobi, LeastSquares, Quadrature
from sphspec.covariance import is_round_trip, noise_covariance
from sphspec.grids import Healpix
from sphspec.operator import Operator
from sphspec.report import words
from sphspec.report.cases import Measured

LARGEST = 1200  # coefficients: five dense covariances, their eigenvalues


def side_by_side(measured: tuple[Measured, ...]) -> list[list[str]]:
    """Return a row an operator, on each HEALPix grid of equal weights and each band limit that will do.

    Condition number, largest correlation, Kullback-Leibler divergence from white noise, and how far what
    comes back of a synthesis is from it, |A Phi - 1| in the spectral norm.
    """
    found = {item.setting: item for item in measured if is_round_trip(item.cov) and item.cov.n <= LARGEST}
    return [_row(item, name, operator) for item in found.values() for name, operator in _operators(item)]


def _operators(item: Measured) -> Iterator[tuple[str, Operator]]:
    grid, lmax = item.cov.operator.grid, item.cov.lmax
    assert isinstance(grid, Healpix)
    yield "Quadrature (iter = 0)", Quadrature(grid, lmax)
    weighted = _ring_weighted(grid.nside) if lmax <= 2 * grid.nside else None  # what the weights are made for
    if weighted is not None:
        yield "Quadrature with ring weights", Quadrature(weighted, lmax)
    yield "Jacobi (iter = 1)", Jacobi(grid, lmax, 1)
    yield "Jacobi (iter = 3)", Jacobi(grid, lmax, 3)
    try:
        yield "Least squares", LeastSquares(grid, lmax)
    except ValueError:  # more coefficients than the pixels can tell apart
        return


def _ring_weighted(nside: int) -> Healpix | None:
    """Return the grid with healpy's ring weights; None for nside that it has none for."""
    try:
        return Healpix.ring_weighted(nside)
    except ValueError:
        return None


def _row(item: Measured, name: str, operator: Operator) -> list[str]:
    found = noise_covariance(operator).isotropy()
    defect = max(
        float(np.abs(np.linalg.eigvalsh(_symmetric(factor @ gram)) - 1).max())
        for factor, gram in zip(operator.filters(operator.sectors), operator.gram.blocks, strict=True)
    )
    return [
        item.setting, name, words.number(found.condition), words.number(found.coupling),
        words.number(found.kl), words.number(defect, 2),
    ]  # fmt: skip


def _symmetric(matrix: Any) -> Any:
    return (matrix + matrix.T) / 2
