"""Sums of a block as bytes and back, to the last bit."""

import numpy as np

from sphspec.verify.moments import Sums


def pack(sums: Sums) -> bytes:
    """Return the sums as little-endian float64: total, lower triangle of products, steps, lagged, outside."""
    lower = sums.products[np.tril_indices(sums.total.size)]
    parts = (sums.total, lower, sums.steps.ravel(), sums.lagged, [sums.outside])
    return np.concatenate(parts).astype("<f8").tobytes()


def unpack(content: bytes, count: int, steps: int, rank: int, marks: tuple[str, ...]) -> Sums:
    """Return the sums that `pack` made bytes of."""
    values = np.frombuffer(content, "<f8").astype(np.float64)
    sizes = np.cumsum([rank, rank * (rank + 1) // 2, steps * rank, rank])
    total, lower, squares, lagged, outside = np.split(values, sizes)
    products = np.zeros((rank, rank))
    row, column = np.tril_indices(rank)
    products[row, column] = products[column, row] = lower
    return Sums(count, total, products, squares.reshape(steps, rank), lagged, float(outside[0]), marks)
