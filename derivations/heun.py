"""Heun's steps of the probability flow, T10: second order, and their matrices for a linear score, T12."""

from sympy import Eq, Expr, Identity, Matrix, MatrixSymbol, Rational, Symbol, diff, expand, symbols

from derivations import reverse
from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.reverse import dt, forward, g2, n, smoothed, state

first, second = symbols("first second", real=True)
EULER = state - dt * first
HEUN = state - dt / 2 * (first + second)

SIGMA, SCORE, DRIFT = (MatrixSymbol(name, n, n) for name in ("Sigma", "S", "B"))
EARLY, LATE, TRANSITION = (MatrixSymbol(name, n, n) for name in ("V_s", "V_t", "F"))
VELOCITY = Eq(MatrixSymbol("V", n, n), DRIFT - g2 / 2 * SIGMA * SCORE)
EULER_MATRIX = Eq(TRANSITION, Identity(n) - dt * LATE)
HEUN_MATRIX = Eq(TRANSITION, Identity(n) - dt / 2 * (LATE + EARLY * (Identity(n) - dt * LATE)))
ALPHA, ENDPOINT = symbols("alpha_t alpha_s")
STATED_EULER = Eq(ENDPOINT, ALPHA - dt * Symbol("k_1"))
STATED_HEUN = Eq(ENDPOINT, ALPHA - dt * Rational(1, 2) * (Symbol("k_1") + Symbol("k_2")))


def _field() -> tuple[Matrix, tuple[Symbol, ...]]:
    """Return a velocity of two coordinates and time, all coefficients up to second order free."""
    place = symbols("x y t", real=True)
    x, y, t = place
    terms = (1, x, y, t, x * x, x * y, y * y, x * t, y * t, t * t)
    rows = [sum(Symbol(f"c{i}_{k}") * term for k, term in enumerate(terms)) for i in (1, 2)]
    return Matrix(rows), place


def _moved(field: Matrix, place: tuple[Symbol, ...], *, corrected: bool) -> Matrix:
    """Return where one step from (x, y) at t leads, as a function of dt."""
    x, y, t = place
    euler = [EULER.subs({state: start, first: field[i]}) for i, start in enumerate((x, y))]
    if not corrected:
        return Matrix(euler)
    there = field.subs({x: euler[0], y: euler[1], t: t - dt}, simultaneous=True)
    return Matrix(
        [HEUN.subs({state: start, first: field[i], second: there[i]}) for i, start in enumerate((x, y))]
    )


def _prove_order(stated: Eq, step: Expr, *, corrected: bool) -> tuple[Step, ...]:
    # the exact solution of dX/dt = f backwards: X(t - dt) = x - dt f + dt^2/2 (f_t + f_x f) - ..
    field, place = _field()
    moved = _moved(field, place, corrected=corrected)
    bend = diff(field, place[2]) + field.jacobian(place[:2]) * field
    names = {state: ALPHA, first: Symbol("k_1"), second: Symbol("k_2")}
    slope = diff(moved, dt)
    steps = [
        Step("the statement is the step", expand(stated.rhs - step.subs(names))),
        Step("no step, no move", moved.subs(dt, 0) - Matrix(place[:2])),
        Step("first order: minus the velocity", (slope.subs(dt, 0) + field).applyfunc(expand)),
    ]
    if corrected:
        second_order = diff(slope, dt).subs(dt, 0)
        steps.append(Step("second order: the path's bend", (second_order - bend).applyfunc(expand)))
    return tuple(steps)


def _prove_velocity() -> tuple[Step, ...]:
    sigma, score = Matrix(2, 2, symbols("a b b c", real=True)), Matrix(2, 2, symbols("s:4", real=True))
    drift, x = Matrix(2, 2, symbols("B:4", real=True)), Matrix(symbols("x_1 x_2", real=True))
    kernel = reverse._reversed_drift(reverse.FLOW_SHARE)
    pushed, pulled = drift * x, sigma * score * x
    moved = Matrix([kernel.subs({forward: pushed[i], smoothed: pulled[i]}) for i in (0, 1)])
    stated = explicit(VELOCITY.rhs, n, 2, Sigma=sigma, S=score, B=drift)
    return (Step("the flow's velocity is V alpha", (moved - stated * x).applyfunc(expand)),)


def _prove_matrix(stated: Eq, *, corrected: bool) -> tuple[Step, ...]:
    late, early = (Matrix(2, 2, symbols(f"{name}:4", real=True)) for name in ("u", "w"))
    x = Matrix(symbols("x_1 x_2", real=True))
    ahead = late * x
    moved = Matrix([EULER.subs({state: x[i], first: ahead[i]}) for i in (0, 1)])
    if corrected:
        there = early * moved
        moved = Matrix([HEUN.subs({state: x[i], first: ahead[i], second: there[i]}) for i in (0, 1)])
    matrix = explicit(stated.rhs, n, 2, V_t=late, V_s=early)
    return (Step("the step is F alpha", (moved - matrix * x).applyfunc(expand)),)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    module, free = "samplers", "two coordinates with free entries (symbolic)"
    field = "velocities of two coordinates with free Taylor coefficients (symbolic)"
    start, ahead, step = (state, "alpha at t"), (first, "velocity at t"), (dt, "time step")
    late, early = (MatrixSymbol(name, n, n) for name in ("velocity", "velocity_s"))
    named = {LATE: late, EARLY: early}
    sigma, score, drift = (
        MatrixSymbol(name, n, n) for name in ("noise_covariance", "score_matrix", "drift_matrix")
    )
    return (
        Derivation(
            name="flow-euler",
            title="Euler step of the probability flow (T10)",
            statement="alpha_t - dt k_1 with the velocity k_1 at t: right to first order in dt.",
            expression=STATED_EULER,
            proof=lambda: _prove_order(STATED_EULER, EULER, corrected=False),
            scope=field,
            reference="our derivation",
            kernels=(Kernel(module, "flow_euler", (start, ahead, step), EULER, "alpha at t - dt"),),
        ),
        Derivation(
            name="flow-heun",
            title="Heun step of the probability flow (T10)",
            statement="alpha_t - dt (k_1 + k_2)/2, k_1 the velocity at t and k_2 that at t - dt where the "
            "Euler step leads: right to second order in dt.",
            expression=STATED_HEUN,
            proof=lambda: _prove_order(STATED_HEUN, HEUN, corrected=True),
            scope=field,
            reference="Heun 1900; Karras et al. 2206.00364, algorithm 1; our derivation",
            kernels=(
                Kernel(
                    module, "flow_heun", (start, ahead, (second, "velocity after the Euler step"), step),
                    HEUN, "alpha at t - dt",
                ),
            ),
        ),
        Derivation(
            name="flow-velocity",
            title="Probability flow, linear drift and score (T12)",
            statement="With a drift B alpha and a score S alpha the flow's velocity is V alpha.",
            expression=VELOCITY,
            proof=_prove_velocity,
            scope=free,
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "velocity_matrix",
                    (
                        (sigma, "noise covariance Sigma, (n, n)"), (score, "S of the score, (n, n)"),
                        (drift, "B of the forward drift, (n, n)"), (g2, "g(t)^2"),
                    ),
                    VELOCITY.rhs.subs({SIGMA: sigma, SCORE: score, DRIFT: drift}), "V, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="flow-euler-matrix",
            title="Euler step of a linear flow (T12)",
            statement="With velocities V alpha the Euler step is alpha' = F alpha.",
            expression=EULER_MATRIX,
            proof=lambda: _prove_matrix(EULER_MATRIX, corrected=False),
            scope=free,
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "flow_euler_matrix", ((late, "V at t, (n, n)"), step),
                    EULER_MATRIX.rhs.subs(named), "F, (n, n)",
                ),
            ),
        ),
        Derivation(
            name="flow-heun-matrix",
            title="Heun step of a linear flow (T12)",
            statement="With velocities V_t alpha at t and V_s alpha at s = t - dt the Heun step is "
            "alpha' = F alpha.",
            expression=HEUN_MATRIX,
            proof=lambda: _prove_matrix(HEUN_MATRIX, corrected=True),
            scope=free,
            reference="our derivation",
            kernels=(
                Kernel(
                    module, "flow_heun_matrix",
                    ((late, "V at t, (n, n)"), (early, "V at t - dt, (n, n)"), step),
                    HEUN_MATRIX.rhs.subs(named), "F, (n, n)",
                ),
            ),
        ),
    )  # fmt: skip
