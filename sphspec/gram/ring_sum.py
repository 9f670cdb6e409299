"""The ring sum: Phi^T diag(u) Phi, sector by sector, from generated kernels.

Sigma_(lm),(l'm') = sum_r lambda_lm(z_r) lambda_l'm'(z_r) K_r(m, m'), K from the ring's Fourier sums
F_r(m' - m) and F_r(m + m') (derivation ring-sum).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart, covariance
from sphspec.conventions import size
from sphspec.gram.sector_matrix import SectorMatrix
from sphspec.gram.sectors import Sector, is_ring_constant
from sphspec.grids.ring import RingGrid
from sphspec.harmonics import LegendreTable

Floats = NDArray[np.float64]


def quadratic_form(grid: RingGrid, u: Floats, lmax: int, sectors: Sequence[Sector]) -> SectorMatrix:
    """Return Phi^T diag(u) Phi on the given sectors, in chart R1.

    Parameters
    ----------
    grid : the rings
    u : (npix,) field on the points
    lmax : band limit
    sectors : a partition that u respects
    """
    table = LegendreTable.on(grid, lmax)
    fourier = RingFourier(grid, u)
    blocks = tuple(_block(sector, table, fourier) for sector in sectors)
    return SectorMatrix(size(lmax), tuple(sector.indices for sector in sectors), blocks)


class RingFourier:
    """F_r(k) = sum_j u_rj exp(i k phi_rj) on every ring r."""

    def __init__(self, grid: RingGrid, u: Floats) -> None:
        self._grid = grid
        self._values = u[grid.ring_start] if is_ring_constant(grid, u) else None
        self._transforms = (
            []
            if self._values is not None
            else [np.fft.fft(ring) for ring in np.split(u, grid.ring_start[1:])]
        )

    def __call__(self, k: int) -> tuple[Floats, Floats]:
        """Return Re F_r(k) and Im F_r(k), each (R,)."""
        grid = self._grid
        if self._values is not None:
            return covariance.ring_fourier(self._values, grid.nphi, grid.phi0, k)  # type: ignore[no-any-return]
        picked = np.array([transform[k % transform.size] for transform in self._transforms])
        return covariance.ring_spectrum(picked.real, picked.imag, grid.phi0, k)  # type: ignore[no-any-return]


def _block(sector: Sector, table: LegendreTable, fourier: RingFourier) -> Floats:
    orders = sorted({lane.order for lane in sector.lanes})
    step = 1 if sector.parity is None else 2
    harmonics = {order: table.order(order)[sector.parity or 0 :: step] for order in orders}
    starts, total = {}, 0
    for lane in sector.lanes:
        starts[lane] = total
        total += harmonics[lane.order].shape[0]
    block = np.zeros((total, total))
    for first in orders:
        for second in (order for order in orders if order >= first):
            kernels = _kernels(fourier, first, second)
            for lane in (lane for lane in sector.lanes if lane.order == first):
                for partner in (lane for lane in sector.lanes if lane.order == second):
                    kernel = kernels[(lane.sign, partner.sign)]
                    rings = np.flatnonzero(kernel)
                    if rings.size == 0:
                        continue
                    left, right = (
                        harmonics[first][:, rings] * kernel[rings],
                        harmonics[second][:, rings],
                    )
                    product = left @ right.T
                    if lane == partner:
                        product = (product + product.T) / 2
                    rows = slice(starts[lane], starts[lane] + product.shape[0])
                    columns = slice(starts[partner], starts[partner] + product.shape[1])
                    block[rows, columns] = product
                    block[columns, rows] = product.T
    return block


def _kernels(fourier: RingFourier, first: int, second: int) -> dict[tuple[int, int], Floats]:
    scales = chart.scale(first), chart.scale(second)
    difference, total = fourier(second - first), fourier(first + second)
    cc, cs, sc, ss = covariance.ring_kernel(*scales, *difference, *total)
    return {(1, 1): cc, (1, -1): cs, (-1, 1): sc, (-1, -1): ss}
