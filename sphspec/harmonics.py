"""Normalised Legendre functions lambda_lm on rings, by generated recurrence steps.

Each ring carries a power of two beside its value, so that sin(theta)^m does not underflow on the way
to degrees where lambda_lm is of order one; stable to lmax >= 4096.
"""

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import legendre
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
RESCALE = 256  # a power of two: values are kept below 2^RESCALE
DEEP = -900  # exponents above this cannot overflow on the way back to order one


class LegendreTable:
    """lambda_lm(cos theta) for l <= lmax on given rings, one order at a time.

    Parameters
    ----------
    theta : (R,) colatitudes in radians
    lmax : highest degree
    """

    def __init__(self, theta: Floats, lmax: int) -> None:
        self._start(np.cos(theta), np.sin(theta), lmax)

    @classmethod
    def on(cls, grid: RingGrid, lmax: int, rings: slice = slice(None)) -> "LegendreTable":
        """Return the table on some rings of a grid; at the poles orders m > 0 vanish exactly."""
        cosine, sine = grid.ring_directions
        table = cls.__new__(cls)
        table._start(cosine[rings], sine[rings], lmax)
        return table

    def _start(self, cosine: Floats, sine: Floats, lmax: int) -> None:
        self.lmax, self._z = lmax, cosine
        mantissa = np.full(cosine.shape, float(legendre.start()))
        exponent = np.zeros(cosine.shape, dtype=np.int64)
        factors = legendre.sectoral_factor(np.arange(1, lmax + 1, dtype=np.float64))
        self._mantissas, self._exponents = [mantissa], [exponent]
        for factor in np.atleast_1d(factors):
            mantissa, shift = np.frexp(mantissa * (factor * sine))
            exponent = exponent + shift
            self._mantissas.append(mantissa)
            self._exponents.append(exponent)

    def order(self, m: int) -> Floats:
        """Return lambda_lm for l = m .. lmax, shape (lmax - m + 1, R)."""
        degrees = np.arange(m, self.lmax + 1, dtype=np.float64)
        ups, downs = legendre.step_coefficients(degrees, float(m))
        current, exponent = self._mantissas[m].copy(), self._exponents[m].copy()
        previous, out, scratch = (
            np.zeros_like(current),
            np.empty_like(current),
            np.empty_like(current),
        )
        table = np.empty((degrees.size, current.size))
        deep = bool(exponent.size) and int(exponent.min()) < DEEP
        for place in range(degrees.size):
            np.ldexp(current, exponent, out=table[place])
            legendre.step(self._z, current, previous, ups[place], downs[place], out, scratch)
            previous, current, out = current, out, previous
            if deep:
                _rescale(current, previous, exponent)
        return table


def _rescale(current: Floats, previous: Floats, exponent: NDArray[np.int64]) -> None:
    large = np.abs(current) > 2.0**RESCALE
    if large.any():
        current[large] = np.ldexp(current[large], -RESCALE)
        previous[large] = np.ldexp(previous[large], -RESCALE)
        exponent[large] += RESCALE
