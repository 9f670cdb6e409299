"""A symmetric matrix of lanes by its upper triangle, packed row by row: LAPACK's packed lower one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Triangle:
    """Entries of lanes that may couple, l - m of one parity or of both.

    Attributes
    ----------
    lanes : (m, sign) of each lane
    parity : of l - m, or None for all l
    counts : degrees of each lane
    values : the rows, each from the diagonal on
    """

    lanes: tuple[tuple[int, int], ...]
    parity: int | None
    counts: tuple[int, ...]
    values: Floats

    @property
    def size(self) -> int:
        """Number of rows."""
        return sum(self.counts)

    def row(self, place: int) -> Floats:
        """Return one row from the diagonal on, (size - place,)."""
        start = place * self.size - place * (place - 1) // 2
        return self.values[start : start + self.size - place]

    def square(self) -> Floats:
        """Return the full matrix, (size, size)."""
        matrix = np.zeros((self.size, self.size))
        above = np.triu_indices(self.size)
        matrix[above] = self.values
        matrix.T[above] = self.values
        return matrix


def triangle_bytes(size: int) -> float:
    """Return the bytes of a packed triangle of so many rows."""
    return 4.0 * size * (size + 1.0)
