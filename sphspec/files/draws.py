"""Draws of a field, and what is said of them; what cannot be is refused in one line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import size
from sphspec.described import CHART, RING, weights_digest
from sphspec.grids import RingGrid
from sphspec.pixels import UNSEEN, unseen
from sphspec.specs import GRIDS, make_grid

Floats = NDArray[np.float64]
MAPS, COEFFICIENTS = "maps", "coefficients"


@dataclass(frozen=True, eq=False)
class Draws:
    """Maps on a grid in RING order, or coefficients in chart R1, one draw a row.

    Attributes
    ----------
    values : (size, k) float64, finite; read-only
    kind : "maps", "coefficients", or None where nobody said
    metadata : what JSON can say: grid (as a study names it), weights (`sphspec.files.describe` gives
        their digest), operator, lmax, convention, units, seed, versions, ordering, and whatever else

    Raises
    ------
    ValueError
        for values that are not real and finite, for a length that is not that of the grid or of lmax, for
        weights that are not those of the grid, for metadata that JSON cannot say.
    """

    values: Floats
    kind: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in (MAPS, COEFFICIENTS, None):
            raise ValueError(f"kind must be 'maps', 'coefficients' or None, got {self.kind!r}")
        metadata = _plain(self.metadata)
        values = _numbers(self.values, self.kind or "values")
        _check_ordering(metadata)
        if self.kind == COEFFICIENTS:
            _check_lmax(values.shape[1], metadata)
        check_grid(values.shape[1], self.kind, metadata, None)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "metadata", metadata)

    def __repr__(self) -> str:
        return f"<{self.values.shape[0]} x {self.values.shape[1]} {self.kind or 'numbers'}>"


def check_grid(width: int, kind: str | None, metadata: Mapping[str, Any], grid: RingGrid | None) -> None:
    """Refuse maps that do not fit their grid, and weights that are not its own.

    The grid is the one given, else the one named, as far as a name says all of it.
    """
    digest = metadata.get("weights")
    if kind != MAPS and digest is None:
        return
    if grid is None:
        grid = _named(metadata.get("grid"))
    if grid is None:
        return
    if kind == MAPS and width != grid.npix:
        raise ValueError(f"maps have {width} pixels, but {grid.name} has {grid.npix}; name the right grid")
    if digest is not None and digest != weights_digest(grid.weights):
        raise ValueError(
            f"weights {digest} are not those of {grid.name}, {weights_digest(grid.weights)}; name the grid "
            f"with which the draws were made"
        )


def _named(name: Any) -> RingGrid | None:
    """Return the grid that a name says all of; None for somebody's own points or weights."""
    if name is None:
        return None
    if not isinstance(name, str):
        raise ValueError(f"grid must be named as in 'healpix:nside=8', got {name!r}")
    if name.partition(":")[0] not in GRIDS or name.endswith("weights=given"):
        return None
    return make_grid(name)


def _check_ordering(metadata: Mapping[str, Any]) -> None:
    ordering = metadata.get("ordering", RING)
    if ordering != RING:
        raise ValueError(f"draws are kept in RING order, got ordering {ordering!r}; reorder them first")


def _check_lmax(width: int, metadata: Mapping[str, Any]) -> None:
    convention = metadata.get("convention", CHART)
    if convention != CHART:
        raise ValueError(
            f"real coefficients are kept in chart {CHART}, got convention {convention!r}; convert them first"
        )
    lmax = isqrt(width) - 1
    if size(lmax) != width:
        raise ValueError(
            f"coefficients must be (lmax + 1)^2 in number, as chart {CHART} has them, got {width}"
        )
    if metadata.get("lmax") is None:
        return
    said = check.integer("lmax", metadata["lmax"], 0)
    if said != lmax:
        raise ValueError(f"lmax={said} has {size(said)} coefficients, got {width}, those of lmax={lmax}")


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as JSON gives them back."""
    if not isinstance(metadata, Mapping) or not all(isinstance(name, str) for name in metadata):
        raise ValueError(f"metadata must be a mapping with names as keys, got {str(metadata)[: check.LONG]}")
    try:
        text = json.dumps(dict(metadata), allow_nan=False, default=_scalar)
        plain: dict[str, Any] = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"metadata must be what JSON can say: {error}") from None
    return plain


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is neither text, number, list nor table")


def _numbers(values: Any, what: str) -> Floats:
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{what} have masked entries; give whole maps")
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or array.dtype.itemsize > 8:
        raise ValueError(
            f"{what} must be real numbers of at most double precision, got dtype {array.dtype}; convert "
            f"complex coefficients with sphspec.conventions.from_complex(alm, lmax)"
        )
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{what} must have shape (size, k) with at least one number, got {array.shape}")
    numbers = array.astype(np.float64, copy=False).view()
    if (
        array.dtype.kind in "iu"
        and array.dtype.itemsize == 8
        and (numbers.astype(array.dtype) != array).any()
    ):
        raise ValueError(f"{what} have integers beyond 2^53, which doubles do not hold; rescale them")
    _refuse_where(~np.isfinite(numbers), f"{what} must be finite", "NaN or infinite values")
    _refuse_where(unseen(numbers), f"{what} must be whole", f"UNSEEN values ({UNSEEN:g})")
    numbers.setflags(write=False)
    return numbers


def _refuse_where(bad: NDArray[np.bool_], must: str, found: str) -> None:
    count = int(np.count_nonzero(bad))
    if count:
        row, column = (int(each) for each in np.unravel_index(int(bad.argmax()), bad.shape))
        raise ValueError(
            f"{must}, got {count} {found} of {bad.size}, the first at draw {row}, place {column}; fill them, "
            f"or leave these draws out"
        )
