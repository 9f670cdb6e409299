"""Simultaneous band for the empirical distribution of n uniform numbers, exact.

The i-th smallest is Beta(i, n+1-i). It lies between that law's quantiles a_i and b_i, which leave out the
same probability g for every i; g is chosen so that all n (or as many ranks as are looked at) do so at once
with the probability asked for. That probability is exact: the number of points up to t is a Markov chain, a
Poisson process conditioned on its last value, and is carried from one a_i or b_i to the next.

After Aldor-Noiman et al. (2013), The American Statistician 67, 249; Sailynoja, Burkner and Vehtari (2022),
Statistics and Computing 32, 32.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from sphspec import _validate as check

Floats = NDArray[np.float64]
RANKS = 2000  # order statistics that are looked at, at most
LEAST = 1e-300  # a coverage that rounds to 1 leaves out at most this for the search
TERMS = 1e-18  # Poisson probabilities below this are left out


@dataclass(frozen=True, eq=False)
class EcdfBand:
    """Bounds of order statistics that hold all at once.

    Attributes
    ----------
    count : n
    ranks : (k,) of the order statistics that are bounded, from 1; all of them for n <= 2000
    lower, upper : (k,) their bounds
    """

    count: int
    ranks: NDArray[np.int64]
    lower: Floats
    upper: Floats

    def contains(self, values: Floats) -> bool:
        """Return whether n numbers within [0, 1] keep to the bounds."""
        ordered = np.sort(check.real_array("values", values, self.count))[self.ranks - 1]
        return bool(((ordered >= self.lower) & (ordered <= self.upper)).all())


@lru_cache(maxsize=64)
def ecdf_band(count: int, level: float = 0.95) -> EcdfBand:
    """Return the band that holds the empirical distribution of n uniform numbers with probability `level`.

    Raises
    ------
    ValueError
        for n < 1, or a level outside (0, 1).
    """
    count = check.integer("the number of values", count, 1)
    if not 0 < check.positive("level", level) < 1:
        raise ValueError(f"level must be in (0, 1), got {level}")
    ranks = np.unique(np.linspace(1, count, min(count, RANKS)).round().astype(np.int64))

    def missing(log_outside: float) -> float:  # almost a line: few steps find its root
        left_out = 1 - _coverage(count, ranks, *_bounds(count, ranks, np.exp(log_outside)))
        return float(np.log(max(left_out, LEAST) / (1 - level)))

    most, least = np.log1p(-level), np.log((1 - level) / ranks.size)  # of one rank; Bonferroni's
    outside = most if count == 1 else optimize.brentq(missing, least - 1e-9, most + 1e-9, xtol=1e-10)
    return EcdfBand(count, ranks, *_bounds(count, ranks, float(np.exp(outside))))


def _bounds(count: int, ranks: NDArray[np.int64], outside: float) -> tuple[Floats, Floats]:
    law = ranks, count + 1 - ranks
    lower, upper = special.betaincinv(*law, outside / 2), special.betainccinv(*law, outside / 2)
    return np.asarray(lower), np.asarray(upper)


def _coverage(count: int, ranks: NDArray[np.int64], lower: Floats, upper: Floats) -> float:
    """Return the probability that the ranks of so many uniform numbers lie within bounds, increasing both."""
    times = np.concatenate([lower, upper, [1.0]])
    fewest = np.concatenate([np.zeros(ranks.size, dtype=np.int64), ranks, [count]])
    most = np.concatenate([ranks - 1, np.full(ranks.size + 1, count)])
    steps = np.diff(np.sort(times), prepend=0.0)
    logs = special.gammaln(np.arange(_points(count * float(steps.max())) + 1) + 1)
    order = np.argsort(times, kind="stable")
    fewest = np.maximum.accumulate(fewest[order])
    most = np.minimum.accumulate(most[order][::-1])[::-1]
    chances, first = np.ones(1), 0
    for step, low, high in zip(steps.tolist(), fewest.tolist(), most.tolist(), strict=True):
        moved = np.convolve(chances, _poisson(count * step, logs))
        wanted = np.zeros(high - low + 1)
        left, right = max(low, first), min(high, first + moved.size - 1)
        if right < left:
            return 0.0
        wanted[left - low : right - low + 1] = moved[left - first : right - first + 1]
        chances, first = wanted, low
    return float(chances[-1] / np.exp(count * np.log(count) - count - special.gammaln(count + 1)))


def _poisson(mean: float, logs: Floats) -> Floats:
    """Return the probabilities of 0, 1, 2, ... points, as many as matter; `logs` are log k!."""
    if mean == 0:
        return np.ones(1)
    size = _points(mean) + 1
    chances: Floats = np.exp(math.log(mean) * np.arange(size) - mean - logs[:size])
    chances[chances <= TERMS] = 0.0
    return chances


def _points(mean: float) -> int:
    """Return a number of points that is exceeded with a probability below TERMS."""
    return int(mean + 12 * math.sqrt(mean) + 12)
