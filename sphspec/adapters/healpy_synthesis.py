"""healpy's generators of Gaussian fields: synfast (maps) and synalm (coefficients)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sphspec.adapters.base import PowerLawAdapter
from sphspec.adapters.healpix_maps import HealpixMaps
from sphspec.adapters.seeding import numpy_seeded
from sphspec.conventions import from_complex


@dataclass(frozen=True)
class HealpySynalm(PowerLawAdapter):
    """healpy.synalm: coefficients of a Gaussian field, `alms = synalm(cls, lmax)`.

    Promise: "Generate a set of alm given cl", the cl being the power spectrum of the alm
    (healpy.readthedocs.io, healpy.sphtfunc.synalm): a_lm independent, E|a_lm|^2 = C_l for every m.

    It draws from numpy.random's global state, which is seeded from rng within a block and put back.

    >>> HealpySynalm(lmax=4).width
    25
    """

    name = "healpy-synalm"
    package = module = "healpy"
    extra = "adapters-healpy"
    function = "healpy.synalm"

    @property
    def grid(self) -> None:
        """None: draws are coefficients."""

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        import healpy

        cl = self.cl
        alm = np.empty((size, (self.lmax + 1) * (self.lmax + 2) // 2), dtype=np.complex128)
        with numpy_seeded(rng):
            for place in range(size):
                alm[place] = healpy.synalm(cl, lmax=self.lmax)
        return from_complex(alm, self.lmax)


@dataclass(frozen=True)
class HealpySynfast(HealpixMaps):
    """healpy.synfast: HEALPix maps in RING order of a Gaussian field, `synfast(cls, nside, lmax)`.

    Promise: "Create a map(s) from cl(s)" (healpy.readthedocs.io, healpy.sphtfunc.synfast): an isotropic
    Gaussian field of that angular power spectrum, without pixel window and without smoothing by default.

    It draws from numpy.random's global state, which is seeded from rng within a block and put back.

    Attributes
    ----------
    nside : resolution, a power of two
    """

    name = "healpy-synfast"
    package = module = "healpy"
    extra = "adapters-healpy"
    function = "healpy.synfast"

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        import healpy

        cl = self.cl
        maps = np.empty((size, self.width))
        with numpy_seeded(rng):
            for place in range(size):
                maps[place] = healpy.synfast(cl, self.nside, lmax=self.lmax)
        return maps
