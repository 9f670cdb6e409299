"""What a network may predict, T10: the score, the noise or the data, and the maps between them.

alpha_t = m alpha_0 + s_t eps with eps ~ N(0, Sigma), s_t^2 = v. Given alpha_t, the best guesses of eps and
of alpha_0 are their conditional means; both are Sigma times the score, scaled: Sigma is never inverted.
"""

from sympy import Eq, Expr, Matrix, MatrixExpr, MatrixSymbol, Symbol, cancel, diff, exp, symbols

from derivations.derivation import Derivation, Kernel, Step, explicit

state, smoothed, predicted, denoised = symbols("state sigma_score predicted denoised", real=True)
mean, variance, deviation = symbols("mean variance deviation", positive=True)

NOISE = -deviation * smoothed
SMOOTHED_OF_NOISE = -predicted / deviation
DENOISED = (state + variance * smoothed) / mean
SMOOTHED_OF_DENOISED = (mean * denoised - state) / variance
DENOISED_OF_NOISE = (state - deviation * predicted) / mean
NOISE_OF_DENOISED = (state - mean * denoised) / deviation

n = Symbol("n", integer=True, positive=True)
SIGMA = MatrixSymbol("Sigma", n, n)
SCORE, STATE, GUESS, EPS = (MatrixSymbol(name, n, 1) for name in ("s", "alpha_t", "alpha_0_hat", "epsilon"))
m, s_t = Symbol("m", positive=True), Symbol("s_t", positive=True)
STATED_NOISE = Eq(SIGMA * SCORE, -EPS / s_t)
STATED_DENOISED = Eq(GUESS, (STATE + s_t**2 * SIGMA * SCORE) / m)
STATED_SUM = Eq(STATE, m * GUESS + s_t * EPS)


class _Mixture:
    """Data on two points of two coordinates with free weights, seen at x through N(m y, s_t^2 Sigma)."""

    def __init__(self) -> None:
        self.x = Matrix(symbols("x_1 x_2", real=True))
        a, b, c = symbols("a b c", real=True)
        self.sigma = Matrix([[a, b], [b, c]])
        self.points = [Matrix(symbols(f"y{i}_1 y{i}_2", real=True)) for i in (1, 2)]
        weights = symbols("w_1 w_2", positive=True)
        precision = (s_t**2 * self.sigma).inv()
        away = [self.x - m * point for point in self.points]
        shapes = [-(r.T * precision * r)[0] / 2 for r in away]
        parts = [weight * exp(shape) for weight, shape in zip(weights, shapes, strict=True)]
        named = dict(zip(map(exp, shapes), symbols("e_1 e_2", positive=True), strict=True))
        slopes = [diff(parts[0] + parts[1], entry).subs(named) for entry in self.x]
        self.parts = [part.subs(named) for part in parts]  # what is left is rational
        self.density: Expr = self.parts[0] + self.parts[1]
        self.score = Matrix(slopes) / self.density

    def given(self, values: list[Matrix]) -> Matrix:
        """Return the mean, given x, of what has a value for each point."""
        return (self.parts[0] * values[0] + self.parts[1] * values[1]) / self.density

    @property
    def guess(self) -> Matrix:
        """E[alpha_0 | alpha_t = x]."""
        return self.given(self.points)

    @property
    def noise(self) -> Matrix:
        """E[eps | alpha_t = x]."""
        return self.given([(self.x - m * point) / s_t for point in self.points])

    def side(self, stated: MatrixExpr) -> Matrix:
        """Return a printed side for this mixture."""
        entries = {"Sigma": self.sigma, "s": self.score, "alpha_t": self.x}
        return explicit(stated, n, 2, **entries, alpha_0_hat=self.guess, epsilon=self.noise)


def _entries(kernel: Expr, mixture: _Mixture) -> Matrix:
    """Return a kernel of this mixture, entry by entry."""
    columns = {
        state: mixture.x, smoothed: mixture.sigma * mixture.score, predicted: mixture.noise,
        denoised: mixture.guess,
    }  # fmt: skip
    numbers = {mean: m, deviation: s_t, variance: s_t**2}
    return Matrix([kernel.subs({**numbers, **{name: columns[name][i] for name in columns}}) for i in (0, 1)])


def _prove(
    stated: Eq, forth: tuple[Expr, Matrix], back: tuple[Expr, Matrix], x: _Mixture
) -> tuple[Step, ...]:
    return (
        Step("the statement for two points", (x.side(stated.lhs) - x.side(stated.rhs)).applyfunc(cancel)),
        Step("the kernel for two points", (_entries(forth[0], x) - forth[1]).applyfunc(cancel)),
        Step("the kernel backwards", (_entries(back[0], x) - back[1]).applyfunc(cancel)),
    )


def _prove_noise() -> tuple[Step, ...]:
    x = _Mixture()
    return _prove(STATED_NOISE, (NOISE, x.noise), (SMOOTHED_OF_NOISE, x.sigma * x.score), x)


def _prove_denoiser() -> tuple[Step, ...]:
    x = _Mixture()
    return _prove(STATED_DENOISED, (DENOISED, x.guess), (SMOOTHED_OF_DENOISED, x.sigma * x.score), x)


def _prove_sum() -> tuple[Step, ...]:
    x = _Mixture()
    composed = DENOISED_OF_NOISE.subs(predicted, NOISE).subs(deviation**2, variance)
    return (
        *_prove(STATED_SUM, (DENOISED_OF_NOISE, x.guess), (NOISE_OF_DENOISED, x.noise), x),
        Step("score to noise to denoiser is score to denoiser", composed - DENOISED),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    level = (deviation, "s_t")
    seen, factor, power = (state, "alpha_t"), (mean, "m(t)"), (variance, "v(t) = s_t^2")
    score = (smoothed, "Sigma times the score")
    noise, guess = (predicted, "E[eps | alpha_t]"), (denoised, "E[alpha_0 | alpha_t]")
    module = "parametrisation"
    scope = (
        "data on two points of two coordinates, free weights and a free symmetric Sigma (symbolic): more "
        "points and coordinates add terms of the same kind"
    )
    return (
        Derivation(
            name="noise-parametrisation",
            title="Noise prediction (T10)",
            statement="With alpha_t = m alpha_0 + s_t eps, eps ~ N(0, Sigma), Sigma times the score is "
            "-E[eps | alpha_t]/s_t.",
            expression=STATED_NOISE,
            proof=_prove_noise,
            scope=scope,
            reference="Ho et al. 2006.11239, section 3.2; our derivation for full Sigma",
            kernels=(
                Kernel(module, "noise_of_smoothed", (score, level), NOISE, "E[eps | alpha_t]"),
                Kernel(
                    module, "smoothed_of_noise", (noise, level), SMOOTHED_OF_NOISE, "Sigma times the score"
                ),
            ),
        ),
        Derivation(
            name="denoiser",
            title="Denoiser (Tweedie's formula for full Sigma, T10)",
            statement="E[alpha_0 | alpha_t] = (alpha_t + v Sigma s)/m with the score s of alpha_t.",
            expression=STATED_DENOISED,
            proof=_prove_denoiser,
            scope=scope,
            reference="Robbins 1956, Efron 2011 (Tweedie's formula); our derivation for full Sigma",
            kernels=(
                Kernel(
                    module, "denoised_of_smoothed", (seen, score, factor, power), DENOISED,
                    "E[alpha_0 | alpha_t]",
                ),
                Kernel(
                    module, "smoothed_of_denoised", (seen, guess, factor, power), SMOOTHED_OF_DENOISED,
                    "Sigma times the score",
                ),
            ),
        ),
        Derivation(
            name="noise-and-denoiser",
            title="Noise and denoiser (T10)",
            statement="alpha_t is m times the denoised data plus s_t times the predicted noise.",
            expression=STATED_SUM,
            proof=_prove_sum,
            scope=scope,
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "denoised_of_noise", (seen, noise, factor, level), DENOISED_OF_NOISE,
                    "E[alpha_0 | alpha_t]",
                ),
                Kernel(
                    module, "noise_of_denoised", (seen, guess, factor, level), NOISE_OF_DENOISED,
                    "E[eps | alpha_t]",
                ),
            ),
        ),
    )  # fmt: skip
