"""Evidence that may be looked at after every block: the mixture of likelihood ratios of small errors.

    log E = log sum_c w_c exp(s_c q_c - P_c(s_c)),   exp(-P_c(s)) E[exp(s q_c)] = 1 under the claim

q_c is a sum over draws and P_c the cumulant of the same draws, so E is a martingale with mean 1 and
P(E ever reaches 1/a) <= a (Ville), whenever and however often one looks. Weights: kinds of error equal, in a
kind every member, sign and size equal. (Ramdas et al., Statistical Science 38, 576, 2023.)
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.dictionary import Direction
from sphspec.verify.moments import Sums
from sphspec.verify.quantiles import chi_square_below, normal_above

Floats = NDArray[np.float64]
SIZES = np.geomspace(0.002, 0.5, 14)  # relative error of one coefficient, correlation, offset
SIGNED = np.concatenate([SIZES, -SIZES])
KINDS = 9  # of components at most: what the weight of each is divided by


@dataclass(frozen=True, eq=False)
class Component:
    """Errors of one kind.

    Attributes
    ----------
    kind : what is wrong
    log_ratio : signed size -> (M,) log likelihood ratio of every member
    label : member -> the coefficients that it is about
    """

    kind: str
    log_ratio: Callable[[float], Floats]
    label: Callable[[int], str]


@dataclass(frozen=True)
class Weighed:
    """What draws say against a claim.

    Attributes
    ----------
    log_e : natural log of E
    component : the likelihood ratio that weighs most, in words
    """

    log_e: float
    component: str


def weigh(
    sums: Sums,
    degrees: NDArray[np.int64],
    orders: NDArray[np.int64],
    directions: Sequence[Direction] = (),
) -> Weighed:
    """Return the evidence in sums over white draws whose coordinates belong to degrees and orders, (r,)."""
    found = tuple(components(sums, degrees, orders, directions))
    terms: list[float] = []
    heaviest, component = -np.inf, "nothing"
    for part in found:
        for size in SIGNED:
            ratios = part.log_ratio(float(size))
            shift = -math.log(len(found) * SIGNED.size * ratios.size)
            terms.append(_log_sum(ratios) + shift)
            member = int(ratios.argmax())
            if ratios[member] + shift > heaviest:
                heaviest = ratios[member] + shift
                component = f"{part.kind}, {part.label(member)}, {'+' if size > 0 else '-'}"
    return Weighed(_log_sum(np.array(terms)), component)


def components(
    sums: Sums,
    degrees: NDArray[np.int64],
    orders: NDArray[np.int64],
    directions: Sequence[Direction] = (),
) -> Iterator[Component]:
    """Yield every kind of error; variances, correlations, offsets, memory between steps, scale of a step."""
    squares, count = np.diagonal(sums.products), sums.count
    names = tuple(f"(l, m) = ({l}, {m})" for l, m in zip(degrees, orders, strict=True))
    whole = np.array([squares.sum()])
    yield _variance("total", whole, np.array([count * squares.size]), squares.size, ("all",))
    for kind, symbol, groups in (("degree", "l", degrees), ("order", "|m|", np.abs(orders))):
        members, sizes = np.unique(groups, return_counts=True)
        values = np.array([squares[groups == member].sum() for member in members])
        yield _variance(kind, values, count * sizes, sizes, tuple(f"{symbol} = {m}" for m in members))
    yield _variance("coefficient", squares, np.full(squares.size, count), 1, names)
    yield _linear("mean", sums.total, np.full(squares.size, float(count)), names)
    if squares.size > 1:
        yield _pairs(sums.products, count, names)
    if directions:
        yield _directions(sums, directions)
    if sums.steps.shape[0] > 1:
        first, second = np.triu_indices(sums.steps.shape[0], 1)
        adjacent = sums.lagged[second == first + 1].sum(axis=0)
        yield _linear("memory between steps", adjacent, sums.steps[:-1].sum(axis=0), names)
        totals = sums.steps.sum(axis=1)
        freedom = np.full(totals.size, count // totals.size * squares.size)
        labels = tuple(f"time step {step + 1} of {totals.size}" for step in range(totals.size))
        yield _variance("step", totals, freedom, squares.size, labels)


def _variance(
    kind: str,
    values: Floats,
    freedom: NDArray[np.int64],
    widths: NDArray[np.int64] | int,
    names: tuple[str, ...],
) -> Component:
    """Return sums of squares of variance 1 + e against 1: q e/(2 (1 + e)) - (freedom/2) log(1 + e).

    The grid of e is that of one coefficient over sqrt(width): wide sums see smaller errors.
    """

    def log_ratio(size: float) -> Floats:
        effect = size / np.sqrt(widths)
        return np.asarray(values * effect / (2 * (1 + effect)) - freedom / 2 * np.log1p(effect))

    return Component(kind, log_ratio, names.__getitem__)


def _linear(kind: str, values: Floats, power: Floats, names: tuple[str, ...]) -> Component:
    """Return normals of mean s given what came before: s q - s^2 power/2."""
    return Component(kind, lambda size: values * size - size**2 / 2 * power, names.__getitem__)


def _pairs(products: Floats, count: int, names: tuple[str, ...]) -> Component:
    """Return q = z_i.z_j for every i > j: s q + (K/2) log(1 - s^2)."""
    row, column = np.tril_indices(products.shape[0], -1)
    values = products[row, column]

    def label(member: int) -> str:
        return f"{names[row[member]]} with {names[column[member]]}"

    return Component("pair", lambda size: size * values + count / 2 * np.log1p(-(size**2)), label)


def _directions(sums: Sums, directions: Sequence[Direction]) -> Component:
    """Return q = trace(B Z^T Z), B of eigenvalues b: s q + (K/2) sum log(1 - 2 s b), s = e/(2 |b|)."""
    values = np.array([float(np.vdot(each.matrix, sums.products)) for each in directions])
    eigenvalues = np.array([each.eigenvalues for each in directions])
    eigenvalues /= np.linalg.norm(eigenvalues, axis=1, keepdims=True)
    values /= np.linalg.norm([each.eigenvalues for each in directions], axis=1)
    labels = tuple(each.name for each in directions)

    def log_ratio(size: float) -> Floats:
        drift = np.log1p(-size * eigenvalues).sum(axis=1)
        return np.asarray(size / 2 * values + sums.count / 2 * drift)

    return Component("direction", log_ratio, labels.__getitem__)


def _log_sum(logs: Floats) -> float:
    """Return log sum exp; scipy's costs fifty times as much on short arrays."""
    largest = float(logs.max())
    return largest + math.log(float(np.exp(logs - largest).sum()))


@dataclass(frozen=True)
class Reach:
    """Smallest errors found by now with probability `power`, a bound on the safe side.

    Attributes
    ----------
    scale : relative error of all variances
    variance : relative error of one coefficient's variance, upwards
    correlation : of one pair
    """

    scale: float
    variance: float
    correlation: float


def reach(count: int, rank: int, log_threshold: float, power: float = 0.999) -> Reach:
    """Return what E >= exp(log_threshold) finds in `count` draws: one likelihood ratio must do it alone.

    Sums of squares are chi-square times 1 + e, exactly. For z_i.z_j, normal given z_j with mean r |z_j|^2 and
    variance at most |z_j|^2, |z_j| is taken at half of the allowed misses and the normal at the other half.
    """
    pairs = max(1, rank * (rank - 1) // 2)
    weight = np.log(KINDS * SIGNED.size)
    scale = _reach_variance(count * rank, rank, log_threshold + weight, power)
    variance = _reach_variance(count, 1, log_threshold + weight + np.log(rank), power)
    needed = log_threshold + weight + np.log(pairs)
    product = float(np.min((needed - count / 2 * np.log1p(-(SIZES**2))) / SIZES))
    miss = (1 - power) / 2
    length = math.sqrt(chi_square_below(miss, count))
    correlation = (product / length + normal_above(miss)) / length
    return Reach(scale, variance, min(correlation, 1.0))


def _reach_variance(freedom: int, width: int, needed: float, power: float) -> float:
    effect = SIZES / np.sqrt(width)
    sums = (needed + freedom / 2 * np.log1p(effect)) * 2 * (1 + effect) / effect
    return float(sums.min()) / chi_square_below(1 - power, freedom) - 1
