"""Exact entries, T3: every second moment of unit pixel noise as pi^a sqrt(q) r, q and r rational.

A grid gives the exact ring sums of u n (1-z^2)^((m+m2)/2) D_lm D_l2m2 e^(i k phi0) over its rings,
D_lm = d^m P_l/dz^m; the norms of the harmonics give the square root.
"""

from collections.abc import Iterator
from fractions import Fraction

from sympy import Expr, Rational, sqrt

from derivations.exact.grid import COVARIANCE, ExactGrid, Key
from derivations.exact.operators import Operator, Quadrature
from derivations.exact.sums import norm_squared

QUADRATURE = Quadrature()


def exact_covariance(grid: ExactGrid, lmax: int, operator: Operator = QUADRATURE) -> dict[Key, Expr]:
    """Return {(l, m, l2, m2): C = E[a_lm conj(a_l2m2)]} per unit pixel variance, orders signed, no zeros.

    Parameters
    ----------
    grid : one of derivations.grids, e.g. Healpix(nside), GaussLegendre(nlat, nlon), Equiangular(nlat, nlon)
    lmax : band limit, inclusive, >= 0
    operator : Quadrature(), Jacobi(iterations) or LeastSquares() of derivations.exact

    Returns
    -------
    SymPy numbers pi^a sqrt(q) r, with the grid's quadrature weights (HEALPix 4 pi/N).

    Raises
    ------
    ValueError
        for a negative lmax, where odd nlon couples orders of different parity (the cure is named), or for
        least squares on a grid that cannot tell the coefficients apart.

    Source: our derivation (ring-sum, exact-operators and the rings of each grid).

    >>> from derivations.grids import Healpix
    >>> exact_covariance(Healpix(1), 2)[0, 0, 2, 0]
    -sqrt(5)*pi/54
    """
    return {key: _entry(grid, key, value) for key, value in _rational_parts(grid, lmax, operator)}


def exact_relation(grid: ExactGrid, lmax: int, operator: Operator = QUADRATURE) -> dict[Key, Expr]:
    """Return {(l, m, l2, m2): P = E[a_lm a_l2m2]}, P = (-1)^m2 C_(lm,l2 -m2); otherwise as exact_covariance.

    >>> from derivations.grids import Healpix
    >>> exact_relation(Healpix(1), 2)[1, 1, 1, -1]
    -19*pi/54
    """
    found = {}
    for (l, m, l2, m2), value in _rational_parts(grid, lmax, operator):
        found[l, m, l2, -m2] = _entry(grid, (l, m, l2, m2), -value if m2 % 2 else value)
    return found


def exact_real_covariance(grid: ExactGrid, lmax: int, operator: Operator = QUADRATURE) -> dict[Key, Expr]:
    """Return {(l, m, l2, m2): Sigma} in the real chart R1, m < 0 for sine parts; else as exact_covariance.

    C and P are real on these grids, so cosine and sine parts do not mix: Sigma = C + P for two cosine parts,
    C - P for two sine parts (orders taken absolute), sqrt2 C between order 0 and a cosine part.

    >>> from derivations.grids import Healpix
    >>> sigma = exact_real_covariance(Healpix(1), 2)
    >>> sigma[2, -2, 2, -2] / sigma[2, 2, 2, 2]
    50/81
    """
    parts = dict(_rational_parts(grid, lmax, operator))
    return {key: _entry(grid, key, value, square) for key, value, square in real_parts(parts)}


def _rational_parts(grid: ExactGrid, lmax: int, operator: Operator) -> Iterator[tuple[Key, Fraction]]:
    if isinstance(operator, type) or not isinstance(operator, Operator):
        raise ValueError(f"operator must be Quadrature(), Jacobi(3) or LeastSquares(), got {operator!r}")
    return operator.rational_parts(grid, lmax)


def real_parts(parts: dict[Key, Fraction]) -> Iterator[tuple[Key, Fraction, int]]:
    """Yield the rational part of every non-zero entry of Sigma, with the square of a further factor."""
    zero = Fraction(0)
    for (l, m, l2, m2), value in parts.items():
        if m == 0 and m2 == 0:
            yield (l, m, l2, m2), value, 1
        elif m == 0 or m2 == 0:
            if m + m2 > 0:
                yield (l, m, l2, m2), value, 2
        elif m > 0 and (m2 > 0 or (l, m, l2, -m2) not in parts):
            partner = parts.get((l, m, l2, -abs(m2)), zero)
            relation = -partner if m2 % 2 else partner
            direct = parts.get((l, m, l2, abs(m2)), zero)
            if direct + relation:
                yield (l, m, l2, abs(m2)), direct + relation, 1
            if direct - relation:
                yield (l, -m, l2, -abs(m2)), direct - relation, 1


def _entry(grid: ExactGrid, key: Key, value: Fraction, square: int = 1) -> Expr:
    """Return prefactor * N_lm N_l2m2 sqrt(square) * value, N_lm = (-1)^m sqrt(norm_squared)."""
    l, m, l2, m2 = key
    root = sqrt(Rational(norm_squared(l, m) * norm_squared(l2, m2) * square))
    return grid.prefactor(COVARIANCE) * root * Rational(-value if (m + m2) % 2 else value)
