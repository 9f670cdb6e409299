"""Why entries are exact, T3: harmonics without square roots, integer recurrence, filters as matrices."""

from sympy import (
    Eq,
    Expr,
    Function,
    Integer,
    Matrix,
    MatrixSymbol,
    Rational,
    Symbol,
    diff,
    expand,
    factorial,
    legendre,
    pi,
    simplify,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Step, explicit, instance
from derivations.exact.sums import norm_squared
from derivations.harmonics import lambda_at
from derivations.symbols import l, m, z

DEGREES = range(6)


def norm(degree: Expr, order: Expr) -> Expr:
    """Return N_lm = (-1)^m sqrt((2l+1) (l-m)!/(l+m)!)."""
    return (-1) ** order * sqrt((2 * degree + 1) * factorial(degree - order) / factorial(degree + order))


def derivative(degree: int, order: int, at: Expr = z) -> Expr:
    """Return d^m P_l/dz^m."""
    return diff(legendre(degree, z), z, order).subs(z, at)


HARMONIC = Eq(
    Function("lambda")(l, m),
    norm(l, m) / sqrt(4 * pi) * (1 - z**2) ** (m / 2) * Function("D")(l, m),
)
_size = Symbol("n", integer=True, positive=True)
N, S, T = (MatrixSymbol(name, _size, _size) for name in ("N", "S", "T"))
_c, _k = Symbol("c", positive=True), Symbol("k", integer=True, nonnegative=True)
"""One power of the Gram matrix N T N; a filter is a combination of powers, or an inverse."""
POWER = Eq((N * T * N) ** _k * N, N * (T * N * N) ** _k)


def _prove_entries() -> tuple[Step, ...]:
    """Return that lambda_lm is N_lm/sqrt(4 pi) (1-z^2)^(m/2) times a rational polynomial."""
    a, b = symbols("a b", integer=True, positive=True)
    stated = tuple(
        Step(
            f"the statement at l = {degree}, m = {order}",
            instance(
                HARMONIC, {l: degree, m: order}, D=lambda dl, dm: derivative(int(dl), int(dm)),
                **{"lambda": lambda dl, dm: lambda_at(int(dl), int(dm), z)},
            ),
        )
        for degree in range(5)
        for order in range(degree + 1)
    )  # fmt: skip
    norms = tuple(
        Step(
            f"norm as a rational at l = {degree}, m = {order}",
            norm(Integer(degree), Integer(order)) ** 2 - Rational(norm_squared(degree, order)),
        )
        for degree in range(5)
        for order in range(degree + 1)
    )
    recurrence = tuple(
        Step(
            f"(l-m+1) D_(l+1) = (2l+1) z D_l - (l+m) D_(l-1) at l = {degree}, m = {order}",
            expand(
                (degree - order + 1) * derivative(degree + 1, order)
                - (2 * degree + 1) * z * derivative(degree, order)
                + (degree + order) * derivative(degree - 1, order)
            ),
        )
        for degree in DEGREES[1:]
        for order in range(degree + 1)
    )
    # F_l = (l-m)! b^(l-m) D_l(a/b): multiply the recurrence by (l-m)! b^(l-m+1)
    here, below = symbols("D_l D_below")
    above = ((2 * l + 1) * a / b * here - (l + m) * below) / (l - m + 1)
    scaled = factorial(l - m + 1) * b ** (l - m + 1) * above
    claimed = (2 * l + 1) * a * factorial(l - m) * b ** (l - m) * here - (l + m) * (l - m) * b**2 * factorial(
        l - m - 1
    ) * b ** (l - m - 1) * below
    return (
        *stated,
        *norms,
        *recurrence,
        Step(
            "integers on HEALPix: F_(l+1) = (2l+1) a F_l - (l+m)(l-m) b^2 F_(l-1)", simplify(scaled - claimed)
        ),
        Step("their start F_m = (2m-1)!! = D_mm at m = 3", derivative(3, 3) - 15),
    )


def _prove_operators() -> tuple[Step, ...]:
    """Conjugation by the norms carries rational functions of G = N T N to those of M = T N^2."""
    root, other = symbols("N_1 N_2", positive=True)
    norms, sums = Matrix([[root, 0], [0, other]]), Matrix(2, 2, symbols("t:4"))
    inner = Matrix(2, 2, symbols("s:4"))
    gram, similar = norms * sums * norms, sums * norms**2
    one = Matrix([[1, 0], [0, 1]])
    covariance = _c * norms * inner * norms
    gram_filter = one + (one - gram) * (one + (one - gram))
    similar_filter = one + (one - similar) * (one + (one - similar))
    return (
        *(
            Step(
                f"the statement for k = {power}",
                (
                    explicit(POWER.lhs.subs(_k, power), _size, 2, N=norms, T=sums)
                    - explicit(POWER.rhs.subs(_k, power), _size, 2, N=norms, T=sums)
                ).applyfunc(expand),
            )
            for power in range(3)
        ),
        Step("induction over k: G (N M^k) = N M M^k", (gram * norms - norms * similar).applyfunc(expand)),
        Step(
            "two Jacobi steps: Q(G) C_0 Q(G)^T = c N Q(M) S Q(M)^T N",
            (
                gram_filter * covariance * gram_filter.T
                - _c * norms * similar_filter * inner * similar_filter.T * norms
            )
            .subs({sums[1, 0]: sums[0, 1]})
            .applyfunc(expand),
        ),
        Step(
            "least squares: the inverse likewise",
            (gram.inv() * norms - norms * similar.inv()).applyfunc(simplify),
        ),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="exact-entries",
            title="Exact entries (T3)",
            statement="A harmonic is the square root of a rational times (1 - z^2)^(m/2) times "
            "D_lm = d^m P_l/dz^m. Where m + m' is even and the ring cosines are rational (HEALPix) or the "
            "roots of a rational polynomial, with weights that are polynomials of the node (Gauss-Legendre, "
            "equiangular), the ring sum is rational: every entry is pi^a sqrt(q) r, q and r rational.",
            expression=HARMONIC,
            proof=_prove_entries,
            scope="harmonics: l <= 4 of all orders; recurrence of D_lm: l <= 5; integer recurrence: symbolic",
            reference="our derivation",
        ),
        Derivation(
            name="exact-operators",
            title="Exact operators",
            statement="With the Gram matrix G = N T N, N the norms of the harmonics and T rational, every "
            "rational function of G has Q(G) N = N Q(T N^2): Jacobi-iterated and least-squares covariances "
            "are pi^a sqrt(q) r too.",
            expression=POWER,
            proof=_prove_operators,
            scope="powers by induction; two Jacobi steps, inverse: 2 x 2 blocks with arbitrary entries",
            reference="our derivation",
        ),
    )
