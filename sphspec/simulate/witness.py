"""Independent analysis transforms: healpy itself, and direct sums of scipy's harmonics.

Both return chart R1: index l^2 + l + m, alpha_l0 = a_l0, alpha_lm = sqrt2 Re a_lm,
alpha_(l,-m) = -sqrt2 Im a_lm.
"""

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import sph_harm_y

from sphspec import _validate as check
from sphspec.grids import Healpix, RingGrid
from sphspec.simulate.points import points

Floats = NDArray[np.float64]


class Witness(Protocol):
    """A linear analysis transform from somebody else's code."""

    name: str

    def analyse(self, maps: Floats) -> Floats:
        """Return R1 coefficients (K, n) of maps (K, npix)."""

    @property
    def matrix(self) -> Floats:
        """The transform's matrix (n, npix), from what it makes of unit pixels."""


class HealpyWitness:
    """healpy.map2alm(iter=k) with the weights that healpy has for the grid: equal ones, or its own."""

    def __init__(self, grid: Healpix, lmax: int, iterations: int) -> None:
        if grid.healpy_options is None:
            raise ValueError(f"healpy cannot be given the weights of {grid.name}")
        self.grid, self.lmax, self.iterations = grid, lmax, iterations
        self._options = {"lmax": lmax, "iter": iterations, "pol": False, **grid.healpy_options}
        weighted = ", use_weights=True" if grid.healpy_options["use_weights"] else ""
        self.name = f"healpy.map2alm(iter={iterations}{weighted})"

    def analyse(self, maps: Floats) -> Floats:
        """Return R1 coefficients (K, n) of maps (K, npix)."""
        import healpy

        alm = healpy.map2alm(np.ascontiguousarray(maps), **self._options)  # maps one by one
        return real_chart(alm.reshape(maps.shape[0], -1), self.lmax)

    def synthesise(self, maps: Floats) -> Floats:
        """Return the maps that come back through healpy.map2alm and healpy.alm2map, (K, npix)."""
        import healpy

        back = [
            healpy.alm2map(healpy.map2alm(row, **self._options), self.grid.nside, lmax=self.lmax, pol=False)
            for row in np.ascontiguousarray(maps)
        ]
        return np.array(back)

    @cached_property
    def matrix(self) -> Floats:
        """The matrix (n, npix): every unit pixel pushed through healpy."""
        check.fits(24.0 * self.grid.npix * max(self.grid.npix, (self.lmax + 1) ** 2), self.name)
        return self.analyse(np.eye(self.grid.npix)).T


class DirectWitness:
    """Direct sums of scipy.special.sph_harm_y at independently computed points.

    Parameters
    ----------
    grid : the points
    lmax : band limit
    kind : "quadrature", "jacobi" or "least-squares"
    iterations : of the Jacobi iteration
    """

    def __init__(self, grid: RingGrid, lmax: int, kind: str, iterations: int = 0) -> None:
        self.grid, self.lmax, self.kind, self.iterations = grid, lmax, kind, iterations
        self.name = f"scipy sph_harm_y, {kind}"
        self._last: tuple[Floats, Floats] | None = None

    def analyse(self, maps: Floats) -> Floats:
        """Return R1 coefficients (K, n) of maps (K, npix)."""
        return maps @ self.matrix.T

    def covariance(self, variance: Floats) -> Floats:
        """Return A D A^T of pixel variances (npix,), (n, n); the last one is kept."""
        if self._last is None or not np.array_equal(self._last[0], variance):
            self._last = variance.copy(), squared(self.matrix, variance)
        return self._last[1]

    @cached_property
    def harmonics(self) -> Floats:
        """Phi, (npix, n)."""
        theta, phi, _ = points(self.grid)
        return harmonic_matrix(theta, phi, self.lmax)

    @cached_property
    def matrix(self) -> Floats:
        """The matrix (n, npix), by plain matrix algebra."""
        weights = points(self.grid)[2]
        if self.kind == "least-squares":
            root = np.sqrt(weights)
            return np.asarray(np.linalg.pinv(root[:, None] * self.harmonics) * root)
        adjoint = self.harmonics.T * weights
        matrix = adjoint
        for _ in range(self.iterations):
            matrix = matrix + adjoint - adjoint @ (self.harmonics @ matrix)
        return matrix


def squared(matrix: Floats, variance: Floats) -> Floats:
    """Return A D A^T of a matrix and pixel variances; half of its products where none is negative."""
    if variance.min(initial=0.0) < 0:
        return np.asarray((matrix * variance) @ matrix.T)
    root = matrix * np.sqrt(variance)
    return np.asarray(root @ root.T)  # NumPy knows that it is symmetric


def harmonic_matrix(theta: Floats, phi: Floats, lmax: int) -> Floats:
    """Return the real harmonics at points, (points, n), from scipy's sph_harm_y.

    Y_lm(theta, phi) = Y_lm(theta, 0) exp(i m phi): what has been found at a colatitude is not found again.

    Raises
    ------
    ValueError
        where the matrix does not fit in memory.
    """
    count = (lmax + 1) ** 2
    check.fits(24.0 * theta.size * count, f"brute force at lmax={lmax} on {theta.size} points")
    matrix = np.empty((theta.size, count))
    rings, ring = np.unique(theta, return_inverse=True)
    for order in range(lmax + 1):
        wave = np.exp(1j * order * phi)
        for degree in range(order, lmax + 1):
            values = sph_harm_y(degree, order, rings, 0.0).real[ring]
            place = degree * degree + degree
            if order == 0:
                matrix[:, place] = values
            else:
                matrix[:, place + order] = np.sqrt(2) * values * wave.real
                matrix[:, place - order] = np.sqrt(2) * values * wave.imag
    return matrix


def real_chart(alm: NDArray[np.complex128], lmax: int) -> Floats:
    """Return R1 of healpy's m-major coefficients (K, (lmax+1)(lmax+2)/2)."""
    place, scale = np.empty((lmax + 1) ** 2, dtype=np.int64), np.empty((lmax + 1) ** 2)
    start = 0
    for order in range(lmax + 1):
        degrees = np.arange(order, lmax + 1)
        numbers = start + np.arange(degrees.size)
        start += degrees.size
        centre = degrees * degrees + degrees
        place[centre - order], scale[centre - order] = 2 * numbers + 1, -np.sqrt(2)
        place[centre + order], scale[centre + order] = 2 * numbers, np.sqrt(2) if order else 1.0
    parts = np.ascontiguousarray(alm).view(np.float64)  # real and imaginary in turn
    found = np.take(parts, place, axis=1)
    found *= scale
    return found
