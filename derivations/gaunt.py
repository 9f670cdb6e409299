"""The Gaunt form, T6: the covariance from the harmonic transform of u = w^2 s^2, degrees up to 2 lmax.

With u_LM = sum_p u_p conj(Y_LM(p)): C_(lm,l'm') = sum_L G u_(L,m-m'), G the coefficient with which
conj(Y_lm) Y_l'm' contains conj(Y_(L,m-m')).
"""

from collections.abc import Callable

from sympy import (
    Abs,
    Eq,
    Expr,
    Function,
    I,
    Integer,
    Matrix,
    Rational,
    Sum,
    Symbol,
    conjugate,
    diff,
    exp,
    expand,
    factorial,
    legendre,
    pi,
    solve,
    sqrt,
    symbols,
)

from derivations import chart
from derivations.chart import parity
from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.harmonics import lambda_at
from derivations.symbols import MEANING, l, l2, l3, m, m2, z
from derivations.wigner import ThreeJ

CASES = 3  # degrees up to which products of harmonics are expanded exactly

Y, C, P, u = (Function(name) for name in ("Y", "C", "relation", "u"))
zeros, orders = symbols("zeros orders", real=True)
r_re, r_im = symbols("r_re r_im", real=True)


def norm(degree: Expr, degree2: Expr, top: Expr) -> Expr:
    """Return sqrt((2l+1) (2l'+1) (2L+1)/(4 pi))."""
    return sqrt((2 * degree + 1) * (2 * degree2 + 1) * (2 * top + 1) / (4 * pi))


def coefficient(first: Expr, second: Expr, sign: Expr) -> Expr:
    """Return sign norm (l l' L; 0 0 0) (l l' L; first second -first-second)."""
    symbol = ThreeJ(l, first, l2, second, l3, -first - second)
    return sign * norm(l, l2, l3) * ThreeJ(l, 0, l2, 0, l3, 0) * symbol


def _over_degrees(term: Expr) -> Sum:
    return Sum(term, (l3, Abs(l - l2), l + l2))


GAUNT = coefficient(-m, m2, (-1) ** m)
PRODUCT = Eq(conjugate(Y(l, m)) * Y(l2, m2), _over_degrees(GAUNT * conjugate(Y(l3, m - m2))))
GAUNT_FORM = Eq(C(l, m, l2, m2), _over_degrees(GAUNT * u(l3, m - m2)))
RELATION = Eq(P(l, m, l2, m2), _over_degrees(coefficient(m, m2, (-1) ** (m + m2)) * u(l3, m + m2)))


def entries() -> Matrix:
    """Return [[cc, cs], [sc, ss]] from C_(lm,l'm') and R = C_(lm,l'-m'): P = (-1)^m' R in the chart."""
    relation = {chart.p_re: parity(m2) * r_re, chart.p_im: parity(m2) * r_im}
    return chart.real_covariance().subs(relation)


def _polynomial(degree: int, order: int) -> Expr:
    """Return lambda_lm / (1-z^2)^(|m|/2) by Rodrigues' formula."""
    size = abs(order)
    ratio = Rational(factorial(degree - size), factorial(degree + size))
    sign = (-1) ** size if order > 0 else 1  # lambda_(l,-m) = (-1)^m lambda_lm
    value = legendre(degree, z)
    value = diff(value, z, size) if size else value
    return sign * sqrt(Rational(2 * degree + 1, 4) / pi * ratio) * value


def _expansion_residual(degree: int, order: int, degree2: int, order2: int) -> Expr:
    """Return the residual of the product's expansion as a polynomial in z, (1-z^2)^(|M|/2) divided out."""
    difference = order - order2
    excess = (abs(order) + abs(order2) - abs(difference)) // 2
    product = _polynomial(degree, order) * _polynomial(degree2, order2) * (1 - z**2) ** excess
    values = {l: degree, m: order, l2: degree2, m2: order2}
    lowest = max(abs(degree - degree2), abs(difference))
    terms = (
        GAUNT.subs({**values, l3: top}).doit() * _polynomial(top, difference)
        for top in range(lowest, degree + degree2 + 1)
    )
    return expand(product - sum(terms))


def _expansions(degree: int, degree2: int) -> Matrix:
    return Matrix(
        [
            _expansion_residual(degree, order, degree2, order2)
            for order in range(-degree, degree + 1)
            for order2 in range(-degree2, degree2 + 1)
        ]
    )


def harmonic(cosine: Expr, azimuth: Expr) -> Callable[..., Expr]:
    """Return Y_lm at a point as a function of l and m, zero where |m| > l."""

    def value(degree: Expr, order: Expr) -> Expr:
        if abs(order) > degree:
            return Integer(0)
        return lambda_at(degree, order, cosine) * exp(I * order * azimuth)

    return value


POINTS = ((Rational(3, 5), Rational(1, 2)), (Rational(-5, 13), Integer(2)))  # cosine, azimuth


def _stated_product(degree: int, order: int, degree2: int, order2: int) -> Expr:
    values = {l: degree, m: order, l2: degree2, m2: order2}
    return expand(instance(PRODUCT, values, Y=harmonic(*POINTS[0])))


def _stated_form(statement: Eq, degree: int, order: int, degree2: int, order2: int) -> Expr:
    """Return the residual of a stated form for two points with any u, against the sum over points."""
    strengths, points = symbols("u_1 u_2", real=True), [harmonic(*point) for point in POINTS]

    def transform(top: Expr, difference: Expr) -> Expr:
        return _over_points(strengths, [conjugate(at(top, difference)) for at in points])

    def covariance(*indices: Expr) -> Expr:
        return _over_points(strengths, [conjugate(at(*indices[:2])) * at(*indices[2:]) for at in points])

    def relation(*indices: Expr) -> Expr:
        return _over_points(strengths, [conjugate(at(*indices[:2]) * at(*indices[2:])) for at in points])

    values = {l: degree, m: order, l2: degree2, m2: order2}
    return expand(instance(statement, values, u=transform, C=covariance, relation=relation))


def _over_points(strengths: tuple[Symbol, ...], values: list[Expr]) -> Expr:
    return sum(strength * value for strength, value in zip(strengths, values, strict=True))


def _cases(statement: Eq) -> tuple[Step, ...]:
    """Return steps that put all orders of a few pairs of degrees, and two points, into a statement."""
    found = []
    for degree, degree2 in ((0, 1), (1, 1), (1, 2), (2, 2)):
        residuals = [
            _stated_form(statement, degree, order, degree2, order2)
            for order in range(-degree, degree + 1)
            for order2 in range(-degree2, degree2 + 1)
        ]
        found.append(Step(f"the statement at l={degree}, l'={degree2} for two points", Matrix(residuals)))
    return tuple(found)


def _prove_product() -> tuple[Step, ...]:
    azimuth = symbols("phi", real=True)
    left = exp(-I * m * azimuth) * exp(I * m2 * azimuth)
    return (
        Step("the azimuths agree", expand(left - exp(-I * (m - m2) * azimuth))),
        *(
            Step(f"as polynomials in z at l={degree}, l'={degree2}", _expansions(degree, degree2))
            for degree in range(CASES + 1)
            for degree2 in range(CASES + 1)
        ),
        *(
            Step(
                f"the statement at l={case[0]}, m={case[1]}, l'={case[2]}, m'={case[3]}",
                _stated_product(*case),
            )
            for case in ((1, 1, 2, 0), (2, -1, 2, 1), (2, 1, 1, -1), (3, 2, 2, -1))
        ),
    )


def _prove_form() -> tuple[Step, ...]:
    # sum over points of u times the expansion: sum_p u_p conj(Y_LM(p)) = u_LM by definition
    kernel = gaunt_kernel().subs(
        {zeros: ThreeJ(l, 0, l2, 0, l3, 0), orders: ThreeJ(l, -m, l2, m2, l3, m - m2)}
    )
    return (
        *_cases(GAUNT_FORM),
        *(
            Step(f"the kernel is the statement's term, l=3, m={at}", _at_order(kernel * u(l3, m - m2), at))
            for at in range(-3, 4)
        ),
    )


def _at_order(term: Expr, order: int) -> Expr:
    """Return by how much the sum of terms misses the stated sum at l=3, m=order, l'=2, m'=-1, for any u."""
    values = {l: 3, l2: 2, m2: -1, m: order}
    return expand((_over_degrees(term) - GAUNT_FORM.rhs).subs(values).doit())


def gaunt_kernel() -> Expr:
    """Return the Gaunt coefficient with the two 3j symbols as arguments."""
    symbol = GAUNT.subs({ThreeJ(l, -m, l2, m2, l3, m - m2): orders, ThreeJ(l, 0, l2, 0, l3, 0): zeros})
    return symbol.subs((-1) ** m, parity(m))


def _prove_relation() -> tuple[Step, ...]:
    mirrored = RELATION.rhs - (-1) ** m2 * GAUNT_FORM.rhs.subs(m2, -m2)
    values = ({l: 2, m: first, l2: 1, m2: second} for first in (-2, 0, 1) for second in (-1, 0, 1))
    product = chart.real_covariance().subs({chart.p_re: (-1) ** m2 * r_re, chart.p_im: (-1) ** m2 * r_im})
    return (
        *_cases(RELATION),
        Step(
            "P_(lm,l'm') = (-1)^m' C_(lm,l'-m'), term by term",
            Matrix([mirrored.subs(case).doit() for case in values]),
        ),
        Step(
            "which the kernel puts into the chart", Matrix([_at(entries() - product, k) for k in (1, 2, 3)])
        ),
    )


def _at(matrix: Matrix, order: int) -> Matrix:
    return matrix.subs(m2, order)


def _selection() -> tuple[Step, ...]:
    # reversing all orders multiplies a 3j symbol by (-1)^(l+l'+L); without orders it is the same symbol
    value = Symbol("value")
    forbidden = [
        ThreeJ(degree, 0, degree2, 0, top, 0).doit()
        for degree in range(CASES + 2)
        for degree2 in range(CASES + 2)
        for top in range(degree + degree2 + 3)
        if (degree + degree2 + top) % 2 or not abs(degree - degree2) <= top <= degree + degree2
    ]
    return (
        Step("value = -value where l+l'+L is odd, so it is 0", solve(value + value, value)[0]),
        Step(f"no other L for l, l' <= {CASES + 1}", Matrix(forbidden)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    degrees = ((l, MEANING[l]), (l2, MEANING[l2]), (l3, "degree L of the field"))
    symbols_given = ((zeros, "3j symbol (l l' L; 0 0 0)"), (orders, "3j symbol (l l' L; -m m' m-m')"))
    scales = ((chart.scale, "chart factor of m"), (chart.scale2, "chart factor of m'"))
    parts = (
        (chart.c_re, "Re C_(lm,l'm')"),
        (chart.c_im, "Im C_(lm,l'm')"),
        (r_re, "Re C_(lm,l'-m')"),
        (r_im, "Im C_(lm,l'-m')"),
    )
    return (
        Derivation(
            name="harmonic-product",
            title="The product of two harmonics",
            statement="conj(Y_lm) Y_l'm' is a sum of conjugate harmonics of the one order m-m' and of the "
            "degrees L = |l-l'|, ..., l+l' with l+l'+L even; their coefficients are Gaunt's.",
            expression=PRODUCT,
            proof=_prove_product,
            scope=f"all l, l' <= {CASES} and all orders, as polynomials in z (exact); the azimuth for all "
            "orders; for all degrees it is DLMF 34.3.22",
            reference="DLMF 34.3.22; our derivation",
        ),
        Derivation(
            name="gaunt-form",
            title="Gaunt form of the covariance (T6)",
            statement="With u_LM = sum_p u_p conj(Y_LM(p)), u = w^2 s^2, the covariance on any points is a "
            "sum over the harmonic transform of u up to L = 2 lmax; an entry takes the one order M = m-m' "
            "and the degrees |l-l'| <= L <= l+l' with l+l'+L even, and vanishes where u has none of them.",
            expression=GAUNT_FORM,
            proof=lambda: (*_prove_form(), *_selection()),
            scope="linear in u, so it holds where the product of two harmonics does; put to the test for two "
            "points with any u and l, l' <= 2; odd l+l'+L for all degrees",
            reference="our derivation",
            kernels=(
                Kernel(
                    "gaunt",
                    "coefficient",
                    (*degrees, (m, MEANING[m]), *symbols_given),
                    gaunt_kernel(),
                    "the coefficient of u_(L,m-m') in C_(lm,l'm')",
                ),
            ),
        ),
        Derivation(
            name="gaunt-relation",
            title="Gaunt form of the pseudo-covariance",
            statement="P_(lm,l'm') = E[a_lm a_l'm'] = (-1)^m' C_(lm,l'-m') takes the order m+m' of u.",
            expression=RELATION,
            proof=_prove_relation,
            scope="as the Gaunt form; term by term for l=2, l'=1; the chart for all m, m' by parity",
            reference="our derivation",
            kernels=(
                Kernel(
                    "gaunt",
                    "entries",
                    (*scales, (m2, MEANING[m2]), *parts),
                    entries(),
                    "cos-cos, cos-sin, sin-cos, sin-sin of Sigma between (l, m) and (l', m'), m, m' >= 0",
                ),
            ),
        ),
    )
