"""The mode-coupling matrix of pseudo-spectra: the Gaunt form, squared and averaged over the orders.

A field multiplied by u (a mask times the quadrature weights) has the coefficients sum K a with K the Gaunt
form of u, which is also the covariance of noise of strength u. Hivon et al. 2002 (MASTER), NaMaster.
"""

from itertools import product

from sympy import (
    Abs,
    Eq,
    Expr,
    Function,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    Piecewise,
    Sum,
    Symbol,
    conjugate,
    expand,
    pi,
    symbols,
)
from sympy.concrete.delta import deltasummation

from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.gaunt import GAUNT_FORM, C
from derivations.symbols import MEANING, l, l2, l3, m, m2
from derivations.wigner import ThreeJ

SQUARED = 2  # degrees up to which the square is summed with any u_LM
ORTHOGONAL = 3  # degrees up to which the 3j symbols are shown to be orthogonal

W, spectrum, variance = Function("W"), Function("c"), Function("Var")
total = Symbol("total", real=True)
lmax = Symbol("l_max", integer=True, nonnegative=True)
MATRIX = IndexedBase("M")

FIELD_POWER = total / (2 * l3 + 1)
SCALE = (2 * l2 + 1) / (4 * pi) * total
OVERLAP = (2 * l3 + 1) * ThreeJ(l, 0, l2, 0, l3, 0) ** 2
COUPLING = Eq(
    Sum(Abs(C(l, m, l2, m2)) ** 2, (m2, -l2, l2), (m, -l, l)) / (2 * l + 1),
    (SCALE / total) * Sum(OVERLAP * W(l3), (l3, Abs(l - l2), l + l2)),
)
PSEUDO = Eq(
    Sum(variance(l, m), (m, -l, l)) / (2 * l + 1),
    Sum(MATRIX[l, l2] * spectrum(l2), (l2, 0, lmax)),
)


def _coefficient(top: Expr, order: Expr) -> Symbol:
    return Symbol(f"u_{top}_{order}")


def _conjugated(expression: Expr) -> Expr:
    """Return the conjugate, where u and conj(u) are independent and all else is real."""
    return expression.subs({part: Symbol(f"bar_{part.name}") for part in expression.atoms(Symbol)})


def _stated_coupling(degree: int, degree2: int) -> Expr:
    """Return the residual of the stated square for any u_LM."""

    def covariance(*indices: Expr) -> Expr:
        values = dict(zip((l, m, l2, m2), indices, strict=True))
        # GAUNT_FORM, whose left side is the covariance itself
        return -instance(GAUNT_FORM, values, u=_coefficient, C=lambda *_: 0 * l)

    def power(top: Expr) -> Expr:
        values = [_coefficient(top, order) for order in range(-top, top + 1)]
        squares = sum(value * _conjugated(value) for value in values)
        return FIELD_POWER.subs({total: squares, l3: top})

    def squared(part: Expr) -> Expr:
        (value,) = part.base.args
        return value * _conjugated(value)

    stated = instance(COUPLING, {l: degree, l2: degree2}, C=covariance, W=power)
    return expand(stated.replace(lambda part: part.is_Pow and isinstance(part.base, Abs), squared))


def _overlaps(degree: int, degree2: int) -> Matrix:
    """Return the residuals of sum over m, m' of two 3j symbols = delta/(2L+1), for M = m - m'."""
    tops = range(abs(degree - degree2), degree + degree2 + 1)
    rows = []
    for first, second in product(tops, tops):
        for difference in range(-min(first, second), min(first, second) + 1):
            pairs = [(order, order - difference) for order in range(-degree, degree + 1)]
            found = sum(
                ThreeJ(degree, -order, degree2, order2, first, difference).doit()
                * ThreeJ(degree, -order, degree2, order2, second, difference).doit()
                for order, order2 in pairs
                if abs(order2) <= degree2
            )
            rows.append(expand(found - KroneckerDelta(first, second) / (2 * first + 1)))
    complete = sum(OVERLAP.subs({l: degree, l2: degree2, l3: top}).doit() for top in tops)
    return Matrix([*rows, complete - 1])


def _prove_coupling() -> tuple[Step, ...]:
    degrees = range(ORTHOGONAL + 1)
    small = range(SQUARED + 1)
    return (
        *(
            Step(f"3j symbols are orthogonal and complete at l={one}, l'={other}", _overlaps(one, other))
            for one, other in product(degrees, degrees)
        ),
        *(
            Step(f"the statement at l={one}, l'={other} with any u_LM", _stated_coupling(one, other))
            for one, other in product(small, small)
        ),
    )


def _prove_pseudo() -> tuple[Step, ...]:
    # E[a_k conj(a_k')] = c_k delta_kk': the double sum over coefficients collapses to one
    kernel, power = IndexedBase("K"), IndexedBase("c")
    first, second = symbols("k k2", integer=True)
    count = Symbol("n", integer=True, positive=True)
    term = kernel[first] * conjugate(kernel[second]) * power[first] * KroneckerDelta(first, second)
    inner = deltasummation(term, (second, 0, count - 1))
    collapsed = inner.args[0][0] if isinstance(inner, Piecewise) else inner
    expected = kernel[first] * conjugate(kernel[first]) * power[first]
    return (
        Step("isotropic: the double sum collapses to one", collapsed - expected),
        *(
            Step(f"the statement at l={degree}, lmax=2, for any K", _stated_pseudo(degree))
            for degree in (0, 1, 2)
        ),
    )


def _stated_pseudo(degree: int) -> Expr:
    """Return the residual of the stated mean for any kernel K, |K|^2 as one symbol an entry."""
    highest, values = 2, symbols("c_0:3")

    def square(order: Expr, degree2: int, order2: int) -> Symbol:
        return Symbol(f"K_{order}_{degree2}_{order2}")

    def over_orders(order: Expr, degree2: int) -> Expr:
        return sum(square(order, degree2, order2) for order2 in range(-degree2, degree2 + 1))

    def mean(_: Expr, order: Expr) -> Expr:
        return sum(over_orders(order, degree2) * values[degree2] for degree2 in range(highest + 1))

    stated = instance(PSEUDO, {l: degree, lmax: highest}, Var=mean, c=lambda degree2: values[degree2])
    entries = {
        MATRIX[degree, degree2]: sum(over_orders(order, degree2) for order in range(-degree, degree + 1))
        / (2 * degree + 1)
        for degree2 in range(highest + 1)
    }
    return expand(stated.subs(entries))


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="mode-coupling",
            title="The mode-coupling matrix of cosmology",
            statement="The squared entries of the Gaunt form, summed over both orders, over 2l+1, are "
            "M_(l,l'): the coupling matrix of pseudo-spectra for the mask u, with W_L the sum of |u_LM|^2 "
            "over M, over 2L+1. Hivon et al. 2002 and NaMaster normalise it so.",
            expression=COUPLING,
            proof=_prove_coupling,
            scope=f"all l, l' <= {SQUARED} with any u_LM; the orthogonality it rests on exactly for all "
            f"l, l' <= {ORTHOGONAL}, for all degrees DLMF 34.3.16",
            reference="Hivon et al. 2002; DLMF 34.3.16; our derivation",
            kernels=(
                Kernel(
                    "gaunt",
                    "field_power",
                    ((l3, "degree L of the field"), (total, "sum over M of |u_LM|^2")),
                    FIELD_POWER,
                    "W_L",
                ),
                Kernel(
                    "gaunt",
                    "coupling",
                    ((l2, MEANING[l2]), (total, "sum over L of (2L+1) W_L (l l' L; 0 0 0)^2")),
                    SCALE,
                    "M_(l,l')",
                ),
            ),
        ),
        Derivation(
            name="pseudo-spectrum",
            title="Mean pseudo-spectrum of an isotropic field",
            statement="An isotropic field with spectrum c_l, band limited to lmax, multiplied by u and "
            "transformed has coefficients whose mean square, averaged over the orders, is M c.",
            expression=PSEUDO,
            proof=_prove_pseudo,
            scope="any number of coefficients (symbolic); the averages put together at l <= 2 with any K",
            reference="Hivon et al. 2002; our derivation",
        ),
    )
