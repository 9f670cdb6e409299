"""HEALPix in RING order, for any nside >= 1; geometry from ducc0."""

from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import ducc0
import numpy as np
from numpy.typing import NDArray

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
    healpy_options : what tells healpy.map2alm to take these weights; None where nothing does

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
            name=f"healpix:nside={self.nside}" + ("" if weights is None else ",weights=given"),
        )
        self.equal_area = bool(np.all(self.weights == 4 * np.pi / npix))
        self.healpy_options: dict[str, bool] | None = {"use_weights": False} if self.equal_area else None

    @classmethod
    def ring_weighted(cls, nside: int) -> "Healpix":
        """Return the grid with healpy's own ring weights, those of map2alm(use_weights=True).

        They ship with healpy: weight = (1 + file value) 4 pi/npix on the 2 nside northern rings, the
        equator among them, and the same on their southern images.

        Raises
        ------
        ValueError
            where healpy is not installed or has no weights for this nside.
        """
        northern = 1 + _healpy_ring_weights(check.integer("nside", nside, 1, NSIDE_MAX))
        rings = np.concatenate([northern, northern[-2::-1]])
        grid = cls(nside, weights=rings * (4 * np.pi / (12 * nside**2)))
        grid.name = f"healpix:nside={nside},weights=ring"
        grid.healpy_options = {"use_weights": True}
        return grid


def _healpy_ring_weights(nside: int) -> NDArray[np.float64]:
    """Return the deviations from 1 of healpy's ring weights, (2 nside,), from the pole to the equator."""
    if find_spec("healpy") is None:
        raise ValueError("ring weights come with healpy: pip install 'sphspec[verify]'")
    import healpy

    folder = files("healpy") / "data"
    name = f"weight_ring_n{nside:05d}.fits"
    if not (folder / name).is_file():
        found = sorted(int(item.name[13:18]) for item in folder.iterdir() if item.name[:11] == "weight_ring")
        raise ValueError(
            f"healpy has no ring weights for nside={nside}; it has them for {', '.join(map(str, found))}; "
            f"use Healpix(nside) or give weights="
        )
    temperature = np.asarray(healpy.read_cl(str(folder / name))[0], dtype=np.float64)
    return temperature[: 2 * nside]
