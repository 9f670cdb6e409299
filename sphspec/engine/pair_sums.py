"""Sums over the rings for all pairs of orders: what the march of two degrees starts from, by matrix products.

For one order m' the sums at l = lmax, lmax + 1 of all m <= m' are one product, and for one m the sums at
l' = lmax, lmax + 1 of all m' >= m.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import legendre
from sphspec.engine.ring_weights import RingWeights, ring_weights
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
Each = Callable[[Callable[[int], None]], None]  # does the work for every order
WIDTH = 8  # orders m' of a slab: a line of the cache
COMPLEX, REAL = 2, 4  # parts: Re C and Im C, or those of chart R1
UNDERFLOW = 1e-290  # sectoral values below this are zero: up to lmax 1000 such rings give nothing


def slab_shapes(m: int, lmax: int, *, mirrored: bool) -> tuple[tuple[int, int, int], ...]:
    """Return first order m', rows and columns of each slab of one order m.

    A slab has a row for each l = m .. lmax. Its columns are (l', m'), WIDTH orders m' side by side. Where
    only even l + m + l' + m' couple, it has every other order, and a row every other l'.
    """
    step = 2 if mirrored else 1
    firsts = (first for parity in range(step) for first in range(m + parity, lmax + 1, step * WIDTH))
    return tuple((first, lmax - m + 1, ((lmax - first) // step + 1) * WIDTH) for first in firsts)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Everything that the march of one order needs, for all orders.

    Attributes
    ----------
    rings : the rings and their Fourier sums
    lmax : band limit
    parts : COMPLEX or REAL
    tables : lambda_lm of every order, each (lmax - m + 2, R)
    ends : their last two rows, (lmax + 1, 2, R)
    rows : sums at l = lmax, lmax + 1, by m', m, part, l and l'
    offsets : where each order m' begins
    lengths : A_l^m, (lmax + 1, lmax + 2) by m and l, zero where l <= m
    """

    rings: RingWeights
    lmax: int
    parts: int
    tables: tuple[Floats, ...]
    ends: Floats
    rows: Floats
    offsets: NDArray[np.int64]
    lengths: Floats

    @staticmethod
    def needed(grid: RingGrid, lmax: int, parts: int) -> float:
        """Return the bytes that these sums take."""
        return 4.0 * (lmax + 3) ** 2 * (2 * grid.nphi.size + parts * (lmax + 3) / 3)

    @classmethod
    def of(cls, grid: RingGrid, u: Floats, lmax: int, parts: int, each: Each) -> "PairSums":
        """Return the sums of a field u (npix,)."""
        rings = ring_weights(grid, u, lmax)
        orders = np.arange(lmax + 1)
        counts = (orders + 1) * parts * 2 * (lmax - orders + 1)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        tables = legendre_tables(rings, lmax, each)
        ends = np.stack([table[-2:] for table in tables])
        sums = cls(rings, lmax, parts, tables, ends, np.empty(int(offsets[-1])), offsets, displacements(lmax))
        each(sums._sum_rows)
        return sums

    def size(self, m: int) -> int:
        """Return how many numbers one order is."""
        return (self.parts if m else 2) * self.part_size(m)

    def part_size(self, m: int) -> int:
        """Return how many numbers a part of one order is."""
        shapes = slab_shapes(m, self.lmax, mirrored=self.rings.mirrored)
        return sum(height * width for _, height, width in shapes)

    def fill(self, m: int, slab: Floats, dense: Floats) -> None:
        """Write one order's numbers into the slab, or, if that is not empty, into the dense matrix."""
        from sphspec.engine.compiled_pairs import pair_loops

        step, parts = 2 if self.rings.mirrored else 1, self.parts if m else 2
        pair_loops()[1](
            m, self.lmax, parts, step, self.lengths, self.rows, self.offsets, self._columns(m), slab, dense
        )  # fmt: skip

    def _sum_rows(self, other: int) -> None:
        """Sum at l = lmax, lmax + 1 for one m' and all m <= m'."""
        orders = np.arange(other + 1)
        result = self.rows[self.offsets[other] : self.offsets[other + 1]]
        self._product(orders, np.array([other]), self.ends[: other + 1], self.tables[other][:-1], result)

    def _columns(self, m: int) -> Floats:
        """Return the sums at l' = lmax, lmax + 1 for one m and all m' >= m, (m', parts, 2, l)."""
        others = np.arange(m, self.lmax + 1)
        result = np.empty((others.size, self.parts, 2, others.size))
        self._product(np.array([m]), others, self.ends[m:], self.tables[m][:-1], result.ravel())
        return result

    def _product(
        self,
        orders: NDArray[np.int64],
        others: NDArray[np.int64],
        ends: Floats,
        table: Floats,
        result: Floats,
    ) -> None:
        rings = self.rings
        kernels = (
            rings.kernels(orders, others) if self.parts == REAL else rings.complex_kernels(orders, others)
        )
        weights = np.empty((len(ends), self.parts, 2, rings.z.size))
        for part, kernel in enumerate(kernels):
            np.multiply(kernel[:, None], ends, out=weights[:, part])
        np.matmul(weights.reshape(-1, rings.z.size), table.T, out=result.reshape(-1, len(table)))


def displacements(lmax: int) -> Floats:
    """Return A_l^m by m and l, (lmax + 1, lmax + 2), zero where l <= m."""
    orders, degrees = np.arange(lmax + 1.0)[:, None], np.arange(lmax + 2.0)
    return np.asarray(legendre.displacement(np.maximum(degrees, orders), orders))


def legendre_tables(rings: RingWeights, lmax: int, each: Each) -> tuple[Floats, ...]:
    """Return lambda_lm on the rings, l = m .. lmax + 1, for every order."""
    from sphspec.engine.compiled_pairs import pair_loops

    orders = np.arange(lmax + 1)[:, None]
    degrees, columns = orders + np.arange(lmax + 3.0), orders.astype(np.float64)
    inverses, lengths = (
        legendre.step_coefficients(degrees, columns)[0],
        legendre.displacement(degrees, columns),
    )
    starts, tabulate = sectoral(rings, lmax), pair_loops()[0]
    tables = tuple(np.empty((lmax - m + 2, rings.z.size)) for m in range(lmax + 1))
    each(lambda m: tabulate(m, lmax + 1, rings.z, starts[m], inverses[m], lengths[m], tables[m]))
    return tables


def sectoral(rings: RingWeights, lmax: int) -> Floats:
    """Return lambda_mm on the rings, (lmax + 1, R), from products in extended precision."""
    z, sine = rings.z.astype(np.longdouble), rings.sine.astype(np.longdouble)
    sine = np.where(np.abs(z) < 0.5, np.sqrt((1 - z) * (1 + z)), sine)
    factors = np.empty((lmax + 1, z.size), dtype=np.longdouble)
    factors[0] = legendre.start()
    if lmax:
        factors[1:] = legendre.sectoral_factor(np.arange(1, lmax + 1, dtype=np.float64))[:, None] * sine
    values = np.cumprod(factors, axis=0)
    return np.where(np.abs(values) < UNDERFLOW, 0.0, values).astype(np.float64)
