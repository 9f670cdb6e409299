"""The ring sum: Phi^T diag(u) Phi, sector by sector, from generated kernels.

Sigma_(lm),(l'm') = sum_r lambda_lm(z_r) lambda_l'm'(z_r) K_r(m, m'), K from the ring's Fourier sums
F_r(m' - m) and F_r(m + m') (derivation ring-sum). An operator that is no quadrature has its own table in
place of lambda: the proof does not look into it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import chart, covariance
from sphspec.conventions import index, size
from sphspec.gram.sector_matrix import SectorMatrix
from sphspec.gram.sectors import Sector, is_ring_constant
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
TABLE_BYTES = 2.0**27  # of tables held at once: longer sums over rings are done in parts


class Table(Protocol):
    """Functions T^m_lr of the ring, one order at a time."""

    def order(self, m: int) -> Floats:
        """Return T^m_lr for l = m .. lmax, (lmax - m + 1, rings)."""


class Remembered:
    """A table that computes every order once."""

    def __init__(self, table: Table) -> None:
        self._table, self._known = table, dict[int, Floats]()

    def order(self, m: int) -> Floats:
        """Return T^m_lr for l = m .. lmax, (lmax - m + 1, rings)."""
        if m not in self._known:
            self._known[m] = self._table.order(m)
        return self._known[m]


def quadratic_form(
    grid: RingGrid,
    u: Floats,
    lmax: int,
    sectors: Sequence[Sector],
    tables: Callable[[slice], Table],
) -> SectorMatrix:
    """Return Phi^T diag(u) Phi on the given sectors, in chart R1.

    Parameters
    ----------
    grid : the rings
    u : (npix,) field on the points
    lmax : band limit
    sectors : a partition that u respects
    tables : the table on some of the rings; lambda_lm for Phi itself

    Raises
    ------
    ValueError
        where the tables do not fit in memory.
    """
    blocks = [np.zeros((sector.indices.size, sector.indices.size)) for sector in sectors]
    for rings in _parts(grid, lmax, sectors):
        table, fourier = tables(rings), RingFourier(grid, u, rings)
        if 4.0 * (lmax + 2) ** 2 * grid.nphi[rings].size <= TABLE_BYTES:
            table = Remembered(table)  # sectors share their orders
        for sector, block in zip(sectors, blocks, strict=True):
            _add(block, sector, table, fourier)
    return SectorMatrix(size(lmax), tuple(sector.indices for sector in sectors), tuple(blocks))


def diagonal_form(grid: RingGrid, u: Floats, lmax: int, tables: Callable[[slice], Table]) -> Floats:
    """Return the diagonal of Phi^T diag(u) Phi in chart R1, (n,), order by order: no entry beside it.

    Parameters
    ----------
    grid, u, lmax, tables : as for `quadratic_form`
    """
    diagonal = np.zeros(size(lmax))
    each = 8.0 * 4 * (lmax + 1)  # bytes a ring: the table of one order, its square, the sectoral start
    step = max(1, int(TABLE_BYTES // each))
    for first in range(0, grid.nphi.size, step):
        rings = slice(first, first + step)
        table, fourier = tables(rings), RingFourier(grid, u, rings)
        for m in range(lmax + 1):
            kernels, degrees = _kernels(fourier, m, np.array([m])), np.arange(m, lmax + 1)
            squares = table.order(m) ** 2
            for sign in (1, -1) if m else (1,):
                diagonal[index(degrees, sign * m)] += squares @ kernels[(sign, sign)][0]
    return diagonal


def _parts(grid: RingGrid, lmax: int, sectors: Sequence[Sector]) -> Iterator[slice]:
    """Cut the rings into parts whose tables are small."""
    longest = max(len({lane.order for lane in sector.lanes}) for sector in sectors)
    each = 8.0 * (lmax + 1) * (longest + 3)  # bytes a ring: a sector's orders, and the sectoral start
    step = max(1, int(TABLE_BYTES // each))
    check.fits(each * min(step, grid.nphi.size), f"the table of one order at lmax={lmax}")
    return (slice(first, first + step) for first in range(0, grid.nphi.size, step))


class RingFourier:
    """F_r(k) = sum_j u_rj exp(i k phi_rj) on some rings r."""

    def __init__(self, grid: RingGrid, u: Floats, rings: slice) -> None:
        self._nphi, self._phi0 = grid.nphi[rings], grid.phi0[rings]
        self._known: dict[int, tuple[Floats, Floats]] = {}
        self._values, self._transforms = None, []
        if is_ring_constant(grid, u):
            self._values = u[grid.ring_start[rings]]
        else:
            starts = grid.ring_start[rings]
            self._transforms = [
                np.fft.fft(u[start : start + count]) for start, count in zip(starts, self._nphi, strict=True)
            ]

    def __call__(self, k: int) -> tuple[Floats, Floats]:
        """Return Re F_r(k) and Im F_r(k), each (rings,)."""
        if k not in self._known:
            self._known[k] = self._sum(k)
        return self._known[k]

    def _sum(self, k: int) -> tuple[Floats, Floats]:
        if self._values is not None:
            return covariance.ring_fourier(self._values, self._nphi, self._phi0, k)  # type: ignore[no-any-return]
        picked = np.array([transform[k % transform.size] for transform in self._transforms])
        return covariance.ring_spectrum(picked.real, picked.imag, self._phi0, k)  # type: ignore[no-any-return]


def _add(block: Floats, sector: Sector, table: Table, fourier: RingFourier) -> None:
    """Add the sum over some rings to a block: for each lane, all lanes of its order and above."""
    if len(sector.lanes) == 1:
        _add_alone(block, sector, table, fourier)
        return
    orders = sorted({lane.order for lane in sector.lanes})
    step = 1 if sector.parity is None else 2
    functions = [table.order(order)[sector.parity or 0 :: step] for order in orders]
    sizes = [len(part) for part in functions]
    stacked, which = np.concatenate(functions), np.repeat(orders, sizes)
    starts = dict(zip(orders, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    places, columns = _places(sector, dict(zip(orders, sizes, strict=True)), starts, which.size)
    for order, own in zip(orders, functions, strict=True):
        first = starts[order]
        kernels = _kernels(fourier, order, np.array([each for each in orders if each >= order]))
        spread = np.repeat(np.arange(len(orders) - orders.index(order)), sizes[orders.index(order) :])
        for sign, other in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            rows, kernel = places.get((order, sign)), kernels[(sign, other)]
            to = columns[other][first:]
            kept = to >= 0  # m = 0 has no sine, a sector may have none at all
            if other > sign:
                kept &= which[first:] > order  # its transpose is there
            if rows is None or not kept.any() or not kernel.any():
                continue
            product = own @ (stacked[first:][kept] * kernel[spread[kept]]).T
            if other == sign:
                same = product[:, : rows.size]
                product[:, : rows.size] = (same + same.T) / 4
            block[np.ix_(rows, to[kept])] += product
            block[np.ix_(to[kept], rows)] += product.T


def _add_alone(block: Floats, sector: Sector, table: Table, fourier: RingFourier) -> None:
    """Add the same where a sector has one lane."""
    (lane,) = sector.lanes
    own = table.order(lane.order)[sector.parity or 0 :: 1 if sector.parity is None else 2]
    kernel = _kernels(fourier, lane.order, np.array([lane.order]))[(lane.sign, lane.sign)][0]
    product = (own * kernel) @ own.T
    block += (product + product.T) / 2


def _places(
    sector: Sector, sizes: dict[int, int], starts: dict[int, int], total: int
) -> tuple[dict[tuple[int, int], NDArray[np.int64]], dict[int, NDArray[np.int64]]]:
    """Return the places of each lane in the block, and by sign those of all functions, -1 for none."""
    places: dict[tuple[int, int], NDArray[np.int64]] = {}
    columns = {sign: np.full(total, -1) for sign in (1, -1)}
    first = 0
    for lane in sector.lanes:
        size = sizes[lane.order]
        places[lane.order, lane.sign] = np.arange(first, first + size)
        columns[lane.sign][starts[lane.order] : starts[lane.order] + size] = places[lane.order, lane.sign]
        first += size
    return places, columns


def _kernels(fourier: RingFourier, first: int, seconds: NDArray[np.int64]) -> dict[tuple[int, int], Floats]:
    """Return the kernels of an order with several others, by their signs, each (others, rings)."""
    scales = chart.scale(first), np.asarray(chart.scale(seconds))[:, None]
    difference, total = (
        tuple(np.array([fourier(int(k))[part] for k in orders]) for part in (0, 1))
        for orders in (seconds - first, seconds + first)
    )
    cc, cs, sc, ss = covariance.ring_kernel(*scales, *difference, *total)
    return {(1, 1): cc, (1, -1): cs, (-1, 1): sc, (-1, -1): ss}
