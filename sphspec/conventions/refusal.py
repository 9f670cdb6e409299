"""What a conversion would lose: found, and refused by name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions.chart import degrees_orders
from sphspec.conventions.layout import Layout

Floats = NDArray[np.float64]


def refuse_missing(name: str, alpha: Floats, layout: Layout) -> None:
    """Raise ValueError where a coefficient (..., n) is not zero that has no place in the convention."""
    missing = layout.missing
    values = np.abs(alpha[..., missing])
    if not values.any():
        return
    worst = np.unravel_index(int(values.argmax()), values.shape)
    degree, order = (labels[missing[worst[-1]]] for labels in degrees_orders(_lmax(alpha)))
    raise ValueError(
        f"{name} has no place for the coefficient of R1 at l={degree}, m={order}, which is "
        f"{alpha[..., missing][worst]:.6g}; use more longitudes, or lossy=True to drop it"
    )


def refuse_loss(name: str, slots: Floats, layout: Layout, alpha: Floats, tolerance: float) -> None:
    """Raise ValueError where slots (..., slots) hold more than the coefficients (..., n) made of them."""
    lost = np.abs(slots - layout.push(alpha))
    most = tolerance * np.abs(slots).max(axis=-1, keepdims=True, initial=0.0)  # of each field
    if np.all(lost <= most):
        return
    worst = np.unravel_index(int(np.where(lost > most, lost, 0.0).argmax()), lost.shape)
    slot = int(worst[-1])
    raise ValueError(
        f"{name} coefficients: the {_what(slot, layout)} is {slots[worst]:.6g}, {_why(slot, layout)}; "
        "lossy=True takes the real part of the field, tolerance= allows for rounding"
    )


def _what(slot: int, layout: Layout) -> str:
    entry, part = (slot // 2, ("real", "imaginary")[slot % 2]) if layout.is_complex else (slot, "")
    where = ", ".join(str(int(axis)) for axis in np.unravel_index(entry, layout.shape))
    degree, order = layout.degree[entry], layout.order[entry]
    place = f" at l={degree}, m={order}" if degree >= 0 else ""
    return f"{part} entry [{where}]{place}".strip() if part else f"entry [{where}]{place}"


def _why(slot: int, layout: Layout) -> str:
    entry = slot // 2 if layout.is_complex else slot
    if layout.degree[entry] < 0:
        return "where there is no coefficient (it must be 0)"
    if layout.source[slot] >= 0:
        return "which is not the reflection of order -m: a real field has a_(l,-m) = (-1)^m conj(a_lm)"
    if layout.order[entry] == 0:
        return "and a real field has none at m=0"
    return "and the azimuthal Nyquist order has none"


def _lmax(alpha: Any) -> int:
    return int(np.sqrt(alpha.shape[-1])) - 1
