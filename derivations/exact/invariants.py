"""Rank and determinant of Sigma, exactly, block by block.

The real chart is an orthonormal change of basis of the signed coefficients, so Sigma has the rank and the
determinant of C = c N S N: rank S, and c^n prod N^2 det S.
"""

from fractions import Fraction

from sympy import Expr, Integer, Rational

from derivations.exact.blocks import blocks, fraction
from derivations.exact.grid import COVARIANCE, ExactGrid


def exact_rank(grid: ExactGrid, lmax: int) -> int:
    """Return the rank of Sigma for the quadrature transform and unit pixel variance.

    >>> from derivations.grids import Healpix
    >>> exact_rank(Healpix(1), 3)
    12
    """
    return sum(block.covariance.rank() for block in blocks(grid, lmax))


def exact_determinant(grid: ExactGrid, lmax: int) -> Expr:
    """Return det Sigma for the quadrature transform and unit pixel variance, a power of pi times a rational.

    >>> from derivations.grids import Healpix
    >>> exact_determinant(Healpix(1), 1)
    722*pi**4/59049
    """
    value = Fraction(1)
    for block in blocks(grid, lmax):
        value *= fraction(block.covariance.det())
        for square in block.squares:
            value *= square
    return grid.prefactor(COVARIANCE) ** Integer((lmax + 1) ** 2) * Rational(value)
