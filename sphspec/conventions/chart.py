"""Chart R1: its index, and its conversion to the m-major complex layout of healpy and ducc0.

These two conversions are on the path of every transform; `Convention` has all the others.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart

Floats = NDArray[np.float64]


def size(lmax: int) -> int:
    """Return the number of real coefficients, (lmax + 1)^2."""
    return (lmax + 1) ** 2


def index(degree: Any, order: Any) -> Any:
    """Return the index l^2 + l + m of alpha_lm in R1; arrays give arrays.

    >>> index(2, -1)
    5
    """
    if not np.all(np.abs(order) <= degree):
        raise ValueError(f"coefficients have |m| <= l, got l={degree}, m={order}")
    return degree * degree + degree + order


@lru_cache(maxsize=32)
def degrees_orders(lmax: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the degree l and the order m of every coefficient in R1, each of shape (n,)."""
    degrees = np.repeat(np.arange(lmax + 1), 2 * np.arange(lmax + 1) + 1)
    orders = np.arange(size(lmax)) - degrees * degrees - degrees
    degrees.setflags(write=False)
    orders.setflags(write=False)
    return degrees, orders


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where each coefficient of R1 stands in the m-major complex layout."""

    source: NDArray[np.int64]  # (n,) place of a_l|m|
    cosine: NDArray[np.bool_]  # (n,) m >= 0: from the real part
    factor: Floats  # (n,) alpha / (Re a or -Im a)


@lru_cache(maxsize=32)
def _layout(lmax: int) -> _Layout:
    degrees, orders = degrees_orders(lmax)
    absolute = np.abs(orders)
    source = absolute * (2 * lmax + 1 - absolute) // 2 + degrees
    factor = np.asarray(chart.scale(absolute), dtype=np.float64)
    return _Layout(source, orders >= 0, factor)


def from_complex(alm: NDArray[np.complex128], lmax: int) -> Floats:
    """Return the R1 coefficients (..., n) of m-major complex ones (..., (lmax+1)(lmax+2)/2)."""
    layout = _layout(lmax)
    picked = alm[..., layout.source]
    cosines, sines = chart.real_parts(layout.factor, picked.real, picked.imag)
    return np.asarray(np.where(layout.cosine, cosines, sines))


def to_complex(alpha: Floats, lmax: int) -> NDArray[np.complex128]:
    """Return the m-major complex coefficients (..., (lmax+1)(lmax+2)/2) of R1 ones (..., n)."""
    layout = _layout(lmax)
    count = (lmax + 1) * (lmax + 2) // 2
    alm = np.zeros((*alpha.shape[:-1], count), dtype=np.complex128)
    real, imaginary = chart.complex_parts(layout.factor, alpha, alpha)
    cosine = layout.cosine
    alm.real[..., layout.source[cosine]] = real[..., cosine]
    alm.imag[..., layout.source[~cosine]] = imaginary[..., ~cosine]
    return alm
