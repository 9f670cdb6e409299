"""Synthesis Phi and its adjoint Phi^T on rings, batched, in ducc0."""

from collections.abc import Callable

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import from_complex, size, to_complex
from sphspec.engine.chart_conversion import gather, spread
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
COMPILED = 128  # band limit from which charts are converted by compiled loops
THREADED = 50_000  # points from which a second thread pays (one map)
BATCH_BYTES = 64 * 2**20  # of maps given to ducc0 in one call


class RingTransform:
    """Phi alpha and Phi^T x for R1 coefficients (..., n) and maps (..., npix)."""

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        coefficients = (lmax + 1) * (lmax + 2) // 2
        rings = 16.0 * grid.nphi.size * (lmax + 1)  # ducc0's Legendre stage
        check.fits(64.0 * (coefficients + grid.npix) + rings, f"one transform at lmax={lmax}")
        self.grid, self.lmax = grid, lmax
        self._threads = 1 if grid.npix < THREADED else 0
        self._geometry = {
            "theta": grid.ring_theta,
            "nphi": grid.nphi.astype(np.uint64),
            "phi0": grid.phi0,
            "ringstart": grid.ring_start.astype(np.uint64),
            "lmax": lmax,
            "spin": 0,
        }

    def synthesis(self, alpha: Floats) -> Floats:
        """Return x = Phi alpha, (..., npix)."""
        return self._batched(alpha, self.grid.npix, self._synthesis)

    def adjoint(self, x: Floats) -> Floats:
        """Return alpha = Phi^T x, (..., n)."""
        return self._batched(x, size(self.lmax), self._adjoint)

    def weighted(self, alpha: Floats, u: Floats) -> Floats:
        """Return Phi^T diag(u) Phi alpha, (..., n), the maps multiplied in place."""

        def work(part: Floats) -> Floats:
            maps = self._synthesis(part)
            np.multiply(maps, u, out=maps)
            return self._adjoint(maps)

        return self._batched(alpha, size(self.lmax), work)

    def _synthesis(self, alpha: Floats) -> Floats:
        convert = spread if self.lmax >= COMPILED else to_complex
        alm = convert(alpha, self.lmax)[:, None, :]
        maps = ducc0.sht.synthesis(alm=alm, nthreads=self._threads, **self._geometry)
        return np.asarray(maps[:, 0, :])

    def _adjoint(self, x: Floats) -> Floats:
        maps = np.ascontiguousarray(x)[:, None, :]
        alm = ducc0.sht.adjoint_synthesis(map=maps, nthreads=self._threads, **self._geometry)
        convert = gather if self.lmax >= COMPILED else from_complex
        return convert(alm[:, 0, :], self.lmax)

    def _batched(self, values: Floats, length: int, work: Callable[[Floats], Floats]) -> Floats:
        flat = values.reshape(-1, values.shape[-1])
        check.fits(
            8.0 * flat.shape[0] * length, f"the transform of {flat.shape[0]} vectors", "use fewer at once"
        )
        step = max(1, int(BATCH_BYTES // (8 * max(self.grid.npix, values.shape[-1], length))))
        if flat.shape[0] <= step:
            return work(flat).reshape(*values.shape[:-1], length)
        result = np.empty((flat.shape[0], length))
        for first in range(0, flat.shape[0], step):
            result[first : first + step] = work(flat[first : first + step])
        return result.reshape(*values.shape[:-1], length)
