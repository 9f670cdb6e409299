"""The law of the reverse sampler, T12: for a linear score every step is an exact recursion.

The score of Gaussian data is linear, s(alpha) = S alpha with S = -P_t^-1; a step is then alpha' = F alpha
+ sqrt(q) xi with xi ~ N(0, Sigma), independent of alpha, and covariances go to F P F^T + q Sigma.
"""

from sympy import (
    BlockDiagMatrix,
    Eq,
    Identity,
    Matrix,
    MatrixSymbol,
    Symbol,
    diff,
    expand,
    hessian,
    sqrt,
    symbols,
    together,
)

from derivations import reverse
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.reverse import backward, dt, forward, g2, n, noise, smoothed, state
from derivations.sde import second_moment

SIGMA, SCORE, LAW, TRANSITION = (MatrixSymbol(name, n, n) for name in ("Sigma", "S", "P", "F"))
DRIFT = MatrixSymbol("B", n, n)
q = Symbol("q", nonnegative=True)
STEP = Eq(TRANSITION, Identity(n) - dt * DRIFT + g2 * dt * SIGMA * SCORE)
POWER = g2 * dt
RECURSION = Eq(MatrixSymbol("P_next", n, n), TRANSITION * LAW * TRANSITION.T + q * SIGMA)
GAUSSIAN = Eq(MatrixSymbol("s", n, 1), -MatrixSymbol("P_t", n, n).I * MatrixSymbol("alpha", n, 1))
solved = Symbol("solved", real=True)
MINUS = -solved

NAMES = {
    SIGMA: MatrixSymbol("noise_covariance", n, n),
    SCORE: MatrixSymbol("score_matrix", n, n),
    LAW: MatrixSymbol("law", n, n),
    TRANSITION: MatrixSymbol("transition", n, n),
    DRIFT: MatrixSymbol("drift_matrix", n, n),
    q: Symbol("power", nonnegative=True),
}


def _symmetric(letter: str) -> Matrix:
    a, b, c = symbols(f"{letter}_11 {letter}_12 {letter}_22", real=True)
    return Matrix([[a, b], [b, c]])


def _prove_step() -> tuple[Step, ...]:
    # one step of two coordinates without noise; Sigma symmetric, drift and S free
    sigma, score = _symmetric("Sigma"), Matrix(2, 2, symbols("s:4", real=True))
    push, x = Matrix(2, 2, symbols("B:4", real=True)), Matrix(symbols("x_1 x_2", real=True))
    pushed, pulled = push * x, sigma * score * x
    drift = reverse._reversed_drift(reverse.REVERSE_SHARE)
    moved = [
        reverse.BACKWARD_STEP.subs({backward: drift, noise: 0}).subs(
            {forward: pushed[i], smoothed: pulled[i], state: x[i]}
        )
        for i in range(2)
    ]
    stated = explicit(STEP.rhs, n, 2, Sigma=sigma, S=score, B=push)
    left = Matrix(moved) - stated * x
    spread = reverse.BACKWARD_STEP.coeff(noise) ** 2
    return (
        Step("the step without its noise is F alpha", left.applyfunc(expand)),
        Step("the noise's factor squared is g^2 dt", expand(spread - POWER)),
    )


def _prove_recursion() -> tuple[Step, ...]:
    # E f(x, xi) of a quadratic form f is tr(H M)/2, H its Hessian and M the second moments of (x, xi)
    sigma, law = _symmetric("Sigma"), _symmetric("P")
    transition = Matrix(2, 2, symbols("f:4", real=True))
    x, xi = Matrix(symbols("x_1 x_2", real=True)), Matrix(symbols("xi_1 xi_2", real=True))
    moved = transition * x + sqrt(q) * xi
    moments = Matrix(BlockDiagMatrix(law, sigma))  # x and xi are independent
    place = [*x, *xi]
    found = Matrix(2, 2, lambda i, j: (hessian(moved[i] * moved[j], place) * moments).trace() / 2)
    stated = explicit(RECURSION.rhs, n, 2, F=transition, P=law, Sigma=sigma)
    return (Step("second moments after one step", (found - stated).applyfunc(expand)),)


def _prove_gaussian() -> tuple[Step, ...]:
    # alpha_t = m alpha_0 + sqrt(v) xi with alpha_0 ~ N(0, P_0) and xi ~ N(0, Sigma) independent
    x = Matrix(symbols("x_1 x_2", real=True))
    law = _symmetric("P")
    exponent = -(x.T * law.inv() * x)[0] / 2
    gradient = Matrix([diff(exponent, xi) for xi in x])
    stated = explicit(GAUSSIAN.rhs, n, 2, P_t=law, alpha=x)
    kernel = (law.inv() * x).applyfunc(lambda entry: MINUS.subs(solved, entry))
    m, v, p, s, start, xi = symbols("m v P_0 Sigma alpha_0 xi", real=True)
    square = expand((m * start + sqrt(v) * xi) ** 2)
    moment = square.subs({start * xi: 0, start**2: p, xi**2: s})
    return (
        Step("P_t = m^2 P_0 + v Sigma, one entry", expand(moment - second_moment(m, v, p, s))),
        Step("gradient of the Gaussian's exponent", (gradient - stated).applyfunc(together)),
        Step("the kernel on P_t^-1 alpha", (gradient - kernel).applyfunc(together)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    scalars = ((g2, "g(t)^2"), (dt, "time step"))
    sigma = (NAMES[SIGMA], "noise covariance Sigma, (n, n)")
    return (
        Derivation(
            name="gaussian-score",
            title="Score of Gaussian data (T12)",
            statement="Data N(0, P_0) have p_t = N(0, P_t), P_t = m^2 P_0 + v Sigma: the score is linear, "
            "-P_t^-1 alpha.",
            expression=GAUSSIAN,
            proof=_prove_gaussian,
            scope="two coordinates with a free symmetric P_t (symbolic)",
            reference="our derivation",
            kernels=(Kernel("score", "gaussian", ((solved, "P_t^-1 alpha"),), MINUS, "score -P_t^-1 alpha"),),
        ),
        Derivation(
            name="sampler-step",
            title="One step of the sampler, linear score (T12)",
            statement="With a forward drift B alpha and a score S alpha the Euler-Maruyama step backwards is "
            "alpha' = F alpha + sqrt(g^2 dt) xi, F = 1 - dt B + g^2 dt Sigma S.",
            expression=STEP,
            proof=_prove_step,
            scope="two coordinates with free entries (symbolic); sums over coordinates have no other kind "
            "of term",
            reference="our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "step_matrix",
                    (
                        sigma,
                        (NAMES[SCORE], "S of the score S alpha, (n, n)"),
                        (NAMES[DRIFT], "B of the forward drift B alpha, (n, n)"),
                        *scalars,
                    ),
                    STEP.rhs.subs(NAMES),
                    "F of one step backwards, (n, n)",
                ),
                Kernel("sde", "step_power", scalars, POWER, "q of one step backwards, its noise over Sigma"),
            ),
        ),
        Derivation(
            name="sampler-law",
            title="Law of the sampler (T12)",
            statement="A step alpha' = F alpha + sqrt(q) xi takes a covariance P to F P F^T + q Sigma, with "
            "nothing left out: the law of the discretised sampler is exact, at any number of steps.",
            expression=RECURSION,
            proof=_prove_recursion,
            scope="two coordinates with free entries (symbolic), any F and q",
            reference="our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "step_law",
                    (
                        (NAMES[TRANSITION], "F of the step, (n, n)"),
                        (NAMES[LAW], "covariance before the step, (n, n)"),
                        sigma,
                        (NAMES[q], "q of the step, its noise over Sigma"),
                    ),
                    RECURSION.rhs.subs(NAMES),
                    "covariance after the step, (n, n)",
                ),
            ),
        ),
    )
