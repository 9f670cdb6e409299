"""Shape: whether white draws are Gaussian, by bounded functions of them whose laws are exact.

Sums of z^3 and z^4 have no moment generating function, hence no exact tail. In their place stand

    odd  = (z^3 - a z) v^2,    even = (z^4 - b z^2 + c) v^2,    v = 1/(1 + z^2/D),

damped Hermite polynomials: bounded, and blind to mean and variance to first order because a, b, c make them
orthogonal to z, and to 1 and z^2 - 1, under the normal density. Against small skewness and kurtosis (third
and fourth term of the Gram-Charlier series) they need 1/0.891 and 1/0.856 of the draws that the undamped ones
would. The law of a sum of N of them is exact: K(s) = N log E exp(s h(Z)) by the trapezoidal rule over the
normal density, which converges exponentially, and its tail by the integral of `tails`.

A factor common to all coefficients of a draw, or draws whose coefficients depend on each other, leave every
single coefficient almost as it should be. They show in |z|^2, chi-square of r: its normal score V is exactly
standard normal, and the sum of V^2 over K draws is chi-square of K.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.verify.tails import Law, chi_square, tails, two_sided

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]
DAMPING = 16.0  # D: larger is more powerful, and leaves the tails to rarer draws
FEWEST = 100  # terms of a sum: with fewer, exp K decays too slowly on the path
GRID = 40.0  # of z: the normal density ends before it
SPACING = 0.2
CUT = 40.0  # a density below exp(-CUT) of its peak counts for nothing
INSIDE = 0.9  # of their bounds: sums beyond are taken to lie there
LARGEST = 37.0  # normal scores beyond have no double for their p
HELD = 1 << 14  # draws times coefficients held at a time
TOGETHER = 1 << 12  # sums whose tails are found at a time
NEWTON, SHORTEST = 50, 1e-6  # steps of Newton's method, and the least part of one
CONVERGED = 1e-16  # what a step would gain, a term
ODD, EVEN = 0, 1


def shape_sums(white: Floats) -> Floats:
    """Return the sums of odd and even over draws (K, r): (2, r)."""
    a, b, c = _orthogonal()
    sums = np.zeros((2, white.shape[1]))
    rows = max(1, HELD // max(1, white.shape[1]))
    for first in range(0, white.shape[0], rows):  # parts that stay in the cache
        z = white[first : first + rows]
        square = z * z
        damping = square / DAMPING
        damping += 1
        np.reciprocal(damping, out=damping)
        damping *= damping
        term = square - b
        term *= square
        term += c
        sums[EVEN] += np.einsum("kr,kr->r", term, damping)
        square -= a
        square *= z
        sums[ODD] += np.einsum("kr,kr->r", square, damping)
    return sums


def energy_sum(white: Floats) -> float:
    """Return the sum of squared normal scores of |z|^2 over draws (K, r)."""
    half, energy = white.shape[1] / 2, np.sum(white * white, axis=1) / 2
    smaller = np.minimum(special.gammainc(half, energy), special.gammaincc(half, energy))
    scores = np.minimum(-special.ndtri(smaller), LARGEST)
    return float(scores @ scores)


def shape_log_p(sums: Floats, terms: int, kind: int) -> Floats:
    """Return log of the two-sided p of sums (M,) of so many odd (kind 0) or even (kind 1) functions.

    A sum beyond INSIDE of its bounds has at most the p that is returned.

    Raises
    ------
    ValueError
        for fewer terms than FEWEST.
    """
    if terms < FEWEST:
        raise ValueError(f"the law of a sum needs at least {FEWEST} terms, got {terms}; draw more")
    values = _values(kind)
    mean = np.clip(np.asarray(sums, float) / terms, INSIDE * values.min(), INSIDE * values.max())
    law, found = _law(values, terms), np.empty(mean.size)
    for first in range(0, mean.size, TOGETHER):
        part = slice(first, first + TOGETHER)
        found[part] = two_sided(*tails(terms * mean[part], law))
    return found


def energy_log_p(energy: float, count: int) -> Floats:
    """Return log of the two-sided p of the sum of squared scores, (1,)."""
    return chi_square(np.array([energy]), count)


def exponential_family(odd: float, even: float, terms: int) -> tuple[float, tuple[float, float]]:
    """Return the best log-likelihood ratio of density phi(z) exp(a odd + b even)/c over normal, and (a, b).

    For sums of both functions over so many values.
    """
    values, density = np.stack([_values(ODD), _values(EVEN)]), _log_weight()
    target = np.array([odd, even]) / terms
    tilt = np.zeros(2)

    def ratio(tilt: Floats) -> float:
        return float(tilt @ target - special.logsumexp(tilt @ values + density))

    for _ in range(NEWTON):
        exponent = tilt @ values + density
        weight = np.exp(exponent - special.logsumexp(exponent))
        mean = values @ weight
        away = values - mean[:, None]
        step = np.linalg.solve((away * weight) @ away.T + 1e-12 * np.eye(2), target - mean)
        if float(step @ (target - mean)) < CONVERGED:
            break
        length = 1.0
        while length > SHORTEST and ratio(tilt + length * step) < ratio(tilt):
            length /= 2
        if length <= SHORTEST:
            break
        tilt = tilt + length * step
    return terms * max(0.0, ratio(tilt)), (float(tilt[0]), float(tilt[1]))


def _law(values: Floats, terms: int) -> Law:
    """Return the law of a sum of terms, each a function of its own normal, given on the grid."""
    density, bound = _log_weight(), float(np.abs(values).max())

    def exponents(s: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the values that count, log of the density tilted by s, and what was taken off each row."""
        near = density > density.max() - CUT - 2 * bound * float(np.abs(s).max())
        tilted = np.multiply.outer(s, values[near])
        tilted += density[near]
        peak = tilted.max(axis=1, keepdims=True)
        tilted -= peak
        return values[near], tilted, peak

    def cumulant(s: Complex) -> Complex:
        held, rest, peak = exponents(s.real[:, 0])  # the real part of s is the same all along the path
        weight, moment = np.exp(rest), np.empty_like(s)
        ends, path = np.unique(s.imag[:, -1], return_inverse=True)
        for number in range(ends.size):  # sums whose path has the same imaginary parts share its waves
            rows = path == number
            turn = np.multiply.outer(held, s.imag[np.argmax(rows)])
            moment[rows] = weight[rows] @ np.cos(turn) + 1j * (weight[rows] @ np.sin(turn))
        return np.asarray(terms * (np.log(moment) + peak))

    def slopes(s: Floats) -> tuple[Floats, Floats, Floats]:
        held, rest, _ = exponents(s)
        centre = float(held.mean())  # of the values: less is lost in moments about it
        away = held - centre
        total, *raw = (np.exp(rest, out=rest) @ away[:, None] ** np.arange(4)).T
        first, second, third = (moment / total for moment in raw)
        variance = second - first**2
        return terms * (first + centre), terms * variance, terms * (third - first * (3 * variance + first**2))

    return Law(cumulant, slopes, bends=False)


def _grid() -> Floats:
    return np.asarray(SPACING * np.arange(-round(GRID / SPACING), round(GRID / SPACING) + 1))


def _log_weight() -> Floats:
    """Return the log of the normal density on the grid, its sum one to the last digit."""
    exponent = -(_grid() ** 2) / 2
    return np.asarray(exponent - np.log(np.exp(exponent).sum()))


def _values(kind: int) -> Floats:
    a, b, c = _orthogonal()
    z = _grid()
    polynomial = z**3 - a * z if kind == ODD else z**4 - b * z**2 + c
    return np.asarray(polynomial / (1 + z * z / DAMPING) ** 2)


@cache
def _orthogonal() -> tuple[float, float, float]:
    """Return a, b, c: odd is orthogonal to z, even to 1 and to z^2 - 1."""
    z, weight = _grid(), np.exp(_log_weight())
    weight = weight / (1 + z * z / DAMPING) ** 2
    moment = [float(weight @ z**power) for power in range(0, 8, 2)]
    a = moment[2] / moment[1]
    b, c = np.linalg.solve([[moment[1], -moment[0]], [moment[2], -moment[1]]], [moment[2], moment[3]])
    return a, float(b), float(c)
