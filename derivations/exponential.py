"""Exponential steps backwards, T10: exact in the linear part, the noise prediction frozen over the step.

With lambda = s_t/m and Sigma score = -eps/s_t, d lambda^2 = (g/m)^2 dt turns the reverse SDE into
d(alpha/m) = 2 eps d lambda + noise of variance d lambda^2 Sigma, and the flow into d(alpha/m) = eps d lambda.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    Identity,
    Integer,
    Matrix,
    MatrixExpr,
    MatrixSymbol,
    Symbol,
    diff,
    expand,
    simplify,
    sqrt,
    symbols,
)

from derivations import reverse
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.parametrisation import NOISE, deviation, mean, predicted
from derivations.parametrisation import smoothed as sigma_score
from derivations.reverse import forward, g2, n, noise, smoothed, state

mean_s, deviation_s = symbols("mean_s deviation_s", positive=True)
power = Symbol("power", nonnegative=True)
GAP = mean_s / mean * deviation - deviation_s  # m_s (lambda_t - lambda_s)
TOTAL = mean_s / mean * deviation + deviation_s
POWER = GAP * TOTAL  # m_s^2 (lambda_t^2 - lambda_s^2), without cancellation of squares
FLOW = mean_s / mean * state - GAP * predicted
STEP = mean_s / mean * state - 2 * GAP * predicted + sqrt(power) * noise

SIGMA, SCORE = (MatrixSymbol(name, n, n) for name in ("Sigma", "S"))
m_t, m_s = symbols("m_t m_s", positive=True)
lambda_t, lambda_s = symbols("lambda_t lambda_s", nonnegative=True)
NOISY, QUIET = 2, 1  # times m_s (lambda_t - lambda_s) eps


def _stated(times: int) -> Eq:
    left, start, eps, xi = symbols("alpha_s alpha_t epsilon_t xi")
    drawn = m_s * sqrt(lambda_t**2 - lambda_s**2) * xi if times == NOISY else Integer(0)
    return Eq(left, m_s / m_t * start - times * m_s * (lambda_t - lambda_s) * eps + drawn)


STATED_STEP, STATED_FLOW = _stated(NOISY), _stated(QUIET)


gap = Symbol("gap", positive=True)
s_t = Symbol("s_t", positive=True)


def _matrix(times: int, ratio: Expr, way: Expr, level: Expr) -> MatrixExpr:
    """Return F for a linear score: eps = -s_t Sigma S alpha."""
    return ratio * Identity(n) + times * way * level * SIGMA * SCORE


def _stated_matrix(times: int) -> Eq:
    return Eq(MatrixSymbol("F", n, n), _matrix(times, m_s / m_t, m_s * (lambda_t - lambda_s), s_t))


STEP_MATRIX, FLOW_MATRIX = _stated_matrix(NOISY), _stated_matrix(QUIET)
STEP_KERNEL, FLOW_KERNEL = (_matrix(times, mean_s / mean, gap, deviation) for times in (NOISY, QUIET))


def _ends(time: Symbol, late: Symbol) -> tuple[dict[Symbol, Expr], dict[Expr, Expr], Expr, Expr]:
    """Return the step's symbols at the times late and time, the equations of m and v, a and g^2 at time."""
    a, power_of, m, v = (Function(name) for name in ("a", "g2", "m", "v"))
    ends = {mean: m(late), mean_s: m(time), deviation: sqrt(v(late)), deviation_s: sqrt(v(time))}
    rules = {
        diff(m(time), time): a(time) * m(time),
        diff(v(time), time): 2 * a(time) * v(time) + power_of(time),
    }
    return ends, rules, a(time), power_of(time)


def _prove(step: Expr, stated: Eq, share: Expr, *, noisy: bool) -> tuple[Step, ...]:
    # one entry: linear in alpha_t, in eps and in xi, each entry by itself
    late, time = symbols("t s", positive=True)
    x, e = symbols("x e", real=True)
    ends, rules, a, rate = _ends(time, late)
    path = step.subs({noise: 0}).subs({state: x, predicted: e, **ends})  # as a function of its end
    slope = diff(path, time).subs(rules)
    pulled = -e / ends[deviation_s]  # Sigma times the score, the noise frozen
    velocity = reverse._reversed_drift(share).subs({forward: a * path, g2: rate, smoothed: pulled})
    start, eps, xi = symbols("alpha_t epsilon_t xi")
    named = {mean: m_t, mean_s: m_s, deviation: m_t * lambda_t, deviation_s: m_s * lambda_s}
    drawn = step.subs(power, POWER).subs({state: start, predicted: eps, noise: xi, **named})
    steps = [
        Step("it starts at alpha_t", simplify(path.subs(time, late) - x)),
        Step("it solves the equation, the noise prediction frozen", simplify(slope - velocity)),
        Step("lambda = s_t/m in the statement", simplify(drawn - stated.rhs)),
    ]
    if noisy:
        spread = POWER.subs(ends)
        growth = diff(spread, time).subs(rules)  # less time is left: variance grows as s falls
        steps += [
            Step("no noise before the step", simplify(spread.subs(time, late))),
            Step("q' = 2 a q - g^2 backwards", simplify(expand(growth - 2 * a * spread + rate))),
            Step("the factor of the noise is the root of q", step.coeff(noise) ** 2 - power),
        ]
    return tuple(steps)


def _prove_matrix(step: Expr, matrix: Eq, kernel: MatrixExpr) -> tuple[Step, ...]:
    sigma = Matrix(2, 2, symbols("a b b c", real=True))
    score, x = Matrix(2, 2, symbols("s:4", real=True)), Matrix(symbols("x_1 x_2", real=True))
    pulled = sigma * score * x
    moved = Matrix(
        [
            step.subs({noise: 0}).subs(predicted, NOISE.subs(sigma_score, pulled[i])).subs(state, x[i])
            for i in (0, 1)
        ]
    )
    generated = explicit(kernel, n, 2, Sigma=sigma, S=score).subs(gap, GAP)
    named = {mean: m_t, mean_s: m_s, deviation: m_t * lambda_t, deviation_s: m_s * lambda_s}
    stated = explicit(matrix.rhs, n, 2, Sigma=sigma, S=score).subs(s_t, m_t * lambda_t)
    return (
        Step("the step without its noise is F alpha", (moved - generated * x).applyfunc(expand)),
        Step("lambda = s_t/m in the statement", (moved.subs(named) - stated * x).applyfunc(expand)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    module = "samplers"
    ends = (
        (mean, "m(t)"), (mean_s, "m(s)"), (deviation, "s_t, the root of v(t)"),
        (deviation_s, "root of v(s)"),
    )  # fmt: skip
    moved = ((state, "alpha at t"), (predicted, "predicted noise at t"))
    matrices = (
        (MatrixSymbol("noise_covariance", n, n), "noise covariance Sigma, (n, n)"),
        (MatrixSymbol("score_matrix", n, n), "S of the score S alpha at t, (n, n)"),
    )
    way = (gap, "m_s (lambda_t - lambda_s)")
    names = dict(zip((SIGMA, SCORE), (symbol for symbol, _ in matrices), strict=True))
    scope = "any m and v that solve m' = a m, v' = 2 a v + g^2 (symbolic functions), any s < t, s = 0 too"
    return (
        Derivation(
            name="exponential-step",
            title="Exponential step of the reverse SDE (T10)",
            statement="From t to s < t, lambda = s_t/m, noise prediction frozen at t: exact in the linear "
            "part and in the noise xi ~ N(0, Sigma).",
            expression=STATED_STEP,
            proof=lambda: _prove(STEP, STATED_STEP, reverse.REVERSE_SHARE, noisy=True),
            scope=scope,
            reference="variation of constants; Lu et al. 2211.01095 for Sigma = 1; our derivation",
            kernels=(
                Kernel(module, "exponential_gap", ends, GAP, "m_s (lambda_t - lambda_s)"),
                Kernel(module, "exponential_power", ends, POWER, "q, the step's noise over Sigma"),
                Kernel(
                    module, "exponential_step",
                    (*moved, *ends, (power, "q"), (noise, "draw of N(0, Sigma)")), STEP, "alpha at s",
                ),
            ),
        ),
        Derivation(
            name="exponential-flow",
            title="Exponential step of the probability flow (T10)",
            statement="From t to s < t, lambda = s_t/m, noise prediction frozen at t: exact in the linear "
            "part.",
            expression=STATED_FLOW,
            proof=lambda: _prove(FLOW, STATED_FLOW, reverse.FLOW_SHARE, noisy=False),
            scope=scope,
            reference="Song et al. 2010.02502, eq. 12 at sigma = 0, for Sigma = 1; our derivation",
            kernels=(Kernel(module, "exponential_flow", (*moved, *ends), FLOW, "alpha at s"),),
        ),
        Derivation(
            name="exponential-step-matrix",
            title="Exponential step, linear score (T12)",
            statement="With a score S alpha the exponential step of the reverse SDE is "
            "alpha' = F alpha + sqrt(q) xi.",
            expression=STEP_MATRIX,
            proof=lambda: _prove_matrix(STEP, STEP_MATRIX, STEP_KERNEL),
            scope="two coordinates with free entries (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "exponential_matrix", (*matrices, *ends[:3], way),
                    STEP_KERNEL.subs(names), "F, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="exponential-flow-matrix",
            title="Exponential step of the flow, linear score (T12)",
            statement="With a score S alpha the exponential step of the flow is alpha' = F alpha.",
            expression=FLOW_MATRIX,
            proof=lambda: _prove_matrix(FLOW, FLOW_MATRIX, FLOW_KERNEL),
            scope="two coordinates with free entries (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "exponential_flow_matrix", (*matrices, *ends[:3], way), FLOW_KERNEL.subs(names),
                    "F, (n, n)",
                ),
            ),
        ),
    )  # fmt: skip
