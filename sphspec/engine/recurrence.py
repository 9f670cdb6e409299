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


@dataclass(frozen=True, eq=False)
class Recurrence:
    """The recurrence on some rings, for any orders up to a band limit.

    Attributes
    ----------
    fold : the rings, in whole blocks
    lmax : band limit
    factors : 1, then lambda_mm / (sin(theta) lambda_(m-1,m-1)) for m = 1 .. lmax
    log_sine : log2 sin(theta) of the rings, -inf at a pole
    log_scale : log2 |lambda_mm / sin^m(theta)| for m = 0 .. lmax
    compiled : the loops
    """

    fold: Fold
    lmax: int
    factors: Floats
    log_sine: Extended
    log_scale: Extended
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
        with np.errstate(divide="ignore"):
            log_sine = np.log2(sine)
        steps = np.log2(np.abs(factors.astype(np.longdouble)))
        log_scale = np.log2(np.longdouble(legendre.start())) + np.cumsum(steps)
        return cls(fold, lmax, factors, log_sine, log_scale, fill_orders())

    def fill(self, orders: NDArray[np.int64], out: Floats, weights: Floats | None = None) -> None:
        """Write the triangles of consecutive orders into `out`, one after the other.

        Parameters
        ----------
        orders : consecutive
        out : all numbers of their triangles
        weights : (orders, R) where every order has its own in place of `plus` and `minus`
        """
        fold, first = self.fold, int(orders[0])
        plus = np.tile(fold.plus, (orders.size, 1)) if weights is None else weights
        minus = np.tile(fold.minus, (orders.size, 1)) if weights is None else weights
        columns = orders[:, None].astype(np.float64)
        lengths = legendre.displacement(columns + np.arange(self.lmax - first + 4), columns)
        mantissa, power = self.start(first)
        self.compiled(
            orders, self.lmax, fold.z, fold.sine, plus, minus, fold.mirrored, mantissa, power,
            self.factors, lengths, out,
        )  # fmt: skip

    def start(self, m: int) -> tuple[Floats, NDArray[np.int64]]:
        """Return lambda_mm on the rings as mantissa and power of 2^256."""
        exponent = np.full(self.log_sine.shape, self.log_scale[m])
        if m:
            exponent += m * self.log_sine
        lost = np.isneginf(exponent)
        exponent = np.where(lost, 0.0, exponent)
        power = np.minimum(np.round(exponent / UNIT), 0.0)
        mantissa = np.sign(np.prod(np.sign(self.factors[: m + 1]))) * np.exp2(exponent - UNIT * power)
        return np.where(lost, 0.0, mantissa).astype(np.float64), power.astype(np.int64)
