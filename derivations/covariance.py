"""The covariance of pixel noise after the quadrature transform: T1, sum rule, ring sum, displacement.

Pixel noise w_t has E[w_t w_t^T] = t D, D = diag(s_p^2); the transform is alpha = A x, A = Phi^T W.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    I,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    MatrixSymbol,
    Mod,
    Piecewise,
    Sum,
    Symbol,
    Trace,
    conjugate,
    cos,
    exp,
    expand,
    pi,
    sin,
    symbols,
)
from sympy.concrete.delta import deltasummation

from derivations import chart
from derivations.derivation import Derivation, Kernel, Step
from derivations.harmonics import HARMONIC_SUM, displacement_coefficient
from derivations.symbols import MEANING, N_pix, azimuth, count, l, l2, m, m2, order, strength, t
from derivations.symbols import variance as s2
from derivations.symbols import weight as w

STRENGTH = w**2 * s2
dft_re, dft_im = symbols("dft_re dft_im", real=True)
total = Symbol("total", nonnegative=True)
FLAT_POWER = HARMONIC_SUM * total
d_re, d_im, s_re, s_im = symbols("d_re d_im s_re s_im", real=True)


def _prove_law() -> tuple[Step, ...]:
    # E[v_i v_j] = sum_pq A_ip A_jq E[w_p w_q] with E[w_p w_q] = t s_p^2 delta_pq, any N
    a, variance = IndexedBase("A"), IndexedBase("s2")
    i, j = symbols("i j", integer=True)
    p, q = symbols("p q", integer=True)
    summand = a[i, p] * a[j, q] * t * variance[p] * KroneckerDelta(p, q)
    inner = deltasummation(summand, (q, 0, N_pix - 1))
    collapsed = inner.args[0][0] if isinstance(inner, Piecewise) else inner
    phi, weights = IndexedBase("Phi"), IndexedBase("w")
    quadrature = {a[i, p]: weights[p] * phi[p, i], a[j, p]: weights[p] * phi[p, j]}
    weighted = STRENGTH.subs({w: weights[p], s2: variance[p]})
    return (
        Step(
            "white in space: the double sum collapses to one",
            collapsed - t * a[i, p] * variance[p] * a[j, p],
        ),
        Step(
            "quadrature A = Phi^T W: Sigma_ij = sum_p u_p phi_i phi_j with u = w^2 s^2",
            collapsed.subs(quadrature) / t - weighted * phi[p, i] * phi[p, j],
        ),
    )


def _prove_sum_rule() -> tuple[Step, ...]:
    # Var a_lm = sum_p u_p lambda_lm(z_p)^2; the addition theorem sums lambda^2 over m at each pixel
    cosine, sine, u = symbols("cosine sine u", real=True)
    harmonic = cosine + I * sine
    equal = FLAT_POWER.subs(total, N_pix * (4 * pi / N_pix) ** 2)
    lmax = Symbol("L", integer=True, nonnegative=True)
    trace = Sum(equal * N_pix / (4 * pi), (l, 0, lmax)).doit()
    return (
        Step(
            "|Y_lm|^2 = lambda_lm^2",
            expand(harmonic * conjugate(harmonic)).subs(sine**2, 1 - cosine**2) - 1,
        ),
        Step("one pixel adds u (2l+1)/(4 pi)", FLAT_POWER.subs(total, u) - u * HARMONIC_SUM),
        Step("equal weights: trace((N/4pi) Sigma) = (L+1)^2", expand(trace) - expand((lmax + 1) ** 2)),
    )


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
    return (Step("both sides are u z lambda_l lambda_l', ring by ring", identity.subs(solved)),)


def _prove_round_trip() -> tuple[Step, ...]:
    # y = Phi alpha: sum_p E[y_p^2] = tr(Phi Sigma Phi^T) = tr(Sigma Phi^T Phi); 2 harmonics, 3 pixels
    phi = Matrix(3, 2, symbols("f:6"))
    sigma = Matrix([[Symbol("a"), Symbol("b")], [Symbol("b"), Symbol("c")]])
    mean = (phi * sigma * phi.T).trace() / 3
    gram = phi.T * phi * (4 * pi / 3)
    return (
        Step(
            "mean pixel variance is tr(Sigma G) / 4 pi",
            expand(mean - (sigma * gram).trace() / (4 * pi)),
        ),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    phi, weights, noise = (MatrixSymbol(name, N_pix, N_pix) for name in ("Phi", "W", "D"))
    gram = MatrixSymbol("G", N_pix, N_pix)
    sigma = MatrixSymbol("Sigma", N_pix, N_pix)
    covariance = IndexedBase("C")
    lam, fourier = Function("lambda"), Function("F_r")
    r, rings = Symbol("r", integer=True), Symbol("R", integer=True)
    a = displacement_coefficient
    fourier_parts = (
        (d_re, "Re F(m'-m)"),
        (d_im, "Im F(m'-m)"),
        (s_re, "Re F(m+m')"),
        (s_im, "Im F(m+m')"),
    )
    scales = ((chart.scale, "chart factor of m"), (chart.scale2, "chart factor of m'"))
    block = symbols("up_left down_left up_right down_right")
    neighbours = symbols("below above right left")
    return (
        Derivation(
            name="spectral-covariance",
            title="Covariance of spectral Brownian motion (T1)",
            statement="v_t = A w_t has covariance t Sigma with Sigma = A D A^T; for the quadrature "
            "transform A = Phi^T W it is Sigma = Phi^T diag(w^2 s^2) Phi.",
            expression=Eq(sigma, phi.T * weights * noise * weights * phi),
            proof=_prove_law,
            scope="any number of pixels and any entries (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "covariance",
                    "noise_strength",
                    ((w, MEANING[w]), (s2, MEANING[s2])),
                    STRENGTH,
                    "u = w^2 s^2 in Sigma = Phi^T diag(u) Phi",
                ),
            ),
        ),
        Derivation(
            name="sum-rule",
            title="Flat, yet not white (T1b)",
            statement="On every grid the quadrature transform of independent pixel noise has an exactly "
            "flat spectrum: sum over m of Var(a_lm) = (2l+1)/(4 pi) sum over pixels of w^2 s^2.",
            expression=Eq(
                Sum(Function("Var")(l, m), (m, -l, l)),
                (2 * l + 1)
                / (4 * pi)
                * Sum(IndexedBase("w")[r] ** 2 * IndexedBase("s")[r] ** 2, (r, 1, N_pix)),
            ),
            proof=_prove_sum_rule,
            scope="all l, any grid and weights (symbolic), by the addition theorem",
            reference="our derivation",
            kernels=(
                Kernel(
                    "covariance",
                    "degree_power",
                    ((l, MEANING[l]), (total, "sum over pixels of w^2 s^2")),
                    FLAT_POWER,
                    "sum over m of Var(a_lm)",
                ),
            ),
        ),
        Derivation(
            name="ring-sum",
            title="Ring sum and selection rules (T2)",
            statement="On iso-latitude rings C = sum_r lambda_lm lambda_l'm' F_r(m'-m) and P = sum_r "
            "lambda_lm lambda_l'm' conj F_r(m+m'), F_r(k) = sum_j u_rj exp(i k phi_rj); with u "
            "constant on a ring of n equispaced points F_r(k) = u n exp(i k phi0) where n divides"
            " k, else 0.",
            expression=Eq(
                covariance[l, m, l2, m2],
                Sum(lam(l, m, r) * lam(l2, m2, r) * fourier(m2 - m), (r, 1, rings)),
            ),
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
            expression=Eq(
                a(l + 1, m) * covariance[l + 1, l2] + a(l, m) * covariance[l - 1, l2],
                a(l2 + 1, m2) * covariance[l, l2 + 1] + a(l2, m2) * covariance[l, l2 - 1],
            ),
            proof=_prove_displacement,
            scope="all l, l', m, m', any ring weights (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "covariance",
                    "displacement_residual",
                    tuple(
                        zip(
                            (*block, *neighbours),
                            (
                                "A_(l+1) of m",
                                "A_l of m",
                                "A_(l'+1) of m'",
                                "A_l' of m'",
                                "C_(l+1,l')",
                                "C_(l-1,l')",
                                "C_(l,l'+1)",
                                "C_(l,l'-1)",
                            ),
                            strict=True,
                        )
                    ),
                    block[0] * neighbours[0]
                    + block[1] * neighbours[1]
                    - block[2] * neighbours[2]
                    - block[3] * neighbours[3],
                    "the residual, zero for a ring sum",
                ),
            ),
        ),
        Derivation(
            name="round-trip",
            title="White noise there and back",
            statement="With equal weights 4 pi/N the map that comes back from analysis and synthesis of "
            "pixel noise has the mean variance tr(Sigma G)/(4 pi).",
            expression=Eq(Symbol("Var_mean"), Trace(sigma * gram) / (4 * pi)),
            proof=_prove_round_trip,
            scope="2 harmonics on 3 pixels with arbitrary entries; the trace identity is entrywise, so "
            "this shows every kind of term",
            reference="our derivation; the puzzle is healpy issue 414",
            kernels=(
                Kernel(
                    "covariance",
                    "round_trip_variance",
                    ((Symbol("trace_sigma_gram", real=True), "tr(Sigma G)"),),
                    Symbol("trace_sigma_gram", real=True) / (4 * pi),
                    "mean variance of the map that comes back",
                ),
            ),
        ),
    )
