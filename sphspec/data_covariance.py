"""Covariances of data that a user gives: checked, and made exactly symmetric."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check

Floats = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
ROUNDING = 16.0  # n eps of the largest entry: what a covariance may lack in symmetry and definiteness


def covariance_matrix(values: Any, n: int, name: str = "data_covariance") -> Floats:
    """Return an (n, n) matrix that is a covariance.

    Raises
    ------
    ValueError
        for another shape, for a matrix that is not symmetric or has a negative eigenvalue.
    """
    matrix = check.real_array(name, values, n)
    if matrix.shape != (n, n):
        raise ValueError(f"{name} must be ({n}, {n}), got shape {matrix.shape}")
    room = ROUNDING * n * EPS * float(np.abs(matrix).max(initial=0.0))
    if np.abs(matrix - matrix.T).max() > room:
        raise ValueError(f"{name} must be symmetric; use (P + P.T)/2")
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest < -room:
        raise ValueError(f"{name} must have no negative eigenvalue, got {smallest:.3e}")
    return np.asarray((matrix + matrix.T) / 2)
