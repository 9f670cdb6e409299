"""What the march of an order needs beside the rings: sectoral starts, coefficients, compiled loops."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import legendre
from sphspec.engine.fold import Fold

Floats = NDArray[np.float64]
Extended = NDArray[np.longdouble]
UNIT = 256.0  # powers of two that a start value carries beside it
GRAIN = 2.0**32  # a logarithm's first part is a multiple of its inverse: times m it stays without rounding


@dataclass(frozen=True, eq=False)
class Split:
    """Logarithms in two parts, so that products with integers keep the digits of extended precision."""

    coarse: Floats
    fine: Floats

    @classmethod
    def of(cls, values: Extended) -> "Split":
        """Return the parts of values in extended precision."""
        coarse = np.round(values * GRAIN) / GRAIN
        return cls(coarse.astype(np.float64), (values - coarse).astype(np.float64))


@dataclass(frozen=True, eq=False)
class Recurrence:
    """The recurrence on some rings, for any orders up to a band limit.

    Attributes
    ----------
    fold : the rings, in whole blocks
    lmax : band limit
    factors : 1, then lambda_mm / (sin(theta) lambda_(m-1,m-1)) for m = 1 .. lmax
    poles : (R,) whether a ring is a pole
    log_sine : log2 sin(theta) of the rings, 0 at a pole
    log_scale : log2 |lambda_mm / sin^m(theta)| for m = 0 .. lmax
    signs : of lambda_mm for m = 0 .. lmax
    compiled : the loops
    """

    fold: Fold
    lmax: int
    factors: Floats
    poles: NDArray[np.bool_]
    log_sine: Split
    log_scale: Split
    signs: Floats
    compiled: Callable[..., None]

    @classmethod
    def on(cls, rings: Fold, lmax: int) -> "Recurrence":
        """Return the recurrence on some rings; the first one of a process loads what is compiled."""
        from sphspec.engine.compiled import fill_orders

        fold = rings.padded()
        orders = np.arange(1, lmax + 1, dtype=np.float64)
        factors = np.concatenate([[1.0], np.atleast_1d(legendre.sectoral_factor(orders))])
        z, sine = fold.z.astype(np.longdouble), fold.sine.astype(np.longdouble)
        sine = np.where(np.abs(z) < 0.5, np.sqrt((1 - z) * (1 + z)), sine)  # powers up to lmax amplify
        poles = np.asarray(sine == 0)
        log_sine = Split.of(np.log2(np.where(poles, 1, sine)))
        steps = np.log2(np.abs(factors.astype(np.longdouble)))
        log_scale = Split.of(np.log2(np.longdouble(legendre.start())) + np.cumsum(steps))
        signs = np.cumprod(np.sign(factors))
        return cls(fold, lmax, factors, poles, log_sine, log_scale, signs, fill_orders())

    def fill(self, orders: NDArray[np.int64], out: Floats, weights: Floats | None = None) -> None:
        """Write the triangles of consecutive orders into `out`, one after the other.

        Parameters
        ----------
        orders : consecutive
        out : all numbers of their triangles
        weights : (orders, R) where every order has its own in place of `plus` and `minus`
        """
        fold = self.fold
        plus = fold.plus[None] if weights is None else weights
        minus = fold.minus[None] if weights is None else weights
        mantissa, power = self.start(int(orders[0]))
        self.compiled(
            orders, self.lmax, fold.z, fold.sine, plus, minus, fold.mirrored, mantissa, power,
            self.factors, out,
        )  # fmt: skip

    def start(self, m: int) -> tuple[Floats, NDArray[np.int64]]:
        """Return lambda_mm on the rings as mantissa and power of 2^256."""
        coarse = m * self.log_sine.coarse + self.log_scale.coarse[m]
        fine = m * self.log_sine.fine + self.log_scale.fine[m]
        power = np.minimum(np.round(coarse / UNIT), 0.0)
        mantissa = self.signs[m] * np.exp2(coarse - UNIT * power) * np.exp2(fine)
        lost = self.poles & (m > 0)
        return np.where(lost, 0.0, mantissa), np.where(lost, 0.0, power).astype(np.int64)
