"""What is looked at of large matrices: every entry up to a size, beyond it products with random vectors.

A matrix that is wrong in one entry has a wrong product with a normal vector, but for a set of measure zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DENSE = 1200  # coefficients up to which every entry is looked at
COUNT = 8  # vectors, beyond


@dataclass(frozen=True, eq=False)
class Probes:
    """Columns (n, COUNT) that matrices are multiplied by; None for all entries."""

    columns: Floats | None

    @classmethod
    def of(cls, n: int, rng: np.random.Generator) -> "Probes":
        """Return probes of matrices (n, n); only large ones take anything from rng."""
        return cls(rng.standard_normal((n, COUNT)) if n > DENSE else None)

    @property
    def where(self) -> str:
        """What is looked at, in words."""
        return "in every entry" if self.columns is None else f"on {COUNT} random vectors"

    def seen(self, matrix: Floats) -> Floats:
        """Return what is looked at of a matrix."""
        return matrix if self.columns is None else matrix @ self.columns

    def doubled(self, left: Floats, right: Floats) -> Floats:
        """Return what is looked at of L R + (L R)^T, R symmetric."""
        if self.columns is None:
            half = left @ right
            return np.asarray(half + half.T)
        return np.asarray(left @ (right @ self.columns) + right @ (left.T @ self.columns))
