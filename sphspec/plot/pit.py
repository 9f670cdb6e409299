"""Whether p-values are uniform: their empirical distribution less the uniform one, with a band."""

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from sphspec import _validate as check
from sphspec.plot.colours import COLOURS, axes_of

Floats = NDArray[np.float64]
POINTS = 100  # at which the distribution is compared
NORMAL = 2000  # values, from which the path is as good as a Brownian bridge
STEPS = 161  # of the bridge's height on which its law is followed
NEAR = 1e-3  # of the band's width, or of the log of its level


def pit_ecdf(values: ArrayLike, ax: Axes | None = None, *, level: float = 0.95, **style: Any) -> Line2D:
    """Draw F_N(p) - p of N values that should be uniform on (0, 1), with a simultaneous band.

    The band holds at POINTS places together with probability `level` for independent values: binomial
    intervals at each, their common level found from the law of the whole path (a Markov chain), exactly.
    (Saeilynoja, Buerkner, Vehtari, Stat. Comput. 32, 2022, find it by simulation or optimisation.)

    Parameters
    ----------
    values : (N,) in [0, 1]
    ax : where; the current Axes without
    level : of the band, in (0, 1)
    style : of `Axes.plot`

    Raises
    ------
    ValueError
        for values outside of [0, 1] or none at all, or a level out of range.
    """
    array = np.sort(check.real_array("values", values).ravel())
    if not array.size or array[0] < 0 or array[-1] > 1:
        raise ValueError("values must be probabilities between 0 and 1, at least one")
    if not 0 < check.positive("level", level) < 1:
        raise ValueError(f"level must be between 0 and 1, e.g. 0.95, got {level}")
    axes = axes_of(ax)
    at = np.arange(1, POINTS) / POINTS
    low, high = band(array.size, float(level))
    axes.fill_between(at, low - at, high - at, color="0.88", linewidth=0, step="mid")
    axes.axhline(0.0, color="0.5", linewidth=0.7)
    axes.set(xlabel="p", ylabel="share of values below p, less p", xlim=(0, 1))
    found = np.searchsorted(array, at, side="right") / array.size
    (drawn,) = axes.plot(at, found - at, **{"color": COLOURS[0], "drawstyle": "steps-mid", **style})
    return drawn


@lru_cache(maxsize=64)
def band(count: int, level: float) -> tuple[Floats, Floats]:
    """Return the ends of the simultaneous band of F_N at i/POINTS, i = 1 .. POINTS - 1."""
    at = np.arange(1, POINTS) / POINTS
    if count > NORMAL:
        width = _normal_width(level) * np.sqrt(at * (1 - at) / count)
        return np.clip(at - width, 0, 1), np.clip(at + width, 0, 1)

    def excess(log_gamma: float) -> float:
        return _inside(count, *_ends(count, at, float(np.exp(log_gamma)))) - level

    gamma = float(
        np.exp(optimize.brentq(excess, np.log((1 - level) / (4 * POINTS)), np.log(1 - level), xtol=NEAR))
    )
    low, high = _ends(count, at, gamma)
    return low / count, high / count


def _ends(count: int, at: Floats, gamma: float) -> tuple[Floats, Floats]:
    return stats.binom.ppf(gamma / 2, count, at), stats.binom.isf(gamma / 2, count, at)


def _inside(count: int, low: Floats, high: Floats) -> float:
    """Return the probability that low_i <= N F_N(i/POINTS) <= high_i for all i."""
    probability, states = np.ones(1), np.zeros(1, dtype=int)
    for place in range(POINTS - 1):
        step = 1.0 / (POINTS - place)  # of those that are left, the share in the next cell
        reached = np.arange(int(low[place]), int(high[place]) + 1)
        moves = stats.binom.pmf(reached[:, None] - states, count - states, step)
        probability, states = moves @ probability, reached
    return float(probability.sum())


@lru_cache(maxsize=8)
def _normal_width(level: float) -> float:
    """Return how many standard deviations wide the band of a Brownian bridge at these points is."""
    return float(optimize.brentq(lambda z: _bridge_inside(z) - level, 1.0, 6.0, xtol=NEAR))


def _bridge_inside(z: float) -> float:
    """Return the probability that |B(t)| <= z sqrt(t (1 - t)) at all points, B a Brownian bridge."""
    at = np.arange(1, POINTS) / POINTS
    heights = np.linspace(-z, z, STEPS)  # in standard deviations
    cell = heights[1] - heights[0]
    density = stats.norm.pdf(heights)
    for one, other in pairwise(at):
        correlation = np.sqrt(one * (1 - other) / (other * (1 - one)))
        spread = np.sqrt(1 - correlation**2)
        steps = (heights[:, None] - correlation * heights) / spread
        density = np.exp(-steps * steps / 2) @ density * (cell / (spread * np.sqrt(2 * np.pi)))
    return float(density.sum() * cell)
