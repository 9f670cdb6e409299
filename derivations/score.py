"""The score target of denoising score matching, T11, and its product with Sigma."""

from sympy import Eq, Matrix, MatrixExpr, MatrixSymbol, Symbol, diff, symbols, together

from derivations.derivation import Derivation, Kernel, Step, explicit

state, start, mean, variance = symbols("state start mean variance", real=True)
solved = Symbol("residual", real=True)
RESIDUAL = state - mean * start
TARGET = -solved / variance


n = Symbol("n", integer=True, positive=True)
SIGMA, SCORE = MatrixSymbol("Sigma", n, n), MatrixSymbol("s_target", n, 1)
STATED_RESIDUAL = MatrixSymbol("alpha_t", n, 1) - Symbol("m") * MatrixSymbol("alpha_0", n, 1)
STATED_TARGET = Eq(SCORE, -SIGMA.I * STATED_RESIDUAL / Symbol("v"))
STATED_SMOOTHED = Eq(SIGMA * SCORE, -STATED_RESIDUAL / Symbol("v"))


def _printed(side: MatrixExpr, sigma: Matrix, x: Matrix, y: Matrix) -> Matrix:
    """Return a printed side for two coordinates."""
    matrix = explicit(side, n, 2, Sigma=sigma, alpha_t=x, alpha_0=y)
    return matrix.subs({Symbol("m"): mean, Symbol("v"): variance})


def _gaussian() -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Return the gradient of log N(x; m y, v Sigma) in two coordinates, with Sigma, x and y."""
    x = Matrix(symbols("x_1 x_2", real=True))
    y = Matrix(symbols("y_1 y_2", real=True))
    a, b, c = symbols("a b c", real=True)
    sigma = Matrix([[a, b], [b, c]])
    exponent = -((x - mean * y).T * (variance * sigma).inv() * (x - mean * y))[0] / 2
    return Matrix([diff(exponent, xi) for xi in x]), sigma, x, y


def _stated(x: Matrix, y: Matrix) -> Matrix:
    """Return RESIDUAL, entry by entry."""
    return Matrix([RESIDUAL.subs({state: xi, start: yi}) for xi, yi in zip(x, y, strict=True)])


def _prove_target() -> tuple[Step, ...]:
    gradient, sigma, x, y = _gaussian()
    target = (sigma.inv() * _stated(x, y)).applyfunc(lambda entry: TARGET.subs(solved, entry))
    printed = _printed(STATED_TARGET.rhs, sigma, x, y)
    return (
        Step("gradient of the Gaussian's exponent", (gradient - target).applyfunc(together)),
        Step("the statement for two coordinates", (gradient - printed).applyfunc(together)),
    )


def _prove_smoothed() -> tuple[Step, ...]:
    gradient, sigma, x, y = _gaussian()
    smoothed = _stated(x, y).applyfunc(lambda entry: TARGET.subs(solved, entry))
    printed = _printed(STATED_SMOOTHED.rhs, sigma, x, y)
    return (
        Step("Sigma times the target", (sigma * gradient - smoothed).applyfunc(together)),
        Step("the statement for two coordinates", (sigma * gradient - printed).applyfunc(together)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="score-target",
            title="Score target (T11)",
            statement="grad log p(alpha_t | alpha_0) = -Sigma^-1 (alpha_t - m alpha_0)/v.",
            expression=STATED_TARGET,
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
            expression=STATED_SMOOTHED,
            proof=_prove_smoothed,
            scope="two coordinates with a free symmetric Sigma (symbolic)",
            reference="our derivation",
        ),
    )
