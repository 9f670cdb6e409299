"""The slow, obvious versions: harmonics by scipy, covariances by plain matrix algebra."""

from fractions import Fraction
from math import comb, factorial, sqrt

import numpy as np
import pytest
from scipy.special import sph_harm_y

from sphspec import RingGrid


def whole(weights, counts=1):
    """Return ring weights scaled so that the weights of all points sum to 4 pi."""
    weights = np.asarray(weights, dtype=float)
    return weights * (4 * np.pi / np.sum(weights * counts))


def unwhole(*arguments):
    """Return a RingGrid whose weights do not sum to 4 pi, having seen the warning."""
    with pytest.warns(UserWarning, match="not to 4 pi"):
        return RingGrid(*arguments)


def real_harmonics(theta, phi, lmax):
    """Return Phi, (points, n): Y_l0, sqrt2 Re Y_lm, sqrt2 Im Y_lm at index l^2 + l + m."""
    matrix = np.empty((theta.size, (lmax + 1) ** 2))
    for l in range(lmax + 1):
        for m in range(-l, l + 1):
            value = sph_harm_y(l, abs(m), theta, phi)
            part = value.imag if m < 0 else value.real
            matrix[:, l * l + l + m] = part * (np.sqrt(2) if m else 1.0)
    return matrix


def operator_matrix(grid, lmax, kind, iterations=0):
    """Return A, (n, npix), for "jacobi" (0 iterations: quadrature) or "least-squares"."""
    phi = real_harmonics(grid.theta, grid.phi, lmax)
    adjoint = phi.T * grid.weights
    if kind == "least-squares":
        return np.linalg.solve(adjoint @ phi, adjoint)
    matrix, power = np.zeros_like(adjoint), adjoint
    for _ in range(iterations + 1):
        matrix = matrix + power
        power = power - adjoint @ (phi @ power)
    return matrix


def relative_error(found, expected):
    """Return max |dC| / sqrt(C_ii C_jj); coefficients that the grid cannot see count against the largest."""
    scale = np.sqrt(np.diagonal(expected))
    outer = np.outer(scale, scale)
    unseen = scale <= 1e-10 * scale.max()
    outer[unseen] = outer[:, unseen] = scale.max() ** 2
    return float(np.abs((found - expected) / outer).max())


def extended_legendre(theta, lmax, m):
    """Return lambda_lm(cos theta), l = m .. lmax, (lmax - m + 1, rings), all in extended precision."""
    z, sine = np.cos(theta), np.sin(theta)
    sine[np.abs(sine) < 1e-17] = 0
    first = np.full(theta.shape, np.sqrt(1 / (4 * np.longdouble("3.14159265358979323846264338327950288"))))
    for order in range(1, m + 1):
        first = -first * sine * np.sqrt(np.longdouble(2 * order + 1) / (2 * order))
    rows = [np.zeros_like(first), first]
    for l in range(m + 1, lmax + 1):
        up = np.sqrt(np.longdouble(4 * l * l - 1) / (l * l - m * m))
        down = np.sqrt(np.longdouble((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1))
        rows.append(up * (z * rows[-1] - down * rows[-2]))
    return np.array(rows[1:])


def exact_three_j(l, l2, top, m, m2):
    """Return (l l' L; m m' -m-m') by Racah's sum in integers, rounded once."""
    m3 = -m - m2
    n1, n2, n3 = l + l2 - top, l - l2 + top, l2 + top - l
    if min(n1, n2, n3) < 0 or abs(m3) > top or abs(m) > l or abs(m2) > l2:
        return 0.0
    low, high = max(0, l2 - top - m, l - top + m2), min(n1, l - m, l2 + m2)
    total = sum(
        (-1) ** t * comb(n1, t) * comb(n2, l - m - t) * comb(n3, l2 + m2 - t) for t in range(low, high + 1)
    )
    above = total**2
    for degree, order in ((l, m), (l2, m2), (top, m3)):
        above *= factorial(degree + order) * factorial(degree - order)
    below = factorial(n1) * factorial(n2) * factorial(n3) * factorial(l + l2 + top + 1)
    sign = (-1) ** (l - l2 - m3) * (1 if total >= 0 else -1)
    return sign * sqrt(Fraction(above, below))
