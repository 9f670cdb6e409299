"""T5, the leading anisotropy of HEALPix: Euler-Maclaurin for the ring sum, order by order in 1/N_side^2.

With F = lambda_lm lambda_l'm, an even polynomial in z, both caps and the belt are trapezoid sums that
share the ring i = N_side: (N/4pi) C = (4 pi/(3 N_side)) [2 T_0^1 f + T_-1^1 g], f(t) = t F(1 - t^2/3),
g(t) = F(2 t/3). What the ends leave, order by order, are derivatives of F at z = 2/3 and at z = 1.
"""

from functools import lru_cache
from math import factorial, gcd, lcm

from flint import fmpq, fmpq_poly
from sympy import (
    Add,
    Basic,
    Eq,
    Expr,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Matrix,
    Mul,
    Rational,
    Symbol,
    bernoulli,
    diff,
    expand,
    pi,
    sqrt,
    symbols,
)

from derivations import closed_forms as forms
from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.faulhaber import POWERS, as_expr, power_sum, rational
from derivations.harmonics import lambda_at
from derivations.symbols import MEANING, N_side, l, l2, z

TERMS = 3  # through N_side^-6
PROVED = 4  # band limit of the comparison with the closed forms in the proof
JOINT, POLE = Rational(2, 3), Integer(1)
t, EDGE = Symbol("t", real=True), Symbol("z_c", real=True)
resolution, joint, pole = symbols("nside joint pole", real=True)
F = Function("F_n")  # F(n, z): the n-th derivative of F at z
E = IndexedBase("E")


class Derived(Function):  # type: ignore[misc]  # SymPy is untyped
    """An undefined function's n-th derivative at z: Derived(n, z), differentiated in z."""

    nargs = 2

    def fdiff(self, argindex: int = 2) -> Expr:
        """Return the derivative in z, which is the next one."""
        if argindex != 2:
            raise NotImplementedError("the number of a derivative is no variable")
        return Derived(self.args[0] + 1, self.args[1])


def cap(variable: Expr = t) -> Expr:
    """Return f(t) = t F(1 - t^2/3), for an undefined F."""
    return variable * Derived(0, 1 - variable**2 / 3)


def belt(variable: Expr = t) -> Expr:
    """Return g(t) = F(2 t/3), for an undefined F."""
    return Derived(0, 2 * variable / 3)


@lru_cache(maxsize=8)
def term(order: int) -> Expr:
    """Return E_r, the coefficient of N_side^(-2 r) in (N/4pi) C, r = order >= 1, in F(n, 2/3) and F(n, 1).

    E_r = (4 pi/3) B_2r/(2r)! [2 f^(2r-1)(1) - 2 f^(2r-1)(0) + g^(2r-1)(1) - g^(2r-1)(-1)].

    >>> term(1)
    2*pi*F_n(0, 2/3)/9 - 2*pi*F_n(0, 1)/9
    """
    if order < 1:
        raise ValueError(f"order must be >= 1, got {order}")
    number = 2 * order - 1
    slope, belt_slope = diff(cap(), t, number), diff(belt(), t, number)
    ends = 2 * slope.subs(t, 1) - 2 * slope.subs(t, 0) + belt_slope.subs(t, 1) - belt_slope.subs(t, -1)
    total = 4 * pi / 3 * bernoulli(2 * order) / Integer(factorial(2 * order)) * ends
    return expand(total.replace(Derived, _even))


def _even(number: Expr, place: Expr) -> Expr:
    """Return F(n, z) with z >= 0: F is even, so its n-th derivative has the parity of n."""
    return (-1) ** number * F(number, -place) if place < 0 else F(number, place)


def series(l: int, m: int, l2: int, m2: int, terms: int = TERMS) -> tuple[Rational, ...]:
    """Return delta_ll', E_1, ... of the expansion for F = lambda_lm lambda_l2m2, over their norms' root.

    Times sqrt((2l+1)(2l2+1)(l-m)!(l2-m2)!/((l+m)!(l2+m2)!)) these are the coefficients of (N/4pi) C;
    orders m = m2 >= 0, l + l2 even.

    Raises
    ------
    ValueError
        for other degrees and orders.
    """
    forms.form(l, m, l2, m2)
    if m < 0 or m != m2 or (l + l2) % 2:
        raise ValueError(f"the expansion is of m = m2 >= 0 with l + l2 even, got ({l}, {m}), ({l2}, {m2})")
    zonal = forms.zonal_polynomial(l, m, l2, m2)
    integral = zonal.integral()
    start = (integral(fmpq(1)) - integral(fmpq(-1))) / 2
    return (rational(start), *(rational(_applied(order, zonal)) for order in range(1, terms + 1)))


def _applied(order: int, zonal: fmpq_poly) -> fmpq:
    total = fmpq(0)
    for number, place, factor in functional(order):
        derivative = zonal
        for _ in range(number):
            derivative = derivative.derivative()
        total += factor * derivative(place)
    return total


@lru_cache(maxsize=8)
def functional(order: int) -> tuple[tuple[int, fmpq, fmpq], ...]:
    """Return E_r/(4 pi) as (n, z, factor): the sum of factor F^(n)(z)."""
    found = []
    for part in sorted(term(order).atoms(F), key=lambda part: (part.args[1], part.args[0])):
        number, place = part.args
        factor = Rational(term(order).coeff(part) / (4 * pi))
        found.append((int(number), fmpq(place.p, place.q), fmpq(factor.p, factor.q)))
    return tuple(found)


def printed(order: int) -> Expr:
    """Return E_r with its common factor in front and z_c for 2/3, as it is printed."""
    parts = {(part.args[1], int(part.args[0])): part for part in term(order).atoms(F)}
    factors = {place: Rational(term(order).coeff(part) / pi) for place, part in parts.items()}
    common = Rational(
        gcd(*(int(value.p) for value in factors.values())), lcm(*(int(value.q) for value in factors.values()))
    )
    inner = Add(*(factors[place] / common * parts[place].subs(JOINT, EDGE) for place in sorted(parts)))
    return Mul(common, pi, inner)


EXPANSION = Eq(
    Matrix([E[order] for order in range(TERMS + 1)]),
    Matrix([KroneckerDelta(l, l2), *(printed(order) for order in range(1, TERMS + 1))]),
)


def _prove_expansion() -> tuple[Step, ...]:
    primitive, half = Derived(-1, 1 - t**2 / 3), Derived(-1, 2 * t / 3)
    upper, middle = symbols("Phi_1 Phi_2")  # the primitive at 1 and at 2/3; it is odd, since F is even
    total = 4 * pi / 3 * (2 * Rational(3, 2) * (upper - middle) + Rational(3, 2) * (middle + middle))
    return (
        *(Step(f"Euler-Maclaurin on t^{power}", _trapezoid(power)) for power in range(POWERS)),
        Step("caps: int t F(1 - t^2/3) is -3/2 the primitive of F", diff(-primitive * 3 / 2, t) - cap()),
        Step("belt: int F(2 t/3) is 3/2 the primitive of F", diff(half * 3 / 2, t) - belt()),
        Step("order 0: 2 pi times the integral of F, which is delta_ll'", total - 2 * pi * (upper + upper)),
        Step("order 1: 2 pi/9 [F(2/3) - F(1)]", term(1) - 2 * pi / 9 * (F(0, JOINT) - F(0, POLE))),
        Step("(2,0; 0,0): -5 sqrt5/(108 N^2)", _coefficient(2, 0, 0, 1) + 5 * sqrt(5) / 108),
        Step("the same in closed form", _closed(2, 0, 0)[1] + 5 * sqrt(5) / 108),
        *(Step(f"the statement at l = {i}, l' = {j}, m = {k}", _stated(i, j, k)) for i, j, k in CASES),
        *(
            Step(
                f"closed forms through N_side^-{2 * TERMS}: l = {i}, l' = {j}, m = {k}",
                _series_residual(i, j, k),
            )
            for i, j, k in equal_orders(PROVED)
        ),
    )


def equal_orders(lmax: int) -> list[tuple[int, int, int]]:
    """Return (l, l2, m) of the independent entries with m = m2 >= 0."""
    return [(l_, l2_, m_) for l_, m_, l2_, m2_ in forms.independent_keys(lmax) if m_ == m2_]


def _trapezoid(power: int) -> Expr:
    """Return n^p times the residual of Euler-Maclaurin: t^p over [0, 1] by trapezoids in n steps."""
    ends = fmpq_poly([0] * power + [1])
    direct = power_sum(power) + (ends - fmpq_poly([int(power == 0)])) / 2
    claimed = [fmpq(0)] * (power + 2)
    claimed[power + 1] = fmpq(1, power + 1)
    for order in range(1, power // 2 + 2):
        if 2 * order - 1 <= power:
            falling = fmpq(factorial(power), factorial(power - 2 * order + 1))
            at_zero = factorial(power) if power == 2 * order - 1 else 0
            claimed[power + 1 - 2 * order] += (
                fmpq.bernoulli(2 * order) / factorial(2 * order) * (falling - at_zero)
            )
    return as_expr(direct - fmpq_poly(claimed), Symbol("n"))


def _coefficient(degree: int, degree2: int, order: int, power: int) -> Expr:
    inside, outside = forms.root(degree, order, degree2, order)
    return sqrt(Integer(inside)) * Rational(outside) * series(degree, order, degree2, order)[power]


def _closed(degree: int, degree2: int, order: int) -> tuple[Expr, ...]:
    found = forms.form(degree, order, degree2, order)
    padded = (*found.coefficients, *([Integer(0)] * (TERMS + 1)))
    return tuple(sqrt(Integer(found.radicand)) * Rational(c) for c in padded[: TERMS + 1])


def _series_residual(degree: int, degree2: int, order: int) -> Matrix:
    closed = _closed(degree, degree2, order)
    return Matrix([_coefficient(degree, degree2, order, place) - closed[place] for place in range(TERMS + 1)])


def _stated(degree: int, degree2: int, order: int) -> Basic:
    """Return the residual of the printed terms, E from the closed form and F from Rodrigues' formula."""
    product = lambda_at(degree, order) * lambda_at(degree2, order)

    def derivative(number: Expr, place: Expr) -> Expr:
        return diff(product, z, int(number)).subs(z, place)

    stated = instance(EXPANSION, {l: degree, l2: degree2, EDGE: JOINT}, F_n=derivative)
    return stated.subs({E[place]: value for place, value in enumerate(_closed(degree, degree2, order))})


CASES = ((0, 0, 0), (2, 0, 0), (2, 2, 1), (4, 2, 2), (3, 3, 3))


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    leading = term(1).subs({F(0, JOINT): joint, F(0, POLE): pole}) / resolution**2
    return (
        Derivation(
            name="healpix-anisotropy",
            title="The anisotropy of HEALPix, order by order (T5)",
            statement="(N/4 pi) C_(l,m,l',m) = E_0 + E_1 N_side^-2 + E_2 N_side^-4 + E_3 N_side^-6 + ..., "
            "with F = lambda_lm lambda_(l',m) and F_n its n-th derivative in z: the anisotropy comes from "
            "the edge of the polar caps, |z| = z_c = 2/3, and from the poles alone. It is for l + l' even; "
            "orders m != m' couple from N_side^-6 on.",
            expression=EXPANSION,
            proof=_prove_expansion,
            scope="all l, l', m (symbolic, for any even polynomial F; Euler-Maclaurin for "
            f"powers of t below {POWERS}); through N_side^-{2 * TERMS} against the closed forms for every "
            f"pair to lmax {PROVED}",
            reference="Euler-Maclaurin: DLMF 2.10.1; our derivation",
            kernels=(
                Kernel(
                    "closed_form",
                    "leading_anisotropy",
                    (
                        (resolution, MEANING[N_side]),
                        (joint, "lambda_lm lambda_l'm at z = 2/3"),
                        (pole, "lambda_lm lambda_l'm at z = 1"),
                    ),
                    leading,
                    "the leading term of (N/4 pi) C - delta_ll'",
                ),
            ),
        ),
    )
