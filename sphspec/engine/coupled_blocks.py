"""C_(lm,l'm') of all orders: blocks m = m' by recurrence, couplings m != m' as factors of few terms.

Sigma = Phi^T diag(u) Phi for u constant on rings. The dense matrix is never held unless it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sphspec import _validate as check
from sphspec._generated import chart
from sphspec.conventions import size
from sphspec.engine.couplings import Couplings, Terms
from sphspec.engine.filled import filled
from sphspec.engine.layout import Lane, Layout
from sphspec.engine.order_blocks import CHUNK, OrderBlocks, in_threads
from sphspec.engine.short_rings import RingTables, widths
from sphspec.engine.triangle import Triangle, triangle_bytes

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
        from sphspec.engine.compiled_products import multiply_orders, spread_orders

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
        chosen = self.layout.chosen(lanes, parity)
        total, split = self.layout.total(chosen, parity), self.mirrored and parity is None
        check.fits((1.5 if split else 1.0) * 8.0 * float(total) ** 2, f"a sector of {total} coefficients")
        if not split:
            return self._filled(chosen, parity, packed=False)
        matrix, parities = np.zeros((total, total)), self.layout.odd(chosen)
        for part in (0, 1):
            places = np.flatnonzero(parities == part)
            matrix[np.ix_(places, places)] = self._filled(chosen, part, packed=False)
        return matrix

    def dense(self) -> Floats:
        """Return Sigma, (n, n).

        Raises
        ------
        ValueError
            where it does not fit in memory; the GiB are named.
        """
        n, layout = size(self.lmax), self.layout
        sectors = [(lanes, parity) for lanes in layout.sectors for parity in layout.parities]
        largest = max(layout.total(*sector) for sector in sectors)
        check.fits(8.0 * (float(n) ** 2 + float(largest) ** 2), f"the dense covariance of {n} coefficients")
        matrix = np.zeros((n, n))
        for sector in sectors:
            places = layout.indices(*sector)
            matrix[np.ix_(places, places)] = self._filled(*sector, packed=False)
        return matrix

    def triangle(self, lanes: Sequence[Lane], parity: int | None = None) -> Triangle:
        """Return the upper triangle of `sector`, packed; where it has two, parity is needed."""
        chosen = self.layout.chosen(lanes, parity)
        if self.mirrored and parity is None:
            raise ValueError("parity must be 0 or 1, got None: even and odd l - m are two triangles here")
        total = self.layout.total(chosen, parity)
        check.fits(triangle_bytes(total), f"a triangle of {total} coefficients")
        return self._triangle(chosen, parity, self.couplings.terms(chosen))

    def hermitian(self) -> tuple[Triangle, ...]:
        """Return C_(lm,l'm'), all orders m, m' >= 0 that couple, as packed upper triangles.

        Chart R1 holds C and the relation; on HEALPix C alone has a third of its bytes.

        Raises
        ------
        ValueError
            where C is not real, or where the triangles do not fit in memory; the GiB are named.
        """
        if not self.real:
            raise ValueError("C is complex on this grid: cosine and sine parts mix; use sector or dense")
        check.fits(self.hermitian_bytes, f"the covariance at lmax={self.lmax}")
        triangles = []
        for orders in self.layout.classes:
            lanes, terms = tuple((order, 1) for order in orders), self.couplings.hermitian_terms(orders)
            triangles += [self._triangle(lanes, parity, terms) for parity in self.layout.parities]
        return tuple(triangle for triangle in triangles if triangle.size)

    @property
    def hermitian_bytes(self) -> float:
        """Bytes of the triangles of `hermitian`."""
        lanes = [tuple((order, 1) for order in orders) for orders in self.layout.classes]
        totals = [self.layout.total(part, parity) for part in lanes for parity in self.layout.parities]
        return float(sum(map(triangle_bytes, totals)))

    def _triangle(self, lanes: tuple[Lane, ...], parity: int | None, terms: Terms) -> Triangle:
        counts = tuple(self.layout.degrees(order, parity).size for order, _ in lanes)
        return Triangle(lanes, parity, counts, self._filled(lanes, parity, packed=True, terms=terms))

    def _filled(
        self, lanes: Sequence[Lane], parity: int | None, *, packed: bool, terms: Terms | None = None
    ) -> Floats:
        """Return the square of some lanes, or its upper triangle, packed."""
        return filled(
            self.orders, self.tables, terms or self.couplings.terms(lanes), lanes, parity,
            packed=packed, threads=self.threads,
        )  # fmt: skip

    @cached_property
    def layout(self) -> Layout:
        """Which lanes couple."""
        return Layout(self.lmax, self.mirrored, self.real, np.unique(self.tables.rings.counts))

    @cached_property
    def _mixing(self) -> csr_array:
        return self.couplings.mixing(self.tables.heights)

    def _common(self, first: int, second: int) -> tuple[Integers, Integers, Integers]:
        """Return the rows of the tables of two signed orders, and the rings, that couple them."""
        rows, columns = self.tables.position[abs(first)], self.tables.position[abs(second)]
        divides = (second - first) % self.tables.rings.counts == 0
        ring = np.flatnonzero((rows >= 0) & (columns >= 0) & divides)
        return rows[ring], columns[ring], ring

    def _order(self, name: str, value: int) -> int:
        return check.integer(name, value, -self.lmax, self.lmax)


def _reflection(order: int) -> float:
    """Return the sign that a_(l,m) = +-conj(a_(l,-m)) has for m < 0, and 1 for m >= 0."""
    return float(chart.reflected(order, 1.0, 0.0)[0]) if order < 0 else 1.0
