"""Best linear scores of Gaussian data within a class, T11: the inductive bias as closed forms.

Data N(0, P_0) have alpha_t ~ N(0, P), P = m^2 P_0 + v Sigma. A class is s = -sum_k c_k U_k alpha; its loss
in a metric W against a target y is quadratic in c, with C = E[y alpha^T] and K = E[y y^T].
"""

from sympy import (
    BlockDiagMatrix,
    Eq,
    Expr,
    Matrix,
    MatrixSymbol,
    Symbol,
    Trace,
    cancel,
    diff,
    expand,
    hessian,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.losses import ERROR, FREE, FULL, SIGMA, VARIANCES, n

v = Symbol("v", positive=True)
METRIC, LAW, CROSS = (MatrixSymbol(name, n, n) for name in ("W", "P", "C"))
FIRST, SECOND = MatrixSymbol("U_k", n, n), MatrixSymbol("U_l", n, n)
NORMAL = Eq(
    Matrix(symbols("M_kl b_k")),
    Matrix([Trace(FIRST.T * METRIC * SECOND * LAW), -Trace(FIRST.T * METRIC * CROSS)]),
)
POWER, c_k, b_k = symbols("K_W c_k b_k")  # tr(W K)
LOWEST = Eq(Symbol("loss"), POWER - b_k * c_k)
TARGET_MOMENT = Eq(POWER, Trace(METRIC * SIGMA.I) / v)
EXCESS = Eq(Symbol("excess"), Trace(METRIC * LAW.I) - b_k * c_k)
power, reached, trace, variance = symbols("power reached trace variance", real=True)
LEFT_OVER = power - reached
TARGET_POWER = trace / variance

WEIGHTS = Matrix(2, 2, lambda i, j: Symbol(f"W_{min(i, j)}{max(i, j)}", real=True))
SPREAD = Matrix(2, 2, lambda i, j: Symbol(f"P_{min(i, j)}{max(i, j)}", real=True))
JOINT = Matrix(2, 2, symbols("C:4", real=True))  # E[y alpha^T]
MINUS_ONE = {entry: -int(place in (0, 3)) for place, entry in enumerate(JOINT)}
OWN = Matrix(2, 2, lambda i, j: Symbol(f"K_{min(i, j)}{max(i, j)}", real=True))
MAPS = tuple(Matrix(2, 2, symbols(f"{letter}:4", real=True)) for letter in "fg")
FACTORS = symbols("c_1:3", real=True)


def _mean(quadratic: Expr, variables: tuple[Symbol, ...], moments: Matrix) -> Expr:
    """Return E q of a quadratic form in variables with given second moments: tr(H M)/2, H its Hessian."""
    return expand((hessian(quadratic, variables) * moments).trace() / 2)


def _loss() -> Expr:
    """Return E|s - y|_W^2 of s = -(c_1 U_1 + c_2 U_2) alpha, all entries free."""
    alpha, target = Matrix(symbols("alpha_1:3", real=True)), Matrix(symbols("y_1:3", real=True))
    score = -(FACTORS[0] * MAPS[0] + FACTORS[1] * MAPS[1]) * alpha
    quadratic = ((score - target).T * WEIGHTS * (score - target))[0]
    moments = Matrix([[SPREAD, JOINT.T], [JOINT, OWN]])
    return _mean(quadratic, (*alpha, *target), moments)


def stated_equations(first: Matrix, second: Matrix) -> tuple[Expr, Expr]:
    """Return M_kl and b_k as stated."""
    entries = {"U_k": first, "U_l": second, "W": WEIGHTS, "P": SPREAD, "C": JOINT}
    product, cross = (explicit(under_trace(entry), n, 2, **entries).trace() for entry in NORMAL.rhs)
    return product, cross


def under_trace(entry: Expr) -> MatrixSymbol:
    """Return what a trace is taken of, with its factor."""
    (inner,) = entry.atoms(Trace)
    return entry.subs(inner, 1) * inner.arg


def _prove_normal() -> tuple[Step, ...]:
    loss = _loss()
    system = [[stated_equations(first, second)[0] for second in MAPS] for first in MAPS]
    cross = [stated_equations(first, first)[1] for first in MAPS]
    slopes = [
        diff(loss, FACTORS[k]) - 2 * (sum(system[k][j] * FACTORS[j] for j in range(2)) - cross[k])
        for k in range(2)
    ]
    return tuple(Step(f"half the loss' slope in c_{k + 1} is M c - b", expand(slopes[k])) for k in range(2))


def _prove_lowest() -> tuple[Step, ...]:
    # one map U: at c = b/M the loss is tr(W K) - c b
    loss = _loss().subs(FACTORS[1], 0)
    system, cross = stated_equations(MAPS[0], MAPS[0])
    best, own = cross / system, (WEIGHTS * OWN).trace()
    stated = LOWEST.rhs.subs({POWER: own, c_k: best, b_k: cross})
    return (
        Step("the loss at c = b/M", cancel(loss.subs(FACTORS[0], best) - stated)),
        Step("the kernel says so", expand(LEFT_OVER.subs({power: own, reached: best * cross}) - stated)),
    )


def _prove_excess() -> tuple[Step, ...]:
    # the exact score: one map U = P^-1 with c = 1, for a target with C = -1
    a, b, c = SPREAD[0, 0], SPREAD[0, 1], SPREAD[1, 1]
    inverse = Matrix([[c, -b], [-b, a]]) / (a * c - b**2)
    system, cross = (cancel(value.subs(MINUS_ONE)) for value in stated_equations(inverse, inverse))
    whole = explicit(METRIC * LAW.I, n, 2, W=WEIGHTS, P=SPREAD).trace()
    kernel = LEFT_OVER.subs({power: whole, reached: b_k * c_k})
    stated = EXCESS.rhs - Trace(METRIC * LAW.I) + whole
    return (
        Step("M = b: its factor is 1", cancel(system - cross)),
        Step("it reaches tr(W P^-1)", cancel(cross - whole)),
        Step("the kernel says so", expand(kernel - stated)),
    )


def _prove_target() -> tuple[Step, ...]:
    # noise A e = s_t xi, xi ~ N(0, Sigma), independent of alpha_0: only it has a product with the target
    a, b, c = FULL[0, 0], FULL[0, 1], FULL[1, 1]
    xi, start = Matrix(symbols("xi_1:3", real=True)), Matrix(symbols("alpha_1:3", real=True))
    m, s_t = symbols("m s_t", positive=True)
    inverse = Matrix([[c, -b], [-b, a]]) / (a * c - b**2)
    target, state = -inverse * xi / s_t, m * start + s_t * xi
    moments = Matrix(BlockDiagMatrix(FULL, SPREAD))  # of xi and alpha_0
    cross = Matrix(2, 2, lambda i, j: _mean(target[i] * state[j], (*xi, *start), moments))
    own = Matrix(2, 2, lambda i, j: _mean(target[i] * target[j], (*xi, *start), moments))
    pixel_target = -VARIANCES.inv() * ERROR / v
    shifted = FREE * ERROR
    on_pixels = Matrix(3, 2, lambda i, j: _mean(pixel_target[i] * shifted[j], tuple(ERROR), v * VARIANCES))
    stated = explicit(under_trace(TARGET_MOMENT.rhs), n, 2, W=WEIGHTS, Sigma=FULL).trace()
    whole = (WEIGHTS * own).trace().subs(s_t, sqrt(v))
    kernel = Matrix([[TARGET_POWER.subs({trace: (FULL * inverse).trace(), variance: v})]])
    return (
        Step("E[y alpha^T] = -1", (cross + Matrix.eye(2)).applyfunc(cancel)),
        Step("E[y y^T] = Sigma^-1/v", (own - inverse / s_t**2).applyfunc(cancel)),
        Step("tr(W E[y y^T])", cancel(whole - stated)),
        Step("the kernel in the metric Sigma", kernel.applyfunc(cancel) - Matrix([2 / v])),
        Step("on the pixels E[y alpha^T] = -A^T", (on_pixels + FREE.T).applyfunc(cancel)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    module = "minimisers"
    return (
        Derivation(
            name="best-linear-score",
            title="Best linear score of a class (T11)",
            statement="Of the scores -sum_k c_k U_k alpha the one of least loss in the metric W solves "
            "M c = b, where C = E[y alpha^T] of the target y and P = E[alpha alpha^T].",
            expression=NORMAL,
            proof=_prove_normal,
            scope="two coordinates and two maps, all entries free (symbolic)",
            reference="normal equations; our derivation",
        ),
        Derivation(
            name="least-loss",
            title="The loss that it reaches (T11)",
            statement="The least loss is K_W - b_k c_k, summed over k, with the target's own power "
            "K_W = tr(W E[y y^T]).",
            expression=LOWEST,
            proof=_prove_lowest,
            scope="two coordinates and one map, all entries free (symbolic)",
            reference="normal equations; our derivation",
            kernels=(
                Kernel(
                    module,
                    "left_over",
                    ((power, "what is to be reached"), (reached, "sum of b_k c_k")),
                    LEFT_OVER,
                    "what is left over",
                ),
            ),
        ),
        Derivation(
            name="excess-loss",
            title="What the class costs (T11)",
            statement="The exact score -P^-1 alpha reaches tr(W P^-1) in any metric, so the best one of a "
            "class exceeds its loss by the rest.",
            expression=EXCESS,
            proof=_prove_excess,
            scope="two coordinates, all entries free (symbolic)",
            reference="our derivation",
        ),
        Derivation(
            name="score-target-moments",
            title="Moments of the score target (T11)",
            statement="The target y = -Sigma^-1 (alpha_t - m alpha_0)/v has E[y alpha_t^T] = -1 and "
            "E[y y^T] = Sigma^-1/v; that on the pixels has E[y alpha_t^T] = -A^T. Its power in the metric "
            "W is tr(W Sigma^-1)/v.",
            expression=TARGET_MOMENT,
            proof=_prove_target,
            scope="2 harmonics, on 3 pixels, with free covariances of noise and data (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    module,
                    "target_power",
                    ((trace, "tr(W Sigma^-1)"), (variance, "v(t) = s_t^2")),
                    TARGET_POWER,
                    "mean W-weighted square of the score target",
                ),
            ),
        ),
    )
