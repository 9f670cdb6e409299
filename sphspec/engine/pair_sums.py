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
COMPLEX, REAL = 2, 4  # parts: Re C and Im C, or those of chart R1
UNDERFLOW = 1e-290  # sectoral values below this are zero: up to lmax 1000 such rings give nothing


def heights_widths(m: int, lmax: int, step: int, first: int | None = None) -> tuple[int, int]:
    """Return the rows and columns of a part of one order: l = m .. lmax, and (l', m'), m' = first, + step."""
    lengths = (np.arange(lmax + 1 - (m if first is None else first))) // step + 1
    return lmax - m + 1, max((int(lengths[which::step].sum()) for which in range(step)), default=0)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Everything that the march of one order needs, for all orders.

    Attributes
    ----------
    rings : the rings and their Fourier sums
    lmax : band limit
    parts : COMPLEX or REAL
    tables : lambda_lm of every order, each (lmax - m + 2, R)
    rows : sums at l = lmax, lmax + 1, by m', m, part, l and l'
    offsets : where each order m' begins
    lengths, inverses : A_l'^m' and its inverse by parity of m' (or all), l' and m'
    left : A_l^m, l = m .. lmax + 1
    """

    rings: RingWeights
    lmax: int
    parts: int
    tables: tuple[Floats, ...]
    rows: Floats
    offsets: NDArray[np.int64]
    lengths: Floats
    inverses: Floats
    left: tuple[Floats, ...]

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
        step = 2 if rings.mirrored else 1
        lengths = displacements(lmax)
        by_parity = np.zeros((step, lmax + 2, -(-(lmax + 1) // step)))
        for parity in range(step):
            picked = lengths[:, parity::step]
            by_parity[parity, :, : picked.shape[1]] = picked
        inverses = np.divide(1.0, by_parity, out=np.zeros_like(by_parity), where=by_parity > 0)
        left = tuple(lengths[m:, m].copy() for m in orders)
        tables = legendre_tables(rings, lmax, each)
        sums = cls(rings, lmax, parts, tables, np.empty(int(offsets[-1])), offsets, by_parity, inverses, left)
        each(sums._sum_rows)
        return sums

    def size(self, m: int) -> int:
        """Return how many numbers one order is."""
        step, parts = 2 if self.rings.mirrored else 1, self.parts if m else 2
        sizes = (heights_widths(m, self.lmax, step, first) for first in range(m, m + step))
        return parts * sum(height * width for height, width in sizes)

    def fill(self, m: int, slab: Floats, dense: Floats) -> None:
        """Write one order's numbers into the slab, or, if that is not empty, into the dense matrix."""
        from sphspec.engine.compiled_pairs import pair_loops

        step, parts = 2 if self.rings.mirrored else 1, self.parts if m else 2
        pair_loops()[1](
            m, self.lmax, parts, step, self.left[m], self.lengths, self.inverses, self.rows, self.offsets,
            self._columns(m), slab, dense,
        )  # fmt: skip

    def _sum_rows(self, other: int) -> None:
        """Sum at l = lmax, lmax + 1 for one m' and all m <= m'."""
        orders = np.arange(other + 1)
        ends = np.stack([self.tables[m][self.lmax - m :] for m in orders])
        result = self.rows[self.offsets[other] : self.offsets[other + 1]]
        self._product(orders, np.array([other]), ends, self.tables[other][:-1], result)

    def _columns(self, m: int) -> Floats:
        """Return the sums at l' = lmax, lmax + 1 for one m and all m' >= m, (m', parts, 2, l)."""
        others = np.arange(m, self.lmax + 1)
        ends = np.stack([self.tables[other][self.lmax - other :] for other in others])
        result = np.empty((others.size, self.parts, 2, others.size))
        self._product(np.array([m]), others, ends, self.tables[m][:-1], result.ravel())
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
    """Return A_l^m, (lmax + 2, lmax + 1), zero where l <= m."""
    degrees, orders = np.arange(lmax + 2.0)[:, None], np.arange(lmax + 1.0)
    return np.asarray(legendre.displacement(np.maximum(degrees, orders), orders))


def legendre_tables(rings: RingWeights, lmax: int, each: Each) -> tuple[Floats, ...]:
    """Return lambda_lm on the rings, l = m .. lmax + 1, for every order."""
    from sphspec.engine.compiled_pairs import pair_loops

    orders = np.arange(lmax + 1)[:, None]
    ups, downs = legendre.step_coefficients(orders + np.arange(lmax + 3.0), orders.astype(np.float64))
    starts, tabulate = sectoral(rings, lmax), pair_loops()[0]
    tables = tuple(np.empty((lmax - m + 2, rings.z.size)) for m in range(lmax + 1))
    each(lambda m: tabulate(m, lmax + 1, rings.z, starts[m], ups[m], downs[m], tables[m]))
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
