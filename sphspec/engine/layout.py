"""Lanes of coefficients in chart R1: which of them short rings couple, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sphspec import _validate as check
from sphspec.conventions import index

Integers = NDArray[np.int64]
Lane = tuple[int, int]  # an order m >= 0, and 1 for its cosine or -1 for its sine part


@dataclass(frozen=True, eq=False)
class Layout:
    """What selection rules leave of the couplings.

    Attributes
    ----------
    lmax : band limit
    mirrored : whether only even l + m + l' + m' couple
    real : whether cosine and sine parts do not mix
    counts : the numbers of points of rings that couple orders
    """

    lmax: int
    mirrored: bool
    real: bool
    counts: Integers

    @property
    def parities(self) -> tuple[int | None, ...]:
        """Parities of l - m that do not couple, or None for all l."""
        return (0, 1) if self.mirrored else (None,)

    @cached_property
    def classes(self) -> tuple[tuple[int, ...], ...]:
        """Orders m >= 0 that some m' - m couples."""
        return order_classes(self.counts, self.lmax, reflected=False)

    @cached_property
    def sectors(self) -> tuple[tuple[Lane, ...], ...]:
        """Lanes that couple."""
        sectors = []
        for orders in order_classes(self.counts, self.lmax, reflected=True):
            cosines = tuple((order, 1) for order in orders)
            sines = tuple((order, -1) for order in orders if order)
            sectors += [cosines, sines] if self.real else [cosines + sines]
        return tuple(lanes for lanes in sectors if lanes)

    def degrees(self, order: int, parity: int | None) -> Integers:
        """Return the degrees of an order."""
        return np.arange(order + (parity or 0), self.lmax + 1, 1 if parity is None else 2)

    def total(self, lanes: Sequence[Lane], parity: int | None) -> int:
        """Return the number of coefficients of some lanes."""
        return sum(self.degrees(order, parity).size for order, _ in lanes)

    def indices(self, lanes: Sequence[Lane], parity: int | None) -> Integers:
        """Return the R1 indices of some lanes, lane after lane."""
        return np.concatenate([index(self.degrees(order, parity), sign * order) for order, sign in lanes])

    def odd(self, lanes: Sequence[Lane]) -> Integers:
        """Return the parity of l - m of all coefficients of some lanes."""
        return np.concatenate([(self.degrees(order, None) - order) % 2 for order, _ in lanes])

    def chosen(self, lanes: Sequence[Lane], parity: int | None) -> tuple[Lane, ...]:
        """Return lanes as they are given; ValueError where there are none such."""
        if not lanes:
            raise ValueError("lanes are empty: give at least one (m, sign)")
        chosen = tuple((check.integer("the order of a lane", m, 0, self.lmax), int(s)) for m, s in lanes)
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
