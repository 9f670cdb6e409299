"""Analysis operators: quadrature A0 = Phi^T W, Jacobi-iterated A_k, least squares; A = Q A0, A Phi = Q G."""

from sympy import (
    Add,
    Eq,
    Expr,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Mul,
    Symbol,
    expand,
    simplify,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step

n = Symbol("n", integer=True, positive=True)
G = MatrixSymbol("gram", n, n)
Q = MatrixSymbol("spectral_filter", n, n)
SIGMA = MatrixSymbol("sigma", n, n)
one = Identity(n)

LEAST_SQUARES = G.I
JACOBI_STEP = one + (one - G) * Q
FILTERED = Q * SIGMA * Q.T


def _jacobi_sum(g: Expr, k: Expr) -> Expr:
    """Return sum over j <= k of (1-g)^j in closed form, for one eigenvalue g of the Gram matrix."""
    return (1 - (1 - g) ** (k + 1)) / g


def _prove_jacobi() -> tuple[Step, ...]:
    # Q_k is a polynomial in G, so all matrices here commute and one eigenvalue g stands for G
    g, q = symbols("g q")
    k = Symbol("k", integer=True, nonnegative=True)
    healpy_step = q + (1 - g * q)  # alpha + A0 (x - Phi alpha), alpha = q A0 x, A0 Phi = G
    generated = 1 + (1 - g) * q  # JACOBI_STEP on one eigenvalue
    commuting = _on_eigenvalue(JACOBI_STEP, g, q)
    closed = _jacobi_sum(g, k)
    return (
        Step("healpy's iteration is Horner's rule", expand(healpy_step - generated)),
        Step("JACOBI_STEP is that rule", expand(commuting - generated)),
        Step("the sum starts at A0", simplify(_jacobi_sum(g, Integer(0))) - 1),
        Step(
            "the sum obeys the step",
            simplify((closed.subs(k, k + 1) - generated.subs(q, closed)) * g),
        ),
        Step("A_k Phi = Q_k G = 1 - (1-G)^(k+1)", simplify(closed * g) - (1 - (1 - g) ** (k + 1))),
    )


def _on_eigenvalue(expression: Expr, g: Expr, q: Expr) -> Expr:
    """Return a polynomial in the commuting matrices G, Q on one common eigenvector."""
    values = {one: Integer(1), G: g, Q: q}
    if expression in values:
        return values[expression]
    if isinstance(expression, MatAdd):
        return Add(*(_on_eigenvalue(part, g, q) for part in expression.args))
    if isinstance(expression, MatMul):
        return Mul(*(_on_eigenvalue(part, g, q) for part in expression.args))
    return expression


def _prove_filtered() -> tuple[Step, ...]:
    # A = Q A0 gives A D A^T = Q (A0 D A0^T) Q^T: associativity, with symbols for the matrices
    a0, d = MatrixSymbol("A0", n, Symbol("N")), MatrixSymbol("D", Symbol("N"), Symbol("N"))
    left = (Q * a0) * d * (Q * a0).T
    return (Step("A D A^T", left.doit() - FILTERED.subs(SIGMA, a0 * d * a0.T).doit()),)


def _prove_least_squares() -> tuple[Step, ...]:
    pixels = Symbol("N", integer=True, positive=True)
    phi, w = MatrixSymbol("Phi", pixels, n), MatrixSymbol("W", pixels, pixels)
    x = MatrixSymbol("x", pixels, 1)
    alpha = LEAST_SQUARES * phi.T * w * x  # G stands for Phi^T W Phi below
    return (
        Step("the gradient Phi^T W x - G alpha vanishes", (phi.T * w * x - (G * alpha).doit()).doit()),
        Step("A Phi = G^-1 G = 1: band-limited fields come back", (LEAST_SQUARES * G).doit() - one),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    gram_argument = (G, "Gram matrix G = Phi^T W Phi, (n, n)")
    filter_argument = (Q, "filter Q of A = Q A0, (n, n)")
    return (
        Derivation(
            name="jacobi-operator",
            title="Jacobi-iterated analysis",
            statement="k iterations alpha <- alpha + A0 (x - Phi alpha) give A_k = Q_k A0 with Q_(k+1) = 1 "
            "+ (1 - G) Q_k, Q_0 = 1, so A_k Phi = 1 - (1-G)^(k+1): healpy's map2alm(iter=k).",
            expression=Eq(MatrixSymbol("Q_next", n, n), JACOBI_STEP),
            proof=_prove_jacobi,
            scope="all k >= 0 (symbolic), on each eigenvalue of G, of which Q_k is a polynomial",
            reference="our derivation",
            kernels=(
                Kernel(
                    "analysis",
                    "jacobi_step",
                    (gram_argument, filter_argument),
                    JACOBI_STEP,
                    "Q_(k+1), (n, n)",
                ),
            ),
        ),
        Derivation(
            name="least-squares-operator",
            title="Least-squares analysis",
            statement="The minimiser of |W^(1/2)(x - Phi alpha)| is alpha = G^-1 Phi^T W x, so Q = G^-1.",
            expression=Eq(Q, LEAST_SQUARES),
            proof=_prove_least_squares,
            scope="any sizes with invertible G (symbolic matrices)",
            reference="our derivation",
        ),
        Derivation(
            name="filtered-covariance",
            title="Covariance of a filtered transform",
            statement="A = Q A0 has Sigma = Q Sigma_0 Q^T.",
            expression=Eq(MatrixSymbol("Sigma_A", n, n), FILTERED),
            proof=_prove_filtered,
            scope="any sizes (symbolic matrices)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "analysis",
                    "filtered_covariance",
                    (
                        filter_argument,
                        (SIGMA, "covariance Sigma_0 of the quadrature transform, (n, n)"),
                    ),
                    FILTERED,
                    "Sigma, (n, n)",
                ),
            ),
        ),
    )
