"""Units of an angular power spectrum: C_l, power per degree, and power per coefficient.

With E|a_lm|^2 = C_l, orthonormal (healpy, and everything here), the mean square of the field over the
sphere has (2l+1) C_l/(4 pi) from degree l ("per_l") and C_l/(4 pi) from each coefficient ("per_lm"): the
units of pyshtools' `spectrum` with its default convention "power".
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import conventions as generated

UNITS = ("c_l", "per_l", "per_lm")


def convert_power(values: Any, source: str, target: str) -> NDArray[np.float64]:
    """Return a spectrum (..., lmax + 1), l = 0 .. lmax, in another unit: "c_l", "per_l" or "per_lm".

    >>> convert_power([1.0, 1.0], "per_lm", "per_l")
    array([1., 3.])
    """
    spectrum = check.real_array("spectrum", values)
    if spectrum.ndim == 0:
        raise ValueError("spectrum must have an axis of degrees, got a single number")
    units = _units(spectrum.shape[-1])
    return np.asarray(
        spectrum * (check.known("target", target, units) / check.known("source", source, units))
    )


def _units(count: int) -> dict[str, NDArray[np.float64]]:
    """Return each unit over C_l, by degree."""
    one = np.ones(count)
    per_l, per_lm = generated.power_units(np.arange(count), one)
    return dict(zip(UNITS, (one, per_l, per_lm), strict=True))
