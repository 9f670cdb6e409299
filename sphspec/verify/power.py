"""Power by design, never from the data: the smallest errors that are found with probability 1 - beta.

A hypothesis is tested at one stage, at level alpha share/M, or at two: flagged on `samples` draws at level
SCREEN share/M and confirmed on CONFIRM times as many at level alpha/SCREEN/FLAGGED, half of beta at each
stage; M hypotheses are in a family, and a stated effect is the larger of both stages'. At the second the
hypothesis must be among the FLAGGED smallest p; where others are before it, they are as wrong.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.verify.budget import CONFIRM, FLAGGED, POWER, SCREEN, SHARES
from sphspec.verify.effects import (
    correlated,
    dependence,
    offset,
    quadratic,
    smaller_variance,
    variance,
)

Floats = NDArray[np.float64]
BETA = 1 - POWER
DIRECTIONS = 28  # of the dictionary, at most
MOST = 10**12  # draws


@dataclass(frozen=True)
class Stage:
    """One test of one hypothesis: draws, level of its two-sided p, misses that it may have."""

    samples: int
    level: float
    miss: float


@dataclass(frozen=True)
class Detectable:
    """Smallest errors that are found, in white coordinates: relative to the claimed covariance.

    Attributes
    ----------
    scale, scale_down : all variances times 1 + scale, 1 - scale_down
    variance, variance_down : the same for one coefficient
    correlation : of one pair
    offset : of one mean, in standard deviations
    trend : variances that go linearly in l from 1 - trend to 1 + trend; the larger of both signs
    correlations : sqrt(-2 log det C) of the correlation matrix C, for small correlations the root of the sum
        over i != j of their squares
    """

    scale: float
    scale_down: float
    variance: float
    variance_down: float
    correlation: float
    offset: float
    trend: float
    correlations: float


@dataclass(frozen=True)
class Effect:
    """An error to be found: a kind, which is an attribute of Detectable, its size, and the dimension n."""

    kind: str
    size: float
    n: int


def stages(
    share: float, members: int, samples: int, alpha: float, beta: float = BETA, *, two: bool = True
) -> tuple[Stage, ...]:
    """Return the tests that a hypothesis of a family with that share and so many members goes through."""
    if not two:
        return (Stage(samples, alpha * share / members, beta),)
    return (
        Stage(samples, SCREEN * share / members, beta / 2),
        Stage(math.ceil(CONFIRM * samples), alpha / SCREEN / FLAGGED, beta / 2),
    )


def min_detectable(
    n: int, samples: int, alpha: float, beta: float = BETA, *, two_stages: bool = True
) -> Detectable:
    """Return the smallest errors found with probability 1 - beta.

    Exact for scale, variances, offset and trend; on the safe side for correlations.

    Parameters
    ----------
    n : dimension, the rank of the covariance
    samples : draws, of the first stage where there are two
    alpha : false-alarm rate of the run, both stages together
    beta : probability of missing an error of the stated size

    Raises
    ------
    ValueError
        outside of n >= 1, samples >= 2, 0 < alpha < 1, 0 < beta < 1.

    >>> found = min_detectable(81, 2000, 1.7e-9, two_stages=False)
    >>> f"{found.variance:.0%} {found.variance_down:.0%}"
    '37% 28%'
    """
    check.integer("n", n, 1)
    check.integer("samples", samples, 2, MOST)
    _rates(alpha, beta)
    found = (_smallest(field.name, n, samples, alpha, beta, two_stages) for field in fields(Detectable))
    return Detectable(*found)


def min_samples(effect: Effect, alpha: float, beta: float = BETA, *, two_stages: bool = True) -> int:
    """Return the smallest number of draws, of the first stage where there are two, that finds an effect.

    Raises
    ------
    ValueError
        as `min_detectable`; for an unknown kind, a size that is not positive, or one that a variance cannot
        lose; where more than 10^12 draws were needed.

    >>> min_samples(Effect("scale", 0.01, 81), 1e-9, two_stages=False) < 25_000
    True
    """
    _rates(alpha, beta)
    check.integer("n", effect.n, 1)
    check.known("kind of effect", effect.kind, {field.name: field for field in fields(Detectable)})
    check.positive("size", effect.size)

    def found(samples: int) -> bool:
        return _smallest(effect.kind, effect.n, samples, alpha, beta, two_stages) <= effect.size

    low, high = 1, 2
    while not found(high):
        low, high = high, 2 * high
        if high > MOST:
            raise ValueError(f"{effect} needs more than {MOST:.0e} draws; name a larger size")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def hardest(eigenvalues: Sequence[Floats]) -> int:
    """Return which direction, each of largest |eigenvalue| 1, is seen least: least sum of squares."""
    return int(np.argmin([float(values @ values) for values in eigenvalues]))


def _smallest(kind: str, n: int, samples: int, alpha: float, beta: float, two: bool) -> float:
    """Return the smallest error of a kind that every stage finds."""
    family, members, law = _LAWS[kind]
    if n == 1 and kind in ("correlation", "trend", "correlations"):
        return math.inf
    return max(law(n, stage) for stage in stages(SHARES[family], members(n), samples, alpha, beta, two=two))


def trend(n: int) -> Floats:
    """Return 2 l/lmax - 1 of coefficients l^2 + l + m, (n,): the eigenvalues of a linear trend in l."""
    degrees = np.floor(np.sqrt(np.arange(n)))
    return np.asarray(2 * degrees / degrees[-1] - 1)


def _rates(alpha: float, beta: float) -> None:
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, got {value}")


_LAWS: dict[str, tuple[str, Callable[[int], int], Callable[[int, Stage], float]]] = {
    "scale": ("total", lambda _n: 1, lambda n, at: variance(n * at.samples, at.level, at.miss)),
    "scale_down": ("total", lambda _n: 1, lambda n, at: smaller_variance(n * at.samples, at.level, at.miss)),
    "variance": ("coefficient", lambda n: n, lambda _n, at: variance(at.samples, at.level, at.miss)),
    "variance_down": (
        "coefficient",
        lambda n: n,
        lambda _n, at: smaller_variance(at.samples, at.level, at.miss),
    ),
    "correlation": (
        "pair",
        lambda n: n * (n - 1) // 2,
        lambda _n, at: correlated(at.samples, at.level, at.miss),
    ),
    "offset": ("mean", lambda n: n + 1, lambda _n, at: offset(at.samples, at.level, at.miss)),
    "trend": (
        "direction",
        lambda _n: DIRECTIONS,
        lambda n, at: quadratic(trend(n), at.samples, at.level, at.miss),
    ),
    "correlations": (
        "omnibus",
        lambda _n: 1,
        lambda n, at: dependence(n, at.samples, at.level, at.miss),
    ),
}
