"""Gauss-Legendre grids in exact arithmetic: traces in Q[z]/(P_n), whose roots are the nodes."""

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq, fmpq_poly
from sympy import Expr, Poly, legendre

from derivations.grids.exact_tensor import NodeRule, TensorGrid
from derivations.grids.gauss_legendre import weight_polynomial
from derivations.symbols import z


@dataclass(frozen=True)
class GaussLegendre(TensorGrid):
    """nlat rings at the roots of P_nlat, nlon points each from longitude 0, as exact numbers."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state the rule."""
        return ("gauss-legendre-rings",)

    @cached_property
    def quadrature(self) -> NodeRule:
        """The rule modulo P_nlat."""
        return NodeRule(as_flint(legendre(self.nlat, z)), as_flint(weight_polynomial(self.nlat)))


def as_flint(expression: Expr) -> fmpq_poly:
    """Return a rational polynomial in z as flint's."""
    coefficients = reversed(Poly(expression, z).all_coeffs())
    return fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients])
