"""Statistics with exact null laws, of white draws z ~ N(0, I): chi-square and conditional normal.

Each family returns log p of its members, two-sided; Bonferroni inside a family, shares between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sphspec.verify.moments import Sums

Floats = NDArray[np.float64]

SHARES = {
    "total": 0.1,
    "degree": 0.1,
    "order": 0.1,
    "coefficient": 0.2,
    "pair": 0.2,
    "mean": 0.1,
    "increments": 0.2,
}


@dataclass(frozen=True, eq=False)
class Family:
    """log p (natural) of every member of a family, and the name of the member with the smallest.

    `size` is the number of coefficients that the smallest member sums over.
    """

    name: str
    log_p: Floats
    where: str
    size: int

    @property
    def corrected(self) -> float:
        """log10 of the Bonferroni-corrected smallest p, at most 0."""
        smallest = float(np.min(self.log_p)) + np.log(self.log_p.size)
        return float(min(0.0, smallest / np.log(10)))


def _family(name: str, log_p: Floats, labels: Sequence[str], size: int = 1) -> Family:
    return Family(name, log_p, labels[int(np.argmin(log_p))], size)


def families(sums: Sums, degrees: NDArray[np.int64], orders: NDArray[np.int64]) -> tuple[Family, ...]:
    """Return all families for white draws whose coordinates belong to degrees and orders, (r,)."""
    squares = np.diagonal(sums.products)
    names = tuple(f"(l, m) = ({l}, {m})" for l, m in zip(degrees, orders, strict=True))
    found = [
        _family(
            "total",
            _chi_square(np.array([squares.sum()]), sums.count * squares.size),
            ("all",),
            squares.size,
        ),
        _grouped("degree", "l", squares, degrees, sums.count),
        _grouped("order", "|m|", squares, np.abs(orders), sums.count),
        _family("coefficient", _chi_square(squares, sums.count), names),
        _family("mean", _normal(sums.total / np.sqrt(sums.count)), names),
    ]
    if squares.size > 1:
        found.append(_pairs(sums.products, names))
    if sums.leading.any():
        found.append(_family("increments", _normal(sums.lagged / np.sqrt(sums.leading)), names))
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
    return _family(name, _chi_square(sums, count * sizes), labels, int(sizes.min()))


def _pairs(products: Floats, names: tuple[str, ...]) -> Family:
    """Return z_i.z_j/|z_j|, standard normal given z_j, for every i > j; only the extreme is named."""
    row, column = np.tril_indices(products.shape[0], -1)
    scores = products[row, column] / np.sqrt(np.diagonal(products)[column])
    log_p = _normal(scores)
    extreme = int(np.argmin(log_p))
    label = f"{names[row[extreme]]} with {names[column[extreme]]}"
    return Family("pair", log_p, label, 1)
