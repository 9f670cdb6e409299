"""Gauss-Legendre grids: nlat rings at the roots of P_nlat, nlon points each; nodes from ducc0."""

import ducc0
import numpy as np

from sphspec import _validate as check
from sphspec.grids.ring import Geometry, RingGrid


class GaussLegendre(RingGrid):
    """Gauss-Legendre grid; exact quadrature for nlat >= lmax + 1, nlon >= 2 lmax + 1, allowed below.

    Parameters
    ----------
    nlat : number of rings, >= 1
    nlon : number of points on each ring, >= 1, the first at longitude 0

    >>> round(GaussLegendre(3, 5).weights.sum() / np.pi, 12)
    np.float64(4.0)
    """

    def __init__(self, nlat: int, nlon: int) -> None:
        self.nlat = check.integer("nlat", nlat, 1)
        self.nlon = check.integer("nlon", nlon, 1)
        size = 8.0 * self.nlat * self.nlon
        check.fits(8 * size, f"a grid of {nlat} x {nlon} points", "lower nlat or nlon")
        super().__init__(
            ducc0.misc.GL_thetas(self.nlat),
            np.full(self.nlat, self.nlon),
            np.zeros(self.nlat),
            ducc0.misc.GL_weights(self.nlat, self.nlon),
            name=f"gauss-legendre:nlat={self.nlat},nlon={self.nlon}",
        )
        self.geometry = Geometry("GL", self.nlat, self.nlon, self.nlat - 1)
