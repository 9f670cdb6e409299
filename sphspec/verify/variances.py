"""Large problems: every coefficient by itself, in units of its claimed deviation, without any matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.statistics import Family
from sphspec.verify.tails import chi_square, normal

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Variances:
    """Sums over draws x_i of variance v_i.

    Attributes
    ----------
    count : number of draws
    total : (n,) sum of x_i/sqrt(v_i)
    squares : (n,) sum of x_i^2/v_i
    marks : digest of every block's first draw, in order
    """

    count: int
    total: Floats
    squares: Floats
    marks: tuple[str, ...]


def variance_families(
    sums: Variances, degrees: NDArray[np.int64], orders: NDArray[np.int64]
) -> tuple[Family, ...]:
    """Return the families that need no whitening: sum of x_i^2/v_i is chi-square of K, the mean is normal.

    Coefficients are correlated; Bonferroni's bound does not ask.
    """

    def label(member: int) -> str:
        return f"(l, m) = ({degrees[member]}, {orders[member]})"

    return (
        Family("coefficient", chi_square(sums.squares, sums.count), label),
        Family("mean", normal(sums.total / np.sqrt(sums.count)), label),
    )
