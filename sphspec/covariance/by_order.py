"""Sigma order by order, where orders do not couple: linear algebra in the memory of one order.

For m > 0 the cosine and the sine parts have the same matrix (C_(lm,l'm) in chart R1): it is computed once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import analysis as generated
from sphspec.conventions import index, size
from sphspec.engine import Fold, each_order, fold, interleaved, one_order, split, square
from sphspec.gram import ring_sums
from sphspec.operator import Operator

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Part:
    """One order's coefficients of one parity of l - m, or of both, and their matrix."""

    order: int
    degrees: NDArray[np.int64]
    matrix: Floats

    @property
    def lanes(self) -> tuple[NDArray[np.int64], ...]:
        """R1 indices of the cosine part, and of the sine part for m > 0."""
        signs = (1, -1) if self.order else (1,)
        return tuple(index(self.degrees, sign * self.order) for sign in signs)

    def factor(self) -> Floats:
        """Return the lower Cholesky factor; ValueError where there is none."""
        factor, failed = scipy.linalg.lapack.dpotrf(self.matrix, lower=1)
        if failed:
            raise ValueError(
                f"Sigma is singular, or too near to it, at order m={self.order}: it has no Cholesky factor"
            )
        return np.asarray(factor)


@dataclass(frozen=True, eq=False)
class ByOrder:
    """Sigma = Q Phi^T diag(u) Phi Q^T of an operator whose orders do not couple.

    Attributes
    ----------
    operator : Quadrature, Jacobi or LeastSquares
    strength : u = w^2 s^2, (npix,), constant on rings
    """

    operator: Operator
    strength: Floats

    @cached_property
    def _folds(self) -> tuple[Fold, ...]:
        """The rings with u; for an operator with a filter also with w, for its Gram matrix."""
        fields = (self.strength,) if self.operator.plain else (self.strength, self.operator.weights)
        return tuple(fold(self.operator.grid, ring_sums(self.operator.grid, field)) for field in fields)

    @property
    def needed(self) -> float:
        """Bytes of one order's work."""
        return 8.0 * 8 * float(self.operator.lmax + 1) ** 2

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts, order by order."""
        lmax = self.operator.lmax
        check.fits(self.needed, f"one order of the covariance of {self.operator!r}")
        for orders in zip(*(each_order(rings, lmax) for rings in self._folds), strict=True):
            yield from self._parts(orders[0][0], tuple(packed for _, packed in orders))

    def order(self, m: int) -> tuple[Part, ...]:
        """Return the parts of one order."""
        check.fits(self.needed, f"one order of the covariance of {self.operator!r}")
        return tuple(self._parts(m, tuple(one_order(rings, self.operator.lmax, m) for rings in self._folds)))

    def block(self, m: int) -> Floats:
        """Return C_(lm,l'm), (lmax - m + 1, lmax - m + 1)."""
        return interleaved([part.matrix for part in self.order(m)])

    def logdet(self) -> float:
        """Return log det Sigma; -inf where a part has no Cholesky factor."""
        total = 0.0
        for part in self:
            factor, failed = scipy.linalg.lapack.dpotrf(part.matrix, lower=1)
            if failed:
                return -np.inf
            total += 2 * len(part.lanes) * float(np.log(np.diagonal(factor)).sum())
        return total

    def eigenvalues(self) -> Floats:
        """Return all eigenvalues, ascending, (n,)."""
        values = [np.tile(scipy.linalg.eigvalsh(part.matrix), len(part.lanes)) for part in self]
        return np.sort(np.concatenate(values))

    def diagonal(self) -> Floats:
        """Return the diagonal, (n,)."""
        values = np.zeros(size(self.operator.lmax))
        for part in self:
            for places in part.lanes:
                values[places] = np.diagonal(part.matrix)
        return values

    def apply_inverse(self, vectors: Floats) -> Floats:
        """Return Sigma^-1 v for v (..., n); ValueError for a singular Sigma."""
        result = np.zeros_like(vectors)
        for part in self:
            factor = part.factor()
            for places in part.lanes:
                flat = vectors[..., places].reshape(-1, places.size).T
                solved = scipy.linalg.cho_solve((factor, True), flat)
                result[..., places] = solved.T.reshape(*vectors.shape[:-1], places.size)
        return result

    def _parts(self, m: int, packed: tuple[Floats, ...]) -> Iterator[Part]:
        lmax, mirrored = self.operator.lmax, all(rings.mirrored for rings in self._folds)
        squares = [
            [square(part) for part in split(values, lmax, m, mirrored=rings.mirrored)]
            for values, rings in zip(packed, self._folds, strict=True)
        ]
        if not mirrored:
            squares = [[interleaved(matrices)] for matrices in squares]
        for parity, matrices in enumerate(zip(*squares, strict=True)):
            degrees = np.arange(m + parity, lmax + 1, 2 if mirrored else 1)
            if degrees.size:
                yield Part(m, degrees, self._filtered(*matrices))

    def _filtered(self, sigma: Floats, gram: Floats | None = None) -> Floats:
        """Return Q Sigma Q^T, or Sigma itself for plain quadrature."""
        if gram is None:
            return sigma
        product: Floats = np.asarray(generated.filtered_covariance(self.operator.filter(gram), sigma))
        return (product + product.T) / 2
