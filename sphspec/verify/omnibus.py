"""Omnibus: any correlation at all, by the Bartlett decomposition of the products of white draws.

Z = Q R for K draws of dimension n, Q^T Q = I, R upper triangular. Under the null its off-diagonal entries
are independent standard normals, whatever K and n: the sum of their squares is chi-square of

    n (n - 1)/2 degrees of freedom for K >= n,    K (K - 1)/2 + K (n - K) for K < n,

and Z^T Z = R^T R is all that it takes. (Bartlett, Proc. R. Soc. Edinb. 53, 260, 1933; for K < n the first K
columns of Z are square and the rest, turned by Q^T, stay independent normals.)
"""

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec.verify.moments import Sums
from sphspec.verify.tails import chi_square

Floats = NDArray[np.float64]


def omnibus_log_p(sums: Sums) -> Floats:
    """Return log of the two-sided p, (1,); -inf where the draws have not the rank that draws have."""
    n = sums.products.shape[0]
    rank = min(n, sums.count)
    factor, failed = scipy.linalg.lapack.dpotrf(sums.products[:rank, :rank], lower=0)
    if failed:
        return np.array([-np.inf])
    beside = scipy.linalg.solve_triangular(factor, sums.products[:rank, rank:], trans="T", lower=False)
    np.fill_diagonal(factor, 0.0)
    squares = np.vdot(factor, factor) + np.vdot(beside, beside)
    return chi_square(np.array([squares]), rank * (rank - 1) // 2 + rank * (n - rank))
