"""Blocks of coefficients that couple, as rational matrices."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from derivations.exact.components import components, degree_order, index
from derivations.exact.grid import GRAM, ExactGrid, Key
from derivations.exact.sums import exact_sums, norm_squared

Name = tuple[int, int]


@dataclass(frozen=True)
class Block:
    """Coefficients that couple: their ring sums S (of w^2) and T (of w), and the squares of their norms.

    C = prefactor(2) N S N and G = N T N on the block, N^2 = diag(squares); T has the Gram matrix's prefactor
    in it.
    """

    names: tuple[Name, ...]
    covariance: fmpq_mat
    gram: fmpq_mat
    squares: tuple[Fraction, ...]

    @property
    def similar(self) -> fmpq_mat:
        """T N^2, rational and similar to the Gram matrix N T N."""
        size = len(self.names)
        norms = fmpq_mat(size, size)
        for place, square in enumerate(self.squares):
            norms[place, place] = rational(square)
        return self.gram * norms


def blocks(grid: ExactGrid, lmax: int) -> tuple[Block, ...]:
    """Return the blocks of coefficients (l, m), signed orders, that Sigma or the Gram matrix couples."""
    covariance, gram = dict(exact_sums(grid, lmax)), dict(exact_sums(grid, lmax, GRAM))
    scale = grid.prefactor(GRAM)
    if not scale.is_Rational:
        raise ValueError(f"the Gram matrix of {grid!r} has the irrational factor {scale}")
    factor = fmpq(int(scale.p), int(scale.q))
    found = []
    edges = ((index(*key[:2]), index(*key[2:])) for key in (*covariance, *gram))
    for places in components(edges, (lmax + 1) ** 2):
        names = tuple(degree_order(place) for place in places)
        squares = tuple(norm_squared(*name) for name in names)
        found.append(Block(names, _matrix(names, covariance), _matrix(names, gram) * factor, squares))
    return tuple(found)


def rational(value: Fraction) -> fmpq:
    """Return a fraction as flint's."""
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    """Return flint's rational as a fraction."""
    return Fraction(int(value.p), int(value.q))


def _matrix(names: tuple[Name, ...], entries: Mapping[Key, Fraction]) -> fmpq_mat:
    zero = Fraction(0)
    rows = [[rational(entries.get((*row, *column), zero)) for column in names] for row in names]
    return fmpq_mat(rows)
