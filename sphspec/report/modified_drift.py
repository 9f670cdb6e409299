"""What an operator makes of a drift, and of the heat flow for one: measured, not drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import linear_drift as generated
from sphspec.drifts import Heat, response
from sphspec.operator import Operator
from sphspec.report import words
from sphspec.report.cases import Measured

Floats = NDArray[np.float64]
ABSENT = "–"
ROUNDOFF = 1e-12  # relative deviations below this are zero


@dataclass(frozen=True, eq=False)
class Drifted:
    """What an operator makes of a drift: eigenvalues of K = A S, and the decay rates of the heat flow.

    Attributes
    ----------
    measured : the case
    eigenvalues : (n,) of K, ascending
    decay : (n,) decay rates of the heat flow of unit conductivity, ascending
    intended : (n,) l(l+1), ascending
    """

    measured: Measured
    eigenvalues: Floats
    decay: Floats
    intended: Floats

    @property
    def departure(self) -> float:
        """The spectral norm |K - 1|."""
        return float(np.abs(self.eigenvalues - 1).max())

    def deviation(self, place: int) -> float:
        """Return by which share of what is intended a decay rate differs from it."""
        return float(self.decay[place] / self.intended[place] - 1)


def drifts_of(measured: tuple[Measured, ...]) -> tuple[Drifted, ...]:
    """Return what every case makes of a drift."""
    return tuple(_drifted(item) for item in measured)


def drift_rows(drifted: tuple[Drifted, ...]) -> list[list[str]]:
    """Return a row a case: extreme eigenvalues of K, |K - 1|, slowest and fastest decay against l(l+1)."""
    return [_row(item) for item in drifted]


def _drifted(item: Measured) -> Drifted:
    operator = item.case.operator
    degrees = np.arange(item.cov.lmax + 1)
    intended = -np.asarray(generated.heat_rate(degrees.astype(np.float64), Heat().conductivity))
    return Drifted(
        item,
        response(operator).eigenvalues(),
        np.sort(_decay(operator)),
        np.repeat(intended, 2 * degrees + 1),
    )


def _decay(operator: Operator) -> Floats:
    bound = Heat().bind(operator)
    if bound.bases is not None:
        return -np.concatenate([basis.rates for basis in bound.bases])
    return -np.concatenate([np.linalg.eigvals(block).real for block in bound.matrix.blocks])


def _row(item: Drifted) -> list[str]:
    several = item.measured.cov.lmax > 0
    return [
        item.measured.setting,
        item.measured.operator,
        words.number(item.eigenvalues[0], 4),
        words.number(item.eigenvalues[-1], 4),
        words.number(item.departure),
        *(words.percent(_visible(item.deviation(place))) if several else ABSENT for place in (1, -1)),
    ]


def _visible(value: float) -> float:
    return value if abs(value) > ROUNDOFF else 0.0
