"""Sufficient statistics of white draws, block by block: merged in block order, independent of workers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over draws.

    Attributes
    ----------
    count : number of draws
    total : (r,) sum of white draws z
    products : (r, r) sum of z z^T
    lagged : (r,) sum of z_k z_(k+1) over consecutive time steps of the same path
    leading : (r,) sum of z_k^2 over the first of these
    raw : (n, n) sum of the outer products of the draws before whitening
    outside : largest relative part of a draw outside the range of the claimed covariance
    """

    count: int
    total: Floats
    products: Floats
    lagged: Floats
    leading: Floats
    raw: Floats
    outside: float


def sums_of(white: Floats, raw: Floats, outside: float) -> Sums:
    """Return the sums of paths: white draws (K, T, r), T >= 1 steps each, and raw ones (K, T, n)."""
    flat = white.reshape(-1, white.shape[-1])
    flat_raw = raw.reshape(-1, raw.shape[-1])
    first, second = white[:, :-1], white[:, 1:]
    return Sums(
        count=flat.shape[0],
        total=flat.sum(axis=0),
        products=flat.T @ flat,
        lagged=np.sum(first * second, axis=(0, 1)),
        leading=np.sum(first * first, axis=(0, 1)),
        raw=flat_raw.T @ flat_raw,
        outside=outside,
    )


def merge(blocks: Iterable[Sums]) -> Sums:
    """Return the sums over all blocks, added in the order given."""
    merged: Sums | None = None
    for block in blocks:
        if merged is None:
            merged = block
            continue
        merged = Sums(
            merged.count + block.count,
            merged.total + block.total,
            merged.products + block.products,
            merged.lagged + block.lagged,
            merged.leading + block.leading,
            merged.raw + block.raw,
            max(merged.outside, block.outside),
        )
    if merged is None:
        raise ValueError("there are no blocks of draws to merge")
    return merged
