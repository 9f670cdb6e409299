"""HEALPix in RING order, for any nside >= 1; geometry from ducc0."""

from typing import Any

import ducc0
import numpy as np

from sphspec import _validate as check
from sphspec.grids.ring import RingGrid

NSIDE_MAX = 1 << 20


class Healpix(RingGrid):
    """HEALPix grid: 12 nside^2 points of equal area on 4 nside - 1 rings, in RING order.

    Parameters
    ----------
    nside : resolution, any integer >= 1
    weights : None for 4 pi/npix, or (4 nside - 1,) a ring or (npix,) a point, in steradians

    Attributes
    ----------
    equal_area : whether every weight is the pixel's area 4 pi/npix, as healpy takes it

    Source: Górski et al. 2005.

    >>> Healpix(nside=2).npix
    48
    """

    def __init__(self, nside: int, weights: Any = None) -> None:
        self.nside = check.integer("nside", nside, 1, NSIDE_MAX)
        npix = 12 * self.nside**2
        check.fits(8.0 * npix * 8, f"a HEALPix grid with nside={nside}", "lower nside")
        info = ducc0.healpix.Healpix_Base(self.nside, "RING").sht_info()
        equal = np.full(4 * self.nside - 1, 4 * np.pi / npix)
        super().__init__(
            info["theta"],
            info["nphi"].astype(np.int64),
            info["phi0"],
            equal if weights is None else weights,
            name=f"healpix:nside={self.nside}",
        )
        self.equal_area = bool(np.all(self.weights == 4 * np.pi / npix))
