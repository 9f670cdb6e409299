"""The score target of denoising score matching, T11, and its product with Sigma."""

from sympy import Eq, Matrix, MatrixSymbol, Symbol, diff, symbols, together

from derivations.derivation import Derivation, Kernel, Step

state, start, mean, variance = symbols("state start mean variance", real=True)
solved = Symbol("residual", real=True)
RESIDUAL = state - mean * start
TARGET = -solved / variance


def _gaussian_target() -> tuple[Matrix, Matrix, Matrix]:
    """Return the gradient of log N(alpha; m alpha_0, v Sigma), Sigma and the residual, in two coordinates."""
    x = Matrix(symbols("x_1 x_2", real=True))
    x0 = Matrix(symbols("y_1 y_2", real=True))
    a, b, c = symbols("a b c", real=True)
    sigma = Matrix([[a, b], [b, c]])
    residual = Matrix([RESIDUAL.subs({state: x[i], start: x0[i]}) for i in range(2)])
    exponent = -(residual.T * sigma.inv() * residual)[0] / (2 * variance)
    return Matrix([diff(exponent, xi) for xi in x]), sigma, residual


def _prove_target() -> tuple[Step, ...]:
    gradient, sigma, residual = _gaussian_target()
    target = (sigma.inv() * residual).applyfunc(lambda entry: TARGET.subs(solved, entry))
    return (Step("gradient of the Gaussian's exponent", (gradient - target).applyfunc(together)),)


def _prove_smoothed() -> tuple[Step, ...]:
    gradient, sigma, residual = _gaussian_target()
    smoothed = residual.applyfunc(lambda entry: TARGET.subs(solved, entry))
    return (Step("Sigma times the target", (sigma * gradient - smoothed).applyfunc(together)),)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    n = Symbol("n", integer=True, positive=True)
    sigma, target = MatrixSymbol("Sigma", n, n), MatrixSymbol("s_target", n, 1)
    residual = MatrixSymbol("alpha_t", n, 1) - Symbol("m") * MatrixSymbol("alpha_0", n, 1)
    return (
        Derivation(
            name="score-target",
            title="Score target (T11)",
            statement="grad log p(alpha_t | alpha_0) = -Sigma^-1 (alpha_t - m alpha_0)/v.",
            expression=Eq(target, -sigma.I * residual / Symbol("v")),
            proof=_prove_target,
            scope="two coordinates with a free symmetric Sigma (symbolic)",
            reference="Song et al. 2011.13456, section 3.3; our derivation for full Sigma",
            kernels=(
                Kernel(
                    "score",
                    "residual",
                    ((state, "alpha_t"), (start, "alpha_0"), (mean, "m(t)")),
                    RESIDUAL,
                    "alpha_t - m alpha_0",
                ),
                Kernel(
                    "score",
                    "target",
                    ((solved, "Sigma^-1 (alpha_t - m alpha_0)"), (variance, "v(t)")),
                    TARGET,
                    "score target",
                ),
            ),
        ),
        Derivation(
            name="smoothed-score",
            title="Sigma is never inverted (T10)",
            statement="Sigma grad log p(alpha_t | alpha_0) = -(alpha_t - m alpha_0)/v: a network that "
            "predicts the noise needs no inverse of Sigma.",
            expression=Eq(sigma * target, -residual / Symbol("v")),
            proof=_prove_smoothed,
            scope="two coordinates with a free symmetric Sigma (symbolic)",
            reference="our derivation",
        ),
    )
