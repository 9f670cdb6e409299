"""Angular power spectra of isotropic data: E[a_lm conj(a_l'm')] = C_l for equal l and m, else 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import degrees_orders

Floats = NDArray[np.float64]


class Spectrum(Protocol):
    """An angular power spectrum."""

    def cl(self, lmax: int) -> Floats:
        """Return C_l for l = 0 .. lmax."""


@dataclass(frozen=True)
class PowerLaw:
    """C_l = amplitude/(1 + l)^exponent.

    >>> PowerLaw(2.0).cl(2)
    array([1.        , 0.25      , 0.11111111])
    """

    exponent: float = 2.0
    amplitude: float = 1.0

    def __post_init__(self) -> None:
        check.positive("exponent", self.exponent, allow_zero=True)
        check.positive("amplitude", self.amplitude)

    def cl(self, lmax: int) -> Floats:
        """Return C_l for l = 0 .. lmax."""
        degrees = np.arange(check.integer("lmax", lmax, 0) + 1)
        return np.asarray(self.amplitude / (1.0 + degrees) ** self.exponent)


@dataclass(frozen=True)
class TabulatedSpectrum:
    """C_l given at degrees 0, 1, 2, ... .

    Attributes
    ----------
    values : C_l >= 0, as many as are known
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        table = check.exact_array("the spectrum's values", self.values)
        if table.min(initial=0) < 0 or not table.any():
            raise ValueError(f"the spectrum's values must be numbers >= 0, not all 0, got {table}")

    def cl(self, lmax: int) -> Floats:
        """Return C_l for l = 0 .. lmax.

        Raises
        ------
        ValueError
            beyond the table.
        """
        wanted = check.integer("lmax", lmax, 0)
        if wanted >= len(self.values):
            raise ValueError(
                f"the spectrum is given up to degree {len(self.values) - 1}, lmax = {wanted} is beyond; "
                f"give more values or lower lmax"
            )
        return np.asarray(self.values[: wanted + 1], dtype=np.float64)


def isotropic_covariance(cl: Sequence[float] | Any) -> Floats:
    """Return the covariance of isotropic coefficients in chart R1: diag(C_l), ((lmax+1)^2, (lmax+1)^2).

    Parameters
    ----------
    cl : C_l >= 0 for l = 0 .. lmax

    >>> np.diag(isotropic_covariance([1.0, 0.5])).tolist()
    [1.0, 0.5, 0.5, 0.5]
    """
    table = check.exact_array("cl", cl)
    if table.size == 0 or table.min() < 0:
        raise ValueError(f"cl must be numbers >= 0, at least one, got {cl!r}")
    degrees, _ = degrees_orders(table.size - 1)
    return np.diag(table[degrees])
