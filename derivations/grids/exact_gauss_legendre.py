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
        """The rule modulo P_nlat, its weight q^2 (1 - z^2)/2."""
        nodes, q = fmpq_poly.legendre_p(self.nlat), associated(self.nlat)
        return NodeRule(nodes, q * q * SINE_SQUARED / 2 % nodes)


def associated(nodes: int) -> fmpq_poly:
    """Return q_n(z), the integral of (P_n(t) - P_n(z))/(t - z) over t, by P_n's recurrence from 0 and 2.

    At a node the weight is q/P_n' and also 2/((1 - z^2) P_n'^2), hence q^2 (1 - z^2)/2: no inversion.
    """
    here, below, shift = fmpq_poly([2]), fmpq_poly([0]), fmpq_poly([0, 1])
    for k in range(1, nodes):
        here, below = ((2 * k + 1) * shift * here - k * below) / (k + 1), here
    return here
