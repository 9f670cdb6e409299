"""The example of the section on masks: a cut sky, its noise covariance and its mode-coupling matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.analysis import Quadrature
from sphspec.conventions import degrees_orders
from sphspec.covariance import (
    NoiseCovariance,
    field_spectrum,
    gaunt_covariance,
    harmonic_field,
    mode_coupling_matrix,
    noise_covariance,
)
from sphspec.grids import Healpix

Floats = NDArray[np.float64]
NSIDE, LMAX = 8, 16
CUT = 15.0  # degrees of latitude to both sides of the equator that are masked
HOLE = (60.0, 45.0, 20.0)  # degrees: colatitude, longitude and radius of a masked disc


@dataclass(frozen=True, eq=False)
class Masked:
    """A masked grid of equal weights w; its noise has the variance 1/w on the pixels that are kept.

    Attributes
    ----------
    cov : Sigma of that noise: the Gaunt form of w times the mask
    kept : share of the pixels
    squares : (lmax + 1, lmax + 1) sum over m, m' of Sigma^2/(2l+1), from the ring sum
    coupling : (lmax + 1, lmax + 1) mode-coupling matrix of the mask, from its spectrum
    gaunt_error : largest difference of the Gaunt form from the ring sum, over the largest entry
    """

    cov: NoiseCovariance
    kept: float
    squares: Floats
    coupling: Floats
    gaunt_error: float

    @property
    def coupling_error(self) -> float:
        """Largest difference of the two matrices, over the largest entry."""
        return float(np.abs(self.squares - self.coupling).max() / self.coupling.max())

    @property
    def leaked(self) -> Floats:
        """Share of each degree that comes from the others under a flat spectrum up to lmax, (lmax + 1,)."""
        return np.asarray(1 - np.diagonal(self.coupling) / self.coupling.sum(axis=1))


def masked_example() -> Masked:
    """Return the example, computed."""
    grid = Healpix(NSIDE)
    mask = np.where(_kept(grid), 1.0, 0.0)
    strength = grid.weights * mask
    cov = noise_covariance(Quadrature(grid, LMAX), mask / grid.weights)
    field, sigma = harmonic_field(grid, strength, 2 * LMAX), cov.dense()
    error = float(np.abs(gaunt_covariance(field, LMAX) - sigma).max() / np.abs(sigma).max())
    coupling = mode_coupling_matrix(field_spectrum(field), LMAX)
    return Masked(cov, float(mask.mean()), _squares(sigma, LMAX), coupling, error)


def _kept(grid: Healpix) -> NDArray[np.bool_]:
    theta, phi, radius = np.radians(HOLE)
    distance = np.cos(grid.theta) * np.cos(theta) + np.sin(grid.theta) * np.sin(theta) * np.cos(
        grid.phi - phi
    )
    latitude = np.abs(np.degrees(grid.theta) - 90)
    return np.asarray((latitude > CUT) & (distance < np.cos(radius)))


def _squares(sigma: Floats, lmax: int) -> Floats:
    degrees, _ = degrees_orders(lmax)
    starts = np.flatnonzero(np.diff(degrees, prepend=-1))
    sums = np.add.reduceat(np.add.reduceat(sigma**2, starts, axis=0), starts, axis=1)
    return np.asarray(sums / (2 * np.arange(lmax + 1)[:, None] + 1))
