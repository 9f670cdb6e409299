"""The covariance of pixel noise after the quadrature transform, T1, its sum rule and round trip.

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
    Piecewise,
    Sum,
    Symbol,
    Trace,
    conjugate,
    diag,
    expand,
    pi,
    symbols,
)
from sympy.concrete.delta import deltasummation

from derivations.derivation import Derivation, Kernel, Step, explicit, instance
from derivations.harmonics import HARMONIC_SUM, lambda_at
from derivations.symbols import MEANING, N_pix, l, m, t
from derivations.symbols import variance as s2
from derivations.symbols import weight as w

STRENGTH = w**2 * s2
PHI, W, D, G, SIGMA = (MatrixSymbol(name, N_pix, N_pix) for name in ("Phi", "W", "D", "G", "Sigma"))
LAW = Eq(SIGMA, PHI.T * W * D * W * PHI)
trace_symbol = Symbol("trace_sigma_gram", real=True)
ROUND_TRIP = trace_symbol / (4 * pi)
point = Symbol("r", integer=True)
total = Symbol("total", nonnegative=True)
FLAT_POWER = HARMONIC_SUM * total
SUM_RULE = Eq(
    Sum(Function("Var")(l, m), (m, -l, l)),
    HARMONIC_SUM * Sum(IndexedBase("w")[point] ** 2 * IndexedBase("s")[point] ** 2, (point, 1, N_pix)),
)


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
        Step("the statement for 2 pixels", _stated_law()),
        Step(
            "quadrature A = Phi^T W: Sigma_ij = sum_p u_p phi_i phi_j with u = w^2 s^2",
            collapsed.subs(quadrature) / t - weighted * phi[p, i] * phi[p, j],
        ),
    )


def _stated_law() -> Matrix:
    """Return the residual of the stated law against A D A^T for two pixels and two harmonics."""
    phi = Matrix(2, 2, symbols("f:4"))
    weights, noise = diag(*symbols("w_1 w_2")), diag(*symbols("d_1 d_2"))
    operator = phi.T * weights
    return explicit(LAW.rhs, N_pix, 2, Phi=phi, W=weights, D=noise) - operator * noise * operator.T


def _stated_sum_rule() -> Expr:
    """Return the residual of the stated sum rule at l = 2 for two pixels at z_1, z_2."""
    weights, deviations, cosines = IndexedBase("w"), IndexedBase("s"), symbols("z_1 z_2", real=True)

    def variance(degree: Expr, order: Expr) -> Expr:
        terms = enumerate(cosines, start=1)
        return sum(
            weights[p] ** 2 * deviations[p] ** 2 * lambda_at(degree, order, zp) ** 2 for p, zp in terms
        )

    return expand(instance(SUM_RULE, {l: 2, N_pix: 2}, Var=variance))


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
        Step("the statement at l=2 for two pixels", _stated_sum_rule()),
        Step("one pixel adds u (2l+1)/(4 pi)", FLAT_POWER.subs(total, u) - u * HARMONIC_SUM),
        Step("equal weights: trace((N/4pi) Sigma) = (L+1)^2", expand(trace) - expand((lmax + 1) ** 2)),
    )


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
    return (
        Derivation(
            name="spectral-covariance",
            title="Covariance of spectral Brownian motion (T1)",
            statement="v_t = A w_t has covariance t Sigma with Sigma = A D A^T; for the quadrature "
            "transform A = Phi^T W it is Sigma = Phi^T diag(w^2 s^2) Phi.",
            expression=LAW,
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
            expression=SUM_RULE,
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
            name="round-trip",
            title="White noise there and back",
            statement="With equal weights 4 pi/N the map that comes back from analysis and synthesis of "
            "pixel noise has the mean variance tr(Sigma G)/(4 pi).",
            expression=Eq(Symbol("Var_mean"), ROUND_TRIP.subs(trace_symbol, Trace(SIGMA * G))),
            proof=_prove_round_trip,
            scope="2 harmonics on 3 pixels with arbitrary entries; the trace identity is entrywise, so "
            "this shows every kind of term",
            reference="our derivation; the puzzle is healpy issue 414",
            kernels=(
                Kernel(
                    "covariance",
                    "round_trip_variance",
                    ((trace_symbol, "tr(Sigma G)"),),
                    ROUND_TRIP,
                    "mean variance of the map that comes back",
                ),
            ),
        ),
    )
