"""Sufficient statistics of white draws, block by block: merged by a fixed tree, whoever computed them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.shape import energy_sum, shape_sums

Floats = NDArray[np.float64]
LARGEST = "outside"  # the field of which blocks keep the largest, where others add
Summed = TypeVar("Summed", bound=Any)  # a dataclass of sums


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over draws: paths of T time steps, white coordinates z of dimension r.

    Arrays are added when blocks are merged, names of blocks strung together, the largest part outside kept.

    Attributes
    ----------
    count : number of draws, paths times steps
    total : (r,) sum of white draws z
    products : (r, r) sum of z z^T
    steps : (T, r) sum of z^2 at each time step
    lagged : (T (T-1)/2, r) sum of z_j z_k over pairs of time steps j < k of the same path, (0, 1), (0, 2) ...
    paired : (2, 2, r) for pairs of paths a, b of a block, neighbours and halves: sum of z_a z_b, and of z_a^2
    shape : (2, r) sum of an odd and of an even bounded function of z
    energy : sum of the squared normal scores of |z|^2
    outside : largest relative part of a draw outside the range of the claimed covariance
    marks : digest of every block's first draw, in order: equal ones tell of a stream used twice
    """

    count: int
    total: Floats
    products: Floats
    steps: Floats
    lagged: Floats
    paired: Floats
    shape: Floats
    energy: float
    outside: float
    marks: tuple[str, ...]


def sums_of(white: Floats, outside: float) -> Sums:
    """Return the sums of a block of paths: white draws (K, T, r), T >= 1 steps each."""
    flat = white.reshape(-1, white.shape[-1])
    first, second = np.triu_indices(white.shape[1], 1)
    return Sums(
        count=flat.shape[0],
        total=flat.sum(axis=0),
        products=flat.T @ flat,
        steps=np.sum(white * white, axis=0),
        lagged=np.einsum("kpr,kpr->pr", white[:, first], white[:, second]),
        paired=np.stack([_paired(white[:-1:2], white[1::2]), _paired(*_halves(white))]),
        shape=shape_sums(flat),
        energy=energy_sum(flat),
        outside=outside,
        marks=(sha256(flat[0].tobytes()).hexdigest()[:16],),
    )


def _halves(white: Floats) -> tuple[Floats, Floats]:
    half = white.shape[0] // 2
    return white[:half], white[half : 2 * half]


def _paired(first: Floats, second: Floats) -> Floats:
    return np.stack([np.einsum("ktr,ktr->r", first, other) for other in (second, first)])


def merge(blocks: Sequence[Summed]) -> Summed:
    """Return the sums over all blocks, in their order: halves first, so that bytes depend on nothing else."""
    if not blocks:
        raise ValueError("there are no blocks of draws to merge")
    if len(blocks) == 1:
        return blocks[0]
    half = (len(blocks) + 1) // 2
    first, second = merge(blocks[:half]), merge(blocks[half:])
    parts = {field.name: (getattr(first, field.name), getattr(second, field.name)) for field in fields(first)}
    return replace(
        first, **{name: max(pair) if name == LARGEST else pair[0] + pair[1] for name, pair in parts.items()}
    )
