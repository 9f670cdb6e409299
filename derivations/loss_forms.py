"""The Sigma-weighted loss without an inverse, and what networks that predict noise minimise (T11)."""

from sympy import Eq, Expr, Identity, Matrix, MatrixExpr, MatrixSymbol, Symbol, symbols

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.losses import DIFFERENCE, MIXED, SCORE, SIGMA, S, n, square, vanishing

s_t = Symbol("s_t", positive=True)
ROOT, WHITE = MatrixSymbol("R", n, n), MatrixSymbol("z", n, 1)
ROOTED_DIFFERENCE = SCORE + SIGMA.I * ROOT * WHITE / s_t  # s less its target where A e = s_t R z
ROOT_FORM = Eq(square(DIFFERENCE, SIGMA), square(ROOT.T * SCORE + WHITE / s_t, Identity(n)))
GUESS, COLOURED = MatrixSymbol("zeta", n, 1), MatrixSymbol("eta", n, 1)  # predicted z and R z
NOISE_FORM = Eq(square(DIFFERENCE, SIGMA), square(GUESS - WHITE, Identity(n)) / s_t**2)
COLOURED_FORM = Eq(square(DIFFERENCE, SIGMA**2), square(COLOURED - ROOT * WHITE, Identity(n)) / s_t**2)

predicted, white, deviation = symbols("predicted white deviation", real=True)
DEPARTURE = predicted + white / deviation
NOISE_DEPARTURE = (predicted - white) / deviation
Z = Matrix(symbols("z_1:3", real=True))


def _rooted(equation: Eq) -> Matrix:
    """Return lhs - rhs for two coordinates with Sigma = R R^T and what a score predicts as noise."""
    sigma = MIXED * MIXED.T
    entries = {
        "Sigma": sigma,
        "R": MIXED,
        "s": S,
        "z": Z,
        "eta": -s_t * sigma * S,
        "zeta": -s_t * MIXED.T * S,
    }
    whole = (equation.lhs - equation.rhs).subs(DIFFERENCE, ROOTED_DIFFERENCE)
    return vanishing(explicit(whole, n, 2, **entries))


def _kernel(value: Expr, stated: MatrixExpr, guess: MatrixExpr) -> Matrix:
    """Return the squares of a kernel, summed, less what is stated of a predicted vector."""
    pairs = zip(S, Z, strict=True)
    total = sum(value.subs({predicted: x, white: y, deviation: s_t}) ** 2 for x, y in pairs)
    return Matrix([total]) - explicit(stated.subs(guess, SCORE), n, 2, s=S, z=Z)


def _prove_root() -> tuple[Step, ...]:
    return (
        Step("two coordinates, R free", _rooted(ROOT_FORM)),
        Step(
            "the kernel, squared and summed", _kernel(DEPARTURE, ROOT_FORM.rhs.subs(ROOT, Identity(n)), SCORE)
        ),
    )


def _prove_noise() -> tuple[Step, ...]:
    return (
        Step("two coordinates, R free", _rooted(NOISE_FORM)),
        Step("the kernel, squared and summed", _kernel(NOISE_DEPARTURE, NOISE_FORM.rhs, GUESS)),
    )


def _prove_coloured() -> tuple[Step, ...]:
    colourless = COLOURED_FORM.rhs.subs(ROOT, Identity(n))
    return (
        Step("two coordinates, R free", _rooted(COLOURED_FORM)),
        Step("the kernel, squared and summed", _kernel(NOISE_DEPARTURE, colourless, COLOURED)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    departure = (
        (predicted, "R^T s, or s in another metric"),
        (white, "noise in place of z"),
        (deviation, "s_t"),
    )
    return (
        Derivation(
            name="root-loss",
            title="The loss without an inverse (T11)",
            statement="With alpha_t = m alpha_0 + s_t R z, R R^T = Sigma and z ~ N(0, 1), the difference is "
            "d = s + Sigma^-1 R z/s_t and its Sigma-weighted square needs no inverse of Sigma.",
            expression=ROOT_FORM,
            proof=_prove_root,
            scope="two coordinates with a free root R (symbolic)",
            reference="our derivation",
            kernels=(Kernel("loss", "departure", departure, DEPARTURE, "what is squared, entry by entry"),),
        ),
        Derivation(
            name="white-noise-loss",
            title="Predicting white noise (T11)",
            statement="A network that predicts z, as zeta = -s_t R^T s, has the Sigma-weighted loss "
            "|zeta - z|^2/v, with no Sigma in it.",
            expression=NOISE_FORM,
            proof=_prove_noise,
            scope="two coordinates with a free root R (symbolic)",
            reference="Ho et al. 2006.11239, eq. 12, for Sigma = 1; our derivation",
            kernels=(
                Kernel(
                    "loss",
                    "noise_departure",
                    ((predicted, "predicted noise"), (white, "noise"), (deviation, "s_t")),
                    NOISE_DEPARTURE,
                    "what is squared, entry by entry",
                ),
            ),
        ),
        Derivation(
            name="coloured-noise-loss",
            title="Predicting the noise as it is (T11)",
            statement="A network that predicts R z, as eta = -s_t Sigma s, and is trained by |eta - R z|^2 "
            "has the metric Sigma^2: twice as far from the plain loss as the spatial one is.",
            expression=COLOURED_FORM,
            proof=_prove_coloured,
            scope="two coordinates with a free root R (symbolic)",
            reference="our derivation",
        ),
    )
