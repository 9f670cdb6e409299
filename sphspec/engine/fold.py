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
        missing = -self.z.size % BLOCK
        z, plus, minus = (np.pad(values, (0, missing)) for values in (self.z, self.plus, self.minus))
        return Fold(z, np.pad(self.sine, (0, missing), constant_values=1.0), plus, minus, self.mirrored)


def fold(grid: RingGrid, sums: Floats) -> Fold:
    """Return a grid's rings, folded at the equator where they are symmetric about it.

    Parameters
    ----------
    grid : the rings
    sums : (rings,) F_r(0), the field u summed over each ring
    """
    z, sine = grid.ring_directions
    if not (np.array_equal(z, -z[::-1]) and np.array_equal(sine, sine[::-1])):
        return _ordered(z, sine, sums, sums, mirrored=False)
    half = (z.size + 1) // 2
    image = sums[::-1][:half].copy()
    if z.size % 2:
        image[half - 1] = 0.0  # the equator is its own image
    plus, minus = sums[:half] + image, sums[:half] - image
    if z.size % 2:
        minus[half - 1] = 0.0  # there one of two functions with l + l' odd vanishes
    mirrored = bool(np.all(np.abs(minus) <= ROUNDING * np.abs(plus)))
    return _ordered(z[:half], sine[:half], plus, minus, mirrored=mirrored)


def _ordered(z: Floats, sine: Floats, plus: Floats, minus: Floats, *, mirrored: bool) -> Fold:
    """Return the fold with rings ordered by their distance from the axis: blocks of rings are alike."""
    order = np.argsort(sine, kind="stable")
    return Fold(z[order], sine[order], plus[order], minus[order], mirrored)
