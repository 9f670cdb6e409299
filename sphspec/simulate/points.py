"""Points and weights of the grids, computed again apart from the package's own where they can be."""

from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.grids import Equiangular, GaussLegendre, Healpix, ReducedGaussian, RingGrid

Floats = NDArray[np.float64]
Extended = NDArray[Any]  # longdouble
PI = np.longdouble("3.14159265358979323846264338327950288")
CIRCLES = {  # ducc0's geometry: first point in half steps, points of the doubled circle less 2 nlat
    "F1": (1, 0),
    "CC": (0, -2),
    "F2": (2, 2),
    "DH": (0, 0),
    "MW": (1, -1),
}


@singledispatch
def points(grid: RingGrid) -> tuple[Floats, Floats, Floats]:
    """Return theta, phi, weights of the points; a grid of the user's own points is taken at its word."""
    return grid.theta, grid.phi, grid.weights


@points.register
def _(grid: GaussLegendre) -> tuple[Floats, Floats, Floats]:
    rings, weights = gauss_legendre_rule(grid.nlat)
    return _on_rings(rings, 2 * np.pi * weights, np.full(grid.nlat, grid.nlon))


@points.register
def _(grid: ReducedGaussian) -> tuple[Floats, Floats, Floats]:
    rings, weights = gauss_legendre_rule(grid.nphi.size)
    return _on_rings(rings, 2 * np.pi * weights, grid.nphi)


@points.register
def _(grid: Equiangular) -> tuple[Floats, Floats, Floats]:
    rings = circle(grid.rule.geometry, grid.nlat)[: grid.nlat]
    weights = equiangular_weights(grid.rule.geometry, grid.nlat)
    return _on_rings(rings.astype(np.float64), weights.astype(np.float64), grid.nphi)


@points.register
def _(grid: Healpix) -> tuple[Floats, Floats, Floats]:
    theta, phi = _healpix_points(grid.nside)
    return theta, phi, grid.weights


def circle(geometry: str, nlat: int) -> Extended:
    """Return the angles of the rings and of their images on the doubled circle, rings first."""
    first, extra = CIRCLES[geometry]
    count = 2 * nlat + extra
    return np.asarray(PI * (2 * np.arange(count, dtype=np.longdouble) + first) / count)


def equiangular_weights(geometry: str, nlat: int) -> Extended:
    """Return the weights of whole rings by the classical sums, (nlat,), sum 4 pi.

    With the poles or half a step off them: the integral of the interpolant in cos(k theta), where
    cos(k theta) sin(theta) integrates to 2/(1 - k^2) for even k. Without the poles: that in
    sin(k theta)/sin(theta).
    """
    first, extra = CIRCLES[geometry]
    count, theta = 2 * nlat + extra, circle(geometry, nlat)[:nlat]
    if geometry in ("F2", "DH"):
        odd = np.arange(1, count // 2, 2, dtype=np.longdouble)
        sums = (np.sin(np.outer(theta, odd)) / odd).sum(axis=1)
        return np.asarray(16 * PI / count * np.sin(theta) * sums)
    even = np.arange(2, count // 2 + 1, 2, dtype=np.longdouble)
    parts = np.where(2 * even == count, 2, 4) / (1 - even * even)
    alone = np.zeros(nlat, dtype=bool)  # a pole is its own image
    alone[:1], alone[-1:] = first == 0, first - 2 == extra
    sums = 2 + np.cos(np.outer(theta, even)) @ parts
    return np.asarray(2 * PI / count * np.where(alone, 1, 2) * sums)


def gauss_legendre_rule(nodes: int) -> tuple[Floats, Floats]:
    """Return colatitudes and ring weights, sum 2, by Newton's method in extended precision.

    scipy's and numpy's own rules lose digits of the weights near the poles (1e-12 at 48 nodes).
    """
    place = np.arange(1, nodes + 1, dtype=np.longdouble)
    z = np.cos(np.longdouble(np.pi) * (place - 0.25) / (nodes + 0.5))
    for _ in range(6):
        here, below = z, np.ones_like(z)
        for degree in range(1, nodes):
            here, below = ((2 * degree + 1) * z * here - degree * below) / (degree + 1), here
        slope = nodes * (below - z * here) / (1 - z * z)
        z = z - here / slope
    weights = 2 / ((1 - z * z) * slope * slope)
    return np.arccos(z).astype(np.float64), weights.astype(np.float64)


def _on_rings(rings: Floats, weights: Floats, counts: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return theta, phi, weights of equispaced points from longitude 0, given the weights of whole rings."""
    phi = np.concatenate([2 * np.pi * np.arange(count) / count for count in counts])
    return np.repeat(rings, counts), phi, np.repeat(weights / counts, counts)


def _healpix_points(nside: int) -> tuple[Any, Any]:
    import healpy

    return healpy.pix2ang(nside, np.arange(12 * nside * nside))  # type: ignore[no-any-return]
