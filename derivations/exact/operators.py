"""Analysis operators in exact arithmetic: rational matrix functions of the Gram matrix.

On a block C_0 = c N S N and G = N T N, N the harmonics' norms, S and T rational. M = T N^2 is rational, and
Q(G) N = N Q(M) for every rational function Q, so C = Q(G) C_0 Q(G)^T = c N Q(M) S Q(M)^T N.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, runtime_checkable

from flint import fmpq_mat

from derivations.checks import integer
from derivations.exact.blocks import blocks, fraction
from derivations.exact.grid import ExactGrid, Key
from derivations.exact.sums import exact_sums


@runtime_checkable
class Operator(Protocol):
    """A = Q(G) Phi^T W."""

    def rational_parts(self, grid: ExactGrid, lmax: int) -> Iterator[tuple[Key, Fraction]]:
        """Yield what stands between the norms in every non-zero entry of C."""


@dataclass(frozen=True)
class Quadrature:
    """A0 = Phi^T W, Q = 1."""

    def rational_parts(self, grid: ExactGrid, lmax: int) -> Iterator[tuple[Key, Fraction]]:
        """Yield the ring sums themselves."""
        return exact_sums(grid, lmax)


@dataclass(frozen=True)
class Jacobi:
    """healpy's map2alm(iter=k): Q = sum over j <= k of (1 - G)^j."""

    iterations: int = 3

    def __post_init__(self) -> None:
        integer("iterations", self.iterations, 0)

    def rational_parts(self, grid: ExactGrid, lmax: int) -> Iterator[tuple[Key, Fraction]]:
        """Yield Q(M) S Q(M)^T by Q_(k+1) = 1 + (1 - M) Q_k."""
        for block in blocks(grid, lmax):
            one = _identity(len(block.names))
            rest, total = one - block.similar, one
            for _ in range(self.iterations):
                total = one + rest * total
            yield from _entries(block.names, total * block.covariance * total.transpose())


@dataclass(frozen=True)
class LeastSquares:
    """A = G^-1 Phi^T W, Q = 1/G."""

    def rational_parts(self, grid: ExactGrid, lmax: int) -> Iterator[tuple[Key, Fraction]]:
        """Yield M^-1 S M^-T.

        Raises
        ------
        ValueError
            for a singular Gram matrix.
        """
        for block in blocks(grid, lmax):
            rank = block.gram.rank()
            if rank < len(block.names):
                raise ValueError(
                    f"least squares: a block of {len(block.names)} coefficients has a Gram matrix of rank "
                    f"{rank}: the grid cannot tell them apart; lower lmax"
                )
            inverse = block.similar.inv()
            yield from _entries(block.names, inverse * block.covariance * inverse.transpose())


def _identity(size: int) -> fmpq_mat:
    return fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _entries(names: tuple[tuple[int, int], ...], matrix: fmpq_mat) -> Iterator[tuple[Key, Fraction]]:
    for i, row in enumerate(names):
        for j, column in enumerate(names):
            if matrix[i, j]:
                yield (*row, *column), fraction(matrix[i, j])
