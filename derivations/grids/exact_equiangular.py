"""Equiangular grids in exact arithmetic: the nodes are roots of Chebyshev polynomials.

cos(2 j theta) = T_2j(z) and sin(theta) sin((2j-1) theta) = (1 - z^2) U_(2j-2)(z) make the classical weights
polynomials of the node (derivation equiangular-rings).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from flint import fmpq, fmpq_poly, fmpz_poly

from derivations.grids.exact_tensor import SINE_SQUARED, NodeRule, TensorGrid


def fejer1(nlat: int) -> NodeRule:
    """Theta = (i + 1/2) pi/nlat, the roots of T_nlat; weight (2/nlat)(1 - 2 sum T_2j/(4j^2-1))."""
    weight = fmpq_poly([1])
    for j in range(1, nlat // 2 + 1):
        weight -= fmpq(2, 4 * j * j - 1) * _first_kind(2 * j)
    nodes = _first_kind(nlat)
    return NodeRule(nodes, weight * fmpq(2, nlat) % nodes)


def fejer2(nlat: int) -> NodeRule:
    """Theta = i pi/(nlat + 1), the roots of U_nlat; weight (4/(nlat+1)) (1-z^2) sum U_(2j-2)/(2j-1)."""
    weight = fmpq_poly([0])
    for j in range(1, (nlat + 1) // 2 + 1):
        weight += fmpq(1, 2 * j - 1) * _second_kind(2 * j - 2)
    nodes = _second_kind(nlat)
    return NodeRule(nodes, weight * SINE_SQUARED * fmpq(4, nlat + 1) % nodes)


def clenshaw_curtis(nlat: int) -> NodeRule:
    """Theta = i pi/(nlat - 1): both poles and the roots of U_(nlat-2)."""
    if nlat < 2:
        raise ValueError(f"clenshaw-curtis needs nlat >= 2, its poles, got {nlat}")
    intervals = nlat - 1
    weight, pole = fmpq_poly([1]), Fraction(1)
    for j in range(1, intervals // 2 + 1):
        share = (1 if 2 * j == intervals else 2, 4 * j * j - 1)
        weight -= fmpq(*share) * _first_kind(2 * j)
        pole -= Fraction(*share)
    nodes = _second_kind(nlat - 2)
    share_of_pole = pole / intervals
    return NodeRule(nodes, weight * fmpq(2, intervals) % nodes, share_of_pole, share_of_pole)


def driscoll_healy(nlat: int) -> NodeRule:
    """Theta = i pi/nlat from the north pole, whose weight is zero: Fejér's second rule of nlat - 1 nodes."""
    if nlat < 2 or nlat % 2:
        raise ValueError(f"driscoll-healy needs an even nlat >= 2, got {nlat}")
    return fejer2(nlat - 1)


def mcewen_wiaux(nlat: int) -> NodeRule:
    """Theta = (2i + 1) pi/(2 nlat - 1) with the south pole: T_(2 nlat - 1) = -1, roots double but for -1.

    The weights integrate the trigonometric interpolant on the doubled circle of 2 nlat - 1 points.
    """
    circle = 2 * nlat - 1
    double = (_first_kind(circle) + 1) / (fmpq_poly([1, 1]) * 2 ** (circle - 1))
    nodes = double.sqrt()
    weight, south = fmpq_poly([2]), Fraction(2)
    for j in range(1, (nlat - 1) // 2 + 1):
        share = (4, 1 - 4 * j * j)
        weight += fmpq(*share) * _first_kind(2 * j)
        south += Fraction(*share)
    return NodeRule(nodes, weight * fmpq(2, circle) % nodes, south=south / circle)


RULES: Mapping[str, Callable[[int], NodeRule]] = MappingProxyType(
    {
        "clenshaw-curtis": clenshaw_curtis,
        "driscoll-healy": driscoll_healy,
        "fejer1": fejer1,
        "fejer2": fejer2,
        "mcewen-wiaux": mcewen_wiaux,
    }
)
POLAR = ("clenshaw-curtis", "driscoll-healy", "mcewen-wiaux")  # rules with a ring at a pole


@dataclass(frozen=True)
class Equiangular(TensorGrid):
    """nlat rings equally spaced in colatitude, nlon points each from longitude 0, as exact numbers.

    poles = "doubled" has nlon coincident points at a pole, as ERA5's 721 x 1440; "single" has one.
    """

    rule: str = "fejer1"
    poles: str = "doubled"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rule not in RULES:
            raise ValueError(f"unknown rule {self.rule!r}; known: {', '.join(RULES)}")
        if self.poles not in ("doubled", "single"):
            raise ValueError(f"poles must be 'doubled' or 'single', got {self.poles!r}")
        RULES[self.rule](self.nlat)
        if self.poles == "single" and self.rule not in POLAR:
            raise ValueError(f"rule {self.rule!r} has no ring at a pole; leave poles = 'doubled'")

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state the rule; Driscoll and Healy's is Fejér's second."""
        return (f"equiangular-{'fejer2' if self.rule == 'driscoll-healy' else self.rule}",)

    @cached_property
    def quadrature(self) -> NodeRule:
        """The rule modulo the nodes' polynomial."""
        return RULES[self.rule](self.nlat)

    @property
    def pole_points(self) -> int:
        """Points that share a pole's weight."""
        return self.nlon if self.poles == "doubled" else 1


def _first_kind(degree: int) -> fmpq_poly:
    return fmpq_poly(fmpz_poly.chebyshev_t(degree))


def _second_kind(degree: int) -> fmpq_poly:
    return fmpq_poly(fmpz_poly.chebyshev_u(degree))
