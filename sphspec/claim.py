"""What every claim has: a Gaussian law of coefficients, and how maps become coefficients."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import size
from sphspec.gram import SectorMatrix
from sphspec.grids.ring import RingGrid
from sphspec.operator import Operator

Floats = NDArray[np.float64]
MAPS, COEFFICIENTS = "maps", "coefficients"


class Claim(ABC):
    """A Gaussian law of coefficients alpha in chart R1, and what draws of it may look like.

    Attributes
    ----------
    name : of the law, in words
    grid : on which maps are taken, or None
    lmax : band limit, inclusive
    kinds : "maps" and "coefficients", as far as they are taken
    isotropic : whether the law is the same after any rotation
    """

    name: str
    grid: RingGrid | None
    lmax: int
    kinds: tuple[str, ...] = (MAPS, COEFFICIENTS)
    isotropic: ClassVar[bool] = False

    def __repr__(self) -> str:
        return f"<claim: {self.name}>"

    @property
    def n(self) -> int:
        """Number of coefficients, (lmax + 1)^2."""
        return size(self.lmax)

    @property
    def mean(self) -> Floats:
        """Mean of the coefficients, (n,)."""
        return np.zeros(self.n)

    @property
    @abstractmethod
    def covariance(self) -> SectorMatrix:
        """Covariance of the coefficients, (n, n) in blocks that do not couple."""

    @property
    def pixel_deviation(self) -> Floats | None:
        """Standard deviation of each pixel, (npix,), where pixels are claimed to be independent."""
        return None

    @property
    def operator(self) -> Operator | None:
        """The analysis that turns maps into coefficients."""
        return None

    @property
    def band_limited(self) -> bool:
        """Whether maps have no power beyond lmax, so that nothing is left when they are resynthesised."""
        return False

    def coefficients(self, maps: Floats) -> tuple[Floats, float]:
        """Return the coefficients (K, n) of maps (K, npix), and what is left of the maps beyond lmax.

        The second value is the share of the maps' sum of squares that is no band-limited field, 0 where
        the law does not say that they are.
        """
        operator = self.operator
        assert operator is not None
        alpha = np.asarray(operator(maps))
        if not self.band_limited:
            return alpha, 0.0
        rest, whole = maps - operator.synthesis(alpha), float(np.sum(maps * maps))
        return alpha, float(np.sum(rest * rest)) / whole if whole else 0.0
