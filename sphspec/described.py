"""What a file says of the grid and the operator behind its numbers, in plain words."""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHART = "R1"  # index l^2 + l + m, orthonormal, Condon-Shortley phase
RING = "RING"
LIBRARIES = ("sphspec", "numpy", "ducc0")


def describe(source: Any, *, lmax: int | None = None, units: str = "", seed: Any = None) -> dict[str, Any]:
    """Return metadata of draws on a grid, or of what an operator makes of them.

    Parameters
    ----------
    source : a grid, or an operator, which brings its grid, its name and its lmax
    lmax : band limit, where the source has none
    units : of the numbers
    seed : with which they were drawn, whatever JSON can say

    Returns
    -------
    dict
        grid (as a study names it), weights (their digest), operator, lmax, convention, units, seed,
        versions and ordering; without those that are not known.
    """
    grid = getattr(source, "grid", source)
    band = getattr(source, "lmax", lmax)
    said = {
        "grid": grid.name, "weights": weights_digest(grid.weights), "ordering": RING,
        "operator": source.name if source is not grid else None, "lmax": band,
        "convention": None if band is None else CHART, "units": units or None, "seed": seed,
        "versions": versions(),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def weights_digest(weights: NDArray[np.float64]) -> str:
    """Return 32 hexadecimal digits of the SHA-256 of weights (npix,), little-endian doubles."""
    return sha256(np.ascontiguousarray(weights, dtype="<f8").tobytes()).hexdigest()[:32]


def versions() -> dict[str, str]:
    """Return the versions of this package and of the libraries behind its numbers."""
    return {name: _version(name) for name in LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # the package is run from its sources
        from sphspec import __version__

        return __version__
