"""Directions in which a covariance can be wrong: quadratic forms of white draws with exact tails.

Under Sigma + eps E the white coordinates have covariance I + eps B; the locally best statistic for eps is

    q = sum_k z_k^T B z_k = trace(B Z^T Z) = sum_i lambda_i chi-square_K,   lambda the eigenvalues of B.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.moments import Sums
from sphspec.verify.parts import eigenvalues as eigenvalues_of
from sphspec.verify.tails import quadratic_tails, two_sided

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Direction:
    """An error of the covariance, in white coordinates.

    Attributes
    ----------
    name : what is wrong, in words
    matrix : (r, r) symmetric B, largest |eigenvalue| 1
    eigenvalues : (r,) of B, ascending
    """

    name: str
    matrix: Floats
    eigenvalues: Floats

    @classmethod
    def scaled(cls, name: str, matrix: Floats) -> "Direction":
        """Return the direction of a symmetric (r, r) that is not 0, its largest |eigenvalue| scaled to 1."""
        eigenvalues = eigenvalues_of(matrix)
        largest = float(np.abs(eigenvalues).max())
        if not largest > 0:
            raise ValueError(f"the direction {name!r} must not be 0: leave it out")
        return cls(name, matrix / largest, eigenvalues / largest)


def direction_log_p(sums: Sums, directions: Sequence[Direction]) -> Floats:
    """Return log of the two-sided p of every direction, (M,)."""
    found = []
    for direction in directions:
        form = float(np.vdot(direction.matrix, sums.products))
        found.append(two_sided(*quadratic_tails(form, direction.eigenvalues, sums.count)))
    return np.array(found)
