"""The reality constraint and the real chart R1; how covariance C and relation P become Sigma.

A real field has a_(l,-m) = (-1)^m conj(a_lm). R1 is the orthonormal real chart with index
k = l^2 + l + m: alpha_l0 = a_l0, and (alpha_lm, alpha_(l,-m)) = T (a_lm, a_(l,-m)), T unitary, m > 0.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    I,
    Integer,
    Matrix,
    Mod,
    Piecewise,
    Rational,
    Symbol,
    conjugate,
    exp,
    expand,
    eye,
    gamma,
    re,
    solve,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.harmonics import lambda_at
from derivations.symbols import MEANING, l, m

sign = Symbol("epsilon", real=True)  # (-1)^m: reduce modulo epsilon^2 = 1
x, y, x2, y2 = symbols("x y x2 y2", real=True)  # a = x + i y, a' = x2 + i y2
scale, scale2 = symbols("scale scale2", positive=True)
c_re, c_im, p_re, p_im = symbols("c_re c_im p_re p_im", real=True)
cc, cs, sc, ss = symbols("cc cs sc ss", real=True)
cosine_part, sine_part = symbols("cosine sine", real=True)


REALITY = Eq(Function("Y")(l, -m), (-1) ** m * conjugate(Function("Y")(l, m)))


def harmonic_at(degree: Expr, order: Expr) -> Expr:
    """Return Y_lm at cos(theta) = 1/3, phi = 1/2, for instances of a statement."""
    return lambda_at(degree, order, Rational(1, 3)) * exp(I * order * Rational(1, 2))


def _modulo_sign(expression: Expr | Matrix) -> Expr | Matrix:
    return expression.expand().subs(sign**2, 1)


def _transform(factor: Expr) -> Matrix:
    return factor * Matrix([[1, sign], [I, -I * sign]])


def parity(order: Expr) -> Expr:
    """Return (-1)^m as a case distinction, which arrays of floats can evaluate."""
    return Piecewise((Integer(1), Eq(Mod(order, 2), 0)), (Integer(-1), True))


def reflected() -> Matrix:
    """Return (Re, Im) of a_(l,-m) = (-1)^m conj(a_lm), a_lm = x + i y."""
    return parity(m) * Matrix([x, -y])


def unitary_factor() -> Expr:
    """Return the positive factor that makes T = factor [[1, e], [i, -i e]] unitary: it is solved for."""
    factor = Symbol("factor", positive=True)
    gram = _modulo_sign(_transform(factor) * _transform(factor).H)
    (root,) = solve(gram[0, 0] - 1, factor)
    return root


def coefficients() -> Matrix:
    """Return (alpha_m, alpha_-m) of a_m = x + i y, m > 0: (sqrt2 x, -sqrt2 y)."""
    a = x + I * y
    return _modulo_sign(_transform(unitary_factor()) * Matrix([a, sign * conjugate(a)]))


def real_parts() -> Matrix:
    """Return (alpha_m, alpha_-m) for any chart factor: the signs of `coefficients`, the factor given."""
    unit = coefficients() / (coefficients()[0] / x)
    return unit * scale


def complex_parts() -> Matrix:
    """Return (Re a, Im a) from (alpha_m, alpha_-m): the inverse of `real_parts`."""
    (solution,) = solve(list(real_parts() - Matrix([cosine_part, sine_part])), [x, y], dict=True)
    return Matrix([solution[x], solution[y]])


def chart_scale() -> Expr:
    """Return the chart's factor: 1 at m = 0, where a_l0 is real already, and sqrt2 at m > 0."""
    return Piecewise((Integer(1), Eq(m, 0)), (coefficients()[0] / x, True))


def real_covariance() -> Matrix:
    """Return [[cc, cs], [sc, ss]] of Sigma between orders m and m' from C = E[a a'^*], P = E[a a']."""
    # E is linear: solve for the four real moments, then put them into the chart
    xx, xy, yx, yy = symbols("xx xy yx yy", real=True)
    moments = {x * x2: xx, x * y2: xy, y * x2: yx, y * y2: yy}
    covariance = expand((x + I * y) * (x2 - I * y2)).subs(moments)
    relation = expand((x + I * y) * (x2 + I * y2)).subs(moments)
    (solution,) = solve(
        [
            re(covariance) - c_re,
            re(-I * covariance) - c_im,
            re(relation) - p_re,
            re(-I * relation) - p_im,
        ],
        [xx, xy, yx, yy],
        dict=True,
    )
    sine = (coefficients()[1] / y) / (coefficients()[0] / x)  # -1: alpha_-m = -scale Im a
    return (
        scale
        * scale2
        * Matrix(
            [
                [solution[xx], sine * solution[xy]],
                [sine * solution[yx], sine**2 * solution[yy]],
            ]
        )
    ).expand()


def complex_covariance() -> Matrix:
    """Return (Re C, Im C) from Sigma's parts cc, cs, sc, ss: the inverse of `real_covariance`."""
    sigma = real_covariance()
    unknowns = [c_re, c_im, p_re, p_im]
    (solution,) = solve(list(sigma - Matrix([[cc, cs], [sc, ss]])), unknowns, dict=True)
    return Matrix([solution[c_re], solution[c_im]])


def _prove_reality() -> tuple[Step, ...]:
    # DLMF 14.9.3: P_l^-m = (-1)^m (l-m)!/(l+m)! P_l^m; lambda_lm = N_lm P_l^m
    legendre_m = Function("P")(l, m)
    norm_ratio = gamma(l + m + 1) / gamma(l - m + 1)  # N_(l,-m) / N_lm
    flipped = norm_ratio * sign * gamma(l - m + 1) / gamma(l + m + 1) * legendre_m
    lam, cosine, sine = symbols("lambda cosine sine", real=True)
    y_plus, y_minus = lam * (cosine + I * sine), sign * lam * (cosine - I * sine)
    a_plus = x + I * y
    field = a_plus * y_plus + sign * conjugate(a_plus) * y_minus  # the terms m and -m of a real field
    return (
        Step("lambda_(l,-m) = (-1)^m lambda_lm", flipped - sign * legendre_m),
        *(Step(f"the kernel at m={order}", _reflection(order)) for order in (-1, 0, 1, 2)),
        Step("the statement at l=3, m=1", instance(REALITY, {l: 3, m: 1}, Y=harmonic_at)),
        Step("the statement at l=3, m=2", instance(REALITY, {l: 3, m: 2}, Y=harmonic_at)),
        Step("Y_(l,-m) = (-1)^m conj(Y_lm)", y_minus - sign * conjugate(y_plus)),
        Step(
            "terms m and -m add to a real number",
            _modulo_sign(expand(field - conjugate(field))),
        ),
    )


def _reflection(order: int) -> Expr:
    real, imaginary = reflected().subs(m, order)
    return expand(real + I * imaginary - (-1) ** order * conjugate(x + I * y))


def _prove_chart() -> tuple[Step, ...]:
    transform = _transform(unitary_factor())
    lam, cosine, sine = symbols("lambda cosine sine", real=True)
    basis = unitary_factor() * 2 * lam * Matrix([cosine, sine])  # sqrt2 Re Y, sqrt2 Im Y
    harmonic = lam * (cosine + I * sine)
    a = x + I * y
    terms = a * harmonic + sign * conjugate(a) * sign * conjugate(harmonic)
    expansion = (coefficients().T * basis)[0]
    return (
        Step("T is unitary", _modulo_sign(transform * transform.H) - eye(2)),
        Step(
            "alpha_m phi_m + alpha_-m phi_-m = a_m Y_m + a_-m Y_-m",
            _modulo_sign(expand(terms) - expand(expansion)),
        ),
        Step(
            "a_m comes back from its two coefficients",
            complex_parts().subs({cosine_part: scale * x, sine_part: -scale * y}) - Matrix([x, y]),
        ),
        Step("alpha_m is real", _modulo_sign(coefficients() - coefficients().conjugate())),
    )


def _prove_real_covariance() -> tuple[Step, ...]:
    # put C and P of one product a a' back: Sigma must be the product of the chart's coefficients
    product = (x + I * y) * (x2 - I * y2), (x + I * y) * (x2 + I * y2)
    c, p = (expand(value) for value in product)
    back = {c_re: re(c), c_im: re(-I * c), p_re: re(p), p_im: re(-I * p)}
    alpha, alpha2 = scale * Matrix([x, -y]), scale2 * Matrix([x2, -y2])
    inverse = Matrix([c_re, c_im]) - complex_covariance().subs(
        dict(zip((cc, cs, sc, ss), real_covariance(), strict=True)), simultaneous=True
    )
    return (
        Step("Sigma = E[alpha alpha'^T]", real_covariance().subs(back) - alpha * alpha2.T),
        Step("C comes back from Sigma", inverse),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    scales = ((scale, "chart factor of m"), (scale2, "chart factor of m'"))
    parts = ((cc, "cos-cos"), (cs, "cos-sin"), (sc, "sin-cos"), (ss, "sin-sin"))
    return (
        Derivation(
            name="reality-constraint",
            title="Reality constraint",
            statement="A real field has a_(l,-m) = (-1)^m conj(a_lm), because Y_(l,-m) = (-1)^m conj(Y_lm).",
            expression=REALITY,
            proof=_prove_reality,
            scope="all l >= m >= 0 (symbolic), from DLMF 14.9.3",
            reference="DLMF 14.30.6; our derivation",
            kernels=(
                Kernel(
                    "chart",
                    "reflected",
                    ((m, MEANING[m]), (x, "Re a_lm"), (y, "Im a_lm")),
                    reflected(),
                    "Re and Im of a_(l,-m)",
                ),
            ),
        ),
        Derivation(
            name="real-chart",
            title="Real chart R1",
            statement="alpha_l0 = a_l0, alpha_lm = sqrt2 Re a_lm, alpha_(l,-m) = -sqrt2 Im a_lm: the sqrt2 "
            "is what makes the chart unitary.",
            expression=Eq(Matrix([Symbol("alpha_plus"), Symbol("alpha_minus")]), coefficients()),
            proof=_prove_chart,
            scope="all m > 0 (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "chart",
                    "scale",
                    ((m, MEANING[m] + ", m >= 0"),),
                    chart_scale(),
                    "alpha_lm / Re a_lm = -alpha_(l,-m) / Im a_lm",
                ),
                Kernel(
                    "chart",
                    "real_parts",
                    ((scale, "chart factor of m"), (x, "Re a_lm"), (y, "Im a_lm")),
                    real_parts(),
                    "alpha_lm and alpha_(l,-m)",
                ),
                Kernel(
                    "chart",
                    "complex_parts",
                    ((scale, "chart factor of m"), (cosine_part, "alpha_lm"), (sine_part, "alpha_(l,-m)")),
                    complex_parts(),
                    "Re a_lm and Im a_lm",
                ),
            ),
        ),
        Derivation(
            name="real-covariance",
            title="From C and P to Sigma",
            statement="C = E[a a'^*] and P = E[a a'] fix Sigma in R1: cos-cos from Re(C + P)/2, sin-sin "
            "from Re(C - P)/2, cos-sin from Im(C - P)/2, sin-cos from -Im(C + P)/2, times the "
            "chart factors.",
            expression=Eq(Matrix([[cc, cs], [sc, ss]]), real_covariance()),
            proof=_prove_real_covariance,
            scope="all m, m' (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "chart",
                    "complex_covariance",
                    (*scales, *parts),
                    complex_covariance(),
                    "Re C and Im C of E[a_lm conj(a_l'm')]",
                ),
            ),
        ),
    )
