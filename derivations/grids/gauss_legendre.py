"""Gauss-Legendre grids: nodes are the roots of P_n, weights 2 (1 - z^2) / (n P_(n-1)(z))^2 a ring."""

from functools import cache

from sympy import (
    Eq,
    Expr,
    Function,
    Integer,
    Poly,
    Rational,
    Symbol,
    cancel,
    diff,
    expand,
    integrate,
    invert,
    legendre,
    rem,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Step
from derivations.symbols import count, z

SIZES = range(1, 8)


def node_weight(nodes: Expr) -> Expr:
    """Return the weight of the node z of the n-point rule, as a function of z."""
    return 2 * (1 - z**2) / (nodes * Function("P")(nodes - 1, z)) ** 2


@cache
def power_sums(nodes: int) -> tuple[Rational, ...]:
    """Return the sums over the roots of P_n of z^k, k = 0 .. n - 1, by Newton's identities."""
    c = [Rational(value) for value in Poly(legendre(nodes, z), z).monic().all_coeffs()]
    sums = [Rational(nodes)]
    for k in range(1, nodes):
        sums.append(-sum((c[j] * sums[k - j] for j in range(1, k)), k * c[k]))
    return tuple(sums)


def trace(polynomial: Expr, nodes: int) -> Rational:
    """Return the sum of a polynomial in z over the roots of P_n, exactly."""
    reduced = Poly(rem(polynomial, legendre(nodes, z), z), z)
    return sum((c * power_sums(nodes)[power] for (power,), c in reduced.terms()), Rational(0))


def weight_polynomial(nodes: int) -> Expr:
    """Return the weight as a polynomial in z modulo P_n."""
    modulus = Poly(legendre(nodes, z), z)
    inverse = invert(Poly((nodes * legendre(nodes - 1, z)) ** 2, z).rem(modulus), modulus)
    return (Poly(2 * (1 - z**2), z) * inverse).rem(modulus).as_expr()


def _associated_weight(nodes: int) -> Expr:
    """Return the residual of q_n^2 (1 - z^2)/2 against the weight modulo P_n, q_n by its integral."""
    t = Symbol("t")
    quotient = cancel((legendre(nodes, t) - legendre(nodes, z)) / (t - z))
    q = integrate(quotient, (t, -1, 1))
    return rem(expand(q**2 * (1 - z**2) / 2), legendre(nodes, z), z) - weight_polynomial(nodes)


def _prove_exactness() -> tuple[Step, ...]:
    n, below = symbols("n below")
    # (1 - z^2) P_n' = n P_(n-1) - n z P_n (DLMF 18.9.8 form): at a root the last term drops
    derivative_form = 2 / ((1 - z**2) * (n * below / (1 - z**2)) ** 2)
    claimed = 2 * (1 - z**2) / (n * below) ** 2
    classical = tuple(
        Step(
            f"(1 - z^2) P_n' = n P_(n-1) - n z P_n at n={nodes}",
            (1 - z**2) * diff(legendre(nodes, z), z)
            - nodes * (legendre(nodes - 1, z) - z * legendre(nodes, z)),
        )
        for nodes in SIZES
    )
    exact = tuple(
        Step(
            f"{nodes} nodes integrate z^{power}",
            trace((weight_polynomial(nodes) * z**power).expand(), nodes)
            - (Rational(2, power + 1) if power % 2 == 0 else 0),
        )
        for nodes in SIZES
        for power in range(2 * nodes)
    )
    stated = tuple(
        Step(
            f"the stated weight at z = {root} of 3 nodes",
            node_weight(Integer(3)).replace(Function("P"), legendre).subs(z, root)
            - weight_polynomial(3).subs(z, root),
        )
        for root in (Integer(0), sqrt(Rational(3, 5)))
    )
    exact += stated
    exact += tuple(
        Step(f"weight q^2 (1 - z^2)/2 of {nodes} nodes", _associated_weight(nodes)) for nodes in SIZES
    )
    return (Step("2/((1-z^2) P_n'^2) at a root", derivative_form - claimed), *classical, *exact)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    weight = Symbol("omega_r", positive=True)
    return (
        Derivation(
            name="gauss-legendre-rings",
            title="Gauss-Legendre rings",
            statement="n rings at the roots of P_n; the ring weight 2 (1 - z^2)/(n P_(n-1)(z))^2 integrates"
            " every polynomial of degree 2n - 1 exactly. Each of n_lon points of a ring has 2 "
            "pi/n_lon of it.",
            expression=Eq(weight, node_weight(count)),
            proof=_prove_exactness,
            scope="weight formula: symbolic; exactness: exact arithmetic in Q[z]/(P_n) for n = 1 .. 7",
            reference="DLMF 3.5(v); our derivation",
        ),
    )
