"""The law on a grid with exact ring sums: Sigma = c N S N in chart R1, S rational; L by exact elimination.

c/pi is rational, N_lm = (-1)^m sqrt((2l+1)(l-|m|)!/(l+|m|)! (2 - delta_m0)), so S = L_q D L_q^T over the
rationals and L = sqrt(c) N L_q sqrt(D), its columns turned so that the diagonal is positive: every entry is
the square root of pi times a rational.
"""

from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq
from sympy import pi

from derivations.exact.components import components, degree_order, index
from derivations.exact.entries import QUADRATURE, real_parts
from derivations.exact.grid import COVARIANCE, ExactGrid
from derivations.exact.sums import norm_squared
from derivations.standalone.elimination import ldl
from derivations.standalone.law import Entry, Law, UndecidedError, nearest

START, LAST = 256, 1 << 16  # bits
COLUMNS = "i, j, numerator, denominator, radicand"
MEANING = "Sigma[i, j] = pi * numerator / denominator * sqrt(radicand)"
ENTRY_TYPE = "tuple[int, int, int, int, int, float]"


def exact_law(grid: ExactGrid, lmax: int) -> Law:
    """Return Sigma of unit pixel variance and its Cholesky factor."""
    common = grid.prefactor(COVARIANCE) / pi
    if not common.is_Rational:
        raise ValueError(f"{grid!r}: the entries are not pi times a root of a rational")
    scale = Fraction(int(common.p), int(common.q))
    entries: list[Entry] = []
    sums: dict[tuple[int, int], Fraction] = {}
    for (l, m, l2, m2), value, square in real_parts(dict(QUADRATURE.rational_parts(grid, lmax))):
        row, column = index(l, m), index(l2, m2)
        sums[row, column] = value / 2 if m and m2 else value
        if row <= column:
            rational = scale * (-value if (m + m2) % 2 else value)
            root = norm_squared(l, m) * norm_squared(l2, m2) * square
            entries.append(_entry(row, column, rational, root))
    factor = _factor(sums, scale, lmax)
    ordered = tuple(sorted(entries, key=lambda entry: (entry.row, entry.column)))
    rank = len({column for _, column, _ in factor})
    return Law(lmax, ordered, factor, rank, COLUMNS, MEANING, ENTRY_TYPE)


def _factor(
    sums: dict[tuple[int, int], Fraction], scale: Fraction, lmax: int
) -> tuple[tuple[int, int, float], ...]:
    """Return the non-zero entries of L, block by block: in balls, or over Q where a pivot may be zero."""
    factor: list[tuple[int, int, float]] = []
    for places in components(sums, (lmax + 1) ** 2):
        block = [[_flint(sums.get((i, j), Fraction(0))) for j in places] for i in places]
        squares = [_flint(norm_squared(*degree_order(place)) * scale) for place in places]
        orders = [degree_order(place)[1] for place in places]
        norms = [square * (2 if m else 1) for square, m in zip(squares, orders, strict=True)]
        for i, k, value in _block_factor(block, norms):
            turned = (orders[i] + orders[k]) % 2
            factor.append((places[i], places[k], -value if turned else value))
    return tuple(sorted(factor))


def _block_factor(block: list[list[fmpq]], norms: list[fmpq]) -> list[tuple[int, int, float]]:
    """Return the entries sqrt(pi norms_i D_k) L_ik of a block, each the nearest double."""
    exact: tuple[list[list[fmpq]], list[fmpq]] | None = None
    bits, before = START, ctx.prec
    try:
        while bits <= LAST:
            ctx.prec = bits
            try:
                lower, pivots = exact or ldl([[arb(value) for value in row] for row in block])
                return _rounded_factor(lower, pivots, norms)
            except ArithmeticError:  # a pivot that a ball cannot tell from zero
                exact = ldl(block)
            except UndecidedError:
                bits *= 2
    finally:
        ctx.prec = before
    raise AssertionError("a root of pi times a rational is never halfway between doubles")


def _rounded_factor(
    lower: list[list[Any]], pivots: list[Any], norms: list[fmpq]
) -> list[tuple[int, int, float]]:
    roots = [(arb.pi() * norm).sqrt() for norm in norms]
    return [
        (i, k, nearest(lower[i][k] * arb(pivot).sqrt() * roots[i]))
        for k, pivot in enumerate(pivots)
        for i in range(k, len(pivots))
        if pivot != 0 and lower[i][k] != 0
    ]


def _entry(row: int, column: int, rational: Fraction, square: Fraction) -> Entry:
    value = _rounded(rational, square)
    outside, radicand = _square_free(square.numerator * square.denominator)
    exact = rational * Fraction(outside, square.denominator)
    return Entry(row, column, f"{exact.numerator}, {exact.denominator}, {radicand}", value)


def _square_free(number: int) -> tuple[int, int]:
    """Return (a, b) with number = a^2 b, b square-free; the prime factors of norms are small."""
    outside, inside, prime = 1, 1, 2
    while prime * prime <= number:
        power = 0
        while number % prime == 0:
            number, power = number // prime, power + 1
        outside, inside = outside * prime ** (power // 2), inside * prime ** (power % 2)
        prime += 1
    return outside, inside * number


def _rounded(rational: Fraction, square: Fraction) -> float:
    """Return the double nearest to rational sqrt(square) pi."""
    bits, before = START, ctx.prec
    try:
        while bits <= LAST:
            ctx.prec = bits
            try:
                return nearest(arb(_flint(square)).sqrt() * arb.pi() * _flint(rational))
            except UndecidedError:
                bits *= 2
    finally:
        ctx.prec = before
    raise AssertionError("pi times a root of a rational is never halfway between doubles")


def _flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
