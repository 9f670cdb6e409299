"""Equiangular grids: interpolatory weights at Chebyshev nodes, from the integrals of the cosines.

f(theta) = sum a_k cos(k theta) has the integral sum a_k c_k with c_2j = 2/(1 - 4j^2) and c_odd = 0; the
discrete cosine (or sine) transform gives the a_k, and with them the weights (Fejér 1933, Clenshaw and
Curtis 1960).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from flint import fmpq, fmpq_poly
from sympy import (
    Eq,
    Expr,
    Integer,
    KroneckerDelta,
    Rational,
    Sum,
    Symbol,
    chebyshevt,
    chebyshevu,
    cos,
    diff,
    expand,
    floor,
    pi,
    sin,
)

from derivations.derivation import Derivation, Step, instance
from derivations.grids.exact_equiangular import RULES
from derivations.grids.exact_tensor import NodeRule, power_sums
from derivations.symbols import count, theta, z

SIZES = range(2, 9)
_j = Symbol("j", integer=True, positive=True)
_WEIGHT = Symbol("omega_r", positive=True)

FEJER1 = Eq(
    _WEIGHT, 2 / count * (1 - 2 * Sum(cos(2 * _j * theta) / (4 * _j**2 - 1), (_j, 1, floor(count / 2))))
)
FEJER2 = Eq(
    _WEIGHT,
    4
    * sin(theta)
    / (count + 1)
    * Sum(sin((2 * _j - 1) * theta) / (2 * _j - 1), (_j, 1, floor((count + 1) / 2))),
)
CLENSHAW_CURTIS = Eq(
    _WEIGHT,
    2
    / (count - 1)
    * (
        1
        - Sum(
            (2 - KroneckerDelta(2 * _j, count - 1)) * cos(2 * _j * theta) / (4 * _j**2 - 1),
            (_j, 1, floor((count - 1) / 2)),
        )
    ),
)
MCEWEN_WIAUX = Eq(
    _WEIGHT,
    4
    / (2 * count - 1)
    * (1 - 2 * Sum(cos(2 * _j * theta) / (4 * _j**2 - 1), (_j, 1, floor((count - 1) / 2)))),
)


@dataclass(frozen=True)
class Family:
    """A rule with its stated weight, and a node of few points at which the statement is checked directly."""

    name: str
    title: str
    where: str
    source: str
    statement: Eq
    nodes: int
    angle: Expr
    relatives: tuple[str, ...] = ()


FAMILIES = (
    Family(
        "fejer1",
        "Fejér's first rule",
        "n rings at theta = (r - 1/2) pi/n, the roots of T_n(z)",
        "Fejér 1933",
        FEJER1,
        3,
        pi / 6,
    ),
    Family(
        "fejer2",
        "Fejér's second rule, Driscoll and Healy's grid",
        "n rings at theta = r pi/(n + 1), the roots of U_n(z); with a further ring of weight zero at the "
        "north pole it is Driscoll and Healy's grid of n + 1 rings",
        "Fejér 1933; Driscoll and Healy 1994",
        FEJER2,
        3,
        pi / 4,
        ("driscoll-healy",),
    ),
    Family(
        "clenshaw-curtis",
        "Clenshaw and Curtis's rule",
        "n rings at theta = (r - 1) pi/(n - 1), poles included, whose weight is half of the formula's",
        "Clenshaw and Curtis 1960",
        CLENSHAW_CURTIS,
        5,
        pi / 4,
    ),
    Family(
        "mcewen-wiaux",
        "McEwen and Wiaux's rings",
        "n rings at theta = (2r - 1) pi/(2n - 1), south pole included, whose weight is half of the formula's",
        "McEwen and Wiaux 2011; the weights: our derivation",
        MCEWEN_WIAUX,
        2,
        pi / 3,
    ),
)


def total(polynomial: fmpq_poly, rule: NodeRule) -> Fraction:
    """Return the quadrature of a polynomial in z by a rule, poles included, exactly."""
    reduced = (polynomial * rule.weight) % rule.nodes
    inner = sum((c * s for c, s in zip(reduced.coeffs(), power_sums(rule.nodes), strict=False)), fmpq(0))
    north, south = (Fraction(int(end.p), int(end.q)) for end in (polynomial(fmpq(1)), polynomial(fmpq(-1))))
    return Fraction(int(inner.p), int(inner.q)) + rule.north * north + rule.south * south


def _exact(name: str) -> tuple[Step, ...]:
    """Return that n nodes integrate z^p exactly for p < n (Driscoll-Healy has n - 1 nodes that count)."""
    sizes = [n for n in SIZES if name != "driscoll-healy" or n % 2 == 0]
    return tuple(
        Step(
            f"{name}: {nodes} nodes integrate z^{power}",
            Rational(total(fmpq_poly([0, 1]) ** power, RULES[name](nodes)))
            - (Rational(2, power + 1) if power % 2 == 0 else 0),
        )
        for nodes in sizes
        for power in range(nodes)
    )


def _chebyshev(expression: Expr) -> Expr:
    """Return a trigonometric weight as a polynomial in z = cos(theta)."""
    polynomial = expand(expression.doit().replace(sin, _sine_factor).replace(cos, _cosine))
    return expand(polynomial.subs(sin(theta) ** 2, 1 - z**2))


def _cosine(angle: Expr) -> Expr:
    return chebyshevt(angle / theta, z)


def _sine_factor(angle: Expr) -> Expr:
    """Return sin(k theta) = sin(theta) U_(k-1)(z)."""
    multiple = angle / theta
    return sin(theta, evaluate=False) * chebyshevu(multiple - 1, z) if multiple != 1 else sin(theta)


def _polynomial(rule: NodeRule) -> Expr:
    return sum(
        (Rational(int(c.p), int(c.q)) * z**power for power, c in enumerate(rule.weight.coeffs())), Integer(0)
    )


def _stated(statement: Eq, name: str, nodes: int) -> Step:
    """Return that the stated weight and the rule's agree modulo the polynomial of the nodes."""
    rule = RULES[name](nodes)
    stated = _chebyshev(statement.rhs.subs(count, nodes))
    coefficients = [stated.coeff(z, power) for power in range(2 * nodes + 2)]
    reduced = fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients]) % rule.nodes
    left = NodeRule(rule.nodes, reduced)
    return Step(f"the stated weight of {nodes} nodes", _polynomial(left) - _polynomial(rule))


def _integrals() -> tuple[Step, ...]:
    k = Symbol("k", integer=True, positive=True)
    antiderivative = -(cos((k + 1) * theta) / (k + 1) - cos((k - 1) * theta) / (k - 1)) / 2
    even = (antiderivative.subs(theta, pi) - antiderivative.subs(theta, 0)).subs(k, 2 * _j)
    odd = (antiderivative.subs(theta, pi) - antiderivative.subs(theta, 0)).subs(k, 2 * _j + 1)
    return (
        Step(
            "antiderivative of cos(k theta) sin(theta)",
            expand(diff(antiderivative, theta) - cos(k * theta) * sin(theta), trig=True),
        ),
        Step("integral of cos(2j theta) sin(theta) over the sphere's meridian", even - 2 / (1 - 4 * _j**2)),
        Step("odd cosines integrate to zero", odd),
    )


def _prove(family: Family) -> tuple[Step, ...]:
    exact = (step for name in (family.name, *family.relatives) for step in _exact(name))
    stated = (_stated(family.statement, family.name, nodes) for nodes in SIZES)
    return (*_integrals(), *stated, _at_node(family), *exact)


def _at_node(family: Family) -> Step:
    """Return that the stated weight at one node is the rule's."""
    rule = _polynomial(RULES[family.name](family.nodes))
    values = {count: family.nodes, theta: family.angle, _WEIGHT: rule.subs(z, cos(family.angle))}
    return Step(
        f"the stated weight at theta = {family.angle} of {family.nodes} nodes",
        instance(family.statement, values),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return tuple(
        Derivation(
            name=f"equiangular-{family.name}",
            title=family.title,
            statement=f"{family.where}: the ring weights below integrate every polynomial of degree n - 1 "
            "exactly; modulo the polynomial of the nodes they are polynomials of z: ring sums are rational.",
            expression=family.statement,
            proof=partial(_prove, family),
            scope="integrals of cosines: symbolic; exactness, stated weights: exact arithmetic, n = 2 .. 8",
            reference=f"{family.source}; exact sums: our derivation",
        )
        for family in FAMILIES
    )
