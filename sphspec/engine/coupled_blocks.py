"""C_(lm,l'm') of all orders: blocks m = m' by recurrence, couplings m != m' as factors of few terms.

Sigma = Phi^T diag(u) Phi for u constant on rings. The dense matrix is never held unless it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from sphspec import _validate as check
from sphspec._generated import chart, covariance
from sphspec.conventions import size
from sphspec.engine.couplings import Couplings, Lane, Terms
from sphspec.engine.fold import fold
from sphspec.engine.order_blocks import CHUNK, OrderBlocks, in_threads, order_blocks, usual_threads
from sphspec.engine.short_rings import RingTables, ShortRings, ring_tables, widths
from sphspec.engine.triangle import Triangle
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CoupledBlocks:
    """Sigma = Phi^T diag(u) Phi, chart R1, as blocks of each order and factors of the couplings.

    Attributes
    ----------
    orders : C_(lm,l'm) for every order
    tables : lambda_lm on the short rings
    couplings : what couples different orders, or an order with its own conjugate
    threads : how many work on one result
    """

    orders: OrderBlocks
    tables: RingTables
    couplings: Couplings
    threads: int

    @property
    def lmax(self) -> int:
        """Band limit."""
        return self.orders.lmax

    @property
    def mirrored(self) -> bool:
        """Whether only even l + m + l' + m' couple."""
        return self.orders.mirrored

    @property
    def real(self) -> bool:
        """Whether C is real: cosine and sine parts do not mix."""
        return self.tables.rings.real

    @property
    def nbytes(self) -> int:
        """Bytes of blocks, tables and couplings."""
        pairs = self.couplings
        held = (self.orders.packed, self.tables.values, self.tables.position, pairs.first, pairs.second)
        kernels = (*pairs.kernel.values(), *pairs.difference, pairs.left, pairs.right)
        return sum(array.nbytes for array in held + kernels)

    def block(self, m: int, m2: int) -> NDArray[Any]:
        """Return C_(lm,l'm2) = E[a_lm conj(a_l'm2)], l = |m| .. lmax, l' = |m2| .. lmax, m, m2 of any sign.

        Real where cosine and sine parts do not mix, else complex: (lmax - |m| + 1, lmax - |m2| + 1).
        """
        first, second = (self._order(name, order) for name, order in (("m", m), ("m2", m2)))
        if first == second:
            block: NDArray[Any] = self.orders.block(abs(first))
            return block if self.real else block.astype(np.complex128)
        rows, columns, ring = self._common(first, second)
        real, imaginary = self.tables.rings.fourier(ring, np.full(ring.size, second - first))
        sign = _reflection(first) * _reflection(second)
        strength = sign * (real if self.real else real + 1j * imaginary)
        shape = self.lmax - abs(first) + 1, self.lmax - abs(second) + 1
        block = np.zeros(shape, dtype=strength.dtype)
        left, right = self.tables.order(abs(first)), self.tables.order(abs(second))
        for part, (table, table2) in enumerate(zip(left, right, strict=True)):
            block[part :: len(left), part :: len(left)] = (table[rows].T * strength) @ table2[columns]
        return block

    def relation(self, m: int, m2: int) -> NDArray[Any]:
        """Return P_(lm,l'm2) = E[a_lm a_l'm2], shape and kind as of `block`."""
        return _reflection(-abs(m2)) * self.block(m, -m2)

    def rank(self, m: int, m2: int) -> int:
        """Return the most that the rank of C_(lm,l'm2) can be: its terms, at most its rows and columns."""
        first, second = (self._order(name, order) for name, order in (("m", m), ("m2", m2)))
        shapes = zip(
            *(widths(self.lmax, self.mirrored)[abs(order)] for order in (first, second)), strict=True
        )
        terms = self.lmax + 1 if first == second else self._common(first, second)[2].size
        return int(sum(min(terms, *shape) for shape in shapes))

    def apply(self, alpha: Any) -> Floats:
        """Return Sigma alpha for coefficients (..., n)."""
        from sphspec.engine.compiled_coupled import multiply_orders, spread_orders

        vectors = check.real_array("alpha", alpha, size(self.lmax))
        flat = np.ascontiguousarray(vectors.reshape(-1, size(self.lmax)), dtype=np.float64)
        tables, out = self.tables, np.empty_like(flat)
        rows = np.concatenate([[0], np.cumsum(tables.heights)])
        moments = np.zeros((tables.starts.shape[1], 2, int(rows[-1]), len(flat)))
        spans = [(begin, min(begin + CHUNK, self.lmax + 1)) for begin in range(0, self.lmax + 1, CHUNK)]

        def multiply(span: tuple[int, int]) -> None:
            multiply_orders(
                *span, self.lmax, flat, out, self.orders.packed, self.orders.offsets, tables.starts,
                tables.values, rows, moments,
            )  # fmt: skip

        def spread(span: tuple[int, int]) -> None:
            spread_orders(*span, self.lmax, out, tables.starts, tables.values, rows, mixed)

        list(in_threads(multiply, spans, self.threads))
        mixed = np.stack([self._mixing @ part.reshape(-1, len(flat)) for part in moments])
        mixed = np.ascontiguousarray(mixed.reshape(moments.shape))
        list(in_threads(spread, spans, self.threads))
        return out.reshape(vectors.shape)

    def sector(self, lanes: Sequence[Lane], parity: int | None = None) -> Floats:
        """Return the dense matrix of some lanes, both triangles, in their order.

        Parameters
        ----------
        lanes : (m, sign): order m >= 0, sign 1 for its cosine, -1 for its sine part
        parity : 0 for even l - m alone, 1 for odd, None for all

        Raises
        ------
        ValueError
            for lanes that there are not, a parity where even and odd couple, or where the matrix does
            not fit in memory; the GiB are named.
        """
        chosen = self._lanes(lanes, parity)
        degrees = [self._degrees(order, parity) for order, _ in chosen]
        total = sum(map(len, degrees))
        split = self.mirrored and parity is None
        check.fits((1.5 if split else 1.0) * 8.0 * float(total) ** 2, f"a sector of {total} coefficients")
        if not split:
            return self._filled(chosen, parity, packed=False).reshape(total, total)
        matrix = np.zeros((total, total))
        starts = np.cumsum([0, *map(len, degrees)])
        for part in (0, 1):
            places = np.concatenate(
                [np.arange(a + part, b, 2) for a, b in zip(starts, starts[1:], strict=False)]
            )
            half = self._filled(chosen, part, packed=False)
            matrix[np.ix_(places, places)] = half.reshape(places.size, places.size)
        return matrix

    def dense(self) -> Floats:
        """Return Sigma, (n, n).

        Raises
        ------
        ValueError
            where it does not fit in memory; the GiB are named.
        """
        n = size(self.lmax)
        sectors = [(lanes, parity) for lanes in self._sectors for parity in self._parities]
        indices = [
            np.concatenate([l * l + l + sign * m for m, sign in lanes for l in [self._degrees(m, parity)]])
            for lanes, parity in sectors
        ]
        largest = max(places.size for places in indices)
        check.fits(8.0 * (float(n) ** 2 + float(largest) ** 2), f"the dense covariance of {n} coefficients")
        matrix = np.zeros((n, n))
        for places, (lanes, parity) in zip(indices, sectors, strict=True):
            if places.size:
                matrix[np.ix_(places, places)] = self.sector(lanes, parity)
        return matrix

    def triangle(self, lanes: Sequence[Lane], parity: int | None = None) -> Triangle:
        """Return the upper triangle of `sector`, packed."""
        chosen = self._lanes(lanes, parity)
        if self.mirrored and parity is None:
            raise ValueError("parity must be 0 or 1, got None: even and odd l - m are two triangles here")
        counts = [len(self._degrees(order, parity)) for order, _ in chosen]
        check.fits(4.0 * sum(counts) * (sum(counts) + 1.0), f"a triangle of {sum(counts)} coefficients")
        return Triangle(chosen, parity, tuple(counts), self._filled(chosen, parity, packed=True))

    def hermitian(self) -> tuple[Triangle, ...]:
        """Return C_(lm,l'm'), all orders m, m' >= 0 that couple, as packed upper triangles.

        With the relation they hold all there is to know; on HEALPix half the bytes of chart R1.

        Raises
        ------
        ValueError
            where C is not real, or where the triangles do not fit in memory; the GiB are named.
        """
        if not self.real:
            raise ValueError("C is complex on this grid: cosine and sine parts mix; use sector or dense")
        classes = [(orders, parity) for orders in self._classes for parity in self._parities]
        check.fits(self.hermitian_bytes, f"the covariance at lmax={self.lmax}")
        triangles = []
        for orders, parity in classes:
            lanes = tuple((order, 1) for order in orders)
            counts = tuple(len(self._degrees(order, parity)) for order in orders)
            if sum(counts):
                terms = self.couplings.hermitian_terms(orders)
                triangles.append(
                    Triangle(lanes, parity, counts, self._filled(lanes, parity, packed=True, terms=terms))
                )
        return tuple(triangles)

    @property
    def hermitian_bytes(self) -> float:
        """Bytes of the triangles of `hermitian`."""
        totals = [
            sum(len(self._degrees(order, parity)) for order in orders)
            for orders in self._classes
            for parity in self._parities
        ]
        return float(sum(4.0 * total * (total + 1.0) for total in totals))

    def _filled(
        self, lanes: Sequence[Lane], parity: int | None, *, packed: bool, terms: Terms | None = None
    ) -> Floats:
        """Return the rows of some lanes, one after the other: of a square, or of its packed upper triangle."""
        from sphspec.engine.compiled_coupled import fill_lane

        terms = terms or self.couplings.terms(lanes)
        orders, part = np.array([order for order, _ in lanes], dtype=np.int64), parity or 0
        counts = widths(self.lmax, self.mirrored)[orders, part]
        places = np.concatenate([[0], np.cumsum(counts)])
        first = widths(self.lmax, self.mirrored)[orders, 0]
        triangles = self.orders.offsets[orders] + part * (first * (first + 1) // 2)
        total = int(places[-1])
        out = np.empty(total * (total + 1) // 2 if packed else total * total)

        def fill(lane: int) -> None:
            fill_lane(
                lane, out, packed, places, counts, self.tables.starts[orders, part], self.tables.values,
                triangles, self.orders.packed, terms.pointers, terms.left, terms.right, terms.coefficients,
            )  # fmt: skip

        list(in_threads(fill, range(len(lanes)), self.threads))
        return out

    @cached_property
    def _mixing(self) -> csr_array:
        """What the couplings make of the moments of all lanes: cosines first, then sines."""
        pairs, rows = self.couplings, np.concatenate([[0], np.cumsum(self.tables.heights)])
        total, apart = int(rows[-1]), pairs.first != pairs.second
        parts = []
        for (sign, sign2), kernel in pairs.kernel.items():
            here = rows[pairs.first] + pairs.left + total * (sign < 0)
            there = rows[pairs.second] + pairs.right + total * (sign2 < 0)
            parts += [(kernel, here, there), (kernel[apart], there[apart], here[apart])]
        values, here, there = (np.concatenate(part) for part in zip(*parts, strict=True))
        kept = values != 0
        return coo_array((values[kept], (here[kept], there[kept])), shape=(2 * total, 2 * total)).tocsr()

    def _common(self, first: int, second: int) -> tuple[Integers, Integers, Integers]:
        """Return the rows of the tables of two signed orders, and the rings, that couple them."""
        rows, columns = self.tables.position[abs(first)], self.tables.position[abs(second)]
        divides = (second - first) % self.tables.rings.counts == 0
        ring = np.flatnonzero((rows >= 0) & (columns >= 0) & divides)
        return rows[ring], columns[ring], ring

    @property
    def _parities(self) -> tuple[int | None, ...]:
        return (0, 1) if self.mirrored else (None,)

    @cached_property
    def _classes(self) -> tuple[tuple[int, ...], ...]:
        """Orders m >= 0 that some m' - m couples."""
        return order_classes(np.unique(self.tables.rings.counts), self.lmax, reflected=False)

    @cached_property
    def _sectors(self) -> tuple[tuple[Lane, ...], ...]:
        """Lanes that couple."""
        sectors = []
        for orders in order_classes(np.unique(self.tables.rings.counts), self.lmax, reflected=True):
            cosines = tuple((order, 1) for order in orders)
            sines = tuple((order, -1) for order in orders if order)
            sectors += [cosines, sines] if self.real else [cosines + sines]
        return tuple(lanes for lanes in sectors if lanes)

    def _degrees(self, order: int, parity: int | None) -> Integers:
        return np.arange(order + (parity or 0), self.lmax + 1, 1 if parity is None else 2)

    def _order(self, name: str, value: int) -> int:
        return check.integer(name, value, -self.lmax, self.lmax)

    def _lanes(self, lanes: Sequence[Lane], parity: int | None) -> tuple[Lane, ...]:
        chosen = tuple(
            (check.integer("the order of a lane", m, 0, self.lmax), int(sign)) for m, sign in lanes
        )
        for order, sign in chosen:
            if sign not in (1, -1) or (order == 0 and sign == -1):
                raise ValueError(f"a lane is (m, 1), or (m, -1) for m > 0, got {(order, sign)}")
        if len(set(chosen)) < len(chosen):
            raise ValueError(f"lanes must differ from each other, got {chosen!r:.60}")
        if parity not in (None, 0, 1):
            raise ValueError(f"parity must be 0, 1 or None, got {parity!r}")
        if parity is not None and not self.mirrored:
            raise ValueError(f"parity must be None, got {parity}: even and odd l - m couple on these rings")
        return chosen


def coupled_blocks(grid: RingGrid, u: Any, lmax: int, threads: int | None = None) -> CoupledBlocks:
    """Return Phi^T diag(u) Phi as blocks of each order and factors of the couplings.

    Parameters
    ----------
    grid : the rings
    u : (npix,) field on the points, e.g. w^2 s^2, one value on each ring
    lmax : band limit
    threads : how many; default all of this process, one below lmax 256

    Raises
    ------
    ValueError
        for a field that varies along a ring, or where blocks and factors do not fit in memory; the GiB
        are named.

    Source: our derivation (ring-sum, displacement).
    """
    limit = check.integer("lmax", lmax, 0)
    workers = usual_threads(limit) if threads is None else check.integer("threads", threads, 1)
    field = check.exact_array("u", u, grid.npix)
    values = field[grid.ring_start]
    varying = np.flatnonzero(field != np.repeat(values, grid.nphi))
    if varying.size:
        raise ValueError(
            f"u must have one value on each ring, got {field[varying[0]]} at point {varying[0]} of a ring "
            f"that begins with another value; use the form for fields that vary along rings"
        )
    sums = np.asarray(covariance.ring_fourier(values, grid.nphi, grid.phi0, 0)[0])
    folded = fold(grid, sums)
    mirrored = folded.mirrored and grid.symmetric
    rings = ShortRings.of(grid, values, limit, mirrored=mirrored)
    check.fits(rings.table_bytes, f"the Legendre functions on short rings at lmax={limit}")
    orders = order_blocks(replace(folded, mirrored=mirrored), limit, workers)
    tables = ring_tables(rings, workers)
    return CoupledBlocks(orders, tables, Couplings.of(tables), workers)


def order_classes(counts: Integers, lmax: int, *, reflected: bool) -> tuple[tuple[int, ...], ...]:
    """Return the orders 0 .. lmax in classes that rings of so many points couple.

    Parameters
    ----------
    counts : numbers of points
    lmax : band limit
    reflected : whether m also couples with -m': the classes of chart R1, else those of C for m, m' >= 0

    >>> order_classes(np.array([4, 8]), 5, reflected=False)
    ((0, 4), (1, 5), (2,), (3,))
    """
    orders, rows, columns = np.arange(lmax + 1), [], []
    for count in counts:
        residue = orders % count
        rows.append(orders)
        columns.append(np.minimum(residue, count - residue) if reflected else residue)
    edges = (np.concatenate([orders, *rows]), np.concatenate([orders, *columns]))
    graph = coo_array((np.ones(edges[0].size, dtype=np.int8), edges), shape=(lmax + 1, lmax + 1))
    _, labels = connected_components(graph, directed=False)
    first = np.unique(labels, return_index=True)[1]
    return tuple(tuple(np.flatnonzero(labels == labels[place]).tolist()) for place in np.sort(first))


def _reflection(order: int) -> float:
    """Return the sign that a_(l,m) = +-conj(a_(l,-m)) has for m < 0, and 1 for m >= 0."""
    return float(chart.reflected(order, 1.0, 0.0)[0]) if order < 0 else 1.0
