"""A batch of draws in the coordinates of the claim: coefficients, white coordinates, pixels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec.audit.law import Law
from sphspec.claim import MAPS
from sphspec.verify.moments import Sums, sums_of

Floats = NDArray[np.float64]
SPECK = 1e-140  # stands for a coordinate that is never drawn, so that ratios are numbers
SMALLEST, LARGEST = 1e-60, 1e30  # claimed deviations that draws reach: beyond, their squares are no numbers


@dataclass(frozen=True, eq=False)
class Batch:
    """Draws of one stage.

    Attributes
    ----------
    law : that they are held against
    alpha : (K, n) coefficients less the claimed mean
    white : (K, r) their white coordinates
    maps : (K, npix), None where draws are coefficients
    beyond : share of the maps' squares that lies beyond lmax
    outside : share of the coefficients' squares off the range of a singular covariance
    """

    law: Law
    alpha: Floats
    white: Floats
    maps: Floats | None
    beyond: float
    outside: float

    @classmethod
    def of(cls, law: Law, values: Floats, kind: str) -> "Batch":
        """Return the batch of draws (K, npix) or (K, n)."""
        if kind == MAPS:
            alpha, beyond = law.claim.coefficients(values)
        else:
            alpha, beyond = values, 0.0
        alpha = alpha - law.mean
        white, outside = law.whiten(alpha)
        _in_reach(white)
        return cls(law, alpha, white, values if kind == MAPS else None, beyond, outside)

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.alpha.shape[0])

    @cached_property
    def sums(self) -> Sums:
        """Sufficient statistics of the white draws."""
        return sums_of(self.white[:, None, :], 0.0)

    @cached_property
    def raw(self) -> Floats:
        """Mean of alpha alpha^T, (n, n)."""
        return np.asarray(self.alpha.T @ self.alpha) / self.count

    @cached_property
    def precision(self) -> Floats:
        """Q = Sigma^+ o raw, (n, n) sparse: |W^T v o alpha|^2 is v^T Q v in the mean, for factors v."""
        return self.law.inverse.multiply(self.raw).tocsr()  # type: ignore[no-any-return]

    @cached_property
    def pixels(self) -> Floats | None:
        """Pixels in units of their claimed deviation, (K, npix), where they are claimed independent."""
        deviation = self.law.claim.pixel_deviation
        if deviation is None or self.maps is None:
            return None
        pixels = np.asarray(self.maps / deviation)
        _in_reach(pixels)
        return pixels


def _in_reach(values: Floats) -> None:
    """Put SPECK in columns of (K, r) without draws; ValueError where sums of squares would not be numbers."""
    largest = np.abs(values).max(axis=0)
    if not (largest.max() <= LARGEST and (largest.max() >= SMALLEST or largest.max() == 0)):
        raise ValueError(
            f"the largest draw is {largest.max():.3g} claimed standard deviations, it must be in "
            f"{SMALLEST:g} .. {LARGEST:g}; bring draws and claim to the same units"
        )
    values[:, largest < SPECK] = SPECK
