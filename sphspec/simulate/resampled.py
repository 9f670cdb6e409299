"""ducc0's analysis of rectangular maps by brute force: interpolation on the doubled circle, in NumPy.

For each order m the values of the rings are extended over the poles, even for even m and odd for odd m
(where a ring at a pole has no say), and interpolated by the trigonometric polynomial through them.
That is read off on a Clenshaw-Curtis grid of 2 g + 1 rings and integrated by its weights; g is the
smallest number >= lmax + 1 without a prime above 11, and frequencies above 2 g are cut, at 2 g halved.
A Clenshaw-Curtis grid with nlat >= 2 lmax + 2 is its own. Other rules are plain quadrature.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import sph_harm_y

from sphspec.grids import RingGrid
from sphspec.grids.ring import Geometry
from sphspec.simulate.points import PI, Extended, circle, equiangular_weights, points
from sphspec.simulate.witness import DirectWitness

Floats = NDArray[np.float64]
RESAMPLED = ("CC", "F1", "MW")
PRIMES = (2, 3, 5, 7, 11)


class ResamplingWitness(DirectWitness):
    """What ducc0.sht.analysis_2d is meant to do, without ducc0."""

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        super().__init__(grid, lmax, "quadrature")
        if grid.geometry is None:
            raise ValueError(f"{grid.name} is no rectangular grid")
        self._geometry: Geometry = grid.geometry
        self.name = "interpolation on the doubled circle (numpy)"

    @cached_property
    def matrix(self) -> Floats:
        """The matrix (n, npix): ring tables times azimuthal waves."""
        name, nlat, nlon = self._geometry.name, self._geometry.nlat, self._geometry.nlon
        fine = _good(self.lmax + 1)
        if name not in RESAMPLED or (name == "CC" and nlat >= 2 * self.lmax + 2):
            return self.harmonics.T * points(self.grid)[2]
        rings, weights = circle("CC", 2 * fine + 1)[: 2 * fine + 1], equiangular_weights("CC", 2 * fine + 1)
        theta = rings.astype(np.float64)
        matrix = np.zeros(((self.lmax + 1) ** 2, nlat, nlon))
        for order in range(self.lmax + 1):
            waves = 2 * np.pi * (order * np.arange(nlon) % nlon) / nlon
            resample = _interpolation(name, nlat, order, rings, 2 * fine)
            for degree in range(order, self.lmax + 1):
                ring = (weights.astype(np.float64) * sph_harm_y(degree, order, theta, 0).real) @ resample
                place, ring = degree * degree + degree, ring / nlon * (np.sqrt(2) if order else 1.0)
                matrix[place + order] = np.outer(ring, np.cos(waves))
                if order:
                    matrix[place - order] = np.outer(ring, np.sin(waves))
        return matrix.reshape(-1, nlat * nlon)


def _interpolation(name: str, nlat: int, order: int, theta: Extended, cut: int) -> Floats:
    """Return what takes ring values to the interpolant at theta, frequencies up to `cut`: (theta, nlat)."""
    angles = circle(name, nlat)
    extended = np.zeros((angles.size, nlat))
    extended[:nlat] = np.eye(nlat)
    if order % 2:
        extended[np.abs(np.sin(angles)) < 1e-9] = 0.0
    for image in range(nlat, angles.size):
        ring = int(np.argmin(np.abs(angles[:nlat] + angles[image] - 2 * PI)))
        extended[image] = extended[ring] * (-1) ** order
    highest = angles.size // 2
    frequencies = np.arange(-highest, highest + 1)
    shares = np.ones(frequencies.size)
    if angles.size % 2 == 0:
        shares[[0, -1]] = 0.5  # one frequency, seen from both ends
    if angles.size > 2 * cut:
        shares = np.where(np.abs(frequencies) < cut, 1.0, np.where(np.abs(frequencies) == cut, 0.5, 0.0))
    kernel = np.cos(np.multiply.outer(theta[:, None] - angles, frequencies.astype(np.longdouble))) @ shares
    return np.asarray(kernel @ extended / angles.size, dtype=np.float64)


def _good(least: int) -> int:
    """Return the smallest number >= least whose prime factors are at most 11."""
    rest = least
    for prime in PRIMES:
        while rest % prime == 0:
            rest //= prime
    return least if rest == 1 else _good(least + 1)
