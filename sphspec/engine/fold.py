"""Rings as the engine takes them: the northern half alone where the southern is its image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
ROUNDING = 4 * np.finfo(np.float64).eps  # nodes and weights of ducc0 are symmetric to this
BLOCK = 64  # rings whose Legendre table is held at once: it stays in the second-level cache


@dataclass(frozen=True, eq=False)
class Fold:
    """Rings with what they add to C_(lm,l'm): u where l + l' is even, and where it is odd.

    Attributes
    ----------
    z, sine : cosine and sine of the colatitudes, (R,)
    plus, minus : sums over a ring, or over it and its image with the sign of odd l + l', (R,)
    mirrored : whether `minus` is zero: only even l + l' couple
    """

    z: Floats
    sine: Floats
    plus: Floats
    minus: Floats
    mirrored: bool

    def padded(self) -> "Fold":
        """Return the rings with more on the equator, which add nothing, up to whole blocks."""
        z, plus, minus = padded(self.z), padded(self.plus), padded(self.minus)
        return Fold(z, padded(self.sine, 1.0), plus, minus, self.mirrored)


def padded(values: Floats, fill: float = 0.0) -> Floats:
    """Return (..., R) values of rings, filled up to whole blocks."""
    whole = np.full((*values.shape[:-1], -(-values.shape[-1] // BLOCK) * BLOCK), fill)
    whole[..., : values.shape[-1]] = values
    return whole


def fold(grid: RingGrid, sums: Floats) -> Fold:
    """Return a grid's rings, folded at the equator where they are symmetric about it.

    Parameters
    ----------
    grid : the rings
    sums : (rings,) F_r(0), the field u summed over each ring
    """
    z, sine = grid.ring_directions
    plus, minus = folded(grid, sums)
    order = _order(grid)
    mirrored = grid.paired and bool(np.all(np.abs(minus) <= ROUNDING * np.abs(plus)))
    return Fold(z[order], sine[order], plus, minus, mirrored)


def folded(grid: RingGrid, sums: Floats) -> tuple[Floats, Floats]:
    """Return what `fold` makes of sums over rings (..., rings): `plus` and `minus`, (..., R)."""
    order = _order(grid)
    if not grid.paired:
        return sums[..., order], sums[..., order]
    image = sums[..., ::-1][..., : (sums.shape[-1] + 1) // 2].copy()
    here = sums[..., : image.shape[-1]]
    if sums.shape[-1] % 2:
        image[..., -1] = 0.0  # the equator is its own image
    plus, minus = here + image, here - image
    if sums.shape[-1] % 2:
        minus[..., -1] = 0.0  # there one of two functions with l + l' odd vanishes
    return plus[..., order], minus[..., order]


def _order(grid: RingGrid) -> NDArray[np.int64]:
    """Return the rings that are kept, by their distance from the axis: blocks of rings are alike."""
    sine = grid.ring_directions[1]
    kept = (sine.size + 1) // 2 if grid.paired else sine.size
    return np.argsort(sine[:kept], kind="stable")
