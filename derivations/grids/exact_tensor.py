"""Exact ring sums on tensor grids whose ring cosines are the roots of a rational polynomial.

Nodes and weights are Galois-conjugate: the weight is one polynomial in z modulo the polynomial P of the
nodes, so the sum over the rings is a trace in Q[z]/(P), had by Newton's identities. Rings at the poles are
added.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpq_poly
from sympy import Expr, Integer, pi

from derivations.checks import integer
from derivations.exact.grid import COVARIANCE, Sums

SINE_SQUARED = fmpq_poly([1, 0, -1])


@dataclass(frozen=True)
class NodeRule:
    """A quadrature rule on [-1, 1]: nodes are the roots of `nodes`, the weight is a polynomial of the node.

    `north` and `south` are the weights of the nodes 1 and -1, zero where the rule has none.
    """

    nodes: fmpq_poly
    weight: fmpq_poly
    north: Fraction = Fraction(0)
    south: Fraction = Fraction(0)


@dataclass(frozen=True)
class TensorGrid(ABC):
    """Rings at the nodes of a rule, nlon points each from longitude 0."""

    nlat: int
    nlon: int

    def __post_init__(self) -> None:
        integer("nlat", self.nlat, 1)
        integer("nlon", self.nlon, 1)

    @property
    @abstractmethod
    def quadrature(self) -> NodeRule:
        """The quadrature rule in z."""

    @property
    @abstractmethod
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state the rule."""

    @property
    def symmetric(self) -> bool:
        """Whether the rings and weights are symmetric about the equator."""
        rule = self.quadrature
        return rule.north == rule.south and _is_even(rule.weight) and _is_even(rule.nodes)

    @property
    def pole_points(self) -> int:
        """Points that share a pole's weight."""
        return self.nlon

    def prefactor(self, power: int) -> Expr:
        """Return nlon (2 pi/nlon)^power of the ring weights over 4 pi of the harmonics."""
        return self.nlon * (2 * pi / Integer(self.nlon)) ** power / (4 * pi)

    def couples(self, k: int) -> bool:
        """Tell whether nlon divides k."""
        return k % self.nlon == 0

    def ring_sums(self, lmax: int, m: int, m2: int, k: int, power: int = COVARIANCE) -> Sums:
        """Return {(l, l2): sum over rings of w^power (1-z^2)^((m+m2)/2) D_lm D_l2m2} where nlon divides k.

        Raises
        ------
        ValueError
            where odd nlon couples orders of different parity: sqrt(1 - z^2) has no exact form here.
        """
        if not self.couples(k):
            return {}
        if (m + m2) % 2:
            raise ValueError(
                f"nlon = {self.nlon} couples m = {m} and m' = {m2} with sqrt(1 - z^2), which is not a "
                f"polynomial of the nodes; take nlon even or >= {2 * lmax + 1}"
            )
        rule = self.quadrature
        factor = rule.weight**power * SINE_SQUARED ** ((m + m2) // 2) % rule.nodes
        left = [factor * d % rule.nodes for d in self._derivatives(lmax, m)]
        right = self._derivatives(lmax, m2)
        north, south = self._pole_terms(power) if m == m2 == 0 else (Fraction(0), Fraction(0))
        symmetric = self.symmetric
        found: Sums = {}
        for l, weighted in enumerate(left, start=m):
            for l2, other in enumerate(right, start=m2):
                odd = (l + l2 - m - m2) % 2
                if odd and symmetric:
                    continue  # odd polynomials sum to zero
                value = self._trace(weighted * other)
                total = Fraction(int(value.p), int(value.q)) + north + (-south if odd else south)
                if total:
                    found[l, l2] = total
        return found

    def _pole_terms(self, power: int) -> tuple[Fraction, Fraction]:
        """Return the poles' shares: (nlon/points)^(power-1) w^power, since the prefactor has nlon points."""
        scale = Fraction(self.nlon, self.pole_points) ** (power - 1)
        return self.quadrature.north**power * scale, self.quadrature.south**power * scale

    @cached_property
    def _powers(self) -> list[fmpq]:
        """The sums over the nodes of z^k, k < degree, by Newton's identities."""
        return power_sums(self.quadrature.nodes)

    def _derivatives(self, lmax: int, m: int) -> list[fmpq_poly]:
        """Return d^m P_l/dz^m modulo the polynomial of the nodes for l = m .. lmax."""
        here, below, found = fmpq_poly([1]), fmpq_poly([0]), []
        for odd in range(1, 2 * m, 2):
            here *= odd
        shift = fmpq_poly([0, 1])
        for l in range(m, lmax + 1):
            found.append(here)
            step = (2 * l + 1) * shift * here - (l + m) * below
            here, below = (step / (l - m + 1)) % self.quadrature.nodes, here
        return found

    def _trace(self, polynomial: fmpq_poly) -> fmpq:
        reduced = polynomial % self.quadrature.nodes
        terms = zip(reduced.coeffs(), self._powers, strict=False)
        return sum((c * p for c, p in terms), fmpq(0))


def _is_even(polynomial: fmpq_poly) -> bool:
    """Tell whether a polynomial has terms of one parity only."""
    powers = {power % 2 for power, value in enumerate(polynomial.coeffs()) if value}
    return len(powers) <= 1


def power_sums(nodes: fmpq_poly) -> list[fmpq]:
    """Return the sums over the roots of a polynomial of z^k, k = 0 .. degree - 1, by Newton's identities."""
    degree = nodes.degree()
    leading = nodes.coeffs()[-1]
    c = [value / leading for value in reversed(nodes.coeffs())]
    sums = [fmpq(degree)]
    for k in range(1, degree):
        sums.append(-sum((c[j] * sums[k - j] for j in range(1, k)), k * c[k]))
    return sums
