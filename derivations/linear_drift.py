"""Linear drifts, T9: what the analysis makes of a drift of the field, and when the result is closed.

Pixel space: dx = F x dt + g dw. Given spectrally, F = S M A with the synthesis S = Phi: then A F x =
K M alpha with the response K = A S of the transform to band-limited fields. It is the Gram matrix G for
quadrature, 1 - (1-G)^(k+1) after k Jacobi iterations, 1 for least squares: the spectral drift is K M, not M.

Any other F is closed, A F = B A for some B, only if A F (1 - R A) = 0 for an R with A R A = A.
"""

from sympy import (
    Add,
    Eq,
    Expr,
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    Symbol,
    Transpose,
    expand,
    simplify,
)

from derivations.analysis import LEAST_SQUARES, G, Q, _jacobi_sum, n, one
from derivations.derivation import Derivation, Kernel, Step

pixels = Symbol("N", integer=True, positive=True)
A, S = MatrixSymbol("A", n, pixels), MatrixSymbol("S", pixels, n)
M, K, B = (MatrixSymbol(name, n, n) for name in ("M", "K", "B"))
F, R = MatrixSymbol("F", pixels, pixels), MatrixSymbol("R", pixels, n)
everything = Identity(pixels)

RESPONSE = Eq(A * S, Q * G)
MODIFIED = Eq(A * (S * M * A), K * M * A)
RESIDUAL = Eq(MatrixSymbol("rho", n, pixels), A * F * (everything - R * A))
SYNTHESISED = Eq(MatrixSymbol("rho_S", n, pixels), A * F * (everything - S * A))
CLOSED = Eq(B, A * F * R)

response, generator = (MatrixSymbol(name, n, n) for name in ("response", "generator"))
analysed, operator = (MatrixSymbol(name, n, pixels) for name in ("analysed", "operator"))
inverse, spectral = MatrixSymbol("inverse", pixels, n), MatrixSymbol("spectral", n, n)
DRIFT = response * generator
SOLVED = analysed * inverse
LEFT_OVER = analysed - spectral * operator


def word(expression: Expr) -> Expr:
    """Return a matrix expression as a sum of words in letters that do not commute; 1 for every identity."""
    if isinstance(expression, MatAdd):
        return Add(*(word(part) for part in expression.args))
    if isinstance(expression, MatMul):
        return Mul(*(word(part) for part in expression.args))
    if isinstance(expression, Identity):
        return Integer(1)
    if isinstance(expression, Transpose | Inverse):
        mark = "T" if isinstance(expression, Transpose) else "I"
        return Symbol(f"{word(expression.arg)}_{mark}", commutative=False)
    if isinstance(expression, MatrixExpr):
        return Symbol(expression.name, commutative=False)
    return expression


def reduced(expression: Expr, *rules: tuple[Expr, Expr]) -> Expr:
    """Return words multiplied out, with the left side of each rule replaced by its right."""
    result = expand(expression)
    for _ in range(3):  # a replacement can make room for another
        for found, instead in rules:
            result = expand(result.subs(word(found), word(instead)))
    return result


def _prove_response() -> tuple[Step, ...]:
    # A = Q Phi^T W, S = Phi, G = Phi^T W Phi
    phi, w = MatrixSymbol("Phi", pixels, n), MatrixSymbol("W", pixels, pixels)
    transform, g = Q * phi.T * w, Symbol("g")
    k = Symbol("k", integer=True, nonnegative=True)
    gram = phi.T * w * phi
    left, right = (side.subs({A: transform, S: phi}).subs(G, gram).doit() for side in RESPONSE.args)
    return (
        Step("A S = Q G", (left - right).doit()),
        Step("quadrature, Q = 1: G", (RESPONSE.rhs.subs(Q, one) - G).doit()),
        Step(
            "k Jacobi iterations, on an eigenvalue g of G: 1 - (1-g)^(k+1)",
            simplify(_jacobi_sum(g, k) * g - (1 - (1 - g) ** (k + 1))),
        ),
        Step("least squares: 1", (RESPONSE.rhs.subs(Q, LEAST_SQUARES) - one).doit()),
    )


def _prove_modified() -> tuple[Step, ...]:
    drift, stated = word(DRIFT.subs({response: K, generator: M})), word(MODIFIED.rhs)
    return (
        Step("A (S M A) = K M A", reduced(word(MODIFIED.lhs) - stated, (A * S, K))),
        Step("the kernel", reduced(drift * word(A) - stated)),
    )


def _prove_closure() -> tuple[Step, ...]:
    undone = (A * R * A, A)  # the only rule: A R = 1 implies it, and the pseudo-inverse always obeys it
    residual, found = word(RESIDUAL.rhs), word(CLOSED.rhs)
    closed = (A * F, B * A)  # a drift that is closed
    left_over = word(LEFT_OVER.subs({analysed: A * F, operator: A, spectral: CLOSED.rhs}))
    return (
        Step("if A F = B A, the residual vanishes", reduced(residual, closed, undone)),
        Step("the residual is what A F lacks of (A F R) A", expand(word(A * F) - found * word(A) - residual)),
        Step("the kernel of the residual", expand(left_over - residual)),
        Step("the kernel of B", expand(word(SOLVED.subs({analysed: A * F, inverse: R})) - found)),
        Step("where A R = 1 there is no other B", reduced(word(A * F * R), closed, (A * R, one)) - word(B)),
    )


def _prove_same_zeros() -> tuple[Step, ...]:
    # both R and S are right inverses: each residual is the other one times a factor
    rules = ((A * S, one), (A * R, one))
    mine, stated = word(RESIDUAL.rhs), word(SYNTHESISED.rhs)
    kept, passed = (expand(1 - word(right) * word(A)) for right in (R, S))
    return (
        Step("A F (1 - S A) = [A F (1 - R A)] (1 - S A)", reduced(mine * passed - stated, *rules)),
        Step("A F (1 - R A) = [A F (1 - S A)] (1 - R A)", reduced(stated * kept - mine, *rules)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    analysed_argument = (analysed, "A F, (n, N)")
    return (
        Derivation(
            name="response",
            title="What a transform makes of band-limited fields (T9)",
            statement="A = Q Phi^T W answers a band-limited field Phi alpha with K alpha, K = A S = Q G: the "
            "Gram matrix for quadrature, 1 - (1-G)^(k+1) after k Jacobi iterations, 1 for least squares.",
            expression=RESPONSE,
            proof=_prove_response,
            scope="any sizes (symbolic matrices); Jacobi on each eigenvalue of G",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "response",
                    ((Q, "filter Q of A = Q Phi^T W, (n, n)"), (G, "Gram matrix G, (n, n)")),
                    RESPONSE.rhs,
                    "K = A S, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="modified-drift",
            title="The modified drift (T9)",
            statement="The drift S M A x of a field, given by a spectral matrix M, is the drift K M alpha of "
            "its coefficients, not M alpha: it is modified by the response of the transform.",
            expression=MODIFIED,
            proof=_prove_modified,
            scope="any sizes (words in matrices that do not commute)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "modified_drift",
                    ((response, "K, (n, n)"), (generator, "M, (n, n)")),
                    DRIFT,
                    "B = K M, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="closure",
            title="When a linear drift is closed (T9)",
            statement="With A R A = A, as for the pseudo-inverse, A F = B A has a solution B if and only if "
            "rho = A F (1 - R A) vanishes; then B = A F R, the only one where A R = 1.",
            expression=RESIDUAL,
            proof=_prove_closure,
            scope="any sizes (words in matrices that do not commute)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "closed_drift",
                    (analysed_argument, (inverse, "R, (N, n)")),
                    SOLVED,
                    "B = A F R, (n, n)",
                ),
                Kernel(
                    "linear_drift",
                    "closure_residual",
                    (analysed_argument, (spectral, "B = A F R, (n, n)"), (operator, "A, (n, N)")),
                    LEFT_OVER,
                    "A F - B A, (n, N)",
                ),
            ),
        ),
        Derivation(
            name="closure-by-synthesis",
            title="The closure residual with synthesis in place of the inverse",
            statement="Where A S = 1, rho_S = A F (1 - S A) vanishes if and only if A F (1 - R A) does, for "
            "every right inverse R.",
            expression=SYNTHESISED,
            proof=_prove_same_zeros,
            scope="any sizes (words in matrices that do not commute)",
            reference="our derivation",
        ),
    )
