"""A dense symmetric matrix as blocks on the indices that it connects."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sphspec.gram.sector_matrix import SectorMatrix

Floats = NDArray[np.float64]


def sectors(matrix: Floats) -> SectorMatrix:
    """Return a symmetric matrix without what is 0 between its blocks."""
    count, labels = sparse.csgraph.connected_components(sparse.csr_array(matrix), directed=False)
    order = np.argsort(labels, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1])
    return SectorMatrix(len(matrix), tuple(places), tuple(matrix[np.ix_(at, at)] for at in places))
