"""Linear algebra of one packed triangle: product, Cholesky factor, solution, root."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.linalg import blas, lapack

Floats = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)


def diagonal(triangle: Floats) -> Floats:
    """Return the diagonal of a packed triangle."""
    rows = np.arange(rank_of(triangle))
    return np.asarray(triangle[rows * (rows + 3) // 2])


def rank_of(triangle: Floats) -> int:
    """Return the dimension of the matrix of a packed triangle."""
    return int((np.sqrt(8 * triangle.size + 1) - 1) / 2)


def upper(triangle: Floats) -> Floats:
    """Return the upper half of the symmetric matrix, in Fortran order, zero below: rows become columns."""
    size = rank_of(triangle)
    if size == 0:
        return np.zeros((0, 0), order="F")
    matrix, _ = lapack.dtpttr(size, triangle, uplo="U")
    return np.asarray(matrix)


def product(triangle: Floats, vectors: Floats) -> Floats:
    """Return the symmetric matrix times columns (size, k)."""
    return np.asarray(blas.dsymm(1.0, upper(triangle), vectors, lower=0))


@dataclass(frozen=True, eq=False)
class Factor:
    """The Cholesky factor U of one block, C = U^T U.

    Attributes
    ----------
    upper : U, or the upper half of C where it is singular
    regular : whether C is positive definite to working precision
    tolerance : eigenvalues up to this part of the largest are roundoff
    """

    upper: Floats
    regular: bool
    tolerance: float

    @classmethod
    def of(cls, triangle: Floats, dimension: int) -> "Factor":
        """Return the factor of a packed triangle of a matrix of the given dimension."""
        half, tolerance = upper(triangle), dimension * EPS
        if not len(half):
            return cls(half, True, tolerance)
        columns = np.abs(half)
        norm = float((columns.sum(axis=0) + columns.sum(axis=1) - np.diagonal(columns)).max())
        del columns
        factor, failed = lapack.dpotrf(half, lower=0, clean=1)
        if failed:
            return cls(half, False, tolerance)
        reciprocal, _ = lapack.dpocon(factor, norm, uplo="U")
        regular = bool(reciprocal > tolerance)
        return cls(np.asarray(factor) if regular else half, regular, tolerance)

    def logdet(self) -> float:
        """Return log det C; -inf for a singular C."""
        return float(2 * np.log(np.diagonal(self.upper)).sum()) if self.regular else -np.inf

    def solve(self, vectors: Floats) -> Floats:
        """Return C^-1 times columns (size, k), for a regular C."""
        if not len(self.upper):
            return vectors
        return np.asarray(scipy.linalg.cho_solve((self.upper, False), vectors))

    def root(self, white: Floats) -> Floats:
        """Return R z for columns z (size, k), R R^T = C: on the range alone where C is singular."""
        if self.regular:
            return np.asarray(self.upper.T @ white)
        values, basis = scipy.linalg.eigh(self.upper, lower=False)
        kept = np.where(values > self.tolerance * np.abs(values).max(), values, 0.0)
        return np.asarray(basis @ (np.sqrt(kept)[:, None] * white))
