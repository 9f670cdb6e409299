"""Second moments in another convention: T Sigma T^T, or C = E[a a^H] and P = E[a a^T]; and back.

Real and imaginary parts are carried as slots, S = T_slots Sigma T_slots^T; C and P are sums of S's blocks.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import conventions as generated
from sphspec.conventions.layout import Layout

Floats = NDArray[np.float64]


class ComplexCovariance(NamedTuple):
    """The second moments of complex coefficients: C = E[a a^H] and the relation P = E[a a^T]."""

    c: NDArray[np.complex128]
    p: NDArray[np.complex128]


def square(name: str, matrix: Any) -> Any:
    """Return a matrix; ValueError unless it is square with two axes."""
    if np.ndim(matrix) != 2 or np.shape(matrix)[0] != np.shape(matrix)[1]:
        raise ValueError(f"{name} must be square with two axes, got shape {np.shape(matrix)}")
    return matrix


def carried(layout: Layout, sigma: Floats) -> Floats | ComplexCovariance:
    """Return the covariance in a layout's convention of Sigma (n, n) in R1."""
    check.fits(32.0 * layout.source.size**2, "the converted covariance")
    slots = layout.push(layout.push(sigma).T).T
    if not layout.is_complex:
        return slots
    xx, xy, yx, yy = slots[::2, ::2], slots[::2, 1::2], slots[1::2, ::2], slots[1::2, 1::2]
    c_re, c_im, p_re, p_im = generated.complex_moments(xx, xy, yx, yy)
    return ComplexCovariance(c_re + 1j * c_im, p_re + 1j * p_im)


def slot_moments(value: Any, is_complex: bool) -> Floats:
    """Return the slots' second moments of a covariance, or of C and P."""
    if not is_complex:
        return np.asarray(square("covariance", check.real_array("covariance", value)))
    if not isinstance(value, tuple) or len(value) != 2:
        raise ValueError("a complex convention has two moments: give the pair (C, P)")
    c, p = (square(name, np.asarray(part)) for name, part in zip(("C", "P"), value, strict=True))
    if c.shape != p.shape:
        raise ValueError(f"C and P must have one shape, got {c.shape} and {p.shape}")
    xx, xy, yx, yy = generated.real_moments(c.real, c.imag, p.real, p.imag)
    slots = np.empty((2 * len(c), 2 * len(c)))
    slots[::2, ::2], slots[::2, 1::2], slots[1::2, ::2], slots[1::2, 1::2] = xx, xy, yx, yy
    return check.real_array("C and P", slots)


def brought_back(layout: Layout, slots: Floats) -> tuple[Floats, float]:
    """Return Sigma in R1 of the slots' moments, and what it leaves of them, relative to the largest."""
    sigma = layout.pull(layout.pull(slots).T).T
    left = float(np.abs(layout.push(layout.push(sigma).T).T - slots).max())
    largest = float(np.abs(slots).max())
    return sigma, left / largest if largest else 0.0
