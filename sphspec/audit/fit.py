"""One explanation of draws: what it gains in likelihood, what it costs, and its effect with an interval."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from scipy import optimize, stats

Estimate = tuple[float, float, float]  # of a size: itself, and its interval
LEVEL = 0.99  # of every interval
EXACT = "exact (chi-square)"
PROFILE = "profile likelihood (asymptotic)"


@dataclass(frozen=True)
class Fit:
    """One explanation of the draws.

    Attributes
    ----------
    defect, detail : name, and what it is about
    gain : log-likelihood over the claim's, in nats
    free : numbers that were fitted
    estimate : size of the defect, and its interval at LEVEL
    meaning : what the effect is
    how : how the interval was found
    rivals : fits of the same defect
    """

    defect: str
    detail: str
    gain: float
    free: int
    estimate: Estimate
    meaning: str
    how: str
    rivals: int = 1

    def score(self, count: int) -> float:
        """Return the gain less what the fit pays for its freedom, in so many draws."""
        return self.gain - self.free * math.log(count) / 2 - math.log(self.rivals)

    @property
    def effect(self) -> float:
        """The size."""
        return self.estimate[0]

    @property
    def interval(self) -> tuple[float, float]:
        """Its interval."""
        return self.estimate[1], self.estimate[2]


def variance_interval(squares: float, freedom: float) -> tuple[float, float, float]:
    """Return f and its exact interval for a sum of squares that is f times a chi-square."""
    tail = (1 - LEVEL) / 2
    quantiles = stats.chi2.isf([tail, 1 - tail], freedom)
    return squares / freedom, float(squares / quantiles[0]), float(squares / quantiles[1])


def profile(gain: Callable[[float], float], low: float, high: float) -> tuple[float, float, float]:
    """Return the maximum of a gain over (low, high), 0 inside, and where it falls by half a chi-square."""
    found = [
        optimize.minimize_scalar(lambda x: -gain(x), bounds=ends, method="bounded", options={"xatol": 1e-9})
        for ends in ((low, 0.0), (0.0, high))
    ]
    best = float(min(found, key=lambda each: each.fun).x)
    floor = gain(best) - float(stats.chi2.isf(1 - LEVEL, 1)) / 2
    ends = []
    for end in (low, high):
        if gain(end) >= floor:
            ends.append(end)
            continue
        ends.append(float(optimize.brentq(lambda x: max(gain(x), -1e300) - floor, best, end)))
    return best, ends[0], ends[1]


def ranked(fits: list[Fit], count: int) -> list[Fit]:
    """Return fits by what they explain, each paying for its freedom and for its rivals, the best first."""
    rivals = {defect: sum(fit.defect == defect for fit in fits) for defect in {fit.defect for fit in fits}}
    paid = [replace(fit, rivals=rivals[fit.defect]) for fit in fits]
    return sorted(paid, key=lambda fit: (-fit.score(count), fit.free, fit.defect, fit.detail))
