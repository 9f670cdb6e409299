"""How well defects that are not in one covariance explain the draws: mean, couplings, shape, dependence."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, stats

from sphspec.audit.batch import Batch
from sphspec.audit.fit import EXACT, LEVEL, Estimate, Fit
from sphspec.verify.shape import EVEN, ODD, exponential_family, shape_sums

Floats = NDArray[np.float64]
DEVIATE = float(stats.norm.isf((1 - LEVEL) / 2))
FAR = 1e6  # sums of squares that are as good as normal: relative error of a root's deviation below 1e-3
FISHER = "Fisher's z (asymptotic)"
ASYMPTOTIC = "normal approximation, error from the draws (needs moments twice as high)"


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
    """Return the non-centrality under which a value is the quantile of a level; 0 where none is.

    Far out the root of the value is normal, (freedom - 1)/(2 sqrt c) above that of the non-centrality c.
    """
    if square > max(FAR, 100.0 * freedom**2):
        root = math.sqrt(square)
        return (root - (freedom - 1) / (2 * root) - float(stats.norm.ppf(level))) ** 2

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
    """Fit marginals other than normal, and a factor common to a draw, to values (K, r)."""
    spread = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    sums = shape_sums(standard).sum(axis=1)
    gain, _ = exponential_family(float(sums[ODD]), float(sums[EVEN]), standard.size)
    level = math.sqrt(float(np.mean(values**2)))
    pooled = values / level if level > 0 else values
    estimates = {"skewness": _skewness(pooled), "excess kurtosis": _kurtosis(pooled)}
    clearest = max(estimates, key=lambda name: _clarity(estimates[name]))
    for name, estimate in estimates.items():
        yield Fit(
            "non-gaussian", f"{name} of the coordinates", gain if name == clearest else 0.0, 2, estimate,
            f"{name}, of all coordinates together", ASYMPTOTIC,
        )  # fmt: skip
    half, energy = standard.shape[1] / 2, np.sum(standard**2, axis=1)
    scores = stats.norm.ppf(np.clip(stats.gamma.cdf(energy / energy.mean() * half, half), 1e-300, 1 - 1e-16))
    variance, count = float(np.var(scores)), standard.shape[0]
    yield Fit(
        "non-gaussian", "length of draws", count / 2 * (variance - 1 - np.log(max(variance, 1e-12))), 1,
        _lengths(values), "variance of a draw's sum of squares over the claimed one", ASYMPTOTIC,
    )  # fmt: skip


def _skewness(z: Floats) -> Estimate:
    """Return the skewness g of values of mean 0 and variance 1, by z^3 - g - 3g(z^2 - 1)/2 - 3z."""
    g = float(np.mean(z**3))
    return _with_error(g, z**3 - g - 1.5 * g * (z * z - 1) - 3 * z)


def _kurtosis(z: Floats) -> Estimate:
    """Return the excess kurtosis k - 3, by its influence function z^4 - k - 2k(z^2 - 1) - 4 g z."""
    g, k = float(np.mean(z**3)), float(np.mean(z**4))
    return _with_error(k - 3, z**4 - k - 2 * k * (z * z - 1) - 4 * g * z)


def _lengths(values: Floats) -> Estimate:
    """Return the variance of |z|^2 over that of a chi-square of its mean."""
    energy = np.sum(values**2, axis=1) / values.shape[1]
    level = float(energy.mean())
    square = (energy / level - 1) ** 2 * values.shape[1] / 2
    ratio = float(square.mean())
    return _with_error(ratio, (square - ratio - 2 * ratio * (energy / level - 1))[:, None])


def _with_error(value: float, influence: Floats) -> Estimate:
    """Return an estimate and its interval, from the influence (K, r) that the values have; rows are draws."""
    each = influence.mean(axis=1)
    width = DEVIATE * float(each.std()) / math.sqrt(each.size)
    return value, value - width, value + width


def _clarity(estimate: Estimate) -> float:
    """Return how many half widths of its interval an estimate is away from 0."""
    width = (estimate[2] - estimate[1]) / 2
    return abs(estimate[0]) / width if width > 0 else math.inf


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
