"""Entries of a field that lives near the poles, by sums over tables in extended precision.

There the recurrences lose digits: a rounding grows like 1/sin^2(theta), and nothing far from the poles
makes it small beside the trace. A cap has few rings, so that sums over them cost little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import legendre
from sphspec.engine.fold import Fold
from sphspec.engine.recurrence import Recurrence

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FAR = 0.8  # sin(theta) from which a ring is far from the poles
SHARE = 0.55  # of the field on such rings, below which the recurrences' digits do not suffice
LANES = 8  # rings are filled up to a multiple
EXTENDED = np.finfo(np.longdouble).maxexp > 2048  # digits, and the range of lambda_mm near a pole


def row_sums(fold: Fold, lmax: int) -> "Recurrence | PolarSums":
    """Return what fills the triangles of consecutive orders: the recurrence, or sums near the poles."""
    return PolarSums.on(fold, lmax) if EXTENDED and is_polar(fold) else Recurrence.on(fold, lmax)


def is_polar(fold: Fold) -> bool:
    """Tell whether hardly any of a field lives far from the poles."""
    total = float(np.abs(fold.plus).sum())
    return total > 0 and float(np.abs(fold.plus[fold.sine > FAR]).sum()) < SHARE * total


@dataclass(frozen=True, eq=False)
class PolarSums:
    """Sums over the rings of a field near the poles, for any orders up to a band limit.

    Attributes
    ----------
    fold : the rings
    lmax : band limit
    seen : the rings that carry something
    """

    fold: Fold
    lmax: int
    seen: Integers

    @classmethod
    def on(cls, fold: Fold, lmax: int) -> "PolarSums":
        """Return the sums on some rings."""
        return cls(fold, lmax, np.flatnonzero((fold.plus != 0) | (fold.minus != 0)))

    def fill(self, orders: Integers, out: Floats, weights: Floats | None = None) -> None:
        """Write the triangles of consecutive orders into `out`, as `Recurrence.fill` does."""
        from sphspec.engine.compiled_polar import fill_products

        fold, written = self.fold, 0
        for place, (m, tables) in enumerate(zip(orders, self._tables(orders), strict=True)):
            plus = self._seen(fold.plus if weights is None else weights[place])
            minus = self._seen(fold.minus if weights is None else weights[place])
            table = tables[: self.lmax - m + 1]
            if fold.mirrored:
                parts = [(table[::2], [plus]), (table[1::2], [plus])]
            else:
                parts = [(table, [plus, minus])]
            for part, sides in parts:
                part = np.ascontiguousarray(part)
                scaled = np.stack([part * side for side in sides])
                size = part.shape[0] * (part.shape[0] + 1) // 2
                fill_products(part, scaled, len(sides), out[written : written + size])
                written += size

    def _seen(self, weights: Floats) -> Floats:
        """Return weights on the rings that are seen, zeros after them up to whole lanes."""
        return np.pad(weights[self.seen], (0, -self.seen.size % LANES))

    def _tables(self, orders: Integers) -> Floats:
        """Return lambda_lm, l = m .. lmax, of some orders on the rings that are seen, (orders, n, R).

        Zeros stand after them, up to whole lanes.
        """
        z = self.fold.z[self.seen].astype(np.longdouble)
        sine, first = np.sqrt((1 - z) * (1 + z)), int(orders[0])
        columns = orders[:, None].astype(np.longdouble)
        steps = np.arange(self.lmax - first + 2, dtype=np.longdouble)
        lengths = legendre.displacement(columns + steps, columns)
        factors = legendre.sectoral_factor(np.arange(1, int(orders[-1]) + 1, dtype=np.longdouble))
        start, starts = np.full(z.shape, np.longdouble(legendre.start())), []
        for m in range(int(orders[-1]) + 1):
            start = start * factors[m - 1] * sine if m else start
            starts.append(start)
        current = np.array(starts[first:])
        previous = np.zeros_like(current)
        table = np.zeros((orders.size, steps.size - 1, z.size + -z.size % LANES))
        with np.errstate(divide="ignore"):
            inverses = 1 / lengths  # A_m = 0 is not used
        for k in range(steps.size - 1):
            table[:, k, : z.size] = current
            inverse, length = inverses[:, k + 1, None], lengths[:, k, None]
            current, previous = legendre.next_degree(z, current, previous, inverse, length), current
        return table
