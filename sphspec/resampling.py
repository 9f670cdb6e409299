"""Analysis by resampling, as ducc0.sht.analysis_2d does it on rectangular maps: no Phi^T W.

ducc0 extends every order's ring values to the doubled circle, interpolates there to a Clenshaw-Curtis
grid that is fine enough, and integrates on that. So degrees up to nlat - 1 ("F1", "MW"), nlat - 2 ("CC")
are analysed exactly, twice as many as quadrature on the same rings allows. What is not band limited,
noise above all, is mapped otherwise than by quadrature: a_lm = sum_rj T^m_lr x_rj exp(-i m phi_j).
"""

from functools import cached_property
from typing import Any

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import from_complex, to_complex
from sphspec.gram import SectorMatrix, Table
from sphspec.grids.ring import Geometry, RingGrid
from sphspec.operator import Operator
from sphspec.transform import THREADED

Floats = NDArray[np.float64]


class Resampling(Operator):
    """What ducc0.sht.analysis_2d does; exact on band-limited fields, so that A Phi = 1.

    On "GL", "DH" and "F2" geometries ducc0 takes plain quadrature, within their limits. A ring at a
    pole enters as it is given: nlon points, also in orders m > 0.

    Parameters
    ----------
    grid : GaussLegendre, or Equiangular with doubled poles
    lmax : band limit, inclusive; at most what the geometry allows, and nlon >= 2 lmax + 1

    Raises
    ------
    ValueError
        for another grid, or an lmax beyond what ducc0 analyses right.

    >>> from sphspec import Equiangular
    >>> operator = Resampling(Equiangular(8, 15, rule="mcewen-wiaux"), lmax=7)
    >>> bool(np.allclose(operator(operator.synthesis(np.arange(64.0))), np.arange(64.0)))
    True
    """

    name = "resampling"

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        super().__init__(grid, lmax)
        if grid.geometry is None:
            raise ValueError(
                f"resampling needs a rectangular grid, GaussLegendre or Equiangular with doubled poles, "
                f"got {grid.name}; use Quadrature"
            )
        self.geometry: Geometry = grid.geometry
        highest = min(self.geometry.lmax, (self.geometry.nlon - 1) // 2)
        if self.lmax > highest:
            raise ValueError(
                f"resampling on {grid.name} analyses degrees up to {highest}, got lmax={lmax}; "
                f"lower lmax or use more rings and longitudes"
            )
        self._threads = 1 if grid.npix < THREADED else 0

    @property
    def weights(self) -> Floats:
        """One for every point, (npix,): the table holds all."""
        return np.ones(self.grid.npix)

    def tables(self, rings: slice) -> Table:
        """Return T on some of the rings."""
        return _Part(self._table, rings)

    @cached_property
    def gram(self) -> SectorMatrix:
        """A Phi, which is the identity: the band limits that ducc0 would get wrong are refused."""
        places = tuple(sector.indices for sector in self.sectors)
        return SectorMatrix(self.n, places, tuple(np.eye(place.size) for place in places))

    @cached_property
    def _table(self) -> tuple[Floats, ...]:
        """T^m_lr of every order, from what ducc0 makes of the first point of each ring."""
        nlat, nlon = self.geometry.nlat, 2 * self.lmax + 1  # T is 1/nlon times what does not know nlon
        check.fits(8.0 * nlat * (self.lmax + 1) * (self.lmax + 2), f"the table of {self!r}")
        lengths = np.arange(self.lmax + 1, 0, -1)
        table = np.empty((int(lengths.sum()), nlat))
        unit = np.zeros((1, nlat, nlon))
        for ring in range(nlat):
            unit[0, ring, 0] = nlon / self.geometry.nlon
            table[:, ring] = self._transformed(unit).real
            unit[0, ring, 0] = 0.0
        return tuple(np.split(table, np.cumsum(lengths)[:-1]))

    def _transformed(self, rectangle: Floats) -> NDArray[np.complex128]:
        alm = ducc0.sht.analysis_2d(
            map=rectangle, spin=0, lmax=self.lmax, geometry=self.geometry.name, nthreads=self._threads
        )
        return np.asarray(alm[0])

    def _analyse(self, x: Floats) -> Floats:
        maps = np.ascontiguousarray(x).reshape(-1, 1, self.geometry.nlat, self.geometry.nlon)
        check.fits(
            8.0 * maps.shape[0] * self.n, f"the transform of {maps.shape[0]} maps", "use fewer at once"
        )
        alpha = np.empty((maps.shape[0], self.n))
        for place, rectangle in enumerate(maps):
            alpha[place] = from_complex(self._transformed(rectangle), self.lmax)
        return alpha.reshape(*x.shape[:-1], self.n)

    def _adjoint(self, alpha: Floats) -> Floats:
        flat, npix = alpha.reshape(-1, self.n), self.grid.npix
        check.fits(
            8.0 * flat.shape[0] * npix, f"the transform of {flat.shape[0]} vectors", "use fewer at once"
        )
        maps = np.empty((flat.shape[0], npix))
        shape: dict[str, Any] = {
            "ntheta": self.geometry.nlat, "nphi": self.geometry.nlon, "geometry": self.geometry.name,
            "lmax": self.lmax, "spin": 0, "nthreads": self._threads,
        }  # fmt: skip
        for place, row in enumerate(flat):
            alm = to_complex(row, self.lmax)[None]
            maps[place] = ducc0.sht.adjoint_analysis_2d(alm=alm, **shape).ravel()
        return maps.reshape(*alpha.shape[:-1], npix)


class _Part:
    """Some rings of a table."""

    def __init__(self, orders: tuple[Floats, ...], rings: slice) -> None:
        self._orders, self._rings = orders, rings

    def order(self, m: int) -> Floats:
        """Return T^m_lr, (lmax - m + 1, rings)."""
        return self._orders[m][:, self._rings]
