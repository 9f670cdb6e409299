"""The contract of a grid: its points are rings of equispaced points, its flags true, its weights whole."""

import pickle
from typing import Any

import numpy as np

from sphspec.grids.ring import Floats, RingGrid
from sphspec.testing._assertions import close, harmonics, require

WHOLE = 1e-12  # relative: the sum of the weights against 4 pi
PLACE = 1e-12  # radians, and coordinates of points on the unit sphere
EXACT = 1e-12  # of integrals of orthonormal harmonics, for weights that sum to 4 pi


def check_grid(grid: Any, *, whole: bool = True, exact: int | None = None) -> None:
    """Check that a grid keeps the promises that the rest of sphspec relies on.

    Parameters
    ----------
    grid : the grid
    whole : whether its weights must sum to 4 pi; False for a masked sphere
    exact : degree up to which its weights must integrate every harmonic exactly; None: not looked at

    Raises
    ------
    AssertionError
        one line that names what broke.

    >>> from sphspec import GaussLegendre
    >>> check_grid(GaussLegendre(5, 9), exact=8)
    """
    require(isinstance(grid, RingGrid), f"a grid must be a sphspec.RingGrid, got {type(grid).__name__}")
    require(isinstance(grid.name, str) and grid.name, f"grid.name must be a text, got {grid.name!r}")
    _check_arrays(grid)
    _check_rings(grid)
    _check_flags(grid)
    if whole:
        total = float(grid.weights.sum())
        close(total / (4 * np.pi), 1.0, WHOLE, f"weights sum to {total:.12g}, not to 4 pi")
    if exact is not None:
        _check_exactness(grid, exact)
    copy = pickle.loads(pickle.dumps(grid))
    for name in ("theta", "phi", "weights"):
        close(getattr(copy, name), getattr(grid, name), 0.0, f"{name} is changed by pickling")


def _check_arrays(grid: RingGrid) -> None:
    rings, total = np.asarray(grid.ring_theta).size, int(np.sum(grid.nphi))
    require(grid.npix == total, f"npix is {grid.npix}, the rings have {total} points")
    for name, length in (
        ("theta", grid.npix), ("phi", grid.npix), ("weights", grid.npix),
        ("ring_theta", rings), ("nphi", rings), ("phi0", rings), ("ring_start", rings),
    ):  # fmt: skip
        array = getattr(grid, name)
        require(isinstance(array, np.ndarray), f"{name} must be a NumPy array, got {type(array).__name__}")
        require(array.shape == (length,), f"{name} must have shape ({length},), got {array.shape}")
        kinds = "iu" if name in ("nphi", "ring_start") else "f"
        require(
            array.dtype.kind in kinds and array.dtype.itemsize == 8,
            f"{name} must be {'integers' if kinds == 'iu' else 'float64'}, got {array.dtype}",
        )
        require(np.isfinite(array).all(), f"{name} must be finite")
    for name in ("weights", "ring_theta", "nphi", "phi0"):
        require(not getattr(grid, name).flags.writeable, f"{name} must be read-only: setflags(write=False)")
    require(
        grid.ring_theta.min() >= 0 and grid.ring_theta.max() <= np.pi,
        f"ring_theta must be in [0, pi], got {grid.ring_theta.min()} .. {grid.ring_theta.max()}",
    )


def _check_rings(grid: RingGrid) -> None:
    require((grid.nphi >= 1).all(), f"nphi must be >= 1, got {grid.nphi.min()}")
    starts = np.cumsum(grid.nphi) - grid.nphi
    close(grid.ring_start, starts, 0.0, "ring_start must be the number of points before each ring")
    ring = np.repeat(np.arange(grid.nphi.size), grid.nphi)
    close(grid.theta, grid.ring_theta[ring], PLACE, "theta of points must be that of their ring")
    place = np.arange(grid.npix) - starts[ring]
    azimuth = grid.phi0[ring] + 2 * np.pi * place / grid.nphi[ring]
    off = np.angle(np.exp(1j * (grid.phi - azimuth)))
    close(off, np.zeros(grid.npix), PLACE, "phi must be equispaced on each ring, from phi0 on")


def _check_flags(grid: RingGrid) -> None:
    """Check flags that let entries of Sigma be left out: only if the points have the symmetry."""
    points = _points(grid.theta, grid.phi)
    if grid.symmetric:
        require(
            _same(points, points * [1, 1, -1]),
            "symmetric is True, but the points are not symmetric about the equator",
        )
    if grid.mirrored:
        off = np.sin(grid.theta) > PLACE
        require(
            _same(points[off], points[off] * [1, -1, 1]),
            "mirrored is True, but the points are not symmetric under phi -> -phi",
        )
    at_pole = np.sin(grid.ring_theta) <= PLACE
    require(not (grid.polar & ~at_pole).any(), "polar is True for a ring that is not at a pole")
    cosine, sine = grid.ring_directions
    close(cosine, np.cos(grid.ring_theta), PLACE, "ring_directions: cos(theta)")
    close(sine, np.sin(grid.ring_theta), PLACE, "ring_directions: sin(theta)")


def _check_exactness(grid: RingGrid, degree: int) -> None:
    integrals = harmonics(grid.theta, grid.phi, degree).T @ grid.weights
    expected = np.zeros(integrals.size)
    expected[0] = np.sqrt(4 * np.pi)
    worst = int(np.abs(integrals - expected).argmax())
    l = int(np.sqrt(worst))
    found = f"the weights do not integrate l={l}, m={worst - l * l - l}, though exact up to degree {degree}"
    close(integrals, expected, EXACT * max(1.0, float(np.abs(grid.weights).sum())), found)


def _points(theta: Floats, phi: Floats) -> Floats:
    return np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=1)


def _same(points: Floats, others: Floats) -> bool:
    """Return whether each of some points is one of the others, as often as there."""
    from scipy.spatial import cKDTree

    if not points.size:
        return True
    reach = 1e-9  # far below any spacing of points
    here, there = (
        cKDTree(each).query_ball_point(points, reach, return_length=True) for each in (points, others)
    )
    return bool(np.array_equal(here, there))
