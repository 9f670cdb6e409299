"""Rings that couple orders: those of at most 2 lmax points, with lambda_lm on them.

C_(lm,l'm') = sum_r F_r(m' - m) lambda_lm(z_r) lambda_l'm'(z_r), F_r(k) = 0 unless n_r divides k. For
m != m' few rings contribute: with lambda_lm on these alone every coupling is a sum of few rank-one terms.
Rings at a pole couple nothing, and rings that are images of each other at the equator are one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import covariance, legendre
from sphspec.engine.fold import Fold
from sphspec.engine.order_blocks import chunks, in_threads
from sphspec.engine.recurrence import Recurrence
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ShortRings:
    """Rings that couple orders, from the axis outwards.

    Attributes
    ----------
    lmax : band limit
    mirrored : whether each stands for itself and its image: only even l + m + l' + m' couple
    real : whether F_r is real: cosine and sine parts do not mix
    z, sine : cosine and sine of the colatitudes, (R,)
    strength : the field u on a ring, or the sum of it and of its image, (R,)
    counts : n_r, (R,)
    phi0 : azimuth of the first point in radians, (R,)
    """

    lmax: int
    mirrored: bool
    real: bool
    z: Floats
    sine: Floats
    strength: Floats
    counts: Integers
    phi0: Floats

    @classmethod
    def of(cls, grid: RingGrid, values: Floats, lmax: int, *, mirrored: bool) -> "ShortRings":
        """Return the short rings of a grid with the field's value on each of its rings."""
        cosine, sine = grid.ring_directions
        folded = values + values[::-1] if mirrored else values.copy()
        chosen = (grid.nphi <= 2 * lmax) & ~grid.polar
        if mirrored:
            rings = cosine.size
            chosen &= np.arange(rings) < (rings + 1) // 2
            if rings % 2:
                folded[rings // 2] = values[rings // 2]  # the equator is its own image
        places = np.flatnonzero(chosen)
        places = places[np.argsort(sine[places], kind="stable")]
        return cls(
            lmax, mirrored, grid.mirrored, cosine[places], sine[places], folded[places], grid.nphi[places],
            grid.phi0[places],
        )  # fmt: skip

    def fourier(self, rings: Integers, k: Integers) -> tuple[Floats, Floats]:
        """Return Re F_r(k) and Im F_r(k) for rings and frequencies, each of their shape."""
        real, imaginary = covariance.ring_fourier(
            self.strength[rings], self.counts[rings], self.phi0[rings], np.asarray(k)
        )
        return np.asarray(real), np.zeros_like(real) if self.real else np.asarray(imaginary)

    @cached_property
    def candidates(self) -> NDArray[np.bool_]:
        """Which rings may couple each order with one up to lmax, (lmax + 1, R).

        Left out are rings whose length divides no m' - m and no m' + m, and those so near to the axis
        that |lambda_lm| < 1e-23 for all l <= lmax, as in the blocks of m = m'.
        """
        orders, margin = np.arange(self.lmax + 1)[:, None], max(100.0, 0.01 * self.lmax)
        return (self.counts <= orders + self.lmax) & (orders - self.lmax * self.sine <= margin)

    @property
    def table_bytes(self) -> float:
        """Bytes of lambda_lm on the candidates, at most."""
        sizes = np.arange(self.lmax + 1, 0, -1, dtype=np.float64)
        return 8.0 * float(self.candidates.sum(axis=1) @ sizes)


@dataclass(frozen=True, eq=False)
class RingTables:
    """lambda_lm on the short rings where it is not 0 for all l: row after row of one ring's degrees.

    Where only even l + m + l' + m' couple, an order has two tables, of even l - m and of odd.

    Attributes
    ----------
    rings : the short rings
    values : all tables
    starts : where the tables of an order begin, (lmax + 1, 1 or 2)
    position : which row of an order's tables a ring is, or -1, (lmax + 1, R)
    """

    rings: ShortRings
    values: Floats
    starts: Integers
    position: Integers

    @cached_property
    def heights(self) -> Integers:
        """Return how many rings each order's tables have, (lmax + 1,)."""
        return np.asarray((self.position >= 0).sum(axis=1))

    def order(self, m: int) -> tuple[Floats, ...]:
        """Return the tables of one order, even and odd l - m or all l, each (rings, degrees)."""
        height = int(self.heights[m])
        shapes = zip(self.starts[m], widths(self.rings.lmax, self.rings.mirrored)[m], strict=True)
        return tuple(
            self.values[start : start + height * width].reshape(height, width) for start, width in shapes
        )


def widths(lmax: int, mirrored: bool) -> Integers:
    """Return how many degrees each table of each order has, (lmax + 1, 1 or 2)."""
    sizes = np.arange(lmax + 1, 0, -1)[:, None]
    return np.concatenate([(sizes + 1) // 2, sizes // 2], axis=1) if mirrored else sizes


def ring_tables(rings: ShortRings, threads: int) -> RingTables:
    """Return lambda_lm on the short rings.

    Raises
    ------
    ValueError
        where the tables do not fit in memory; the GiB are named.
    """
    from sphspec.engine.compiled_coupled import fill_tables

    lmax, candidates = rings.lmax, rings.candidates
    check.fits(rings.table_bytes, f"the Legendre functions on {rings.z.size} short rings at lmax={lmax}")
    shape = widths(lmax, rings.mirrored)
    sizes = candidates.sum(axis=1)[:, None] * shape
    starts = (np.cumsum(sizes) - sizes.ravel()).reshape(shape.shape)
    tables = RingTables(rings, np.empty(int(sizes.sum())), starts, np.full(candidates.shape, -1))
    fold = Fold(rings.z, rings.sine, rings.strength, np.zeros_like(rings.z), rings.mirrored).padded()
    compiled, recurrence = fill_tables(), Recurrence.on(fold, lmax)

    def fill(orders: Integers) -> None:
        columns = orders[:, None].astype(np.float64)
        lengths = legendre.displacement(columns + np.arange(lmax - orders[0] + 3), columns)
        mantissa, power = recurrence.start(int(orders[0]))
        compiled(
            orders, lmax, fold.z, fold.sine, mantissa, power, recurrence.factors, lengths,
            candidates, starts, tables.values, tables.position,
        )  # fmt: skip

    if rings.z.size:
        in_threads(fill, list(chunks(lmax)), threads)
    return tables
