"""Partitions of the coefficients made coarser, so that several matrices respect one of them."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sphspec.gram.sector_matrix import SectorMatrix

Floats = NDArray[np.float64]
Places = tuple[NDArray[np.int64], ...]


def joined(n: int, partitions: tuple[Places, ...], matrix: Floats | None = None) -> Places:
    """Return the finest partition of 0 .. n-1 that every partition, and a matrix's entries, respect."""
    rows = [np.repeat(part[:1], part.size) for places in partitions for part in places]
    columns = [part for places in partitions for part in places]
    if matrix is not None and matrix.ndim == 2:
        row, column = np.nonzero(matrix)
        rows, columns = [*rows, row], [*columns, column]
    first, second = np.concatenate(rows), np.concatenate(columns)
    graph = coo_array((np.ones(first.size, dtype=np.int8), (first, second)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    return tuple(np.split(order, np.flatnonzero(np.diff(labels[order])) + 1))


def regrouped(matrix: SectorMatrix, places: Places) -> SectorMatrix:
    """Return a matrix in a coarser partition."""
    held = {tuple(part): block for part, block in zip(matrix.indices, matrix.blocks, strict=True)}
    blocks = [held[key] if (key := tuple(part)) in held else matrix.submatrix(part, part) for part in places]
    return SectorMatrix(matrix.dimension, places, tuple(blocks))
