"""Exact ring sums on tensor grids whose ring cosines are the roots of a rational polynomial.

Nodes and weights are Galois-conjugate: the weight is one polynomial in z modulo the polynomial P of the
nodes, so the sum over the rings is a trace in Q[z]/(P), had by Newton's identities. Rings at the poles are
added.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpq_poly
from sympy import Expr, Integer, pi

from derivations.exact.grid import COVARIANCE, Sums

SINE_SQUARED = fmpq_poly([1, 0, -1])


@dataclass(frozen=True)
class NodeRule:
    """A quadrature rule on [-1, 1]: nodes are the roots of `nodes`, the weight is a polynomial of the node.

    `pole` is the weight of each of the nodes -1 and 1, zero where the rule has none.
    """

    nodes: fmpq_poly
    weight: fmpq_poly
    pole: Fraction = Fraction(0)


@dataclass(frozen=True)
class TensorGrid:
    """Rings at the nodes of a rule, nlon points each from longitude 0."""

    nlat: int
    nlon: int

    def __post_init__(self) -> None:
        for name, value in (("nlat", self.nlat), ("nlon", self.nlon)):
            if value < 1:
                raise ValueError(f"{name} must be >= 1, got {value}")

    @property
    def quadrature(self) -> NodeRule:
        """The quadrature rule in z."""
        raise NotImplementedError

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
        at_pole = self._pole_term(power) if m == m2 == 0 else Fraction(0)
        found: Sums = {}
        for l, weighted in enumerate(left, start=m):
            for l2, other in enumerate(right, start=m2):
                if (l + l2 - m - m2) % 2:
                    continue  # the rule is symmetric: odd polynomials sum to zero
                value = self._trace(weighted * other)
                total = Fraction(int(value.p), int(value.q)) + 2 * at_pole
                if total:
                    found[l, l2] = total
        return found

    def _pole_term(self, power: int) -> Fraction:
        """Return a pole's share: (nlon/points)^(power-1) w^power, since the prefactor has nlon points."""
        return self.quadrature.pole**power * Fraction(self.nlon, self.pole_points) ** (power - 1)

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


def power_sums(nodes: fmpq_poly) -> list[fmpq]:
    """Return the sums over the roots of a polynomial of z^k, k = 0 .. degree - 1, by Newton's identities."""
    degree = nodes.degree()
    leading = nodes.coeffs()[-1]
    c = [value / leading for value in reversed(nodes.coeffs())]
    sums = [fmpq(degree)]
    for k in range(1, degree):
        sums.append(-sum((c[j] * sums[k - j] for j in range(1, k)), k * c[k]))
    return sums
