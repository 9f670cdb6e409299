"""The parts of a symmetric matrix that do not couple: what is done to each costs less than to the whole."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
APART = 2.0**-50  # of the largest entry: what couples two coordinates by less is rounding


def parts_of(matrix: Floats, apart: float = APART) -> list[NDArray[np.int64]]:
    """Return the places of each part, ascending: no entry between two is above `apart` times the largest."""
    size = np.abs(matrix)
    coupled = sparse.csr_array(size > apart * size.max(initial=0.0))
    count, part = sparse.csgraph.connected_components(coupled, directed=False)
    order = np.argsort(part, kind="stable")
    return np.split(order, np.cumsum(np.bincount(part, minlength=count))[:-1])


def forms(vectors: Floats, matrix: Floats, apart: float) -> Floats:
    """Return v^T M v of vectors (P, n), (P,), M symmetric, part by part."""
    found = np.zeros(vectors.shape[0])
    for places in parts_of(matrix, apart):
        part = vectors[:, places]
        found += np.einsum("pj,pj->p", part @ matrix[np.ix_(places, places)], part)
    return found


def eigenvalues(matrix: Floats, apart: float = APART) -> Floats:
    """Return the eigenvalues of a symmetric matrix, ascending, part by part."""
    found = [np.linalg.eigvalsh(matrix[np.ix_(places, places)]) for places in parts_of(matrix, apart)]
    return np.sort(np.concatenate(found))
