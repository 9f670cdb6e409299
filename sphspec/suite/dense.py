"""What the judges need of a claimed covariance, and one that is given as a plain matrix."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import size
from sphspec.gram import SectorMatrix

Floats = NDArray[np.float64]


class Covariance(Hashable, Protocol):
    """A claimed covariance of coefficients in chart R1: `NoiseCovariance`, or any matrix."""

    @property
    def lmax(self) -> int:
        """Band limit."""

    @property
    def n(self) -> int:
        """Number of coefficients, (lmax + 1)^2."""

    @property
    def blocks(self) -> SectorMatrix:
        """The entries in sectors that do not couple."""

    def dense(self) -> Floats:
        """Return the matrix, (n, n)."""

    def diagonal(self) -> Floats:
        """Return the variances, (n,)."""

    def apply(self, alpha: Any) -> Floats:
        """Return the product with a batch of coefficients (..., n)."""

    def whiten(self, alpha: Any) -> tuple[Floats, float]:
        """Return independent standard coordinates of draws (..., n) and the relative part off the range."""


@dataclass(frozen=True, eq=False)
class DenseCovariance:
    """A covariance without structure: one sector.

    Attributes
    ----------
    matrix : (n, n) symmetric, chart R1
    lmax : band limit

    Raises
    ------
    ValueError
        for a matrix of another size.
    """

    matrix: Floats
    lmax: int

    def __post_init__(self) -> None:
        expected = (size(self.lmax), size(self.lmax))
        if self.matrix.shape != expected:
            raise ValueError(f"matrix must be {expected} at lmax={self.lmax}, got {self.matrix.shape}")

    @property
    def n(self) -> int:
        """Number of coefficients."""
        return size(self.lmax)

    @cached_property
    def blocks(self) -> SectorMatrix:
        """The matrix as one sector."""
        return SectorMatrix(self.n, (np.arange(self.n),), (self.matrix,))

    def dense(self) -> Floats:
        """Return the matrix, (n, n)."""
        return self.matrix

    def diagonal(self) -> Floats:
        """Return the variances, (n,)."""
        return self.blocks.diagonal()

    def apply(self, alpha: Any) -> Floats:
        """Return the product with a batch of coefficients (..., n)."""
        return np.asarray(self.blocks.apply(check.real_array("alpha", alpha, self.n)))

    def whiten(self, alpha: Any) -> tuple[Floats, float]:
        """Return independent standard coordinates of draws (..., n) and the relative part off the range."""
        return self.blocks.whiten(check.real_array("alpha", alpha, self.n))
