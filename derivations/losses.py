"""Losses of score matching, T11: on the pixels and on the coefficients, and what tells them apart.

Pixels: x_t = m x_0 + e, e ~ N(0, v D), score target -D^-1 e/v. Coefficients: alpha = A x, so the noise
is A e ~ N(0, v Sigma), Sigma = A D A^T, score target -Sigma^-1 A e/v. |d|_W^2 stands for d^T W d.
"""

from sympy import (
    Eq,
    Identity,
    Matrix,
    MatrixExpr,
    MatrixSymbol,
    Symbol,
    Trace,
    cancel,
    cos,
    diag,
    fraction,
    simplify,
    sin,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, explicit

N, n = symbols("N n", integer=True, positive=True)
v = Symbol("v", positive=True)
OPERATOR, PIXELS, SIGMA = MatrixSymbol("A", n, N), MatrixSymbol("D", N, N), MatrixSymbol("Sigma", n, n)
NOISE, SCORE = MatrixSymbol("e", N, 1), MatrixSymbol("s", n, 1)
EIGENVALUES, AXES = MatrixSymbol("Lambda", n, n), MatrixSymbol("Q", n, n)
lowest = Symbol("lambda_min", positive=True)
HIDDEN = PIXELS.I - OPERATOR.T * SIGMA.I * OPERATOR  # what the coefficients do not see


def square(difference: MatrixExpr, metric: MatrixExpr) -> MatrixExpr:
    """Return |d|_W^2 = d^T W d."""
    return difference.T * metric * difference


MISSED, DIFFERENCE = MatrixSymbol("u", N, 1), MatrixSymbol("d", n, 1)
PIXEL_DIFFERENCE = OPERATOR.T * SCORE + PIXELS.I * NOISE / v  # A^T s less its target
SPECTRAL_DIFFERENCE = SCORE + SIGMA.I * OPERATOR * NOISE / v  # s less its target
GAP = Eq(square(MISSED, PIXELS) - square(DIFFERENCE, SIGMA), square(NOISE, HIDDEN) / v**2)
MEAN_GAP = Eq(Trace(HIDDEN * PIXELS) / v, (N - n) / v)
NEW_CHART = Eq(
    square(MatrixSymbol("d_new", n, 1), MatrixSymbol("Sigma_new", n, n)), square(DIFFERENCE, SIGMA)
)
BOUND = Eq(
    square(DIFFERENCE, SIGMA - lowest * Identity(n)),
    square(AXES.T * DIFFERENCE, EIGENVALUES - lowest * Identity(n)),
)

pixel_count, rank, variance = symbols("pixel_count rank variance", positive=True)
OFFSET = (pixel_count - rank) / variance

FREE = Matrix(2, 3, symbols("A:6", real=True))
VARIANCES = diag(*symbols("d_1:4", positive=True))
ERROR = Matrix(symbols("e_1:4", real=True))
S = Matrix(symbols("s_1:3", real=True))
FULL = Matrix(2, 2, lambda i, j: Symbol(f"S_{min(i, j)}{max(i, j)}", real=True))
MIXED = Matrix(2, 2, symbols("r:4", real=True))


def vanishing(matrix: Matrix) -> Matrix:
    """Return entries over one denominator, which takes rational functions that vanish to zero."""
    return matrix.applyfunc(cancel)


def _left_over(equation: Eq) -> Matrix:
    """Return lhs - rhs for 2 harmonics on 3 pixels, with a free symmetric Sigma for A D A^T."""
    entries = {"A": FREE, "D": VARIANCES, "Sigma": FULL, "e": ERROR, "s": S}
    whole = (equation.lhs - equation.rhs).subs({MISSED: PIXEL_DIFFERENCE, DIFFERENCE: SPECTRAL_DIFFERENCE})
    return vanishing(explicit(whole.subs(N, 3), n, 2, **entries))


def _covariance(expression: Matrix) -> Matrix:
    """Return an expression with A D A^T for the free Sigma, expanded."""
    return expression.subs(dict(zip(FULL, FREE * VARIANCES * FREE.T, strict=True))).expand()


def _thin() -> tuple[Matrix, Matrix]:
    """Return an operator of rank 1 with free entries, and the pseudo-inverse of its Sigma."""
    left, right = Matrix(symbols("a_1:3", real=True)), Matrix(symbols("b_1:4", real=True))
    scale = (right.T * VARIANCES * right)[0] * (left.T * left)[0] ** 2
    return left * right.T, left * left.T / scale


def _prove_gap() -> tuple[Step, ...]:
    # s is free: whatever score the network gives
    thin, inverse = _thin()
    sigma = thin * VARIANCES * thin.T
    cross = 2 * S.T * (Matrix.eye(2) - sigma * inverse) * thin * ERROR / v
    return (
        Step("2 harmonics on 3 pixels", _covariance(_left_over(GAP))),
        Step("rank 1: S^+ is the pseudo-inverse, S S^+ S = S", vanishing(sigma * inverse * sigma - sigma)),
        Step("S^+ S S^+ = S^+", vanishing(inverse * sigma * inverse - inverse)),
        Step("S S^+ is symmetric", vanishing(sigma * inverse - (sigma * inverse).T)),
        Step("the target's product with s is the same", vanishing(cross)),
    )


def _prove_mean_gap() -> tuple[Step, ...]:
    # E e^T H e = tr(H v D). With e = sqrt(v) D^(1/2) w, w ~ N(0, 1), the gap is w^T Q w/v
    whole, alone = (symbols(f"b_1:{count + 1}", real=True) for count in (6, 3))
    hidden = explicit(HIDDEN.subs(N, 3), n, 2, A=FREE, D=VARIANCES, Sigma=FULL)
    trace = fraction(cancel((hidden * VARIANCES).trace() / v - MEAN_GAP.rhs.subs({N: 3, n: 2})))[0]
    steps = [Step("E e^T H e, 2 harmonics on 3 pixels", _covariance(Matrix([trace])))]
    for half, count in ((Matrix(2, 3, whole), 2), (Matrix(1, 3, alone), 1)):  # half = A D^(1/2), full rank
        projector = Matrix.eye(3) - half.T * (half * half.T).inv() * half
        kernel = OFFSET.subs({pixel_count: 3, rank: count, variance: v})
        steps += [
            Step(f"rank {count}: tr Q/v", cancel(projector.trace() / v) - kernel),
            Step(f"rank {count}: Q Q = Q", vanishing(projector * projector - projector)),
            Step(f"rank {count}: Q^T = Q, so w^T Q w is chi-square", vanishing(projector - projector.T)),
        ]
    stated = MEAN_GAP.rhs.subs({N: pixel_count, n: rank, v: variance})
    return (*steps, Step("the kernel", OFFSET - stated))


def _prove_chart() -> tuple[Step, ...]:
    # a score is a gradient: in coordinates T alpha it is T^-T s; T is free and regular
    back = MIXED.inv()
    entries = {"Sigma": FULL, "d": S, "Sigma_new": MIXED * FULL * MIXED.T, "d_new": back.T * S}
    left, right = (explicit(side, n, 2, **entries) for side in NEW_CHART.args)
    place, weights = Matrix(symbols("x y", real=True)), Matrix(symbols("g_1:3", real=True))
    slope = (weights.T * back * place).jacobian(place).T
    return (
        Step("|T^-T d| in the metric T Sigma T^T", vanishing(left - right)),
        Step("gradients go to T^-T times themselves", vanishing(slope - back.T * weights)),
    )


def _prove_bound() -> tuple[Step, ...]:
    # axes of two coordinates: a rotation; the right side is a sum of (lambda_i - lambda_min) q_i^2 >= 0
    angle = Symbol("theta", real=True)
    turn = Matrix([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    values = diag(lowest, Symbol("lambda_2", positive=True))
    entries = {"Sigma": turn * values * turn.T, "Q": turn, "Lambda": values, "d": S}
    left, right = (explicit(side, n, 2, **entries) for side in BOUND.args)
    return (
        Step("Q^T Q = 1", (turn.T * turn - Matrix.eye(2)).applyfunc(simplify)),
        Step("two coordinates, any axes", (left - right).applyfunc(simplify)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="spatial-loss",
            title="Spatial and spectral score matching (T11)",
            statement="On the pixels u = A^T s + D^-1 e/v is what the score A^T s of the map lacks of its "
            "target, on the coefficients d = s + Sigma^-1 A e/v: whatever s is, the spatial loss is the "
            "Sigma-weighted spectral loss plus what does not depend on s.",
            expression=GAP,
            proof=_prove_gap,
            scope="2 harmonics on 3 pixels with free entries, variances and score (symbolic); a singular "
            "Sigma of rank 1, with its pseudo-inverse",
            reference="our derivation",
        ),
        Derivation(
            name="spatial-offset",
            title="What the coefficients do not see (T11)",
            statement="The difference between the spatial and the Sigma-weighted spectral loss is 1/v times "
            "a chi-square variable with N - n degrees of freedom (N - rank Sigma for a singular one), so its "
            "mean is (N - n)/v.",
            expression=MEAN_GAP,
            proof=_prove_mean_gap,
            scope="ranks 2 and 1 on 3 pixels with free entries (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "loss",
                    "offset",
                    (
                        (pixel_count, "number of pixels with noise"),
                        (rank, "rank of Sigma"),
                        (variance, "v(t) = s_t^2"),
                    ),
                    OFFSET,
                    "spatial loss less Sigma-weighted spectral loss, on average",
                ),
            ),
        ),
        Derivation(
            name="chart-invariance",
            title="The Sigma metric knows no chart (T11)",
            statement="In coordinates T alpha scores are d_new = T^-T d and the covariance is Sigma_new = "
            "T Sigma T^T: the Sigma-weighted loss stays, the plain one becomes that of (T^T T)^-1.",
            expression=NEW_CHART,
            proof=_prove_chart,
            scope="two coordinates with free T and symmetric Sigma (symbolic)",
            reference="our derivation",
        ),
        Derivation(
            name="loss-ratio",
            title="Between the smallest and the largest eigenvalue (T11)",
            statement="With Sigma = Q Lambda Q^T the Sigma-weighted loss less lambda_min times the plain one "
            "is a sum of (lambda_i - lambda_min) (Q^T d)_i^2, none negative, and likewise for the largest: "
            "the ratio of the losses lies between them.",
            expression=BOUND,
            proof=_prove_bound,
            scope="two coordinates, any axes (symbolic)",
            reference="Rayleigh quotient",
        ),
    )
