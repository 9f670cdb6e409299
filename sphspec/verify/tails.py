"""Tails of chi-square, normal and any law with a cumulant generating function, as log p to the last digits.

    P(q > x) = (1/2 pi i) int exp(Phi(s)) ds,  Phi(s) = K(s) - s x - log s,  K(s) = log E exp(s q),

over a path from -i inf to i inf that crosses the real axis right of the pole, 0 < s; for P(q < x) it crosses
left of it and -log(-s) stands in Phi. Phi is convex on the axis, so either tail has one saddlepoint s0, never
at the pole. From there a hyperbola s(t) = s0 + i w sinh t + d (cosh t - 1), w = Phi''(s0)^-1/2, follows the
steepest descent, and the trapezoidal rule in t converges exponentially: a tail is exp(Phi(s0)) times a sum of
order one, as exact at 1e-1000 as at 0.1. (Rice, SIAM J. Sci. Stat. Comput. 1, 438, 1980, with a parabola;
Lugannani and Rice, Adv. Appl. Prob. 12, 475, 1980, is the first term of an expansion about the same point.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]
STEP = 1 / 16  # of the trapezoidal rule: error exp(-2 pi a/STEP), a = 0.4 the least half width of analyticity
PATIENCE = 200  # steps; ten are many
CLOSE = 1e-2  # of the width w: a path through there is as good, and the tail is right on any
NODES = 48  # that are added at a time
SHARED = 8  # widths of upright paths an octave: sums share paths, and one a little off is as good
FARTHEST = 1500  # nodes: the slowest decay, exp(-t/2), is below rounding by then
EPS = float(np.finfo(np.float64).eps)
TINY = 1e-90  # chi-square values below which the first term of a series is exact
NEGLIGIBLE = 1e-18  # against the sum
LEANING = 0.25  # least d/w where the path bends, so that exp(-s x) decays on it
FARTHER = 1e10  # times the sum of |lambda_i| count: no form is taken to lie beyond, p is below exp(-1e9)
LOST = "a tail was not found: the draws or the claim are not finite"
TWO = float(np.log(2.0))


@dataclass(frozen=True)
class Law:
    """A cumulant generating function K(s), analytic off the real axis and convex on (low, high).

    Attributes
    ----------
    cumulant : complex s (M, nodes) -> K(s) (M, nodes), up to multiples of 2 pi i
    slopes : real s (M,) -> K'(s), K''(s), K'''(s), each (M,)
    low, high : where it ends; low < 0 < high
    bends : whether K is analytic off the real axis with an algebraic exp K, so that the path may bend with
        exp(-s x); for a bounded q it stays upright
    """

    cumulant: Callable[[Complex], NDArray[Any]]
    slopes: Callable[[Floats], tuple[Floats, Floats, Floats]]
    low: float = -np.inf
    high: float = np.inf
    bends: bool = True


def chi_square(values: ArrayLike, freedom: ArrayLike) -> Floats:
    """Return log of the two-sided p, 2 min(P(q < x), P(q > x)), of chi-square values x >= 0.

    K(s) = -(k/2) log(1 - 2 s), so either saddlepoint solves 2 x s^2 + (k - x + 2) s = 1.

    Parameters
    ----------
    values : x >= 0; beyond FARTHER times k/2 they are taken to lie there
    freedom : degrees of freedom k > 0, of the same shape or a scalar
    """
    x, k = (np.asarray(array, float) for array in np.broadcast_arrays(values, freedom))
    flat, half = x.ravel(), k.ravel() / 2
    if not np.all(np.isfinite(flat)):
        raise ArithmeticError(LOST)
    tiny, regular = flat < TINY, np.clip(flat, TINY, FARTHER * half)
    saddle = _chi_square_saddle(regular, 2 * half)
    ratio = 2 / (1 - 2 * saddle)
    smaller = _integral(
        regular,
        saddle,
        half * ratio**2,
        half * ratio**3 * 2,
        lambda s: -half[:, None] * np.log1p(-2 * s),
        True,
    )
    with np.errstate(divide="ignore"):
        leading = half * np.log(flat / 2) - special.gammaln(
            half + 1
        )  # P(q < x), exact but for a factor 1 - x
    smaller = np.where(tiny, leading, smaller)
    return two_sided(smaller, _complement(smaller)).reshape(x.shape)


def normal(values: ArrayLike) -> Floats:
    """Return log of the two-sided p of standard normal values."""
    tail = special.log_ndtr(-np.abs(np.asarray(values, float)))
    return two_sided(tail, tail)


def two_sided(upper: ArrayLike, lower: ArrayLike) -> Floats:
    """Return log of 2 min(P(q > x), P(q < x)) of the logs of both tails, at most 0."""
    smaller = np.minimum(upper, lower)
    if np.any(np.isnan(smaller)):
        raise ArithmeticError(LOST)
    return np.asarray(np.minimum(smaller + TWO, 0.0))


def quadratic_tails(x: float, eigenvalues: Floats, count: int) -> tuple[float, float]:
    """Return log P(q > x) and log P(q < x) of q = sum_i lambda_i X_i, X_i independent chi-square of `count`.

    K(s) = -(count/2) sum_i log(1 - 2 lambda_i s); eigenvalues of either sign. Those below rounding of the
    largest count for nothing, and x beyond FARTHER times the sum of |lambda_i| count is taken to lie there.

    Raises
    ------
    ValueError
        where all eigenvalues vanish.
    """
    values = np.asarray(eigenvalues, float)
    values = values[np.abs(values) > EPS * np.abs(values).max(initial=0.0)]
    if not values.size:
        raise ValueError("a quadratic form needs an eigenvalue other than 0")
    low = 0.5 / values.min() if values.min() < 0 else -np.inf
    high = 0.5 / values.max() if values.max() > 0 else np.inf
    if np.isinf(low) or np.isinf(high):
        sign, least = np.sign(values[0]), TINY * float(np.abs(values).max())
        if sign * x <= 0:
            return (0.0, -np.inf) if sign > 0 else (-np.inf, 0.0)
        x = sign * max(abs(x), least)

    bound = FARTHER * count * float(np.abs(values).sum())
    x = min(max(x, -bound), bound)

    def cumulant(s: Complex) -> Complex:
        return np.asarray(-count / 2 * np.log1p(-2 * np.multiply.outer(s, values)).sum(axis=-1))

    def slopes(s: Floats) -> tuple[Floats, Floats, Floats]:
        ratio = values / (1 - 2 * np.multiply.outer(s, values))
        square = ratio * ratio
        return (
            count * ratio.sum(axis=-1),
            2 * count * square.sum(axis=-1),
            8 * count * np.sum(square * ratio, axis=-1),
        )

    upper, lower = tails(np.array([x]), Law(cumulant, slopes, low, high))
    return float(upper[0]), float(lower[0])


def tails(x: Floats, law: Law) -> tuple[Floats, Floats]:
    """Return log P(q > x) and log P(q < x), (M,), of a continuous law: the smaller of them is integrated."""
    upper = x >= law.slopes(np.zeros(1))[0]
    saddle = _saddlepoints(x, law, upper)
    _, second, third = law.slopes(saddle)
    smaller = _integral(x, saddle, second, third, law.cumulant, law.bends)
    other = _complement(smaller)
    return np.where(upper, smaller, other), np.where(upper, other, smaller)


def _saddlepoints(x: Floats, law: Law, upper: NDArray[np.bool_]) -> Floats:
    """Return the roots of K'(s) - x - 1/s, increasing on either side of 0, to a small part of the width."""
    sign, end = np.where(upper, 1.0, -1.0), np.where(upper, law.high, -law.low)

    def slope(size: Floats) -> tuple[Floats, Floats]:
        first, second, _ = law.slopes(sign * size)
        return np.asarray(sign * (first - x) - 1 / size), np.asarray(second + size**-2.0)

    inner = outer = np.minimum(1 / np.sqrt(law.slopes(np.zeros(1))[1]), end / 2)
    for _ in range(PATIENCE):
        above = slope(inner)[0] > 0
        if not above.any():
            break
        inner, outer = np.where(above, inner / 4, inner), np.where(above, inner, outer)
    for _ in range(PATIENCE):
        below = slope(outer)[0] < 0
        if not below.any():
            break
        with np.errstate(invalid="ignore"):
            nearer = np.where(np.isinf(end), np.inf, end - (end - outer) / 4)
        inner, outer = np.where(below, outer, inner), np.where(below, np.minimum(4 * outer, nearer), outer)
    size = (inner + outer) / 2
    for _ in range(PATIENCE):
        height, incline = slope(size)
        if np.all(np.abs(height) <= CLOSE * np.sqrt(incline)):
            return np.asarray(sign * size)
        inner, outer = np.where(height > 0, inner, size), np.where(height > 0, size, outer)
        step = size - height / incline
        size = np.where((inner < step) & (step < outer), step, (inner + outer) / 2)
    raise ArithmeticError(LOST)


def _chi_square_saddle(x: Floats, k: Floats) -> Floats:
    """Return the root of 2 x s^2 + (k - x + 2) s = 1 on the smaller tail's side, without cancellation."""
    upper, middle = x >= k, k - x + 2
    root = np.hypot(middle, np.sqrt(8 * x))
    ahead = np.where(middle > 0, middle + root, root - middle)
    same = (middle > 0) == upper  # the root that 2/(middle +- root) gives
    return np.asarray(np.where(upper, 1.0, -1.0) * np.where(same, 2 / ahead, ahead / (4 * x)))


def _integral(
    x: Floats,
    saddle: Floats,
    second: Floats,
    third: Floats,
    cumulant: Callable[[Complex], NDArray[Any]],
    bends: bool,
) -> Floats:
    """Return log of the tails whose saddlepoints are given, all (M,); `cumulant` takes (M, nodes).

    `second` and `third` are derivatives of K at the saddlepoint; the pole adds 1/s^2 and -2/s^3.
    """
    curvature, skewness = second + saddle**-2.0, third - 2 * saddle**-3.0
    width = curvature**-0.5 if bends else np.exp2(np.round(-SHARED / 2 * np.log2(curvature)) / SHARED)
    lean = np.sign(x) * width * np.clip(np.sign(x) * skewness * width**3 / 3, LEANING, 1.0) * bends
    x, saddle, width, lean = (array[:, None] for array in (x, saddle, width, lean))
    peak = cumulant(saddle.astype(complex)).real - saddle * x - np.log(np.abs(saddle))
    total = np.zeros(x.shape[0])
    for first in range(0, FARTHEST, NODES):
        t = STEP * np.arange(first, first + NODES)
        s = saddle + 1j * width * np.sinh(t) + lean * (np.cosh(t) - 1)
        turn = width * np.cosh(t) - 1j * lean * np.sinh(t)  # s'(t)/i
        with np.errstate(under="ignore"):
            terms = (np.exp(cumulant(s) - s * x - np.log(s * np.sign(saddle)) - peak) * turn).real
        terms[:, t == 0] /= 2
        total += terms.sum(axis=1)
        if np.all(np.abs(terms[:, -1]) <= NEGLIGIBLE * total):
            break
    return np.asarray(peak[:, 0] + np.log(total * STEP / np.pi))


def _complement(log_p: Floats) -> Floats:
    """Return log(1 - p)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(log_p > -TWO, np.log(-np.expm1(log_p)), np.log1p(-np.exp(log_p))))
