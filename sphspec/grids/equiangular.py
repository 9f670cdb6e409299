"""Equiangular grids: rings equispaced in colatitude, under the classical quadrature rules."""

from collections.abc import Callable
from dataclasses import dataclass

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.grids.ring import Geometry, RingGrid

Floats = NDArray[np.float64]


def _ducc_weights(geometry: str, nlat: int) -> Floats:
    """Return ducc0's weights of nlat whole rings, sum 4 pi."""
    return np.asarray(ducc0.sht.get_gridweights(geometry, nlat))


def _interpolatory_weights(geometry: str, nlat: int) -> Floats:
    """Return the weights that integrate the trigonometric interpolant through the rings exactly.

    For a rule that ducc0 has no weights for: they are what its analysis makes of a_00, which extends
    the rings to the doubled circle, interpolates and integrates.
    """
    first = np.zeros((1, nlat), dtype=np.complex128)
    first[0, 0] = 1.0
    ring = ducc0.sht.adjoint_analysis_2d(
        alm=first, spin=0, lmax=nlat - 1, mmax=0, geometry=geometry, ntheta=nlat, nphi=1
    )[0, :, 0]
    return np.asarray(4 * np.pi * ring / ring.sum())


@dataclass(frozen=True)
class Rule:
    """A quadrature rule in colatitude: rings theta_i = (2 i + first) pi/(2 nlat + extra).

    Attributes
    ----------
    name : as it is asked for
    geometry : ducc0's name of it
    first, extra : which rings; the rings and their images make 2 nlat + extra points on a circle
    weights : (geometry, nlat) -> (nlat,) weights of whole rings in steradians, sum 4 pi
    fewest : smallest nlat
    multiple : what nlat must be a multiple of
    lost, share : ducc0's analysis gets degrees up to (nlat - lost)/share right
    """

    name: str
    geometry: str
    first: int
    extra: int
    weights: Callable[[str, int], Floats] = _ducc_weights
    fewest: int = 1
    multiple: int = 1
    lost: int = 1
    share: int = 1

    def colatitudes(self, nlat: int) -> Floats:
        """Return the (nlat,) colatitudes in radians."""
        return np.asarray(np.pi * ((2 * np.arange(nlat) + self.first) / (2 * nlat + self.extra)))

    def ring_weights(self, nlat: int) -> Floats:
        """Return the weights of whole rings in steradians, (nlat,), sum 4 pi."""
        weights = self.weights(self.geometry, nlat)
        symmetric = 2 * self.first - 2 == self.extra
        return (weights + weights[::-1]) / 2 if symmetric else weights

    @property
    def poles(self) -> tuple[int, ...]:
        """Which rings are at a pole: 0 the first, -1 the last."""
        north, south = self.first == 0, self.first - 2 == self.extra
        return (0,) * north + (-1,) * south


RULES = {
    rule.name: rule
    for rule in (
        Rule("fejer1", "F1", first=1, extra=0),
        Rule("clenshaw-curtis", "CC", first=0, extra=-2, fewest=2, lost=2),
        Rule("fejer2", "F2", first=2, extra=2, share=2),
        Rule("driscoll-healy", "DH", first=0, extra=0, fewest=2, multiple=2, lost=2, share=2),
        Rule("mcewen-wiaux", "MW", first=1, extra=-1, weights=_interpolatory_weights),
    )
}
POLES = {"doubled": False, "single": True}  # whether a pole is one point


class Equiangular(RingGrid):
    """Equiangular grid, nlat rings of nlon points, the first of each at longitude 0.

    The rules are exact for polynomials of degree nlat - 1 in cos(theta), and, but for "mcewen-wiaux", by
    symmetry for one degree more where that is odd: quadrature is exact for 2 lmax <= nlat - 1 and
    nlon >= 2 lmax + 1.

    Parameters
    ----------
    nlat : number of rings
    nlon : number of points on each ring, >= 1
    rule : where the rings are, i = 0 .. nlat - 1
        "fejer1" (i + 1/2) pi/nlat; "clenshaw-curtis" i pi/(nlat - 1), both poles, nlat >= 2;
        "fejer2" (i + 1) pi/(nlat + 1); "driscoll-healy" i pi/nlat, nlat even, with the north pole, whose
        weight is zero; "mcewen-wiaux" (2 i + 1) pi/(2 nlat - 1), with the south pole
    poles : "doubled" for nlon coincident points on a ring at a pole, as in ERA5's 721 x 1440;
        "single" for one point there, which carries the weight of the ring

    Raises
    ------
    ValueError
        for an unknown rule, an nlat that the rule does not have, or single poles without a pole.

    >>> Equiangular(721, 1440, rule="clenshaw-curtis").npix
    1038240
    """

    def __init__(self, nlat: int, nlon: int, rule: str = "fejer1", poles: str = "doubled") -> None:
        self.rule = check.known("rule", rule, RULES)
        self.nlat = check.integer("nlat", nlat, self.rule.fewest)
        self.nlon = check.integer("nlon", nlon, 1)
        single = check.known("poles", poles, POLES)
        if self.nlat % self.rule.multiple:
            raise ValueError(f"nlat must be a multiple of {self.rule.multiple} for {rule}, got {nlat}")
        if single and not self.rule.poles:
            raise ValueError(f"poles='single' needs a rule with a ring at a pole, {rule} has none")
        check.fits(64.0 * self.nlat * self.nlon, f"a grid of {nlat} x {nlon} points", "lower nlat or nlon")
        counts = np.full(self.nlat, self.nlon)
        if single:
            counts[list(self.rule.poles)] = 1
        super().__init__(
            self.rule.colatitudes(self.nlat),
            counts,
            np.zeros(self.nlat),
            self.rule.ring_weights(self.nlat) / counts,
            name=f"equiangular:nlat={self.nlat},nlon={self.nlon},rule={rule}"
            + (",poles=single" if single else ""),
        )
        if not single:
            highest = (self.nlat - self.rule.lost) // self.rule.share
            self.geometry = Geometry(self.rule.geometry, self.nlat, self.nlon, highest)
