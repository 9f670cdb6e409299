"""How well defects that are not in one covariance explain the draws: mean, couplings, shape, dependence."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, stats

from sphspec.audit.batch import Batch
from sphspec.audit.fit import EXACT, LEVEL, Fit
from sphspec.verify.shape import (
    EVEN,
    ODD,
    damped_deviation,
    damped_moments,
    exponential_family,
    shape_sums,
)

Floats = NDArray[np.float64]
DEVIATE = float(stats.norm.isf((1 - LEVEL) / 2))
FISHER = "Fisher's z (asymptotic)"
SANDWICH = "normal approximation, standard error under the claim"


def other_fits(batch: Batch) -> Iterator[Fit]:
    """Yield fits of a mean, of single couplings, of a shape that is not normal, of dependence."""
    yield from mean_fits(batch.white)
    if batch.white.shape[1] > 1:
        yield _couplings(batch)
    values = batch.white if batch.pixels is None else batch.pixels
    yield from shape_fits(values)
    yield from dependence_fits(values)


def mean_fits(white: Floats) -> Iterator[Fit]:
    """Fit a mean: gain K |zbar|^2/2; the effect is its length, K |zbar|^2 being non-central chi-square."""
    count, rank = white.shape
    square = count * float(np.sum(white.mean(axis=0) ** 2))
    tail = (1 - LEVEL) / 2
    ends = [_centre(square, rank, at) for at in (1 - tail, tail)]
    effect = np.sqrt(max(square - rank, 0.0) / count)
    said = "length of the mean in standard deviations, all coordinates together"
    # the length alone has one number; its direction is one of rank, each paid for
    how, named = "exact (non-central chi-square)", "all coefficients"
    low, high = (math.sqrt(centre / count) for centre in ends)
    yield Fit("mean", named, square / 2, rank, (float(effect), low, high), said, how)
    gains = count * white.mean(axis=0) ** 2 / 2 - math.log(rank) - math.log(count) / 2
    few = float(np.sum(gains[gains > 0]))
    yield Fit("mean", "few coefficients", few, 1, (float(effect), low, high), said, how)


def _centre(square: float, freedom: int, level: float) -> float:
    """Return the non-centrality under which a value is the quantile of a level; 0 where none is."""

    def excess(centre: float) -> float:
        return float(stats.ncx2.cdf(square, freedom, centre)) - level

    if float(stats.chi2.cdf(square, freedom)) <= level:
        return 0.0
    high = square + 10
    while excess(high) > 0:
        high *= 2
    return float(optimize.brentq(excess, 1e-12, high))


def _couplings(batch: Batch) -> Fit:
    """Fit the tree of pairs that explains most: the sum of -(K/2) log(1 - r^2) over its edges."""
    white, count = batch.white, batch.count
    length = np.sqrt(np.diagonal(batch.sums.products))
    correlation = batch.sums.products / np.outer(length, length)
    np.fill_diagonal(correlation, 0.0)
    rank = white.shape[1]
    gains = -count / 2 * np.log1p(-np.minimum(correlation**2, 1 - 1e-12))
    paid = np.log(count) / 2 + np.log(rank * (rank - 1) / 2)
    gains[gains <= paid] = 0.0
    tree = sparse.csgraph.minimum_spanning_tree(sparse.csr_array(-np.triu(gains)))
    total, edges = -float(tree.sum()), int(tree.nnz)
    place = int(np.abs(correlation).argmax())
    i, j = divmod(place, rank)
    names = [
        f"({batch.law.degrees[batch.law.kept][at]}, {batch.law.orders[batch.law.kept][at]})" for at in (i, j)
    ]
    r = float(correlation[i, j])
    free = max(edges, 1) * (1 + int(2 * np.log(rank * (rank - 1) / 2) / np.log(count)))
    return Fit(
        "coupling", f"(l, m) = {names[0]} with {names[1]}", total, free, (r, *fisher(r, count)),
        "correlation of these white coordinates", FISHER,
    )  # fmt: skip


def fisher(r: float, count: int) -> tuple[float, float]:
    """Return the interval of a correlation in so many draws."""
    width = DEVIATE / np.sqrt(max(count - 3, 1))
    centre = np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))
    return float(np.tanh(centre - width)), float(np.tanh(centre + width))


def shape_fits(values: Floats) -> Iterator[Fit]:
    """Fit marginals other than normal, and a factor common to a draw, to standardised values (K, r)."""
    spread = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    sums = shape_sums(standard).sum(axis=1)
    gain, _ = exponential_family(float(sums[ODD]), float(sums[EVEN]), standard.size)
    moments = damped_moments(float(sums[ODD]) / standard.size, float(sums[EVEN]) / standard.size)
    error = np.abs(damped_moments(1.0, 1.0)) * damped_deviation() / np.sqrt(standard.size)
    for name, effect, width in zip(("skewness", "excess kurtosis"), moments, DEVIATE * error, strict=True):
        weight = abs(effect) / float(width)
        others = float(np.max(np.abs(moments) / (DEVIATE * error)))
        yield Fit(
            "non-gaussian", f"{name} of the coordinates", gain if weight == others else 0.0, 2,
            (effect, effect - float(width), effect + float(width)), f"{name} by bounded functions", SANDWICH,
        )  # fmt: skip
    energy = np.sum(standard**2, axis=1)
    half = standard.shape[1] / 2
    scores = stats.norm.ppf(np.clip(stats.gamma.cdf(energy / energy.mean() * half, half), 1e-300, 1 - 1e-16))
    variance = float(np.var(scores))
    count = standard.shape[0]
    ratio = float(np.var(energy) / (4 * half))
    error = ratio * np.sqrt(2 / count)
    yield Fit(
        "non-gaussian", "length of draws", count / 2 * (variance - 1 - np.log(max(variance, 1e-12))), 1,
        (ratio, ratio - DEVIATE * error, ratio + DEVIATE * error),
        "variance of a draw's sum of squares over the claimed one", SANDWICH,
    )  # fmt: skip


def dependence_fits(values: Floats) -> Iterator[Fit]:
    """Fit a correlation of draws that follow each other, or are half a block apart, to values (K, r)."""
    centred = values - values.mean(axis=0)
    half = values.shape[0] // 2
    for detail, first, second in (
        ("draws that follow each other", centred[:-1], centred[1:]),
        ("draws half a block apart", centred[:half], centred[half : 2 * half]),
    ):
        product = float(np.sum(first * second))
        r = product / float(np.sqrt(np.sum(first**2) * np.sum(second**2)))
        r = float(np.clip(r, -1 + 1e-12, 1 - 1e-12))
        gain = -first.size / 2 * np.log1p(-r * r)
        yield Fit(
            "dependent-draws", detail, gain, 1, (r, *fisher(r, first.size)), "correlation of draws", FISHER
        )


__all__ = ["EXACT", "dependence_fits", "fisher", "mean_fits", "other_fits", "shape_fits"]
