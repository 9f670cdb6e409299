"""Gauss-Legendre grids with nlat = lmax + 1: the zonal block's eigenvalues and cond(Sigma), exactly."""

from sympy import (
    Eq,
    Expr,
    Function,
    Matrix,
    MatrixSymbol,
    Rational,
    Symbol,
    binomial,
    diag,
    expand,
    expand_func,
    factorial,
    gammasimp,
    legendre,
    limit,
    oo,
    pi,
    simplify,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step
from derivations.grids.gauss_legendre import SIZES, trace, weight_polynomial
from derivations.limit_law import SYMBOL
from derivations.symbols import MEANING, N_pix, z
from derivations.symbols import variance as s2
from derivations.symbols import weight as w

n = Symbol("n", integer=True, positive=True)
omega = Symbol("omega", positive=True)  # ring weight on [-1, 1]
columns = Symbol("n_lon", integer=True, positive=True)
Q, U, BLOCK = (MatrixSymbol(name, n, n) for name in ("Q", "U", "T_0"))
ZONAL = Eq(BLOCK, Q.T * U * Q)
RING_LEVEL = n * omega / 2
least, most = Symbol("omega_min", positive=True), Symbol("omega_max", positive=True)
CONDITION = Eq(Symbol("cond"), most / least)
BESSEL = Function("J")
root = Symbol("j_0_1", positive=True)  # first zero of J_0
LEAST = 1 / (n * BESSEL(1, root) ** 2)
GROWTH = pi / 2 * BESSEL(1, root) ** 2
ASYMPTOTIC = Eq(Symbol("growth"), GROWTH)
bessel = Symbol("bessel", positive=True)
TERMS = range(6)


def _prove_zonal() -> tuple[Step, ...]:
    # Q_rl = sqrt(2 pi omega_r) lambda_l0(z_r) = sqrt(omega_r (2l+1)/2) P_l(z_r), square and, the quadrature
    # being exact up to 2n - 1 >= 2 lmax, orthogonal: T_0 is similar to U
    level = SYMBOL.subs({s2: 1, N_pix: n * columns, w: 2 * pi * omega / columns})
    orthogonal = tuple(
        Step(f"Q^T Q = 1 at n={nodes}, l={a}, l'={b}", _overlap(nodes, a, b))
        for nodes in SIZES
        for a in range(nodes)
        for b in range(a + 1)
    )
    powers = tuple(
        Step(f"tr T_0^{power} is the sum of (n omega_r/2)^{power}, n={nodes}", _power(nodes, power))
        for nodes in range(1, 5)
        for power in range(1, nodes + 1)
    )
    return (Step("u of a ring is n omega/2", level - RING_LEVEL), _similar(), *orthogonal, *powers)


def _similar() -> Step:
    """Show det(x - Q^T U Q) = det(x - U) for the stated block and a rotation Q."""
    x, t = symbols("x t")
    u = diag(*symbols("u_1 u_2"))
    turn = Matrix([[1 - t**2, -2 * t], [2 * t, 1 - t**2]]) / (1 + t**2)
    stated = ZONAL.rhs.subs(n, 2).subs({MatrixSymbol("Q", 2, 2): turn, MatrixSymbol("U", 2, 2): u}).doit()
    block = Matrix(stated.as_explicit() if hasattr(stated, "as_explicit") else stated)
    return Step(
        "orthogonal Q keeps the eigenvalues",
        simplify((x * Matrix.eye(2) - block).det() - (x * Matrix.eye(2) - u).det()),
    )


def _overlap(nodes: int, first: int, second: int) -> Rational:
    """Return sum over r of omega_r P_l P_l' (2l+1)/2, less 1 on the diagonal, exactly."""
    product = weight_polynomial(nodes) * legendre(first, z) * legendre(second, z)
    return trace(expand(product), nodes) * Rational(2 * first + 1, 2) - (1 if first == second else 0)


def _power(nodes: int, power: int) -> Rational:
    """Return tr T_0^power minus the sum of the claimed eigenvalues' powers, both in exact arithmetic."""
    level = RING_LEVEL.subs({n: nodes, omega: weight_polynomial(nodes)})
    block = Matrix(
        nodes,
        nodes,
        lambda a, b: (
            trace(expand(level * weight_polynomial(nodes) * legendre(a, z) * legendre(b, z)), nodes)
            * Rational(2 * a + 1, 2)
        ),
    )
    return (block**power).trace() - trace(expand(level**power), nodes)


def _prove_condition() -> tuple[Step, ...]:
    # symbol-compression: all eigenvalues lie in [min u, max u], u = n omega/2; zonal-block: both are attained
    low, high = RING_LEVEL.subs(omega, least), RING_LEVEL.subs(omega, most)
    return (Step("largest over least u", high / low - CONDITION.rhs),)


def _prove_asymptotic() -> tuple[Step, ...]:
    # P_n(1 - x^2/(2 n^2)) = sum over k of C(n,k) C(n+k,k) (-x^2/(4 n^2))^k tends to J_0(x), term by term; the
    # k-th term is at most (x/2)^(2k) 2^k/k!^2, so the limit may be taken so
    x = Symbol("x", positive=True)
    terms = tuple(
        Step(f"coefficient of x^{2 * k}", limit(_coefficient(k), n, oo) - Rational(1, factorial(k) ** 2))
        for k in TERMS
    )
    expanded = tuple(
        Step(
            f"P_{nodes} in powers of 1 - z",
            expand(
                legendre(nodes, 1 - x**2 / (2 * nodes**2))
                - sum(
                    expand_func(_coefficient(k)).subs(n, nodes) * (-(x**2) / 4) ** k for k in range(nodes + 1)
                )
            ),
        )
        for nodes in range(1, 6)
    )
    # at a root x of J_0 with J_0' = -J_1: dP/dz = n^2 J_1/x, 1 - z^2 ~ x^2/n^2, omega = 2/((1-z^2) P_n'^2)
    slope = n**2 * BESSEL(1, root) / root
    weight = 2 / ((root**2 / n**2) * slope**2)
    return (
        *expanded,
        *terms,
        Step("least eigenvalue", RING_LEVEL.subs(omega, weight) - LEAST),
        Step("pi/2 over it and over n", (pi / 2) / RING_LEVEL.subs(omega, weight) / n - ASYMPTOTIC.rhs),
    )


def _coefficient(k: int) -> Expr:
    return gammasimp(expand_func(binomial(n, k) * binomial(n + k, k)).rewrite(factorial)) / n ** (2 * k)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="zonal-block",
            title="Eigenvalues of the zonal block, exactly",
            statement="On Gauss-Legendre grids with n = lmax + 1 rings the block of order zero is T_0 = "
            "Q^T U Q with a square orthogonal Q: its eigenvalues are the n omega_r/2 "
            "themselves, omega_r the weights of the n-point rule.",
            expression=ZONAL,
            proof=_prove_zonal,
            scope="orthogonality: exact arithmetic in Q[z]/(P_n) for n = 1 .. 7, for all n by "
            "exactness up to degree 2n - 1; traces of powers: n = 1 .. 4",
            reference="our derivation",
            kernels=(
                Kernel(
                    "limit_law",
                    "ring_eigenvalue",
                    ((w, MEANING[w]), (s2, MEANING[s2])),
                    simplify(SYMBOL * 4 * pi / N_pix),
                    "the eigenvalue of the zonal block of Sigma that belongs to a ring",
                ),
            ),
        ),
        Derivation(
            name="gauss-legendre-condition",
            title="Condition number of Gauss-Legendre grids, exactly",
            statement="With n = lmax + 1 rings, n_lon >= 2 lmax + 1 and uniform noise the condition "
            "number of Sigma is the ratio of the largest to the least Gauss weight: both bounds "
            "of the symbol are attained in the zonal block.",
            expression=CONDITION,
            proof=_prove_condition,
            scope="all n, from symbol-compression and zonal-block",
            reference="our derivation",
        ),
        Derivation(
            name="gauss-legendre-growth",
            title="How fast that condition number grows",
            statement="The least eigenvalue is asymptotically 1/(n J_1(j)^2), j the first zero of J_0, "
            "and the largest tends to pi/2: cond/n tends to the growth (pi/2) J_1(j)^2.",
            expression=ASYMPTOTIC,
            proof=_prove_asymptotic,
            scope="coefficients of x^0 .. x^10 (symbolic n), P_n for n = 1 .. 5; dominated "
            "convergence as stated",
            reference="Mehler and Heine, DLMF 18.11.5; our derivation",
            kernels=(
                Kernel(
                    "limit_law",
                    "condition_growth",
                    ((bessel, "J_1 at the first zero of J_0"),),
                    GROWTH.subs(BESSEL(1, root), bessel),
                    "the limit of cond/n",
                ),
            ),
        ),
    )
