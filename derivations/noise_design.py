"""When the spectral noise is white, and the pixel variances that come closest (T8)."""

from sympy import (
    Eq,
    Expr,
    IndexedBase,
    Matrix,
    Sum,
    Symbol,
    Trace,
    diag,
    diff,
    expand,
    pi,
    simplify,
    sqrt,
    symbols,
)

from derivations.covariance import SIGMA, STRENGTH
from derivations.derivation import Derivation, Kernel, Step
from derivations.symbols import MEANING, N_pix, weight
from derivations.symbols import variance as s2

c = Symbol("c", positive=True)
n = Symbol("n", integer=True, positive=True)
FLATTENING = c / weight
DIAGONAL = n / (4 * pi)  # k(x, x)
first, second = symbols("p q", integer=True)
u, kernel = IndexedBase("u"), IndexedBase("k")
EACH, EVERY = (first, 1, N_pix), (second, 1, N_pix)
distance = Symbol("Delta", nonnegative=True)  # |Sigma - c I|_F
OBJECTIVE = Eq(
    distance**2,
    Sum(u[first] * u[second] * kernel[first, second] ** 2, EACH, EVERY)
    - 2 * c * DIAGONAL * Sum(u[first], EACH)
    + n * c**2,
)
SLOPE = Eq(
    Symbol("g_p"), Sum(u[second] * kernel[first, second] ** 2, EVERY) - c * DIAGONAL
)  # half the derivative with respect to u_p
norm2, trace_sigma = Symbol("norm2", positive=True), Symbol("trace_sigma", positive=True)
LEFT_OVER = Eq(Symbol("rho"), sqrt(n * norm2 / trace_sigma**2 - 1))
slack, worst = Symbol("slack", real=True), Symbol("worst", nonnegative=True)
GAP = Eq(Symbol("gap"), 2 * (slack + 4 * pi * c * worst) / (n * c**2))

POINTS = range(3)
ROWS = Matrix(3, 2, symbols("f:6"))
LEVELS = symbols("u_1:4")


def _sigma() -> Matrix:
    return ROWS.T * diag(*LEVELS) * ROWS


def _stated(side: Expr) -> Expr:
    """Return a stated side for three points and two harmonics, k = Phi Phi^T."""
    product = ROWS * ROWS.T
    numbers = {u[a + 1]: LEVELS[a] for a in POINTS}
    numbers |= {kernel[a + 1, b + 1]: product[a, b] for a in POINTS for b in POINTS}
    return side.subs(N_pix, 3).doit().subs(numbers)


def _prove_flattening() -> tuple[Step, ...]:
    areas = symbols("w_1:4")
    strengths = [STRENGTH.subs(s2, FLATTENING).subs(weight, area) for area in areas]
    sigma = ROWS.T * diag(*strengths) * ROWS
    return (
        Step("w^2 s^2 = c w", STRENGTH.subs(s2, FLATTENING) - c * weight),
        Step("Sigma = c Phi^T W Phi", (sigma - c * ROWS.T * diag(*areas) * ROWS).expand()),
    )


def _prove_objective() -> tuple[Step, ...]:
    # tr Sigma = sum of u k_pp, k_pp = n/(4 pi) by the addition theorem (reproducing-kernel)
    deviation = _sigma() - c * Matrix.eye(2)
    product = ROWS * ROWS.T
    square = expand((deviation * deviation.T).trace())
    excess = 2 * c * sum(LEVELS[a] * (DIAGONAL - product[a, a]) for a in POINTS)
    stated = _stated(OBJECTIVE.rhs) + excess
    return (
        Step("the statement, with k_pp for n/(4 pi)", expand((square - stated).subs(n, 2))),
        Step("convex: the quadratic part is |sum of v_p phi_p phi_p^T|^2", _quadratic_part()),
    )


def _quadratic_part() -> Expr:
    product = ROWS * ROWS.T
    double = sum(LEVELS[a] * LEVELS[b] * product[a, b] ** 2 for a in POINTS for b in POINTS)
    return expand(double - (_sigma() * _sigma()).trace())


def _prove_slope() -> tuple[Step, ...]:
    half = [diff(_stated(OBJECTIVE.rhs), level) / 2 for level in LEVELS]
    synthesised = ROWS * _sigma() * ROWS.T
    moves = symbols("v_1:4")
    change = _stated(OBJECTIVE.rhs).subs(dict(zip(LEVELS, moves, strict=True)), simultaneous=True)
    change -= _stated(OBJECTIVE.rhs)
    steps = {level: v - level for v, level in zip(moves, LEVELS, strict=True)}
    quadratic = expand(_stated(OBJECTIVE.rhs) + 2 * c * DIAGONAL * sum(LEVELS) - n * c**2)
    linear = 2 * sum(g * (v - level) for g, v, level in zip(half, moves, LEVELS, strict=True))
    return (
        *(
            Step(
                f"half the derivative at point {a + 1}",
                expand(half[a] - _stated(SLOPE.rhs.subs(first, a + 1))),
            )
            for a in POINTS
        ),
        *(
            Step(
                f"the variance of the map that comes back, point {a + 1}",
                expand(synthesised[a, a] - c * DIAGONAL - half[a]),
            )
            for a in POINTS
        ),
        Step(
            "change = linear part + a square >= 0",
            expand(change - linear - quadratic.subs(steps, simultaneous=True)),
        ),
    )


def _prove_left_over() -> tuple[Step, ...]:
    # Sigma of norm^2 and trace; the best multiple of it, and the distance from its own mean c = tr/n
    a = Symbol("a", positive=True)
    mean = trace_sigma / n
    own = (norm2 - 2 * mean * trace_sigma + n * mean**2) / (n * mean**2)
    fixed = (a**2 * norm2 - 2 * a * c * trace_sigma + n * c**2) / (n * c**2)
    best = c * trace_sigma / norm2
    smallest = simplify(fixed.subs(a, best))
    return (
        Step("|Sigma - c I|^2/|c I|^2 with c = tr/n", simplify(own - LEFT_OVER.rhs**2)),
        Step("best multiple for a given c", simplify(diff(fixed, a).subs(a, best))),
        Step(
            "both are functions of the angle between Sigma and I: tan^2 and sin^2",
            simplify(smallest - LEFT_OVER.rhs**2 / (1 + LEFT_OVER.rhs**2)),
        ),
    )


def _prove_gap() -> tuple[Step, ...]:
    # f(v) - f(u) >= 2 g.(v - u) (SLOPE), g.v >= -worst sum(v), and sum(v) <= 4 pi c at the minimiser v:
    # on its ray |Sigma|^2 = c tr Sigma, and (tr Sigma)^2 <= n |Sigma|^2, so tr Sigma <= n c
    total = Symbol("total", positive=True)
    at_most = DIAGONAL * total - n * c  # tr Sigma - n c <= 0
    bound = 2 * (slack + worst * total)  # slack = g.u
    return (
        Step("sum of v at the bound", at_most.subs(total, 4 * pi * c)),
        Step("gap relative to |c I|^2", simplify(bound.subs(total, 4 * pi * c) / (n * c**2) - GAP.rhs)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    size = (n, "number of coefficients")
    return (
        Derivation(
            name="whitening-variance",
            title="When the noise is white (T8)",
            statement="Pixel variance s^2 = c/w gives Sigma = c G with the Gram matrix G: exactly c I "
            "where the quadrature is exact.",
            expression=Eq(s2, FLATTENING),
            proof=_prove_flattening,
            scope="3 points and 2 harmonics with arbitrary entries; entrywise sums over points. All w > 0",
            reference="our derivation",
            kernels=(
                Kernel(
                    "noise_design",
                    "flattening_variance",
                    ((weight, MEANING[weight]), (c, "c of Sigma = c I")),
                    FLATTENING,
                    "the pixel variance",
                ),
            ),
        ),
        Derivation(
            name="distance-from-white",
            title="The squared distance from c I",
            statement="With u = w^2 s^2 and the reproducing kernel k the squared Frobenius distance "
            "Delta^2 of Sigma from c I is a convex quadratic function of u.",
            expression=OBJECTIVE,
            proof=_prove_objective,
            scope="3 points and 2 harmonics with arbitrary entries, k(x, x) = n/(4 pi) by the "
            "addition theorem",
            reference="our derivation",
        ),
        Derivation(
            name="white-as-can-be",
            title="The whitest noise comes back with one variance",
            statement="g_p, half the derivative of Delta^2, is the variance at pixel p of the noise that "
            "comes back from analysis and synthesis, less c n/(4 pi). Non-negative u minimises "
            "Delta^2 if and only if that variance is c n/(4 pi) wherever u_p > 0, and not less "
            "anywhere.",
            expression=SLOPE,
            proof=_prove_slope,
            scope="3 points and 2 harmonics with arbitrary entries; sufficient by convexity, "
            "necessary by the derivative's sign",
            reference="Karush-Kuhn-Tucker conditions; our derivation",
            kernels=(
                Kernel(
                    "noise_design",
                    "slope",
                    ((Symbol("returned", real=True), "variance of the map that comes back"), (c, "c"), size),
                    Symbol("returned", real=True) - c * DIAGONAL,
                    "half the derivative of the squared distance with respect to u_p",
                ),
            ),
        ),
        Derivation(
            name="left-over",
            title="What is left over, whatever the scale",
            statement="|Sigma - c I|/|c I| with c = tr(Sigma)/n is the tangent of the angle between Sigma "
            "and the identity, while the least distance from a given c I is its sine: the "
            "minimiser is one ray, its scale free.",
            expression=LEFT_OVER.subs({norm2: Trace(SIGMA * SIGMA), trace_sigma: Trace(SIGMA)}),
            proof=_prove_left_over,
            scope="symbolic",
            reference="our derivation",
        ),
        Derivation(
            name="optimality-gap",
            title="Certificate of optimality",
            statement="For any u >= 0 with slope g the squared distance, over |c I|^2, is above the "
            "minimum by at most 2 (g.u + 4 pi c worst)/(n c^2), worst the largest -g_p or zero.",
            expression=GAP,
            proof=_prove_gap,
            scope="symbolic; the inequalities in the proof's comments are convexity and Cauchy-Schwarz",
            reference="our derivation",
            kernels=(
                Kernel(
                    "noise_design",
                    "optimality_gap",
                    ((slack, "sum of g_p u_p"), (worst, "largest -g_p, or zero"), (c, "c"), size),
                    GAP.rhs,
                    "how far the relative squared distance can be above its minimum",
                ),
            ),
        ),
    )
