"""Iso-latitude grids: rings of equispaced points, the geometry that every transform here works on."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check

Floats = NDArray[np.float64]
SAME = 8 * float(np.finfo(np.float64).eps)  # radians: rounding of an angle of order one
POLE = 2 * float(np.finfo(np.float64).eps)  # sin(theta) up to which a ring is at a pole: sin(pi) is 1.2e-16
TURNS = 1e6  # radians: azimuths beyond this have lost six digits of their place on the circle
NEAR_POLE = 1e-9  # sin(theta) below which pi - theta is not known to full relative precision
WHOLE = 1e-6  # relative deviation of the sum of weights from 4 pi that is worth a warning


@dataclass(frozen=True)
class Geometry:
    """What ducc0's transforms of rectangular maps call a grid, and the highest degree they analyse.

    Attributes
    ----------
    name : ducc0's geometry, e.g. "CC"
    nlat, nlon : the map's shape
    lmax : highest degree that the analysis gets right
    """

    name: str
    nlat: int
    nlon: int
    lmax: int


class RingGrid:
    """Rings of equispaced points with quadrature weights.

    Parameters
    ----------
    theta : (R,) colatitudes of the rings in radians, 0 <= theta <= pi
    nphi : (R,) number of points of each ring, >= 1
    phi0 : (R,) azimuth of each ring's first point in radians
    weights : (R,) or (npix,) quadrature weights in steradians, one a ring or one a point

    Attributes
    ----------
    theta, phi, weights : (npix,) colatitude, east longitude in radians, weight in steradians of each point
    npix : number of points
    geometry : for rectangular maps, what ducc0 calls them; None for other grids

    Raises
    ------
    ValueError
        for non-finite, wrongly shaped or out-of-range input.

    Warns
    -----
    UserWarning
        where the weights do not sum to 4 pi, the area of the sphere.
    """

    geometry: Geometry | None = None

    def __init__(self, theta: Any, nphi: Any, phi0: Any, weights: Any, *, name: str = "rings") -> None:
        self.name = name
        self.ring_theta = check.exact_array("theta", theta)
        rings = self.ring_theta.size
        if rings == 0:
            raise ValueError("theta is empty: a grid needs at least one ring")
        if self.ring_theta.min() < 0 or self.ring_theta.max() > np.pi:
            raise ValueError(
                f"theta must be in [0, pi], got {self.ring_theta.min()} .. {self.ring_theta.max()}"
            )
        counts = check.exact_array("nphi", nphi, rings)
        if (counts < 1).any() or (counts != np.round(counts)).any():
            raise ValueError(f"nphi must be integers >= 1, got {counts[(counts < 1) | (counts % 1 != 0)][0]}")
        check.fits(64.0 * float(counts.sum()), f"a grid of {counts.sum():.3g} points", "lower nphi")
        self.nphi = counts.astype(np.int64)
        self.phi0 = check.exact_array("phi0", phi0, rings)
        if np.abs(self.phi0).max() > TURNS:
            raise ValueError(
                f"phi0 must be radians within +-{TURNS:.0e}, got {self.phi0[np.abs(self.phi0).argmax()]}: "
                f"digits of the azimuth would be lost; reduce it modulo 2 pi"
            )
        self.npix = int(self.nphi.sum())
        self.ring_start = np.cumsum(self.nphi) - self.nphi
        given = check.exact_array("weights", weights)
        if given.size not in (rings, self.npix):
            raise ValueError(
                f"weights must have {rings} (a ring) or {self.npix} (a point) entries, got {given.size}"
            )
        self.weights = np.repeat(given, self.nphi) if given.size == rings else given
        _warn_unless_whole(self.weights)
        for array in (self.ring_theta, self.nphi, self.phi0, self.weights):
            array.setflags(write=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.npix} points on {self.ring_theta.size} rings>"

    @cached_property
    def theta(self) -> Floats:
        """Colatitude of each point in radians, (npix,)."""
        return np.repeat(self.ring_theta, self.nphi)

    @cached_property
    def phi(self) -> Floats:
        """East longitude of each point in radians, (npix,)."""
        place = np.arange(self.npix) - np.repeat(self.ring_start, self.nphi)
        return np.repeat(self.phi0, self.nphi) + 2 * np.pi * place / np.repeat(self.nphi, self.nphi)

    @cached_property
    def polar(self) -> NDArray[np.bool_]:
        """Which rings are at a pole, (R,): harmonics of order m != 0 vanish there."""
        return np.asarray(np.sin(self.ring_theta) <= POLE)

    @cached_property
    def mirrored(self) -> bool:
        """Whether every ring is its own image under phi -> -phi, so that cosines and sines decouple."""
        spacings = (self.phi0 * self.nphi / np.pi)[~self.polar]
        return bool(np.all(np.abs(spacings - np.round(spacings)) <= SAME * np.maximum(1, np.abs(spacings))))

    @cached_property
    def symmetric(self) -> bool:
        """Whether the points are symmetric about the equator, so that odd and even l + m decouple."""
        if not np.array_equal(self.nphi, self.nphi[::-1]):
            return False
        if np.abs(self.ring_theta + self.ring_theta[::-1] - np.pi).max() > SAME:
            return False
        away = ~self.polar
        if not np.array_equal(away, away[::-1]) or np.sin(self.ring_theta[away]).min(initial=1) < NEAR_POLE:
            return False
        shift = ((self.phi0 - self.phi0[::-1]) * self.nphi / (2 * np.pi))[away]
        return bool(np.all(np.abs(shift - np.round(shift)) <= SAME * np.maximum(1, np.abs(shift))))

    @cached_property
    def paired(self) -> bool:
        """Whether every ring has its exact image on the other side of the equator."""
        z, sine = self.ring_directions
        return np.array_equal(z, -z[::-1]) and np.array_equal(sine, sine[::-1])

    @cached_property
    def ring_directions(self) -> tuple[Floats, Floats]:
        """Return cos(theta) and sin(theta) of each ring, (R,); exact at the poles.

        Where the grid is symmetric the southern rings are exact images of the northern ones: pi - theta
        has lost the last digits of a small theta.
        """
        cosine, sine = np.cos(self.ring_theta), np.where(self.polar, 0.0, np.sin(self.ring_theta))
        if self.symmetric:
            half = (self.ring_theta.size + 1) // 2
            north = self.ring_theta[0] <= self.ring_theta[-1]
            source = slice(None, half) if north else slice(-half, None)
            image = slice(None, -half - 1, -1) if north else slice(half - 1, None, -1)
            cosine[image], sine[image] = -cosine[source], sine[source]
            if self.ring_theta.size % 2:
                cosine[half - 1] = 0.0
        return cosine, sine


def _warn_unless_whole(weights: Floats) -> None:
    total = float(weights.sum())
    if abs(total - 4 * np.pi) > WHOLE * 4 * np.pi:
        warnings.warn(
            f"the weights sum to {total:.9g}, not to 4 pi = {4 * np.pi:.9g}: quadrature scales every "
            f"coefficient with them, a_00 by {total / (4 * np.pi):.6g}; multiply them by "
            f"{4 * np.pi / total if total else np.inf:.9g} unless that is meant, e.g. by a mask",
            UserWarning,
            stacklevel=3,
        )
