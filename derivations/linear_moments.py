"""Moments of d alpha = B alpha dt + g dv with constant B and g, T9: entry by entry, and by doubling.

    P(t) = E(t) P_0 E(t)^T + N(t),  E = e^(B t),  N' = B N + N B^T + g^2 Sigma,  N(0) = 0

For diagonal B = diag(l_i): E_i = e^(l_i t) and N_ij = g^2 Sigma_ij growth(l_i + l_j, t). What can be
diagonalised, B = V diag(l) V^-1, is that in the basis V; a step of any B is doubled from a small one.
"""

from sympy import Eq, Expr, Matrix, MatrixSymbol, Symbol, diag, diff, exp, expand, eye, simplify, symbols

from derivations.analysis import n, one
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.growth import growth
from derivations.linear_drift import reduced, word
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
SQUARED = STEP * STEP
DOUBLED = Eq(MatrixSymbol("N_2h", n, n), GATHERED + STEP * GATHERED * STEP.T)
BETWEEN = Eq(MatrixSymbol("P_t", n, n), STEP * LAW * STEP.T + GATHERED)
CORNER = MatrixSymbol("corner", n, n)
VAN_LOAN = Eq(GATHERED, CORNER * STEP.T)
BASIS, ROOT, GENERATOR, INSIDE = (MatrixSymbol(name, n, n) for name in ("V", "L", "M", "Y"))
CARRIED = Eq(MatrixSymbol("X", n, n), BASIS * INSIDE * BASIS.T)
SYMMETRIC = Eq(MatrixSymbol("H", n, n), ROOT.T * GENERATOR * ROOT)

NAMES = {
    STEP: MatrixSymbol("factor", n, n),
    GATHERED: MatrixSymbol("noise", n, n),
    LAW: MatrixSymbol("law", n, n),
    BASIS: MatrixSymbol("basis", n, n),
    INSIDE: MatrixSymbol("moment", n, n),
    ROOT: MatrixSymbol("root", n, n),
    GENERATOR: MatrixSymbol("generator", n, n),
}


def _noise(time: Expr) -> Expr:
    """Return N_ij at a time."""
    return NOISE.subs(grown, growth(rate + rate2, time))


def _entries(time: Expr) -> tuple[Matrix, Matrix]:
    """Return E and N of two coordinates at a time, with diagonal B and free entries of Sigma."""
    rates, spread = symbols("l_1 l_2", real=True), symbols("S:4", real=True)
    noise = [
        _noise(time).subs({rate: rates[i], rate2: rates[j], sigma_symbol: spread[2 * i + j]})
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
    (late, gathered), (early, before), (across, rest) = map(_entries, (t, begin, t - begin))
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


def _prove_doubled() -> tuple[Step, ...]:
    (twice, gathered), (once, noise) = map(_entries, (2 * h, h))
    stated = explicit(DOUBLED.rhs, n, 2, E=once, N=noise)
    return (
        Step("E(2h) = E(h)^2", (twice - explicit(SQUARED, n, 2, E=once)).applyfunc(simplify)),
        Step("N(2h)", (gathered - stated).applyfunc(simplify)),
        *_prove_basis(),
    )


def _prove_basis() -> tuple[Step, ...]:
    # X = V Y V^T with B = V D V^-1 and Sigma = V S V^T solves its equation where Y solves that of D and S
    d, spread = MatrixSymbol("D", n, n), MatrixSymbol("S", n, n)
    drift, moved = BASIS * d * BASIS.I, BASIS.T.I * d * BASIS.T
    rules = ((word(BASIS.I) * word(BASIS), one), (word(BASIS.T) * word(BASIS.T.I), one))
    inside = word(d) * word(INSIDE) + word(INSIDE) * word(d) + g2 * word(spread)
    outside = word(drift) * word(CARRIED.rhs) + word(CARRIED.rhs) * word(moved)
    outside += g2 * word(BASIS) * word(spread) * word(BASIS.T)
    slope = word(BASIS) * inside * word(BASIS.T)
    return (Step("moments in a basis of B", reduced(outside - slope, *rules)),)


def _prove_van_loan() -> tuple[Step, ...]:
    # entry by entry, B diagonal: C = [[l_i, q], [0, -l_j]], q = g^2 Sigma_ij; else in the basis of B
    q = g2 * sigma_symbol
    upper, lower = FACTOR.subs(t, h), FACTOR.subs({rate: -rate2, t: h})
    corner = _noise(h) * lower  # the statement, solved for the corner: E_j^-1 = e^(-l_j h)
    block, solution = Matrix([[rate, q], [0, -rate2]]), Matrix([[upper, corner], [0, lower]])
    stated = explicit(VAN_LOAN.rhs, n, 1, corner=Matrix([corner]), E=Matrix([1 / lower]))
    return (
        Step("it solves Y' = C Y", (diff(solution, h) - block * solution).applyfunc(simplify)),
        Step("it starts at 1", (solution.subs(h, 0) - eye(2)).applyfunc(simplify)),
        Step("the statement", simplify(stated[0] - _noise(h))),
        *_prove_basis(),
    )


def _prove_symmetric() -> tuple[Step, ...]:
    # K = L L^T, H = L^T M L = U D U^T, U^T U = 1: then V = L U and V^-1 = U^T L^-1
    u, d = (MatrixSymbol(name, n, n) for name in ("U", "D"))
    root, undo, turn, back = map(word, (ROOT, ROOT.I, u, u.T))
    rules = ((root * undo, one), (undo * root, one), (turn * back, one))
    drift = root * word(ROOT.T) * word(GENERATOR)
    rotated = (turn * word(d) * back, SYMMETRIC.rhs)
    return (
        Step("V D V^-1 = K M", reduced((root * turn) * word(d) * (back * undo), rotated, *rules) - drift),
        Step("V V^-1 = 1", reduced((root * turn) * (back * undo), *rules) - 1),
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
        Derivation(
            name="linear-doubling",
            title="Doubling a step (T9)",
            statement="E(2h) = E(h)^2 and N(2h) = N(h) + E(h) N(h) E(h)^T.",
            expression=DOUBLED,
            proof=_prove_doubled,
            scope="two coordinates with diagonal B and free Sigma (symbolic); carried over to every basis of "
            "B, words in any size. Diagonalisable B are dense, both sides continuous",
            reference="our derivation",
            kernels=(
                Kernel("linear_drift", "doubled_factor", (step,), SQUARED.subs(NAMES), "E(2h), (n, n)"),
                Kernel(
                    "linear_drift", "doubled_noise", (step, noise), DOUBLED.rhs.subs(NAMES), "N(2h), (n, n)"
                ),
            ),
        ),
        Derivation(
            name="van-loan",
            title="A small step from one exponential (T9)",
            statement="exp([[B, g^2 Sigma], [0, -B^T]] h) has E(h) and corner on its upper row, and "
            "N(h) = corner E(h)^T.",
            expression=VAN_LOAN,
            proof=_prove_van_loan,
            scope="every entry for diagonal B (symbolic); carried over to every basis of B, words in any "
            "size. Diagonalisable B are dense, both sides continuous",
            reference="Van Loan 1978; our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "gathered_noise",
                    ((CORNER, "upper right block of the exponential, (n, n)"), step),
                    VAN_LOAN.rhs.subs(NAMES),
                    "N(h), (n, n)",
                ),
            ),
        ),
        Derivation(
            name="linear-basis",
            title="Moments in a basis of the drift (T9)",
            statement="With B = V D V^-1 and Sigma = V S V^T the covariance X of B and Sigma is V Y V^T, Y "
            "that of D and S.",
            expression=CARRIED,
            proof=_prove_basis,
            scope="any size (words in matrices that do not commute)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "congruence",
                    (matrix(BASIS, "V, or its inverse"), matrix(INSIDE, "Y, or Sigma")),
                    CARRIED.rhs.subs(NAMES),
                    "V Y V^T, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="symmetric-drift",
            title="A basis of the modified drift (T9)",
            statement="For symmetric M and K = L L^T the drift K M has real rates: those of H = L^T M L = "
            "U D U^T, with V = L U and V^-1 = U^T L^-1.",
            expression=SYMMETRIC,
            proof=_prove_symmetric,
            scope="any size (words in matrices that do not commute)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "symmetric_form",
                    (matrix(ROOT, "L of K = L L^T"), matrix(GENERATOR, "M")),
                    SYMMETRIC.rhs.subs(NAMES),
                    "H = L^T M L, (n, n)",
                ),
            ),
        ),
    )
