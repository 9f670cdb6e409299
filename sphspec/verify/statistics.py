"""Statistics with exact null laws, of white draws z ~ N(0, I): chi-square, normal, quadratic and bounded.

Each family returns log p of its members, two-sided; Bonferroni inside a family, shares between them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.dictionary import Direction, direction_log_p
from sphspec.verify.moments import Sums
from sphspec.verify.omnibus import omnibus_log_p
from sphspec.verify.residuals import pair_of
from sphspec.verify.shape import EVEN, FEWEST, ODD, energy_log_p, shape_log_p
from sphspec.verify.tails import chi_square, normal

Floats = NDArray[np.float64]
TOGETHER = 1 << 15  # pairs whose tails are found at a time


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


def families(
    sums: Sums,
    degrees: NDArray[np.int64],
    orders: NDArray[np.int64],
    directions: Sequence[Direction] = (),
) -> tuple[Family, ...]:
    """Return all families for white draws whose coordinates belong to degrees and orders, (r,).

    Those that say nothing are not there: no directions, no pairs of one coordinate, no steps of one time, no
    pairs of one path, no shape of fewer than FEWEST draws.
    """
    squares = np.diagonal(sums.products)
    names = tuple(f"(l, m) = ({l}, {m})" for l, m in zip(degrees, orders, strict=True))
    everything = chi_square(np.array([squares.sum()]), sums.count * squares.size)
    found = [
        Family("total", everything, ("all",).__getitem__, squares.size),
        _grouped("degree", "l", squares, degrees, sums.count),
        _grouped("order", "|m|", squares, np.abs(orders), sums.count),
        Family("coefficient", chi_square(squares, sums.count), names.__getitem__),
        _means(sums, names),
    ]
    if directions:
        labels = tuple(direction.name for direction in directions)
        found.append(Family("direction", direction_log_p(sums, directions), labels.__getitem__))
    if squares.size > 1:
        found.append(_pairs(sums.products, names))
        found.append(Family("omnibus", omnibus_log_p(sums), ("any pair",).__getitem__))
    if sums.count >= FEWEST:
        found.append(_shapes(sums, names))
    if sums.paired[:, 1].all():
        found.append(_paths(sums, names))
    if sums.steps.shape[0] > 1:
        found += [_increments(sums, names), _steps(sums)]
    return tuple(found)


def _means(sums: Sums, names: tuple[str, ...]) -> Family:
    """Return every coefficient's mean, normal, and K |mean|^2, chi-square of r."""
    scores = sums.total / np.sqrt(sums.count)
    log_p = np.append(normal(scores), chi_square(scores @ scores, scores.size))
    return Family("mean", log_p, (*names, "all").__getitem__)


def _shapes(sums: Sums, names: tuple[str, ...]) -> Family:
    """Return odd and even functions of every coefficient and of all, and the energy of draws."""
    each = [shape_log_p(sums.shape[kind], sums.count, kind) for kind in (ODD, EVEN)]
    terms = sums.count * sums.shape.shape[1]
    whole = [shape_log_p(sums.shape[kind].sum(keepdims=True), terms, kind) for kind in (ODD, EVEN)]
    labels = (
        *(f"skewness of {name}" for name in names),
        *(f"kurtosis of {name}" for name in names),
        "skewness of all",
        "kurtosis of all",
        "length of draws",
    )
    log_p = np.concatenate([*each, *whole, energy_log_p(sums.energy, sums.count)])
    return Family("shape", log_p, labels.__getitem__)


def _paths(sums: Sums, names: tuple[str, ...]) -> Family:
    """Return correlations of paths: sum of z_a z_b over the root of that of z_a^2, normal given all a."""
    scores = sums.paired[:, 0] / np.sqrt(sums.paired[:, 1])
    together = scores.sum(axis=1) / np.sqrt(scores.shape[1])
    kinds = ("neighbouring paths", "paths half a block apart")
    labels = (*(f"{kind}, {name}" for kind in kinds for name in names), *kinds)
    return Family("paths", normal(np.concatenate([scores.ravel(), together])), labels.__getitem__)


def _increments(sums: Sums, names: tuple[str, ...]) -> Family:
    """Return correlations between time steps j < k.

    t_jk = sum over paths of z_j z_k / |z_j| is standard normal given all steps before k. For k = j + 1 that
    makes all t_jk of a coefficient independent, so that their sum over sqrt(T - 1) is normal; t_jk of all
    coefficients are independent for any pair of steps. (A sum of z_j z_k over j and k, divided by the root of
    the sum of z_j^2, is not normal: steps between stand on both sides.)
    """
    steps = sums.steps.shape[0]
    first, second = np.triu_indices(steps, 1)
    scores = sums.lagged / np.sqrt(sums.steps[first])
    next_ones = second == first + 1
    each = scores[next_ones].sum(axis=0) / np.sqrt(steps - 1)
    pairs = scores.sum(axis=1) / np.sqrt(scores.shape[1])
    labels = (*names, *(f"time steps {j + 1} and {k + 1}" for j, k in zip(first, second, strict=True)))
    return Family("increments", normal(np.concatenate([each, pairs])), labels.__getitem__)


def _grouped(name: str, symbol: str, squares: Floats, groups: NDArray[np.int64], count: int) -> Family:
    members = np.unique(groups)
    sums = np.array([squares[groups == member].sum() for member in members])
    sizes = np.array([np.count_nonzero(groups == member) for member in members])
    labels = tuple(f"{symbol} = {member}" for member in members)
    return Family(name, chi_square(sums, count * sizes), labels.__getitem__, int(sizes.min()))


def _pairs(products: Floats, names: tuple[str, ...]) -> Family:
    """Return z_i.z_j/|z_j|, standard normal given z_j, for every i > j."""
    n, lengths = products.shape[0], np.sqrt(np.diagonal(products))
    log_p, first = np.empty(n * (n - 1) // 2), 0
    for row in range(1, n):
        log_p[first : first + row] = products[row, :row] / lengths[:row]
        first += row
    for first in range(0, log_p.size, TOGETHER):  # parts that stay in the cache
        part = slice(first, first + TOGETHER)
        log_p[part] = normal(log_p[part])

    def label(member: int) -> str:
        (row,), (column,) = pair_of(np.array([member]))
        return f"{names[row]} with {names[column]}"

    return Family("pair", log_p, label)


def _steps(sums: Sums) -> Family:
    """Return the total of every time step: its increments scale with sqrt(dt)."""
    totals = sums.steps.sum(axis=1)
    freedom = sums.count // totals.size * sums.total.size
    labels = tuple(f"time step {step + 1} of {totals.size}" for step in range(totals.size))
    return Family("steps", chi_square(totals, freedom), labels.__getitem__, sums.total.size)
