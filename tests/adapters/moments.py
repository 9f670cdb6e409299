"""What an adapter's draws say of the two things that go wrong: power at m = 0, variance by latitude."""

from dataclasses import dataclass

import numpy as np
from oracles import real_harmonics
from scipy import stats

from sphspec import LeastSquares
from sphspec.conventions import degrees_orders

LEVEL = 0.95
LONGITUDES = 16  # of the equator, equispaced


@dataclass(frozen=True)
class Ratio:
    """A ratio of variances with its interval at LEVEL."""

    value: float
    low: float
    high: float

    def holds(self, value):
        """Tell whether the interval holds a value."""
        return self.low <= value <= self.high

    def __str__(self):
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


@dataclass(frozen=True)
class Moments:
    """Ratios of variances over C_l, by order, and of the field's variances at the poles and the equator."""

    draws: int
    level: Ratio  # m != 0, over the C_l that is claimed
    zonal: Ratio  # m = 0 over m != 0
    sines: Ratio  # m < 0 over m > 0
    poles: Ratio  # variance of the field at the poles over that at the equator


def moments(adapter, seed, draws):
    """Return the moments of an adapter's draws: F and chi-square intervals, the delta method's for poles."""
    sample = adapter.sampler(np.random.default_rng(seed), draws)
    lmax = adapter.cl.size - 1
    alpha = sample if adapter.grid is None else LeastSquares(adapter.grid, lmax)(sample)
    degrees, orders = degrees_orders(lmax)
    seen = adapter.cl[degrees] > 0
    white = alpha[:, seen] ** 2 / adapter.cl[degrees][seen]
    sign = np.sign(orders[seen])
    theta = np.r_[0.0, np.pi, np.full(LONGITUDES, np.pi / 2)]
    phi = np.r_[0.0, 0.0, 2 * np.pi * np.arange(LONGITUDES) / LONGITUDES]
    square = (alpha @ real_harmonics(theta, phi, lmax).T) ** 2
    return Moments(
        draws,
        _chi_square(white[:, sign != 0]),
        _ratio(white[:, sign == 0], white[:, sign != 0]),
        _ratio(white[:, sign < 0], white[:, sign > 0]),
        _delta(square[:, :2].mean(axis=1), square[:, 2:].mean(axis=1)),
    )


def _chi_square(squares):
    tail, total, count = (1 - LEVEL) / 2, squares.sum(), squares.size
    return Ratio(total / count, total / stats.chi2.isf(tail, count), total / stats.chi2.ppf(tail, count))


def _ratio(above, below):
    """Return the ratio of mean squares: F-distributed about the truth where coefficients are independent."""
    ratio, tail = above.mean() / below.mean(), (1 - LEVEL) / 2
    law = stats.f(above.size, below.size)
    return Ratio(ratio, ratio / law.isf(tail), ratio / law.ppf(tail))


def _delta(above, below):
    """Return a ratio of means over draws of paired values, with its interval in the logarithm."""
    ratio = above.mean() / below.mean()
    spread = np.std(above / above.mean() - below / below.mean(), ddof=1) / np.sqrt(above.size)
    reach = np.exp(stats.norm.isf((1 - LEVEL) / 2) * spread)
    return Ratio(ratio, ratio / reach, ratio * reach)
