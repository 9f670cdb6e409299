"""Synthesis Phi and its adjoint Phi^T on rings, batched, in ducc0."""

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import chart
from sphspec.conventions import from_complex, size, to_complex
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
THREADED = 50_000  # points from which a second thread pays (one map)
BATCH_BYTES = 64 * 2**20  # of maps given to ducc0 in one call
COMPILED = 256  # lmax from which the compiled change of chart pays for numba's import


class RingTransform:
    """Phi alpha and Phi^T x for R1 coefficients (..., n) and maps (..., npix)."""

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        coefficients = (lmax + 1) * (lmax + 2) // 2
        rings = 16.0 * grid.nphi.size * (lmax + 1)  # ducc0's Legendre stage
        check.fits(64.0 * (coefficients + grid.npix) + rings, f"one transform at lmax={lmax}")
        self.grid, self.lmax = grid, lmax
        self.step = max(1, int(BATCH_BYTES // (8 * max(grid.npix, size(lmax)))))  # maps in one call
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
        flat, maps = self._prepared(alpha, self.grid.npix)
        alm = self.packed(min(self.step, flat.shape[0]))
        for first in range(0, flat.shape[0], self.step):
            part = flat[first : first + self.step]
            self.synthesise(part, alm[: part.shape[0]], maps[first : first + self.step])
        return maps.reshape(*alpha.shape[:-1], self.grid.npix)

    def adjoint(self, x: Floats) -> Floats:
        """Return alpha = Phi^T x, (..., n)."""
        flat, alpha = self._prepared(x, size(self.lmax))
        alm = self.packed(min(self.step, flat.shape[0]))
        for first in range(0, flat.shape[0], self.step):
            part = np.ascontiguousarray(flat[first : first + self.step])
            self.project(part, alm[: part.shape[0]], alpha[first : first + self.step])
        return alpha.reshape(*x.shape[:-1], size(self.lmax))

    def packed(self, count: int) -> Complexes:
        """Return room for the m-major complex coefficients of so many maps."""
        return np.empty((count, (self.lmax + 1) * (self.lmax + 2) // 2), dtype=np.complex128)

    def synthesise(self, alpha: Floats, alm: Complexes, maps: Floats) -> None:
        """Write Phi alpha into maps (k, npix) by way of alm, for alpha (k, n)."""
        if self.lmax < COMPILED:
            alm[...] = to_complex(alpha, self.lmax)
        else:
            from sphspec.engine.compiled_chart import converters

            converters()[0](np.ascontiguousarray(alpha), self.lmax, float(chart.scale(1)), alm)
        ducc0.sht.synthesis(
            alm=alm[:, None], map=maps[:, None], nthreads=self._threads, **self._geometry
        )  # fmt: skip

    def project(self, maps: Floats, alm: Complexes, alpha: Floats) -> None:
        """Write Phi^T x into alpha (k, n) by way of alm, for contiguous maps x (k, npix)."""
        ducc0.sht.adjoint_synthesis(
            map=maps[:, None], alm=alm[:, None], nthreads=self._threads, **self._geometry
        )  # fmt: skip
        if self.lmax < COMPILED:
            alpha[...] = from_complex(alm, self.lmax)
        else:
            from sphspec.engine.compiled_chart import converters

            converters()[1](alm, self.lmax, float(chart.scale(1)), alpha)

    def _prepared(self, values: Floats, length: int) -> tuple[Floats, Floats]:
        """Return values as rows, and room for the results."""
        flat = values.reshape(-1, values.shape[-1])
        check.fits(
            8.0 * flat.shape[0] * length, f"the transform of {flat.shape[0]} vectors", "use fewer at once"
        )
        return flat, np.empty((flat.shape[0], length))
