"""Exact ring sums on Gauss-Legendre grids: traces in Q[z]/(P_n), whose roots are the nodes."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpq_poly
from sympy import Expr, Integer, Poly, legendre, pi

from derivations.exact import Sums
from derivations.grids.gauss_legendre import power_sums, weight_polynomial
from derivations.symbols import z


@dataclass(frozen=True)
class GaussLegendre:
    """nlat rings at the roots of P_nlat, nlon points each from longitude 0, as exact numbers."""

    nlat: int
    nlon: int

    def __post_init__(self) -> None:
        for name, value in (("nlat", self.nlat), ("nlon", self.nlon)):
            if value < 1:
                raise ValueError(f"{name} must be >= 1, got {value}")

    @property
    def prefactor(self) -> Expr:
        """Nlon (2 pi/nlon)^2 of the ring weights over 4 pi of the harmonics."""
        return pi / Integer(self.nlon)

    def ring_sums(self, lmax: int, m: int, m2: int, k: int) -> Sums:
        """Return {(l, l2): sum over nodes of w^2 (1-z^2)^((m+m2)/2) D_lm D_l2m2} where nlon divides k.

        Raises
        ------
        ValueError
            where odd nlon couples orders of different parity: sqrt(1 - z^2) has no exact form here.
        """
        if k % self.nlon:
            return {}
        if (m + m2) % 2:
            raise ValueError(
                f"nlon = {self.nlon} couples m = {m} and m' = {m2} with sqrt(1 - z^2), which is not in "
                f"Q[z]/(P_n); take nlon even or >= {2 * lmax + 1}"
            )
        factor = self._weight**2 * fmpq_poly([1, 0, -1]) ** ((m + m2) // 2) % self._modulus
        left = [factor * d % self._modulus for d in self._derivatives(lmax, m)]
        right = self._derivatives(lmax, m2)
        found: Sums = {}
        for l, weighted in enumerate(left, start=m):
            for l2, other in enumerate(right, start=m2):
                value = self._trace(weighted * other)
                if value:
                    found[l, l2] = Fraction(int(value.p), int(value.q))
        return found

    @cached_property
    def _modulus(self) -> fmpq_poly:
        return _polynomial(legendre(self.nlat, z))

    @cached_property
    def _weight(self) -> fmpq_poly:
        return _polynomial(weight_polynomial(self.nlat))

    @cached_property
    def _powers(self) -> list[fmpq]:
        return [fmpq(int(value.p), int(value.q)) for value in power_sums(self.nlat)]

    def _derivatives(self, lmax: int, m: int) -> list[fmpq_poly]:
        """Return d^m P_l/dz^m modulo P_n for l = m .. lmax."""
        here, below, found = fmpq_poly([1]), fmpq_poly([0]), []
        for odd in range(1, 2 * m, 2):
            here *= odd
        shift = fmpq_poly([0, 1])
        for l in range(m, lmax + 1):
            found.append(here)
            step = (2 * l + 1) * shift * here - (l + m) * below
            here, below = (step / (l - m + 1)) % self._modulus, here
        return found

    def _trace(self, polynomial: fmpq_poly) -> fmpq:
        reduced = polynomial % self._modulus
        terms = zip(reduced.coeffs(), self._powers, strict=False)
        return sum((c * p for c, p in terms), fmpq(0))


def _polynomial(expression: Expr) -> fmpq_poly:
    coefficients = reversed(Poly(expression, z).all_coeffs())
    return fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients])
