"""The ring sum and its selection rules, T2, and the displacement recurrence, T2b.

On iso-latitude rings C = sum_r lambda_lm lambda_l'm' F_r(m'-m), F_r(k) = sum_j u_rj exp(i k phi_rj).
"""

from sympy import (
    Eq,
    Expr,
    Function,
    I,
    Indexed,
    IndexedBase,
    Matrix,
    Mod,
    Piecewise,
    Sum,
    Symbol,
    conjugate,
    cos,
    exp,
    expand,
    pi,
    sin,
    symbols,
)

from derivations import chart
from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.harmonics import displacement_coefficient, lambda_at
from derivations.symbols import MEANING, azimuth, count, l, l2, m, m2, order, strength

dft_re, dft_im = symbols("dft_re dft_im", real=True)
upper, lower, upper2, lower2, inverse = symbols("up_left down_left up_right down_right inverse_left")
below, above, right, left = symbols("below above right left")
d_re, d_im, s_re, s_im = symbols("d_re d_im s_re s_im", real=True)


COVARIANCE = IndexedBase("C")
ring, rings = Symbol("r", integer=True), Symbol("R", integer=True)
RING_SUM = Eq(
    COVARIANCE[l, m, l2, m2],
    Sum(
        Function("lambda")(l, m, ring) * Function("lambda")(l2, m2, ring) * Function("F_r")(m2 - m),
        (ring, 1, rings),
    ),
)
DISPLACEMENT = Eq(
    displacement_coefficient(l + 1, m) * COVARIANCE[l + 1, l2]
    + displacement_coefficient(l, m) * COVARIANCE[l - 1, l2],
    displacement_coefficient(l2 + 1, m2) * COVARIANCE[l, l2 + 1]
    + displacement_coefficient(l2, m2) * COVARIANCE[l, l2 - 1],
)


def _dividing_branch() -> Matrix:
    """Return the residual of `ring_fourier` where n divides k: n equal terms u exp(i k phi0)."""
    branch = Matrix([part.args[0][0] for part in ring_fourier()])
    total = count * strength * exp(I * order * azimuth)
    return branch - Matrix(expand(total, complex=True).as_real_imag())


def _stated_ring_sum() -> Expr:
    """Return the residual of the stated ring sum for one ring of three points at l=2, m=1, l'=3, m'=2."""
    angles, lam = symbols("phi_1 phi_2 phi_3", real=True), symbols("lambda_2 lambda_3", real=True)
    direct = sum(lam[0] * exp(-I * angle) * conjugate(lam[1] * exp(-2 * I * angle)) for angle in angles)
    stated = instance(
        RING_SUM,
        {l: 2, m: 1, l2: 3, m2: 2, rings: 1},
        **{"lambda": lambda degree, *_: lam[degree - 2]},
        F_r=lambda k: sum(exp(I * k * angle) for angle in angles),
    )
    return expand(stated.subs(COVARIANCE[2, 1, 3, 2], direct))


def _stated_displacement() -> Expr:
    """Return the residual of the stated recurrence for one ring at l=3, m=1, l'=4, m'=2."""
    stated = instance(DISPLACEMENT, {l: 3, m: 1, l2: 4, m2: 2})
    values = {
        part: lambda_at(part.indices[0], 1) * lambda_at(part.indices[1], 2) for part in stated.atoms(Indexed)
    }
    return stated.subs(values)


def ring_fourier() -> Expr:
    """Return F(k) = sum_j u exp(i k phi_j) over one ring of n equispaced points, as (Re, Im)."""
    divides = Eq(Mod(order, count), 0)
    total = strength * count
    return Matrix(
        [
            Piecewise((total * cos(order * azimuth), divides), (0, True)),
            Piecewise((total * sin(order * azimuth), divides), (0, True)),
        ]
    )


def ring_spectrum() -> Matrix:
    """Return F(k) = sum_j u_j exp(i k phi_j) from the ring's discrete Fourier transform, as (Re, Im)."""
    rotated = exp(I * order * azimuth) * conjugate(dft_re + I * dft_im)
    return Matrix(expand(rotated, complex=True).as_real_imag())


def ring_kernel() -> Matrix:
    """Return [[cc, cs], [sc, ss]] of one ring: C = F(m'-m), P = conj F(m+m'), put into the chart."""
    return chart.real_covariance().subs(
        {chart.c_re: d_re, chart.c_im: d_im, chart.p_re: s_re, chart.p_im: -s_im}
    )


def _prove_ring_sum() -> tuple[Step, ...]:
    q, k, j, n = Symbol("q"), order, Symbol("j", integer=True), count
    partial = (1 - q**n) / (1 - q)
    root = exp(2 * pi * I * k / n)
    a, b = symbols("a b", real=True)  # m phi, m' phi at one point
    at_point = ring_kernel().subs({d_re: cos(b - a), d_im: sin(b - a), s_re: cos(a + b), s_im: sin(a + b)})
    scales = chart.scale * chart.scale2
    direct = scales * Matrix([[cos(a) * cos(b), cos(a) * sin(b)], [sin(a) * cos(b), sin(a) * sin(b)]])
    lam, lam2, u = symbols("lambda lambda2 u", real=True)
    covariance = u * lam * exp(-I * a) * conjugate(lam2 * exp(-I * b))
    relation = u * lam * exp(-I * a) * lam2 * exp(-I * b)
    return (
        Step("geometric sum, start", partial.subs(n, 1) - 1),
        Step("geometric sum, induction over n", partial.subs(n, n + 1) - partial - q**n),
        Step("q = exp(2 pi i k/n) has q^n = 1, so the sum is 0 unless n divides k", root**n - 1),
        Step("and n where n divides k = j n: every term is 1", exp(2 * pi * I * j) - 1),
        Step("ring spectrum: one point j of n", ring_spectrum_residual()),
        Step("the statement for one ring of three points", _stated_ring_sum()),
        Step("F(k) = u n exp(i k phi0) where n divides k", _dividing_branch()),
        Step("C of one point", covariance - u * lam * lam2 * exp(I * (b - a))),
        Step("P of one point", relation - u * lam * lam2 * conjugate(exp(I * (a + b)))),
        Step(
            "the kernel is the product of the real harmonics",
            at_point.applyfunc(expand_trig) - direct,
        ),
    )


def ring_spectrum_residual() -> Expr:
    """Return the residual of F(k) = exp(i k phi0) conj(DFT_k u) for the term of one point j."""
    j, u = Symbol("j", integer=True), Symbol("u", real=True)
    angle = 2 * pi * order * j / count
    at_point = ring_spectrum().subs({dft_re: u * cos(angle), dft_im: -u * sin(angle)})
    direct = Matrix([u * cos(order * azimuth + angle), u * sin(order * azimuth + angle)])
    return (at_point - direct).applyfunc(expand_trig)


def expand_trig(expression: Expr) -> Expr:
    """Return the expression with sines and cosines of sums expanded."""
    return expand(expression, trig=True)


def _prove_displacement() -> tuple[Step, ...]:
    # one ring's term u lambda_l lambda_l'; z lambda_l by the recurrence on the left and on the right
    u, up, down, up2, down2 = symbols("u lam_up lam_down lam2_up lam2_down")
    here, here2, z = symbols("lam lam2 z")
    a, b = displacement_coefficient, displacement_coefficient
    left = a(l + 1, m) * up + a(l, m) * down  # = z lambda_l
    right = b(l2 + 1, m2) * up2 + b(l2, m2) * down2  # = z lambda_l'
    identity = u * left * here2 - u * here * right
    solved = {
        up: (z * here - a(l, m) * down) / a(l + 1, m),
        up2: (z * here2 - b(l2, m2) * down2) / b(l2 + 1, m2),
    }
    stated = Step("the statement for one ring at l=3, m=1, l'=4, m'=2", _stated_displacement())
    return (
        stated,
        Step("both sides are u z lambda_l lambda_l', ring by ring", identity.subs(solved)),
        Step(
            "the step down in l leaves no residual",
            _residual().subs(above, _downwards()).subs(inverse, 1 / lower),
        ),
        Step(
            "the step down in l', by the same function with the sides exchanged", _step_in_the_other_index()
        ),
    )


def _residual() -> Expr:
    """Return the residual of the recurrence with numbers for its coefficients and entries."""
    return upper * below + lower * above - upper2 * right - lower2 * left


def _downwards() -> Expr:
    """Return C_(l-1,l'), the recurrence solved for it."""
    return (upper2 * right + lower2 * left - upper * below) * inverse


def _step_in_the_other_index() -> Expr:
    """Return the residual with C_(l,l'-1) given by `_downwards` of the sides exchanged."""
    exchanged = {upper: upper2, upper2: upper, lower2: lower, right: below, left: above, below: right}
    return _residual().subs(left, _downwards().subs(exchanged, simultaneous=True)).subs(inverse, 1 / lower2)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    fourier_parts = (
        (d_re, "Re F(m'-m)"),
        (d_im, "Im F(m'-m)"),
        (s_re, "Re F(m+m')"),
        (s_im, "Im F(m+m')"),
    )
    scales = ((chart.scale, "chart factor of m"), (chart.scale2, "chart factor of m'"))
    coefficients = (
        (upper, "A_(l+1) of m"),
        (lower, "A_l of m"),
        (upper2, "A_(l'+1) of m'"),
        (lower2, "A_l' of m'"),
    )
    neighbours = ((below, "C_(l+1,l')"), (above, "C_(l-1,l')"), (right, "C_(l,l'+1)"), (left, "C_(l,l'-1)"))
    return (
        Derivation(
            name="ring-sum",
            title="Ring sum and selection rules (T2)",
            statement="On iso-latitude rings C = sum_r lambda_lm lambda_l'm' F_r(m'-m) and P = sum_r "
            "lambda_lm lambda_l'm' conj F_r(m+m'), F_r(k) = sum_j u_rj exp(i k phi_rj); with u "
            "constant on a ring of n equispaced points F_r(k) = u n exp(i k phi0) where n divides"
            " k, else 0. Nothing is used of lambda: any analysis that multiplies a ring's "
            "Fourier transform by a table of its own has the same sum over that table.",
            expression=RING_SUM,
            proof=_prove_ring_sum,
            scope="all orders, all ring lengths (symbolic; the geometric sum by induction)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "covariance",
                    "ring_fourier",
                    (
                        (strength, MEANING[strength]),
                        (count, MEANING[count]),
                        (azimuth, MEANING[azimuth]),
                        (order, MEANING[order]),
                    ),
                    ring_fourier(),
                    "Re F(k) and Im F(k)",
                ),
                Kernel(
                    "covariance",
                    "ring_spectrum",
                    (
                        (dft_re, "real part of the ring's DFT of u at k mod n"),
                        (dft_im, "imaginary part of it"),
                        (azimuth, MEANING[azimuth]),
                        (order, MEANING[order]),
                    ),
                    ring_spectrum(),
                    "Re F(k) and Im F(k) where u varies along the ring",
                ),
                Kernel(
                    "covariance",
                    "ring_kernel",
                    (*scales, *fourier_parts),
                    ring_kernel(),
                    "what multiplies lambda lambda' in Sigma: cos-cos, cos-sin, sin-cos, sin-sin",
                ),
            ),
        ),
        Derivation(
            name="displacement",
            title="Displacement recurrence (T2b)",
            statement="Inside a block (m, m') every entry follows from three neighbours: A_(l+1) C_(l+1,l')"
            " + A_l C_(l-1,l') = A'_(l'+1) C_(l,l'+1) + A'_l' C_(l,l'-1).",
            expression=DISPLACEMENT,
            proof=_prove_displacement,
            scope="all l, l', m, m', any ring weights (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "covariance",
                    "displacement_residual",
                    (*coefficients, *neighbours),
                    _residual(),
                    "the residual, zero for a ring sum",
                ),
                Kernel(
                    "displacement",
                    "downwards",
                    (
                        (upper, "A_(l+1) of m"),
                        (inverse, "1 / A_l of m"),
                        *coefficients[2:],
                        neighbours[0],
                        *neighbours[2:],
                    ),
                    _downwards(),
                    "C_(l-1,l') from its three neighbours; C_(l,l'-1) with the sides exchanged",
                ),
            ),
        ),
    )
