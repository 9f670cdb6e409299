"""What exact arithmetic needs of a grid: its ring sums as rationals, and which orders its rings couple."""

from fractions import Fraction
from typing import Protocol, runtime_checkable

from sympy import Expr

Key = tuple[int, int, int, int]
Sums = dict[tuple[int, int], Fraction]

COVARIANCE, GRAM = 2, 1  # powers of the quadrature weights: u = w^2 in Sigma, w in the Gram matrix


@runtime_checkable
class ExactGrid(Protocol):
    """A grid with real phases whose ring sums are rational; weights are its own."""

    def prefactor(self, power: int) -> Expr:
        """Return the factor common to all sums: weights to a power, 1/(4 pi) of the harmonics."""

    def ring_sums(self, lmax: int, m: int, m2: int, k: int, power: int = COVARIANCE) -> Sums:
        """Return {(l, l2): sum over rings} of the weights to a power times n e^(i k phi0) Q_lm Q_l2m2.

        Q_lm = (1-z^2)^(m/2) d^m P_l/dz^m, orders m, m2 >= 0, azimuthal frequency k; zeros left out.
        """

    @property
    def symmetric(self) -> bool:
        """Whether rings and weights are symmetric about the equator."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state its geometry."""

    def couples(self, k: int) -> bool:
        """Tell whether the points of some ring off the poles divide k, so that frequency k survives."""
