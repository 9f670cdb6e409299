"""The law of the reverse sampler, T12: for a linear score every Euler-Maruyama step is an exact recursion.

The score of Gaussian data is linear, s(alpha) = S alpha with S = -P_t^-1; a step is then alpha' = F alpha
+ sqrt(g^2 dt) xi with xi ~ N(0, Sigma), independent of alpha, and covariances go to F P F^T + g^2 dt Sigma.
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
from derivations.sde import rate_symbol, second_moment

SIGMA, SCORE, LAW, TRANSITION = (MatrixSymbol(name, n, n) for name in ("Sigma", "S", "P", "F"))
a = Symbol("a", real=True)
STEP = Eq(TRANSITION, (1 - a * dt) * Identity(n) + g2 * dt * SIGMA * SCORE)
RECURSION = Eq(MatrixSymbol("P_next", n, n), TRANSITION * LAW * TRANSITION.T + g2 * dt * SIGMA)
GAUSSIAN = Eq(MatrixSymbol("s", n, 1), -MatrixSymbol("P_t", n, n).I * MatrixSymbol("alpha", n, 1))
solved = Symbol("solved", real=True)
MINUS = -solved

NAMES = {
    SIGMA: MatrixSymbol("noise_covariance", n, n),
    SCORE: MatrixSymbol("score_matrix", n, n),
    LAW: MatrixSymbol("law", n, n),
    TRANSITION: MatrixSymbol("transition", n, n),
    a: rate_symbol,
}


def _symmetric(letter: str) -> Matrix:
    a, b, c = symbols(f"{letter}_11 {letter}_12 {letter}_22", real=True)
    return Matrix([[a, b], [b, c]])


def _moved(sigma: Matrix, score: Matrix, x: Matrix, xi: Matrix) -> Matrix:
    """Return what the sampler makes of x in one step with noise xi, for a linear score."""
    pulled = sigma * score * x
    drift = reverse._reversed_drift(reverse.REVERSE_SHARE)
    return Matrix(
        [
            reverse.BACKWARD_STEP.subs(
                {backward: drift.subs({forward: a * x[i], smoothed: pulled[i]}), state: x[i], noise: xi[i]}
            )
            for i in range(2)
        ]
    )


def _prove_step() -> tuple[Step, ...]:
    # one step of two coordinates without noise; Sigma symmetric, S free
    sigma, score = _symmetric("Sigma"), Matrix(2, 2, symbols("s:4", real=True))
    x = Matrix(symbols("x_1 x_2", real=True))
    stated = explicit(STEP.rhs, n, 2, Sigma=sigma, S=score)
    left = _moved(sigma, score, x, Matrix([0, 0])) - stated * x
    return (Step("the step without its noise is F alpha", left.applyfunc(expand)),)


def _prove_recursion() -> tuple[Step, ...]:
    # E q(x, xi) of a quadratic form q is tr(H M)/2, H its Hessian and M the second moments of (x, xi)
    sigma, law = _symmetric("Sigma"), _symmetric("P")
    score = Matrix(2, 2, symbols("s:4", real=True))
    x, xi = Matrix(symbols("x_1 x_2", real=True)), Matrix(symbols("xi_1 xi_2", real=True))
    moved = _moved(sigma, score, x, xi)
    moments = Matrix(BlockDiagMatrix(law, sigma))  # x and xi are independent
    place = [*x, *xi]
    found = Matrix(2, 2, lambda i, j: (hessian(moved[i] * moved[j], place) * moments).trace() / 2)
    transition = explicit(STEP.rhs, n, 2, Sigma=sigma, S=score)
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
    scalars = ((rate_symbol, "a(t)"), (g2, "g(t)^2"), (dt, "time step"))
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
            statement="With a score S alpha the Euler-Maruyama step backwards is alpha' = F alpha + "
            "sqrt(g^2 dt) xi, F = (1 - a dt) 1 + g^2 dt Sigma S.",
            expression=STEP,
            proof=_prove_step,
            scope="two coordinates with free entries (symbolic); sums over coordinates have no other kind "
            "of term",
            reference="our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "step_matrix",
                    (sigma, (NAMES[SCORE], "S of the score S alpha, (n, n)"), *scalars),
                    STEP.rhs.subs(NAMES),
                    "F of one step backwards, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="sampler-law",
            title="Law of the sampler (T12)",
            statement="One step takes a covariance P to F P F^T + g^2 dt Sigma, with nothing left out: the "
            "law of the discretised sampler is exact, at any number of steps.",
            expression=RECURSION,
            proof=_prove_recursion,
            scope="two coordinates with free entries (symbolic), any dt",
            reference="our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "step_law",
                    (
                        (NAMES[TRANSITION], "F of the step, (n, n)"),
                        (NAMES[LAW], "covariance before the step, (n, n)"),
                        sigma,
                        *scalars[1:],
                    ),
                    RECURSION.rhs.subs(NAMES),
                    "covariance after the step, (n, n)",
                ),
            ),
        ),
    )
