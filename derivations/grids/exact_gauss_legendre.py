"""Gauss-Legendre grids in exact arithmetic: traces in Q[z]/(P_n), whose roots are the nodes."""

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq_poly

from derivations.grids.exact_tensor import SINE_SQUARED, NodeRule, TensorGrid


@dataclass(frozen=True)
class GaussLegendre(TensorGrid):
    """nlat rings at the roots of P_nlat, nlon points each from longitude 0, as exact numbers."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state the rule."""
        return ("gauss-legendre-rings",)

    @cached_property
    def quadrature(self) -> NodeRule:
        """The rule modulo P_nlat: the weight 2 (1 - z^2)/(nlat P_(nlat-1))^2, inverted there."""
        nodes = fmpq_poly.legendre_p(self.nlat)
        below = self.nlat * fmpq_poly.legendre_p(self.nlat - 1)
        _, inverse, _ = (below * below % nodes).xgcd(nodes)
        return NodeRule(nodes, 2 * SINE_SQUARED * inverse % nodes)
