"""Draws with what is known of them."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import size
from sphspec.operator import Operator
from sphspec.specs import make_grid

Floats = NDArray[np.float64]
KINDS = ("maps", "coefficients")
UNSEEN = -1.6375e30  # what healpy writes into pixels that were not observed
NEAR = 1e-5  # relative distance from it: it is often stored in single precision


@dataclass(frozen=True, eq=False)
class Draws:
    """Maps on a grid, or coefficients in chart R1.

    Attributes
    ----------
    values : (size, k) float64
    kind : "maps", "coefficients", or None where a file does not tell
    metadata : text and numbers: grid, weights (their hash), operator, lmax, convention, ordering, units,
        seed, versions, as far as they are known

    Raises
    ------
    ValueError
        for values that are not finite real numbers of shape (size, k), UNSEEN pixels, or metadata that
        contradict them.
    """

    values: Floats
    kind: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind is not None:
            check.known("kind", self.kind, dict.fromkeys(KINDS))
        values = _numbers(self.values)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "metadata", MappingProxyType(_plain(self.metadata)))
        _consistent(values.shape[1], self.kind, self.metadata)


def describe(operator: Operator, **more: Any) -> dict[str, Any]:
    """Return the metadata of draws of an operator's noise: grid, weights' hash, operator, lmax, versions.

    Parameters
    ----------
    operator : the analysis
    more : units, seed and whatever else is known, text or numbers
    """
    return {
        "grid": operator.grid.name, "weights": hash_of(operator.grid.weights), "operator": operator.name,
        "lmax": operator.lmax, "sphspec": version("sphspec"), "numpy": np.__version__, **more,
    }  # fmt: skip


def hash_of(weights: Floats) -> str:
    """Return the SHA-256 of weights as little-endian float64."""
    return hashlib.sha256(np.ascontiguousarray(weights, dtype="<f8").tobytes()).hexdigest()


def _numbers(given: Any) -> Floats:
    array = np.asarray(given)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"values must be real numbers, got dtype {array.dtype}")
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"values must have shape (size, k), both >= 1, got {array.shape}")
    values = np.ascontiguousarray(array, dtype=np.float64)
    unseen = np.abs(values - UNSEEN) <= NEAR * abs(UNSEEN)
    for name, bad in (("UNSEEN", unseen), ("NaN or infinite", ~np.isfinite(values))):
        if bad.any():
            row, place = (int(x[0]) for x in np.nonzero(bad))
            raise ValueError(
                f"{int(bad.sum())} of {values.size} values are {name}, the first at draw {row}, place "
                f"{place}; give whole maps"
            )
    return values


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as text, numbers and truth values alone."""
    plain: dict[str, Any] = {}
    for name, value in metadata.items():
        plain[str(name)] = value.item() if isinstance(value, np.generic) else value
        if not isinstance(plain[str(name)], str | int | float | bool):
            raise ValueError(f"metadata {name!r} must be text or a number, got {type(value).__name__}")
    return plain


def _consistent(width: int, kind: str | None, metadata: Mapping[str, Any]) -> None:
    """Raise ValueError where metadata contradict the width of the draws, or each other."""
    lmax = metadata.get("lmax")
    if kind == "coefficients":
        if math.isqrt(width) ** 2 != width:
            raise ValueError(f"coefficients come in (lmax + 1)^2, got {width} of them")
        if lmax is not None and size(int(lmax)) != width:
            raise ValueError(f"lmax={lmax} has {size(int(lmax))} coefficients, got {width}")
    if "grid" not in metadata or (kind != "maps" and "weights" not in metadata):
        return
    grid = make_grid(str(metadata["grid"]))
    if kind == "maps" and grid.npix != width:
        raise ValueError(f"grid {metadata['grid']!r} has {grid.npix} points, maps have {width}")
    if "weights" in metadata and metadata["weights"] != hash_of(grid.weights):
        raise ValueError(
            f"the weights are not those of grid {metadata['grid']!r}: their SHA-256 begins with "
            f"{str(metadata['weights'])[:8]}, the grid's with {hash_of(grid.weights)[:8]}"
        )
