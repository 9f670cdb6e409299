"""Which orders the short rings couple, and by what: the terms of every block beside those of m = m'."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from sphspec import _validate as check
from sphspec._generated import chart, covariance
from sphspec.engine.layout import Lane
from sphspec.engine.short_rings import RingTables

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PAIR_BYTES = 160.0  # of one pair of orders on one ring, with its kernel and what is sorted meanwhile


@dataclass(frozen=True, eq=False)
class Couplings:
    """Pairs of orders m <= m' on rings that couple them, without F_r(0), which all rings have.

    Attributes
    ----------
    first, second : m and m', (pairs,)
    left, right : the ring's row in the tables of m and of m', (pairs,)
    kernel : what multiplies lambda_lm lambda_l'm' in chart R1, for the signs of both lanes, (pairs,) each
    difference : F_r(m' - m), real and imaginary part, 0 where m = m', (pairs,) each
    """

    first: Integers
    second: Integers
    left: Integers
    right: Integers
    kernel: dict[tuple[int, int], Floats]
    difference: tuple[Floats, Floats]

    @classmethod
    def of(cls, tables: RingTables) -> "Couplings":
        """Return all couplings.

        Raises
        ------
        ValueError
            where they do not fit in memory; the GiB are named.
        """
        rings = tables.rings
        total = float(np.sum((rings.lmax + 1.0) ** 2 / rings.counts + rings.lmax + 1))
        check.fits(PAIR_BYTES * total, f"the couplings of orders at lmax={rings.lmax}")
        parts = [np.zeros((3, 0), dtype=np.int64), *_pairs(tables)]
        first, second, ring = np.concatenate(parts, axis=1)
        d_re, d_im = rings.fourier(ring, second - first)
        s_re, s_im = rings.fourier(ring, second + first)
        apart = first != second
        d_re, d_im = np.where(apart, d_re, 0.0), np.where(apart, d_im, 0.0)
        cc, cs, sc, ss = covariance.ring_kernel(
            chart.scale(first), chart.scale(second), d_re, d_im, s_re, s_im
        )
        kernel = {(1, 1): cc, (1, -1): cs, (-1, 1): sc, (-1, -1): ss}
        left, right = tables.position[first, ring], tables.position[second, ring]
        return cls(first, second, left, right, kernel, (d_re, d_im))

    def terms(self, lanes: Sequence[Lane]) -> "Terms":
        """Return the terms between the given lanes in chart R1."""
        found = []
        place = {sign: self._places(lanes, sign) for sign in (1, -1)}
        for (sign, sign2), kernel in self.kernel.items():
            # of m = m', sine with cosine is the image of cosine with sine
            wanted = (kernel != 0) & ((self.first != self.second) | (sign >= sign2))
            found.append((place[sign][self.first], place[sign2][self.second], kernel, wanted))
        return self._sorted(len(lanes), found)

    def hermitian_terms(self, orders: Sequence[int]) -> "Terms":
        """Return the terms of C_(lm,l'm') between the given orders m, m' >= 0, for real F_r."""
        place, kernel = self._places([(order, 1) for order in orders], 1), self.difference[0]
        return self._sorted(len(orders), [(place[self.first], place[self.second], kernel, kernel != 0)])

    def mixing(self, heights: Integers) -> csr_array:
        """Return what couples sum_l lambda_lm(z_r) alpha_lm of all orders and rings: cosines, then sines.

        Parameters
        ----------
        heights : number of rings of each order's tables
        """
        rows, apart = np.concatenate([[0], np.cumsum(heights)]), self.first != self.second
        total, parts = int(rows[-1]), []
        for (sign, sign2), kernel in self.kernel.items():
            here = rows[self.first] + self.left + total * (sign < 0)
            there = rows[self.second] + self.right + total * (sign2 < 0)
            parts += [(kernel, here, there), (kernel[apart], there[apart], here[apart])]
        values, here, there = (np.concatenate(part) for part in zip(*parts, strict=True))
        kept = values != 0
        return coo_array((values[kept], (here[kept], there[kept])), shape=(2 * total, 2 * total)).tocsr()

    def _places(self, lanes: Sequence[Lane], sign: int) -> Integers:
        """Return where each order's lane of one sign stands among the lanes, or -1."""
        places = np.full(int(self.second.max(initial=0)) + 1, -1)
        for place, (order, own) in enumerate(lanes):
            if own == sign and order < places.size:
                places[order] = place
        return places

    def _sorted(
        self, lanes: int, found: Sequence[tuple[Integers, Integers, Floats, NDArray[np.bool_]]]
    ) -> "Terms":
        keys, sides, coefficients = [], [], []
        for row, column, kernel, wanted in found:
            both = wanted & (row >= 0) & (column >= 0)
            for here, there, mine, other in (
                (row, column, self.left, self.right),
                (column, row, self.right, self.left),
            ):
                keys.append((here * lanes + there)[both])
                sides.append(np.stack([mine[both], other[both]]))
                coefficients.append(kernel[both])
                both = both & (row != column)
        key, coefficient = np.concatenate(keys), np.concatenate(coefficients)
        order = np.argsort(key, kind="stable")  # terms stay in the order of the rings, on either side
        pointers = np.searchsorted(key[order], np.arange(lanes * lanes + 1))
        left, right = np.concatenate(sides, axis=1)[:, order]
        return Terms(pointers, left.copy(), right.copy(), coefficient[order])


@dataclass(frozen=True, eq=False)
class Terms:
    """Terms coefficient * (row of one lane's table) (row of another's) of every pair of lanes.

    Attributes
    ----------
    pointers : where the terms of lanes a, b begin, at a * lanes + b, and the end
    left, right : rows in the tables of a and of b
    coefficients : what multiplies them
    """

    pointers: Integers
    left: Integers
    right: Integers
    coefficients: Floats


def _pairs(tables: RingTables) -> Iterator[Integers]:
    """Yield (m, m', ring), m <= m', where the ring's length divides m' - m or m' + m, but for F_r(0)."""
    rings = tables.rings
    for count in np.unique(rings.counts):
        first, second = pairs_of_length(int(count), rings.lmax)
        for ring in np.flatnonzero(rings.counts == count):
            held = (tables.position[first, ring] >= 0) & (tables.position[second, ring] >= 0)
            yield np.stack([first[held], second[held], np.full(int(held.sum()), ring)])


def pairs_of_length(count: int, lmax: int) -> tuple[Integers, Integers]:
    """Return the orders m <= m' <= lmax that rings of so many points couple.

    >>> pairs_of_length(4, 3)
    (array([1, 2]), array([3, 2]))
    """
    found = [np.zeros(0, dtype=np.int64)]
    for k in range(count, 2 * lmax + 1, count):
        smaller = np.arange(lmax - k + 1)  # m' - m = k
        found.append(smaller * (lmax + 1) + smaller + k)
        smaller = np.arange(max(0, k - lmax), k // 2 + 1)  # m + m' = k
        found.append(smaller * (lmax + 1) + k - smaller)
    return np.divmod(np.unique(np.concatenate(found)), lmax + 1)
