"""How much is lost by taking Sigma for c I: the Kullback-Leibler divergence, eigenvalue by eigenvalue."""

from sympy import Eq, Expr, Sum, Symbol, exp, integrate, log, oo, pi, sqrt, symbols
from sympy.tensor import IndexedBase

from derivations.derivation import Derivation, Kernel, Step

ratio = Symbol("ratio", positive=True)  # eigenvalue / c


def divergence() -> Expr:
    """Return KL(N(0, lambda) | N(0, c)) for one coordinate as a function of lambda / c: integrated."""
    x, c = symbols("x", real=True), Symbol("c", positive=True)
    density = exp(-(x**2) / (2 * ratio * c)) / sqrt(2 * pi * ratio * c)
    second = integrate(x**2 * density, (x, -oo, oo))  # the only moment that the log-ratio needs
    log_ratio = -log(ratio) / 2 - second / (2 * ratio * c) + second / (2 * c)
    return log_ratio.expand()


def _prove_divergence() -> tuple[Step, ...]:
    x, c = symbols("x", real=True), Symbol("c", positive=True)
    density = exp(-(x**2) / (2 * ratio * c)) / sqrt(2 * pi * ratio * c)
    other = exp(-(x**2) / (2 * c)) / sqrt(2 * pi * c)
    exponents = -(x**2) / (2 * ratio * c) + x**2 / (2 * c) - log(ratio) / 2
    return (
        Step("the density is normalised", integrate(density, (x, -oo, oo)) - 1),
        Step("log of the ratio of densities", exp(exponents) * other - density),
        Step("its mean", integrate((exponents * density).expand(), (x, -oo, oo)) - divergence()),
        Step("zero where lambda = c", divergence().subs(ratio, 1)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    k, n = Symbol("k", integer=True), Symbol("n", integer=True, positive=True)
    eigenvalue, c = IndexedBase("lambda"), Symbol("c", positive=True)
    term = divergence().subs(ratio, eigenvalue[k] / c)
    return (
        Derivation(
            name="divergence",
            title="What white noise in place of Sigma costs",
            statement="The Kullback-Leibler divergence of N(0, Sigma) from N(0, c I) is the sum over the "
            "eigenvalues lambda of (lambda/c - 1 - log(lambda/c))/2, in nats per draw.",
            expression=Eq(Symbol("KL"), Sum(term, (k, 1, n))),
            proof=_prove_divergence,
            scope="one eigen-direction (symbolic); independent directions add",
            reference="our derivation",
            kernels=(
                Kernel(
                    "isotropy",
                    "divergence",
                    ((ratio, "eigenvalue of Sigma over c"),),
                    divergence(),
                    "the eigenvalue's share of the divergence in nats",
                ),
            ),
        ),
    )
