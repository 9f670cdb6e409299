"""Langevin corrections at one time, T10: alpha + h Sigma s + sqrt(2 h) xi, with Sigma as preconditioner."""

from sympy import (
    Eq,
    Expr,
    Function,
    Identity,
    Matrix,
    MatrixSymbol,
    Symbol,
    diff,
    expand,
    simplify,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.reverse import n, noise, smoothed, state

size, ratio, variance = symbols("size ratio variance", positive=True)
STEP = state + size * smoothed + sqrt(2 * size) * noise
POWER = 2 * size
SIZE = 2 * ratio**2 * variance

SIGMA, SCORE = (MatrixSymbol(name, n, n) for name in ("Sigma", "S"))
h, r, v = symbols("h r v", positive=True)
STATED = Eq(
    Symbol("alpha_next"), Symbol("alpha") + h * Symbol("Sigma") * Symbol("s") + sqrt(2 * h) * Symbol("xi")
)
STATED_SIZE = Eq(h, 2 * r**2 * v)
STEP_MATRIX = Eq(MatrixSymbol("F", n, n), Identity(n) + h * SIGMA * SCORE)


def _moments() -> tuple[Expr, Expr]:
    """Return what one step adds on average and its second moments to first order, both over its size."""
    other_pull, other_noise, s = symbols("sigma_score2 noise2 S_12", real=True)
    move = expand(STEP - state)
    product = expand(move * move.subs({smoothed: other_pull, noise: other_noise}))
    second = product.coeff(noise, 0).coeff(other_noise, 0) + s * product.coeff(noise * other_noise)
    return move.coeff(noise, 0) / size, simplify(second / size).subs(size, 0) / s


def _prove_step() -> tuple[Step, ...]:
    # Fokker-Planck in two coordinates: drift and spread are those of one step over its size, for any p
    x, y = symbols("x y", real=True)
    p = Function("p")(x, y)
    sigma = Matrix([[Symbol("S_11"), Symbol("S_12")], [Symbol("S_12"), Symbol("S_22")]])
    pulled = sigma * Matrix([diff(p, x), diff(p, y)]) / p
    average, spread = _moments()
    drift = pulled.applyfunc(lambda entry: average.subs(smoothed, entry))
    current = drift * p - spread / 2 * sigma * Matrix([diff(p, x), diff(p, y)])
    growth = -(diff(current[0], x) + diff(current[1], y))
    names = {Symbol("alpha"): state, Symbol("xi"): noise, h: size, Symbol("s"): smoothed / Symbol("Sigma")}
    return (
        Step("no current flows: p stays", simplify(growth.doit())),
        Step("the statement is the step", expand(STATED.rhs.subs(names) - STEP)),
        Step("the noise's factor squared", STEP.coeff(noise) ** 2 - POWER),
    )


def _prove_size() -> tuple[Step, ...]:
    # Song et al.: 2 (r |xi|/|Sigma s|)^2. Data at one point: Sigma s = -eps/s_t with eps like xi
    norm, noisy, sigma, data, m = symbols("norm deviation Sigma P_0 m", positive=True)
    rule = 2 * (r * norm / (norm / noisy)) ** 2
    law = m**2 * data + v * sigma
    factor = 1 - STATED_SIZE.rhs * sigma / law
    return (
        Step("the rule with |Sigma s| = |xi|/s_t", simplify(rule.subs(noisy, sqrt(v)) - STATED_SIZE.rhs)),
        Step("the kernel is the rule", SIZE.subs({ratio: r, variance: v}) - STATED_SIZE.rhs),
        Step(
            "Gaussian data: each factor lies above 1 - 2 r^2 by 2 r^2 m^2 P_0/P_t",
            simplify(factor - (1 - 2 * r**2) - 2 * r**2 * m**2 * data / law),
        ),
    )


def _prove_matrix() -> tuple[Step, ...]:
    sigma, score = Matrix(2, 2, symbols("a b b c", real=True)), Matrix(2, 2, symbols("s:4", real=True))
    x = Matrix(symbols("x_1 x_2", real=True))
    pulled = sigma * score * x
    moved = Matrix([STEP.subs({noise: 0}).subs({state: x[i], smoothed: pulled[i]}) for i in (0, 1)])
    stated = explicit(STEP_MATRIX.rhs, n, 2, Sigma=sigma, S=score).subs(h, size)
    return (Step("the step without its noise is F alpha", (moved - stated * x).applyfunc(expand)),)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    module, length = "samplers", (size, "step size h")
    sigma, score = (MatrixSymbol(name, n, n) for name in ("noise_covariance", "score_matrix"))
    matrix = STEP_MATRIX.rhs.subs({SIGMA: sigma, SCORE: score, h: size})
    return (
        Derivation(
            name="langevin-step",
            title="Langevin correction (T10)",
            statement="alpha + h Sigma s + sqrt(2 h) xi, xi ~ N(0, Sigma): its continuous limit leaves the "
            "density of the score s as it is; Sigma is the preconditioner.",
            expression=STATED,
            proof=_prove_step,
            scope="two coordinates with free density and Sigma (symbolic functions)",
            reference="Song et al. 2011.13456, algorithms 4 and 5; our derivation for full Sigma",
            kernels=(
                Kernel(
                    module, "langevin_step",
                    (
                        (state, "alpha"), (smoothed, "Sigma times the score"), length,
                        (noise, "draw of N(0, Sigma)"),
                    ),
                    STEP, "alpha after the correction",
                ),
                Kernel(module, "langevin_power", (length,), POWER, "q, the correction's noise over Sigma"),
            ),
        ),
        Derivation(
            name="langevin-size",
            title="Size of a Langevin correction (T10)",
            statement="h = 2 r^2 v(t): the rule 2 (r |xi|/|Sigma s|)^2 with the norm that Sigma s has where "
            "the data are one point. For Gaussian data every factor of a correction is in [1 - 2 r^2, 1].",
            expression=STATED_SIZE,
            proof=_prove_size,
            scope="any v; factors: one coordinate (Sigma and P_t are diagonal together, v Sigma <= P_t)",
            reference="Song et al. 2011.13456, algorithms 4 and 5, there with the draw's own norms",
            kernels=(
                Kernel(
                    module, "langevin_size", ((ratio, "r"), (variance, "v(t)")), SIZE, "step size h"
                ),
            ),
        ),
        Derivation(
            name="langevin-matrix",
            title="Langevin correction, linear score (T12)",
            statement="With a score S alpha a correction is alpha' = F alpha + sqrt(2 h) xi.",
            expression=STEP_MATRIX,
            proof=_prove_matrix,
            scope="two coordinates with free entries (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "langevin_matrix",
                    (
                        (sigma, "noise covariance Sigma, (n, n)"),
                        (score, "S of the score S alpha, (n, n)"), length,
                    ),
                    matrix, "F, (n, n)",
                ),
            ),
        ),
    )  # fmt: skip
