"""Likelihood weighting, T11: the metric g^2 Sigma is what the divergence of two processes decays by."""

from sympy import Derivative, Eq, Expr, Function, Matrix, Rational, Symbol, diff, expand, log, symbols

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.losses import DIFFERENCE, FULL, SIGMA, n, square
from derivations.symbols import t

x, y = symbols("x y", real=True)
power, weighted = symbols("power weighted", positive=True)
LIKELIHOOD = power * weighted
HALF = Rational(1, 2)
RATE = Eq(
    Derivative(Function("KL")(t), t),
    -HALF * Symbol("g") ** 2 * Function("E")(Symbol("d_Sigma") ** 2),
)
SQUARE = square(DIFFERENCE, SIGMA)


def _gradient(field: Expr) -> Matrix:
    return Matrix([diff(field, x), diff(field, y)])


def _divergence(field: Matrix) -> Expr:
    return diff(field[0], x) + diff(field[1], y)


def _prove_rate() -> tuple[Step, ...]:
    # two densities with one drift F and diffusion g^2 Sigma, all free functions of x, y, t
    g2 = Function("g2")(t)
    p, q = (Function(name)(x, y, t) for name in "pq")
    drift = Matrix([Function(name)(x, y, t) for name in ("F_1", "F_2")])

    def growth(density: Expr) -> Expr:
        return -_divergence(drift * density) + g2 / 2 * _divergence(FULL * _gradient(density))

    ratio = log(p / q)
    change = diff(p * ratio, t).subs({diff(p, t): growth(p), diff(q, t): growth(q)})
    flow = -drift * p * ratio
    flow += g2 / 2 * ((ratio + 1) * FULL * _gradient(p) - p / q * FULL * _gradient(q))
    scores = _gradient(p) / p - _gradient(q) / q
    mean = explicit(SQUARE, n, 2, Sigma=FULL, d=scores)[0]
    lost = RATE.rhs.replace(lambda part: part.func.__name__ == "E", lambda part: p * part.args[0])
    lost = lost.subs({Symbol("g") ** 2: g2, Symbol("d_Sigma") ** 2: mean})
    kernel = -HALF * LIKELIHOOD.subs({power: g2, weighted: mean}) * p
    left = (change - _divergence(flow) - lost).doit()
    return (
        Step("d(p log p/q)/dt is a divergence less the stated loss", expand(left)),
        Step("the kernel is minus twice the stated rate", expand(kernel - lost)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="likelihood-weighting",
            title="Likelihood weighting (T11)",
            statement="The Kullback-Leibler divergence of two laws of one process falls at g^2/2 times the "
            "mean of the Sigma-weighted square d_Sigma^2 of their scores' difference: the loss with the "
            "metric g^2 Sigma, integrated over time, is twice the divergence of the data from the model.",
            expression=RATE,
            proof=_prove_rate,
            scope="two coordinates with free densities, drift and Sigma (symbolic functions); divergences "
            "integrate to nothing where densities vanish at infinity",
            reference="Song et al. 2101.09258, theorem 1; our derivation for full Sigma",
            kernels=(
                Kernel(
                    "loss",
                    "likelihood",
                    ((power, "g(t)^2"), (weighted, "Sigma-weighted loss")),
                    LIKELIHOOD,
                    "likelihood-weighted loss",
                ),
            ),
        ),
    )
