"""Spectral SDEs forwards, T9: closed drift, moments solved from their equations.

Pixel space: dx = a(t) x dt + g(t) dw. The drift is scalar, so A f(x) = a(t) alpha: the spectral SDE
d alpha = a alpha dt + g dv, E[v_t v_t^T] = t Sigma, is closed. Its moments are mean m(t) alpha_0 and
covariance v(t) Sigma with m' = a m, m(0) = 1 and v' = 2 a v + g^2, v(0) = 0.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    Integer,
    Matrix,
    MatrixSymbol,
    Symbol,
    diff,
    dsolve,
    exp,
    expand,
    factor,
    integrate,
    log,
    simplify,
    symbols,
)

from derivations.cosine import cosine_process
from derivations.derivation import Derivation, Kernel, Step
from derivations.ornstein_uhlenbeck import ornstein_uhlenbeck
from derivations.process import Process, process_derivation
from derivations.symbols import t

beta_min, beta_max = symbols("beta_min beta_max", positive=True)
sigma_min, sigma_max = symbols("sigma_min sigma_max", positive=True)
clock = Symbol("B", nonnegative=True)  # B(t), the integral of beta
BETA = beta_min + t * (beta_max - beta_min)
CLOCK = expand(integrate(BETA, (t, 0, t)))
SCHEDULE = ((t, "time, 0 <= t <= 1"), (beta_min, "beta at t = 0"), (beta_max, "beta at t = 1"))
NOISE = ((t, "time, 0 <= t <= 1"), (sigma_min, "sigma at t = 0"), (sigma_max, "sigma at t = 1"))


rate_symbol, state = symbols("rate state", real=True)
DRIFT = rate_symbol * state


def _solve_in_clock(power_per_beta: Expr) -> tuple[Expr, Expr]:
    """Solve dm/dB = -m/2, dv/dB = -v + g^2/beta with m(0) = 1, v(0) = 0 as functions of B."""
    m, v = Function("m"), Function("v")
    mean = dsolve(Eq(m(clock).diff(clock), -m(clock) / 2), m(clock), ics={m(0): 1}).rhs
    equation = Eq(v(clock).diff(clock), -v(clock) + power_per_beta)
    variance = dsolve(equation, v(clock), ics={v(0): 0}).rhs
    return mean, variance


def _variance_preserving() -> Process:
    mean, variance = _solve_in_clock(Integer(1))
    return Process(
        "vp", "Variance preserving (VP)", -BETA / 2, BETA,
        mean.subs(clock, CLOCK), expand(variance).subs(clock, CLOCK), SCHEDULE,
    )  # fmt: skip


def _sub_variance_preserving() -> Process:
    per_beta = 1 - exp(-2 * clock)
    mean, variance = _solve_in_clock(per_beta)
    decay = Symbol("decay", positive=True)  # exp(-B): a polynomial in it, written as a square
    square = factor(expand(variance).subs(exp(-2 * clock), decay**2).subs(exp(-clock), decay))
    square = square.subs(decay, exp(-clock))
    return Process(
        "subvp", "Sub-variance preserving (sub-VP)", -BETA / 2,
        BETA * per_beta.subs(clock, CLOCK), mean.subs(clock, CLOCK), square.subs(clock, CLOCK), SCHEDULE,
    )  # fmt: skip


def _variance_exploding() -> Process:
    level = sigma_min * (sigma_max / sigma_min) ** t  # the schedule of Song et al.: g^2 = d level^2/dt
    power = 2 * level**2 * log(sigma_max / sigma_min)
    s = Symbol("s", nonnegative=True)
    ratio = Symbol("ratio", positive=True)  # sigma_max / sigma_min
    inner = 2 * sigma_min**2 * ratio ** (2 * s) * log(ratio)
    variance = integrate(inner.rewrite(exp), (s, 0, t))
    variance = sigma_min**2 * simplify(variance / sigma_min**2)
    return Process(
        "ve", "Variance exploding (VE)", Integer(0), power, Integer(1),
        variance.subs(ratio, sigma_max / sigma_min), NOISE,
    )  # fmt: skip


def processes() -> tuple[Process, ...]:
    """Return the processes with their moments solved."""
    return (
        _variance_preserving(),
        _sub_variance_preserving(),
        _variance_exploding(),
        cosine_process(),
        ornstein_uhlenbeck(),
    )


def second_moment(mean: Expr, variance: Expr, start: Expr, sigma: Expr) -> Expr:
    """Return P(t) = m^2 P_0 + v Sigma, for one entry or for the matrices."""
    return mean**2 * start + variance * sigma


start_symbol, sigma_symbol = symbols("start sigma", real=True)
mean_symbol, variance_symbol = symbols("mean variance", real=True)


def _prove_closure() -> tuple[Step, ...]:
    # d(x) = a x dt + g dw, alpha = A x: entry i of A(a x) is a alpha_i; 2 x 3 with every entry free
    a, g2, m, v = (Function(name)(t) for name in ("a", "g2", "m", "v"))
    operator, x = Matrix(2, 3, symbols("A:6")), Matrix(3, 1, symbols("x:3"))
    p0, s0 = symbols("P_0 Sigma_ij")
    moment = second_moment(m, v, p0, s0)  # one entry of P(t)
    rate = diff(moment, t).subs({diff(m, t): a * m, diff(v, t): 2 * a * v + g2})
    return (
        Step(
            "A f(x) = a alpha",
            operator * (a * x)
            - (operator * x).applyfunc(lambda entry: DRIFT.subs({rate_symbol: a, state: entry})),
        ),
        Step("P' = 2 a P + g^2 Sigma, entry by entry", expand(rate - 2 * a * moment - g2 * s0)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    n = Symbol("n", integer=True, positive=True)
    sigma, law, start = (MatrixSymbol(name, n, n) for name in ("Sigma", "P_t", "P_0"))
    return (
        Derivation(
            name="spectral-sde",
            title="Forward SDE (T9)",
            statement="dx = a(t) x dt + g(t) dw gives the closed spectral SDE d alpha = a alpha dt + g dv, "
            "E[v_t v_t^T] = t Sigma; its covariance is m^2 P_0 + v Sigma.",
            expression=Eq(law, second_moment(Symbol("m"), Symbol("v"), start, sigma)),
            proof=_prove_closure,
            scope="closure: 2 harmonics on 3 pixels with free entries, linear in each; moments: symbolic",
            reference="our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "forward_drift",
                    ((rate_symbol, "a(t)"), (state, "alpha")),
                    DRIFT,
                    "a(t) alpha",
                ),
                Kernel(
                    "sde",
                    "marginal_covariance",
                    (
                        (mean_symbol, "m(t)"),
                        (variance_symbol, "v(t)"),
                        (start_symbol, "covariance of alpha_0"),
                        (sigma_symbol, "noise covariance Sigma"),
                    ),
                    second_moment(mean_symbol, variance_symbol, start_symbol, sigma_symbol),
                    "covariance of alpha_t, entry by entry",
                ),
            ),
        ),
        *(process_derivation(process) for process in processes()),
    )
