"""Probability integral transforms of a Monte Carlo run: uniform, if the claim holds.

In white coordinates z = W^T x of K draws, t_ij = z_i.z_j/|z_j| is standard normal given z_j for every i > j,
exactly; Phi(t_ij) is uniform.
"""

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy import special

from sphspec.verify.parts import parts_of
from sphspec.verify.result import Evidence

Floats = NDArray[np.float64]
MOST = 3000
RANGE = 1e-10  # of the largest variance, below which a direction does not vary


def transforms(run: Evidence) -> Floats:
    """Return Phi(t_ij) for i > j, at most MOST of them evenly spaced, from the second moments of a run."""
    products = run.samples * _whitened(run)
    row, column = np.tril_indices(products.shape[0], -1)
    kept = np.unique(np.linspace(0, row.size - 1, MOST).astype(np.int64)) if row.size > MOST else slice(None)
    row, column = row[kept], column[kept]
    found: Floats = special.ndtr(products[row, column] / np.sqrt(np.diagonal(products)[column]))
    return found


def _whitened(run: Evidence) -> Floats:
    """Return W^T M W of the moments M, W^T Sigma W = 1, part by part of what Sigma couples."""
    largest = float(np.diagonal(run.covariance).max())
    places = parts_of(run.covariance, apart=0.0)
    parts = [_whitener(run.covariance[np.ix_(part, part)], largest) for part in places]
    half = np.concatenate([w.T @ run.moments[part] for w, part in zip(parts, places, strict=True)])
    return np.concatenate([half[:, part] @ w for w, part in zip(parts, places, strict=True)], axis=1)


def _whitener(covariance: Floats, largest: float) -> Floats:
    """Return W of a part, W^T Sigma W = 1 on its range."""
    try:
        factor = scipy.linalg.cholesky(covariance, lower=True)
        if np.diagonal(factor).min() > np.sqrt(RANGE * largest):
            return np.asarray(scipy.linalg.solve_triangular(factor, np.eye(len(factor)), lower=True).T)
    except np.linalg.LinAlgError:  # singular
        pass
    values, vectors = np.linalg.eigh(covariance)
    kept = values > RANGE * largest
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))
