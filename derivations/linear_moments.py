"""Moments of d alpha = B alpha dt + g dv with constant B and g, T9: entry by entry, and between times.

    P(t) = E(t) P_0 E(t)^T + N(t),  E = e^(B t),  N' = B N + N B^T + g^2 Sigma,  N(0) = 0

For diagonal B = diag(l_i): E_i = e^(l_i t) and N_ij = g^2 Sigma_ij growth(l_i + l_j, t).
"""

from sympy import Eq, Expr, Matrix, MatrixSymbol, Symbol, diag, diff, exp, expand, simplify, symbols

from derivations.analysis import n
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.growth import growth
from derivations.linear_drift import word
from derivations.reverse import g2
from derivations.sde import sigma_symbol
from derivations.symbols import t

rate, rate2, grown = symbols("rate rate2 grown", real=True)
h, begin = symbols("h s", positive=True)
FACTOR = exp(rate * t)
MOVE = FACTOR - 1
NOISE = g2 * sigma_symbol * grown
first, second, initial, spread = symbols("lambda_i lambda_j P_0 Sigma_ij", real=True)
ENTRY = Eq(Symbol("P_ij"), exp((first + second) * t) * initial + g2 * spread * growth(first + second))

STEP, GATHERED, LAW = (MatrixSymbol(name, n, n) for name in ("E", "N", "P_s"))
BETWEEN = Eq(MatrixSymbol("P_t", n, n), STEP * LAW * STEP.T + GATHERED)

NAMES = {
    STEP: MatrixSymbol("factor", n, n),
    GATHERED: MatrixSymbol("noise", n, n),
    LAW: MatrixSymbol("law", n, n),
}


def noise_at(time: Expr) -> Expr:
    """Return N_ij at a time."""
    return NOISE.subs(grown, growth(rate + rate2, time))


def entries_at(time: Expr) -> tuple[Matrix, Matrix]:
    """Return E and N of two coordinates at a time, with diagonal B and free entries of Sigma."""
    rates, spread = symbols("l_1 l_2", real=True), symbols("S:4", real=True)
    noise = [
        noise_at(time).subs({rate: rates[i], rate2: rates[j], sigma_symbol: spread[2 * i + j]})
        for i in range(2)
        for j in range(2)
    ]
    return diag(*(FACTOR.subs({rate: l, t: time}) for l in rates)), Matrix(2, 2, noise)


def _prove_entry() -> tuple[Step, ...]:
    moment = ENTRY.rhs
    equation = (first + second) * moment + g2 * spread  # (B P + P B^T + g^2 Sigma)_ij, B diagonal
    kernels = FACTOR.subs(rate, first) * FACTOR.subs(rate, second) * initial
    kernels += NOISE.subs({grown: growth(first + second), sigma_symbol: spread})
    return (
        Step("P' = B P + P B^T + g^2 Sigma", simplify(diff(moment, t) - equation)),
        Step("P(0) = P_0", moment.subs(t, 0) - initial),
        Step("the kernels", simplify(moment - kernels)),
        Step("E' = B E", diff(FACTOR, t) - rate * FACTOR),
        Step("E(0) = 1", FACTOR.subs(t, 0) - 1),
    )


def _prove_between() -> tuple[Step, ...]:
    (late, gathered), (early, before), (across, rest) = map(entries_at, (t, begin, t - begin))
    start = Matrix(2, 2, symbols("p:4"))
    stated = explicit(BETWEEN.rhs, n, 2, E=across, P_s=early * start * early.T + before, N=rest)
    factors, law = word(STEP), word(LAW)
    # Cov(alpha_t, alpha_s) = E P_s: the increment's covariance from the four of both times
    joint = word(BETWEEN.rhs) + law - factors * law - law * word(STEP.T)
    move = (factors - 1) * law * (word(STEP.T) - 1) + word(GATHERED)
    return (
        Step("from 0 over s to t", (late * start * late.T + gathered - stated).applyfunc(simplify)),
        Step("an increment is (E - 1) alpha_s + noise", expand(joint - move)),
        Step("its factor", MOVE - (FACTOR - 1)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    spectral = (rate, "l_i, diagonal entry of B")
    time, size = (t, "time"), "(n, n)"

    def matrix(symbol: MatrixSymbol, meaning: str) -> tuple[MatrixSymbol, str]:
        return NAMES[symbol], f"{meaning}, {size}"

    step, noise = matrix(STEP, "E"), matrix(GATHERED, "N")
    return (
        Derivation(
            name="linear-moments",
            title="Moments of a linear SDE, diagonal drift (T9)",
            statement="d alpha = B alpha dt + g dv with B = diag(l_i) has E = diag(e^(l_i t)) and the "
            "covariance P_ij = e^((l_i + l_j) t) P_0,ij + g^2 Sigma_ij growth(l_i + l_j, t).",
            expression=ENTRY,
            proof=_prove_entry,
            scope="every entry (symbolic); l_i + l_j -> 0 as the limit in growth",
            reference="our derivation",
            kernels=(
                Kernel("linear_drift", "mean_factor", (spectral, time), FACTOR, "e^(l_i t)"),
                Kernel(
                    "linear_drift",
                    "noise_entry",
                    ((g2, "g^2"), (sigma_symbol, "Sigma_ij"), (grown, "growth(l_i + l_j, t)")),
                    NOISE,
                    "N_ij(t), the covariance gathered since t = 0",
                ),
            ),
        ),
        Derivation(
            name="linear-between",
            title="Kernel of a linear SDE between two times (T9)",
            statement="alpha_t given the path up to s is N(E(t-s) alpha_s, N(t-s)): P_t = E P_s E^T + N. Its "
            "increment is (E - 1) alpha_s + noise of covariance N, and Cov(alpha_t, alpha_s) = E P_s.",
            expression=BETWEEN,
            proof=_prove_between,
            scope="two coordinates with diagonal B and free entries (symbolic); increments: any size",
            reference="our derivation",
            kernels=(
                Kernel("linear_drift", "increment_factor", (spectral, time), MOVE, "e^(l_i t) - 1"),
                Kernel(
                    "linear_drift",
                    "later_law",
                    (step, matrix(LAW, "covariance at the earlier time"), noise),
                    BETWEEN.rhs.subs(NAMES),
                    "covariance at the later time, (n, n)",
                ),
            ),
        ),
    )
