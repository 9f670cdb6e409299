"""Scattered points with weights: every point is a ring of one."""

from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.grids.ring import RingGrid

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))  # 2 pi (1 - 1/golden ratio)


class PointGrid(RingGrid):
    """Points anywhere on the sphere; nothing decouples, so Sigma is one dense sector.

    Parameters
    ----------
    theta : (npix,) colatitudes in radians, 0 <= theta <= pi
    phi : (npix,) east longitudes in radians
    weights : (npix,) quadrature weights in steradians

    Raises
    ------
    ValueError
        for non-finite, wrongly shaped or out-of-range input.

    >>> PointGrid([0.5, 1.0, 2.5], [0.0, 2.0, 4.0], [4.0, 4.0, 4 * np.pi - 8]).npix
    3
    """

    def __init__(self, theta: Any, phi: Any, weights: Any, *, name: str | None = None) -> None:
        points = check.exact_array("theta", theta)
        longitudes = check.exact_array("phi", phi, points.size)
        given = check.exact_array("weights", weights, points.size)
        super().__init__(
            points, np.ones(points.size), longitudes, given, name=name or f"points:npix={points.size}"
        )

    @classmethod
    def fibonacci(cls, npix: int) -> "PointGrid":
        """Return the Fibonacci lattice: cos(theta_i) = 1 - (2 i + 1)/npix, phi_i = i pi (3 - sqrt5).

        Its points have equal weights 4 pi/npix; i = 0 .. npix - 1, longitudes modulo 2 pi.
        """
        count = check.integer("npix", npix, 1)
        check.fits(96.0 * count, f"a lattice of {count} points", "lower npix")
        place = np.arange(count)
        return cls(
            np.arccos(1 - (2 * place + 1) / count),
            np.mod(place * GOLDEN_ANGLE, 2 * np.pi),
            np.full(count, 4 * np.pi / count),
            name=f"fibonacci:npix={count}",
        )

    @classmethod
    def icosahedron(cls) -> "PointGrid":
        """Return the icosahedron's 12 vertices, two of them poles: equal weights, a spherical 5-design."""
        belt, fifth = np.arctan(2.0), 2 * np.pi * np.arange(5) / 5
        return cls(
            np.repeat([0.0, belt, np.pi - belt, np.pi], [1, 5, 5, 1]),
            np.concatenate([[0.0], fifth, fifth + np.pi / 5, [0.0]]),
            np.full(12, 4 * np.pi / 12),
            name="icosahedron",
        )
