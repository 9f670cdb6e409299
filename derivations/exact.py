"""Exact entries, T3: every E[a_lm conj(a_l2m2)] of unit pixel variance as pi^a sqrt(q) r, q and r rational.

A grid gives the exact ring sums of u n (1-z^2)^((m+m2)/2) D_lm D_l2m2 e^(i k phi0) over its rings,
D_lm = d^m P_l/dz^m; the norms of the harmonics give the square root.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

from sympy import Expr, Integer, Rational, sqrt

Key = tuple[int, int, int, int]
Sums = dict[tuple[int, int], Fraction]


class ExactGrid(Protocol):
    """What the exact covariance needs of a grid."""

    @property
    def prefactor(self) -> Expr:
        """The factor common to all entries: weights, 1/(4 pi) of the harmonics."""

    def ring_sums(self, lmax: int, m: int, m2: int, k: int) -> Sums:
        """Return {(l, l2): sum} for orders m, m2 >= 0 at azimuthal frequency k; zeros left out."""


def exact_covariance(grid: ExactGrid, lmax: int) -> dict[Key, Expr]:
    """Return {(l, m, l2, m2): E[a_lm conj(a_l2m2)]} per unit pixel variance, orders signed, zeros left out.

    Parameters
    ----------
    grid : derivations.grids.Healpix(nside) or derivations.grids.GaussLegendre(nlat, nlon)
    lmax : band limit, inclusive, >= 0

    Returns
    -------
    SymPy numbers pi^a sqrt(q) r, with the grid's quadrature weights (HEALPix 4 pi/N).

    Source: our derivation (ring-sum, healpix-rings, gauss-legendre-rings).

    >>> from derivations.grids import Healpix
    >>> exact_covariance(Healpix(1), 2)[0, 0, 2, 0]
    -sqrt(5)*pi/54
    """
    if lmax < 0:
        raise ValueError(f"lmax must be >= 0, got {lmax}")
    return {
        (l, m, l2, m2): grid.prefactor * _root(l, abs(m), l2, abs(m2)) * Rational(value)
        for (l, m, l2, m2), value in exact_sums(grid, lmax)
    }


def exact_sums(grid: ExactGrid, lmax: int) -> Iterator[tuple[Key, Fraction]]:
    """Yield the rational part of every non-zero entry: the ring sums with the signs of negative orders."""
    for m in range(lmax + 1):
        for m2 in range(lmax + 1):
            for sign in (1, -1) if m2 else (1,):
                sums = grid.ring_sums(lmax, m, m2, sign * m2 - m)
                parity = m2 if sign < 0 else 0  # lambda_(l,-m) = (-1)^m lambda_lm
                for (l, l2), value in sums.items():
                    signed = -value if parity % 2 else value
                    yield (l, m, l2, sign * m2), signed
                    if m:  # C(-m, -m2) = (-1)^(m+m2) conj C(m, m2), real here
                        yield (l, -m, l2, -sign * m2), -signed if (m + m2) % 2 else signed


def _root(l: int, m: int, l2: int, m2: int) -> Expr:
    """Return sqrt((2l+1)(2l2+1)(l-m)!(l2-m2)!/((l+m)!(l2+m2)!)) (-1)^(m+m2), the harmonics' norms."""
    square = Fraction((2 * l + 1) * (2 * l2 + 1))
    square /= _falling(l, m) * _falling(l2, m2)
    return Integer((-1) ** (m + m2)) * sqrt(Rational(square))


def _falling(l: int, m: int) -> int:
    product = 1
    for factor in range(l - m + 1, l + m + 1):
        product *= factor
    return product
