"""The one place where numbers in somebody's layout become maps in RING order or coefficients in chart R1."""

from collections.abc import Callable, Mapping
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import from_complex, size, to_complex
from sphspec.described import CHART, RING
from sphspec.files.draws import COEFFICIENTS, Draws, Floats
from sphspec.files.record import Found, values_digest
from sphspec.pixels import Nest, Ring, reorder

M_MAJOR = "healpy"  # complex a_lm, m >= 0, order by order
COMPLEX: dict[str, Callable[[NDArray[np.complex128], int], Floats]] = {
    M_MAJOR: from_complex,
    "ducc0": from_complex,
}
NESTED = ("NESTED", "NEST")


def draws_of(found: Found) -> Draws:
    """Return what a file holds as draws: widened, in RING order, in chart R1; metadata say what was done.

    Raises
    ------
    ValueError
        for values that are not those that were written, and for everything that `Draws` refuses.
    """
    values, kind, metadata = np.asarray(found.values), found.kind, dict(found.metadata)
    if values.ndim == 1:
        values = values[None]
    if values.dtype.kind in "fc" and values.dtype.itemsize < (8 if values.dtype.kind == "f" else 16):
        metadata["precision"] = str(values.real.dtype.newbyteorder("="))
    if values.dtype.kind == "c":
        values, metadata = _from_complex(values, metadata)
        kind = kind or COEFFICIENTS
    if kind == COEFFICIENTS:
        lmax = isqrt(values.shape[-1]) - 1
        metadata = (
            {"convention": CHART} | ({"lmax": lmax} if size(lmax) == values.shape[-1] else {}) | metadata
        )
    if str(metadata.get("ordering", "")).upper() in NESTED and kind != COEFFICIENTS:
        values = reorder(values, Nest(), Ring())
        metadata |= {"ordering": RING, "reordered_from": NESTED[0]}
    draws = Draws(values, kind, metadata)
    if found.digest is not None and found.digest != values_digest(draws.values):
        raise ValueError("the values are not those that were written; the file is damaged or was edited")
    return draws


def complex_of(alpha: Floats) -> NDArray[np.complex128]:
    """Return coefficients in chart R1 (size, n) as healpy's complex ones."""
    return to_complex(alpha, isqrt(alpha.shape[-1]) - 1)


def _from_complex(alm: NDArray[Any], metadata: Mapping[str, Any]) -> tuple[Floats, dict[str, Any]]:
    convention = metadata.get("convention", M_MAJOR)
    convert = check.known("convention of complex coefficients", convention, COMPLEX)
    count = alm.shape[-1]
    lmax = (isqrt(8 * count + 1) - 3) // 2
    if (lmax + 1) * (lmax + 2) // 2 != count or not count:
        raise ValueError(
            f"complex coefficients must be (lmax+1)(lmax+2)/2 in number, all m >= 0, got {count}"
        )
    if alm.dtype.itemsize > 16:
        raise ValueError(f"complex coefficients must be at most complex128, got {alm.dtype}")
    said = {**metadata, "convention": CHART, "converted_from": convention}
    unheard = float(np.abs(alm[..., : lmax + 1].imag).max(initial=0.0))
    if unheard > 0:  # a transform takes no notice of it, and neither does a chart of real fields
        said["ignored_imaginary_m0"] = unheard
    return convert(alm.astype(np.complex128), lmax), said
