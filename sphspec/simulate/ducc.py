"""ducc0's own adjoint synthesis as an analysis, map by map: the transform for large problems.

a_lm = sum_p w_p conj(Y_lm(p)) x_p;  with k Jacobi iterations  a <- a + A0 (x - Phi a)
"""

from functools import cached_property

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.grids import RingGrid
from sphspec.simulate.witness import real_chart

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


class DuccWitness:
    """ducc0.sht.adjoint_synthesis of weighted maps on a grid of rings, one thread."""

    def __init__(self, grid: RingGrid, lmax: int, iterations: int = 0) -> None:
        self.grid, self.lmax, self.iterations = grid, lmax, iterations
        self.name = "ducc0.sht.adjoint_synthesis" + (f", {iterations} iterations" if iterations else "")

    def analyse(self, maps: Floats) -> Floats:
        """Return R1 coefficients (K, n) of maps (K, npix)."""
        check.fits(8.0 * maps.shape[0] * (self.lmax + 1) ** 2, f"coefficients of {maps.shape[0]} maps")
        return real_chart(np.concatenate([self.packed(row) for row in maps]), self.lmax)

    def packed(self, values: Floats) -> Complexes:
        """Return coefficients m >= 0 in ducc0's m-major order, (1, (lmax+1)(lmax+2)/2), of a map (npix,)."""
        alm = self._adjoint(values * self.grid.weights)
        for _ in range(self.iterations):
            back = ducc0.sht.synthesis(alm=alm, nthreads=1, **self._geometry)[0]
            alm = alm + self._adjoint((values - back) * self.grid.weights)
        return alm

    @cached_property
    def matrix(self) -> Floats:
        """The matrix (n, npix), from what ducc0 makes of unit pixels."""
        npix, n = self.grid.npix, (self.lmax + 1) ** 2
        check.fits(24.0 * npix * max(n, npix), f"unit pixels of {self.grid.name} at lmax={self.lmax}")
        return self.analyse(np.eye(npix)).T

    def _adjoint(self, weighted: Floats) -> Complexes:
        return np.asarray(ducc0.sht.adjoint_synthesis(map=weighted[None], nthreads=1, **self._geometry))

    @cached_property
    def _geometry(self) -> dict[str, object]:
        grid = self.grid
        return {
            "theta": grid.ring_theta,
            "nphi": grid.nphi.astype(np.uint64),
            "phi0": grid.phi0,
            "ringstart": grid.ring_start.astype(np.uint64),
            "lmax": self.lmax,
            "spin": 0,
        }
