"""Statistics with exact null laws, of white draws z ~ N(0, I): chi-square and conditional normal.

Each family returns log p of its members, two-sided; Bonferroni inside a family, shares between them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sphspec.verify.moments import Sums

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Family:
    """The hypotheses of one kind.

    Attributes
    ----------
    name : of the family
    log_p : (M,) natural log of every member's p
    label : member -> the coefficients that it is about
    size : number of coefficients that the smallest member sums over
    """

    name: str
    log_p: Floats
    label: Callable[[int], str]
    size: int = 1

    @property
    def corrected(self) -> float:
        """log10 of the Bonferroni-corrected smallest p, at most 0."""
        smallest = float(np.min(self.log_p)) + np.log(self.log_p.size)
        return float(min(0.0, smallest / np.log(10)))

    @property
    def where(self) -> str:
        """The label of the member with the smallest p."""
        return self.label(int(np.argmin(self.log_p)))


def families(sums: Sums, degrees: NDArray[np.int64], orders: NDArray[np.int64]) -> tuple[Family, ...]:
    """Return all families for white draws whose coordinates belong to degrees and orders, (r,)."""
    squares = np.diagonal(sums.products)
    names = tuple(f"(l, m) = ({l}, {m})" for l, m in zip(degrees, orders, strict=True))
    everything = _chi_square(np.array([squares.sum()]), sums.count * squares.size)
    found = [
        Family("total", everything, ("all",).__getitem__, squares.size),
        _grouped("degree", "l", squares, degrees, sums.count),
        _grouped("order", "|m|", squares, np.abs(orders), sums.count),
        Family("coefficient", _chi_square(squares, sums.count), names.__getitem__),
        Family("mean", _normal(sums.total / np.sqrt(sums.count)), names.__getitem__),
    ]
    if squares.size > 1:
        found.append(_pairs(sums.products, names))
    if sums.steps.shape[0] > 1:
        leading = sums.steps[:-1].sum(axis=0)
        found.append(Family("increments", _normal(sums.lagged / np.sqrt(leading)), names.__getitem__))
        found.append(_steps(sums))
    return tuple(found)


def _chi_square(values: Floats, freedom: Floats | int) -> Floats:
    """Return log of the two-sided p of chi-square values."""
    tail = np.minimum(stats.chi2.logsf(values, freedom), stats.chi2.logcdf(values, freedom))
    return np.asarray(np.minimum(tail + np.log(2.0), 0.0))


def _normal(values: Floats) -> Floats:
    """Return log of the two-sided p of standard normal values."""
    return np.asarray(np.minimum(stats.norm.logsf(np.abs(values)) + np.log(2.0), 0.0))


def _grouped(name: str, symbol: str, squares: Floats, groups: NDArray[np.int64], count: int) -> Family:
    members = np.unique(groups)
    sums = np.array([squares[groups == member].sum() for member in members])
    sizes = np.array([np.count_nonzero(groups == member) for member in members])
    labels = tuple(f"{symbol} = {member}" for member in members)
    return Family(name, _chi_square(sums, count * sizes), labels.__getitem__, int(sizes.min()))


def _pairs(products: Floats, names: tuple[str, ...]) -> Family:
    """Return z_i.z_j/|z_j|, standard normal given z_j, for every i > j."""
    row, column = np.tril_indices(products.shape[0], -1)
    scores = products[row, column] / np.sqrt(np.diagonal(products)[column])

    def label(member: int) -> str:
        return f"{names[row[member]]} with {names[column[member]]}"

    return Family("pair", _normal(scores), label)


def _steps(sums: Sums) -> Family:
    """Return the total of every time step: its increments scale with sqrt(dt)."""
    totals = sums.steps.sum(axis=1)
    freedom = sums.count // totals.size * sums.total.size
    labels = tuple(f"time step {step + 1} of {totals.size}" for step in range(totals.size))
    return Family("steps", _chi_square(totals, freedom), labels.__getitem__, sums.total.size)
