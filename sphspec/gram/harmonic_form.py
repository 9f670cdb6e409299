"""Phi^T diag(u) Phi for the harmonics themselves, by the displacement recurrence.

With u constant on rings of more than 2 lmax points an order is coupled to itself alone, and its cosine
and sine parts have the same entries (derivation ring-sum): C_(lm,l'm) serves both. On shorter rings that
couple orders their few terms are added. Where u varies along the rings, all pairs of orders are marched.
Below a small band limit the ring sum is done as it stands.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance
from sphspec.conventions import index, size
from sphspec.engine import (
    chunks,
    coupled_blocks,
    dense_ring_form,
    fold,
    interleaved,
    order_squares,
    packed_sizes,
    row_sums,
)
from sphspec.engine.fold import folded, padded
from sphspec.gram.ring_sum import diagonal_form, quadratic_form
from sphspec.gram.sector_matrix import SectorMatrix
from sphspec.gram.sectors import Sector, is_ring_constant
from sphspec.grids.ring import RingGrid
from sphspec.harmonics import LegendreTable

Floats = NDArray[np.float64]
COMPILED = 40  # band limit from which recurrences are used: below, sums take little and round less


def orders_apart(grid: RingGrid, u: Floats, lmax: int) -> bool:
    """Tell whether u couples no order but to itself, cosine with cosine as sine with sine.

    Rings at a pole do not count: only m = 0 is not zero there.
    """
    return bool(np.all(grid.nphi[~grid.polar] > 2 * lmax)) and is_ring_constant(grid, u)


def ring_sums(grid: RingGrid, u: Floats) -> Floats:
    """Return F_r(0), the sum of u over each ring, (rings,), for u constant on rings."""
    return np.asarray(covariance.ring_fourier(u[grid.ring_start], grid.nphi, grid.phi0, 0)[0])


def harmonic_form(grid: RingGrid, u: Floats, lmax: int, sectors: Sequence[Sector]) -> SectorMatrix:
    """Return Phi^T diag(u) Phi on the given sectors, in chart R1.

    Parameters
    ----------
    grid : the rings
    u : (npix,) field on the points
    lmax : band limit
    sectors : a partition that u respects

    Raises
    ------
    ValueError
        where the work does not fit in memory.
    """
    if lmax < COMPILED:
        return quadratic_form(grid, u, lmax, sectors, lambda rings: LegendreTable.on(grid, lmax, rings))
    if not is_ring_constant(grid, u):
        matrix = dense_ring_form(grid, u, lmax)
        blocks = [matrix[np.ix_(sector.indices, sector.indices)] for sector in sectors]
    elif orders_apart(grid, u, lmax) and all(len(sector.lanes) == 1 for sector in sectors):
        blocks = _apart(order_squares(fold(grid, ring_sums(grid, u)), lmax), sectors)
    else:
        held = coupled_blocks(grid, u, lmax)
        lanes = [[(lane.order, lane.sign) for lane in sector.lanes] for sector in sectors]
        blocks = [held.sector(part, sector.parity) for part, sector in zip(lanes, sectors, strict=True)]
    return SectorMatrix(size(lmax), tuple(sector.indices for sector in sectors), tuple(blocks))


def _apart(orders: tuple[tuple[Floats, ...], ...], sectors: Sequence[Sector]) -> list[Floats]:
    """Return the matrix of every sector of one order; cosine and sine share one array."""
    parts: dict[tuple[int, int | None], Floats] = {}
    for sector in sectors:
        order = sector.lanes[0].order
        if (order, sector.parity) not in parts:
            parts[order, sector.parity] = _part(orders[order], sector.parity)
    return [parts[sector.lanes[0].order, sector.parity] for sector in sectors]


def harmonic_diagonal(grid: RingGrid, u: Floats, lmax: int) -> Floats:
    """Return the diagonal of Phi^T diag(u) Phi in chart R1, (n,), in the memory of a few orders.

    With u constant on rings E[alpha_lm^2] = C + Re P for the cosine part, C - Re P for the sine part:
    C from F_r(0), P from F_r(2 m) of the rings whose number of points divides 2 m.
    """
    if lmax < COMPILED or not is_ring_constant(grid, u):
        return diagonal_form(grid, u, lmax, lambda rings: LegendreTable.on(grid, lmax, rings))
    diagonal = np.zeros(size(lmax))
    rings = dataclasses.replace(fold(grid, ring_sums(grid, u)), mirrored=True)  # l + l' is even on it
    recurrence = row_sums(rings, lmax)
    for orders in chunks(lmax):
        relation = _relation_sums(grid, u, orders)
        sizes = packed_sizes(lmax, orders, mirrored=True)
        packed = np.empty(int(sizes.sum()))
        recurrence.fill(orders, packed)
        degrees, columns, places = _on_the_diagonal(lmax, orders, np.cumsum(sizes) - sizes)
        same, other = packed[places], np.zeros(places.size)
        if relation.any():
            recurrence.fill(orders, packed, relation)
            other = packed[places]
        diagonal[index(degrees, -columns)] = same - other
        diagonal[index(degrees, columns)] = same + other
    return diagonal


def _relation_sums(grid: RingGrid, u: Floats, orders: NDArray[np.int64]) -> Floats:
    """Return Re F_r(2 m) of every order, folded, (orders, R); 0 for m = 0, whose sine part is none."""
    sums = covariance.ring_fourier(u[grid.ring_start], grid.nphi, grid.phi0, 2 * orders[:, None])[0]
    return padded(folded(grid, np.where(orders[:, None] > 0, sums, 0.0))[0])


def _on_the_diagonal(
    lmax: int, orders: NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return l, m and the place in the packed triangles of every diagonal entry of some orders."""
    columns, above = np.nonzero(orders[:, None] + np.arange(lmax + 1) <= lmax)
    half, odd = above // 2, above % 2
    even = (lmax - orders + 2) // 2  # rows of the triangle of l - m even
    places = offsets[columns] + odd * (even * (even + 1) // 2)[columns] + half * (half + 3) // 2
    return orders[columns] + above, orders[columns], places


def _part(squares: tuple[Floats, ...], parity: int | None) -> Floats:
    """Return the matrix of one parity of l - m, or of all l."""
    if len(squares) == 2:
        return interleaved(squares) if parity is None else squares[parity]
    return squares[0] if parity is None else np.ascontiguousarray(squares[0][parity::2, parity::2])
