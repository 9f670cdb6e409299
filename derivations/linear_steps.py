"""Steps of d alpha = B alpha dt + g dv for any constant B, T9: doubled from a small one, or in a basis of B.

    E(2h) = E(h)^2,  N(2h) = N(h) + E(h) N(h) E(h)^T

Entry by entry for a diagonal B; B = V D V^-1 carries it over, and such B are dense among all.
"""

from sympy import Eq, Matrix, MatrixSymbol, diff, eye, simplify

from derivations.analysis import n, one
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.linear_drift import reduced, word
from derivations.linear_moments import FACTOR, GATHERED, STEP, entries_at, h, noise_at, rate, rate2
from derivations.linear_moments import NAMES as MOMENT_NAMES
from derivations.reverse import g2
from derivations.sde import sigma_symbol
from derivations.symbols import t

SQUARED = STEP * STEP
DOUBLED = Eq(MatrixSymbol("N_2h", n, n), GATHERED + STEP * GATHERED * STEP.T)
CORNER = MatrixSymbol("corner", n, n)
VAN_LOAN = Eq(GATHERED, CORNER * STEP.T)
BASIS, ROOT, GENERATOR, INSIDE = (MatrixSymbol(name, n, n) for name in ("V", "L", "M", "Y"))
CARRIED = Eq(MatrixSymbol("X", n, n), BASIS * INSIDE * BASIS.T)
SYMMETRIC = Eq(MatrixSymbol("H", n, n), ROOT.T * GENERATOR * ROOT)

NAMES = MOMENT_NAMES | {
    BASIS: MatrixSymbol("basis", n, n),
    INSIDE: MatrixSymbol("moment", n, n),
    ROOT: MatrixSymbol("root", n, n),
    GENERATOR: MatrixSymbol("generator", n, n),
}


def _prove_doubled() -> tuple[Step, ...]:
    (twice, gathered), (once, noise) = map(entries_at, (2 * h, h))
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
    corner = noise_at(h) * lower  # the statement, solved for the corner: E_j^-1 = e^(-l_j h)
    block, solution = Matrix([[rate, q], [0, -rate2]]), Matrix([[upper, corner], [0, lower]])
    stated = explicit(VAN_LOAN.rhs, n, 1, corner=Matrix([corner]), E=Matrix([1 / lower]))
    return (
        Step("it solves Y' = C Y", (diff(solution, h) - block * solution).applyfunc(simplify)),
        Step("it starts at 1", (solution.subs(h, 0) - eye(2)).applyfunc(simplify)),
        Step("the statement", simplify(stated[0] - noise_at(h))),
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

    def matrix(symbol: MatrixSymbol, meaning: str) -> tuple[MatrixSymbol, str]:
        return NAMES[symbol], f"{meaning}, (n, n)"

    step, noise = matrix(STEP, "E"), matrix(GATHERED, "N")
    return (
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
