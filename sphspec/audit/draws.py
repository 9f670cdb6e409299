"""Draws of somebody else's generator: asked for, looked at, refused in one line where they are none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.claim import COEFFICIENTS, MAPS, Claim
from sphspec.pixels import UNSEEN, unseen

Floats = NDArray[np.float64]
BLOCK = 2.0**24  # bytes of draws asked for in one call


@dataclass(frozen=True, eq=False)
class Source:
    """Where draws come from.

    Attributes
    ----------
    claim : says which shapes are taken
    kind : "maps" or "coefficients"
    sampler : (rng, size) -> draws, None for a fixed set
    fixed : (size, k) draws, None for a sampler
    rng : of which the sampler takes its randomness
    """

    claim: Claim
    kind: str
    sampler: Callable[[np.random.Generator, int], Any] | None
    fixed: Floats | None
    rng: np.random.Generator

    @classmethod
    def of(cls, target: Any, claim: Claim, rng: np.random.Generator, kind: str | None = None) -> "Source":
        """Return the source that a sampler, an array of draws (size, k), or `sphspec.files.Draws` is.

        Raises
        ------
        ValueError
            for something that is neither; for a kind that the claim does not take; for draws that are not
            real, finite, double precision numbers of the right shape.
        """
        if hasattr(target, "values") and hasattr(target, "kind"):  # sphspec.files.Draws
            target, kind = target.values, kind or target.kind
        if kind is not None and kind not in claim.kinds:
            raise ValueError(f"kind must be one of {', '.join(claim.kinds)} for {claim!r}, got {kind!r}")
        if callable(target):
            first = _called(target, np.random.default_rng(0), 2)
            return cls(claim, _kind(first, claim, kind, 2), target, None, rng)
        array = np.asarray(target)
        if array.ndim != 2 or array.shape[0] < 2:
            raise ValueError(
                f"the target must be a sampler(rng, size) or draws of shape (size, k) with size >= 2, "
                f"got {type(target).__name__} of shape {array.shape}"
            )
        found = _kind(array, claim, kind, array.shape[0])
        return cls(claim, found, None, _numbers(array), rng)

    def draw(self, count: int, first: int = 0) -> Floats:
        """Return so many draws (count, k); of a fixed set those from `first` on."""
        if self.fixed is not None:
            return self.fixed[first : first + count]
        assert self.sampler is not None
        width = self.width
        check.fits(16.0 * count * width, f"{count} draws of {width} numbers", "name fewer samples")
        step = max(2, int(BLOCK / (8 * width)))
        parts = []
        for start in range(0, count, step):
            size = min(step, count - start)
            part = _called(self.sampler, self.rng, size)
            _kind(part, self.claim, self.kind, size)
            parts.append(_numbers(part))
        return np.concatenate(parts)

    @property
    def width(self) -> int:
        """Numbers in a draw."""
        return _widths(self.claim)[self.kind]


def _called(sampler: Callable[[np.random.Generator, int], Any], rng: np.random.Generator, size: int) -> Any:
    try:
        drawn = sampler(rng, size)
    except Exception as error:
        said = str(error).strip().splitlines()
        raise ValueError(
            f"the sampler failed when asked for {size} draws: {type(error).__name__}: "
            f"{said[0] if said else 'no message'}; "
            f"it must take (rng, size) and return (size, k) numbers"
        ) from error
    if isinstance(drawn, np.ma.MaskedArray) and np.ma.is_masked(drawn):
        raise ValueError("draws have masked entries; give whole maps, or claim a grid without those points")
    try:
        return np.asarray(drawn)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ValueError(
            f"draws must be an array that NumPy can read: {str(error).splitlines()[0]}"
        ) from None


def _numbers(array: NDArray[Any]) -> Floats:
    """Return draws as float64; ValueError where they are not finite real numbers in double precision."""
    if array.dtype.kind == "c":
        raise ValueError(
            f"draws must be real, got dtype {array.dtype}; convert complex coefficients to chart R1, e.g. "
            f"with sphspec.conventions.from_complex(alm, lmax)"
        )
    if array.dtype.kind != "f":
        raise ValueError(f"draws must be real floating-point numbers, got dtype {array.dtype}")
    if array.dtype.itemsize < 8:
        raise ValueError(f"draws must be float64, got {array.dtype}; convert them with .astype('float64')")
    values = np.asarray(array, dtype=np.float64)
    missing = int(np.count_nonzero(unseen(values)))
    if missing:
        raise ValueError(
            f"draws have {missing} UNSEEN values ({UNSEEN:g}) of {values.size}; give whole maps, or claim "
            f"a grid without those points"
        )
    if not np.isfinite(values).all():
        bad = int(values.size - np.count_nonzero(np.isfinite(values)))
        raise ValueError(f"draws must be finite, got {bad} NaN or infinite values of {values.size}")
    if np.abs(values).max(initial=0.0) > 1e100:
        raise ValueError(f"draws must be below 1e100, got {np.abs(values).max():g}; rescale them")
    return values


def _kind(array: NDArray[Any], claim: Claim, kind: str | None, size: int) -> str:
    """Return whether draws are maps or coefficients, by their width."""
    widths = {name: width for name, width in _widths(claim).items() if kind is None or name == kind}
    listed = " or ".join(f"({size}, {width}) {name}" for name, width in widths.items())
    if array.ndim != 2 or array.shape[0] != size:
        raise ValueError(f"draws must have shape {listed}, got {array.shape}")
    fitting = [name for name, width in widths.items() if width == array.shape[1]]
    if not fitting:
        raise ValueError(f"draws must have shape {listed}, got {array.shape}")
    if len(fitting) > 1:
        raise ValueError(
            f"draws of {array.shape[1]} numbers may be maps or coefficients; name one: kind='maps'"
        )
    return fitting[0]


def _widths(claim: Claim) -> dict[str, int]:
    widths = {MAPS: claim.grid.npix} if claim.grid is not None else {}
    return {name: width for name, width in (widths | {COEFFICIENTS: claim.n}).items() if name in claim.kinds}
