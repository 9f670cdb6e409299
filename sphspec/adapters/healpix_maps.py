"""What adapters share that draw HEALPix maps in RING order with a power law."""

from dataclasses import dataclass
from functools import cached_property

from sphspec.adapters.base import PowerLawAdapter
from sphspec.grids.healpix import Healpix


@dataclass(frozen=True)
class HealpixMaps(PowerLawAdapter):
    """Maps of resolution nside, lmax < 3 nside."""

    nside: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lmax >= 3 * Healpix(self.nside).nside:
            raise ValueError(f"lmax must be < 3 nside = {3 * self.nside}, got {self.lmax}")

    @cached_property
    def grid(self) -> Healpix:
        """HEALPix in RING order."""
        return Healpix(self.nside)
