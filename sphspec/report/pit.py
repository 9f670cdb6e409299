"""Probability integral transforms of a Monte Carlo run: uniform, if the claim holds.

In white coordinates z = W^T x of K draws, t_ij = z_i.z_j/|z_j| is standard normal given z_j for every i > j,
exactly; Phi(t_ij) is uniform.
"""

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy import special

from sphspec.verify.result import Evidence

Floats = NDArray[np.float64]
MOST = 3000
RANGE = 1e-10  # of the largest eigenvalue, below which a direction does not vary


def transforms(run: Evidence) -> Floats:
    """Return Phi(t_ij) for i > j, at most MOST of them evenly spaced, from the second moments of a run."""
    products = run.samples * _whitened(run)
    row, column = np.tril_indices(products.shape[0], -1)
    kept = np.unique(np.linspace(0, row.size - 1, MOST).astype(np.int64)) if row.size > MOST else slice(None)
    row, column = row[kept], column[kept]
    found: Floats = special.ndtr(products[row, column] / np.sqrt(np.diagonal(products)[column]))
    return found


def _whitened(run: Evidence) -> Floats:
    """Return W^T M W of the moments M, W^T Sigma W = 1."""
    try:
        factor = scipy.linalg.cholesky(run.covariance, lower=True)
        if np.diagonal(factor).min() > np.sqrt(RANGE) * np.diagonal(factor).max():
            half = scipy.linalg.solve_triangular(factor, run.moments, lower=True)
            return np.asarray(scipy.linalg.solve_triangular(factor, half.T, lower=True))
    except np.linalg.LinAlgError:  # singular
        pass
    values, vectors = np.linalg.eigh(run.covariance)
    kept = values > RANGE * values[-1]
    whitener = vectors[:, kept] / np.sqrt(values[kept])
    return np.asarray(whitener.T @ run.moments @ whitener)
