"""glass's generator of Gaussian fields on HEALPix."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sphspec.adapters.healpix_maps import HealpixMaps


@dataclass(frozen=True)
class GlassGaussian(HealpixMaps):
    """glass.generate with one field glass.grf.Normal(): `generate([Normal()], [gl], nside, rng=rng)`.

    Promise: "Sample random fields from Gaussian angular power spectra [...] HEALPix maps of transformed
    Gaussian random fields with the given angular power spectra" (glass.readthedocs.io, glass.generate);
    Normal leaves the field as it is. So: an isotropic Gaussian field of spectrum C_l, in RING order.

    It draws from rng itself.

    Attributes
    ----------
    nside : resolution
    """

    name = "glass"
    package = module = "glass"
    extra = "adapters-glass"
    function = "glass.generate([glass.grf.Normal()], ...)"

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        import glass
        import glass.grf

        spectra = [self.cl]
        maps = np.empty((size, self.width))
        for place in range(size):
            (maps[place],) = glass.generate([glass.grf.Normal()], spectra, self.nside, rng=rng)
        return maps
