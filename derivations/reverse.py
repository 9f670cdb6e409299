"""Spectral SDEs backwards, T10: reverse drift and probability flow for a full Sigma, and one step of them."""

from sympy import (
    Eq,
    Expr,
    Function,
    Integer,
    Matrix,
    MatrixExpr,
    MatrixSymbol,
    Rational,
    Symbol,
    diff,
    expand,
    simplify,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.symbols import t

REVERSE_SHARE = Integer(1)  # of g^2 Sigma score in the reverse SDE's drift
FLOW_SHARE = Rational(1, 2)  # of the same in the probability flow
forward, g2, smoothed = symbols("forward g2 sigma_score", real=True)
state, noise, backward = symbols("state noise backward", real=True)
dt = Symbol("dt", positive=True)
BACKWARD_STEP = state - dt * backward + sqrt(g2 * dt) * noise


n = Symbol("n", integer=True, positive=True)


def _stated(share: Expr) -> MatrixExpr:
    """Return f - share g^2 Sigma s as matrices, in the order of the printed statement."""
    sigma, score = MatrixSymbol("Sigma", n, n), MatrixSymbol("s", n, 1)
    return MatrixSymbol("f", n, 1) - share * Symbol("g") ** 2 * sigma * score


def _prove_reverse(share: Expr, *, noisy: bool) -> tuple[Step, ...]:
    # Fokker-Planck with drift F, diffusion g^2 Sigma; two coordinates, free F(x, y, t), Sigma, p
    x, y = symbols("x y", real=True)
    power = Function("g2")(t)
    sigma = Matrix([[Symbol("S_11"), Symbol("S_12")], [Symbol("S_12"), Symbol("S_22")]])
    p = Function("p")(x, y, t)
    drift = Matrix([Function("F_1")(x, y, t), Function("F_2")(x, y, t)])
    gradient = Matrix([diff(p, x), diff(p, y)])

    def divergence(field: Matrix) -> Expr:
        return diff(field[0], x) + diff(field[1], y)

    spread = power / 2 * divergence(sigma * gradient)
    growth = -divergence(drift * p) + spread  # dp/dt
    smooth = sigma * gradient / p
    reverse = [
        _reversed_drift(share).subs({forward: drift[i], g2: power, smoothed: smooth[i]}) for i in range(2)
    ]
    returned = divergence(Matrix(reverse) * p)  # dp/d(T - t)
    returned += spread if noisy else Integer(0)
    f, g, entry, s = symbols("f g S s", real=True)
    one = explicit(_stated(share), n, 1, f=Matrix([f]), Sigma=Matrix([entry]), s=Matrix([s]))[0]
    kernel = _reversed_drift(share).subs({forward: f, g2: g**2, smoothed: entry * s})
    return (
        Step("its density is p run backwards", expand((growth + returned).doit())),
        Step("the statement for one coordinate", one.subs(Symbol("g"), g) - kernel),
    )


def _prove_step() -> tuple[Step, ...]:
    # one step over its noise xi ~ N(0, Sigma): E xi = 0, E xi xi' = S; another entry has the index 2
    other_backward, other_noise, s = symbols("backward2 noise2 S", real=True)
    move = expand(BACKWARD_STEP - state)
    product = expand(move * move.subs({backward: other_backward, noise: other_noise}))
    second = product.coeff(noise, 0).coeff(other_noise, 0) + s * product.coeff(noise * other_noise)
    return (
        Step("its mean over dt is minus the drift", simplify(move.coeff(noise, 0) / dt) + backward),
        Step("its second moments over dt tend to g^2 Sigma", expand(second / dt).subs(dt, 0) - g2 * s),
    )


def _reversed_drift(share: Expr) -> Expr:
    return forward - share * g2 * smoothed


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    x = Symbol("alpha")
    flow, pulled = (MatrixSymbol(name, n, 1) for name in ("f_flow", "f_rev"))
    arguments = (
        (forward, "forward drift f~(alpha, t)"),
        (g2, "g(t)^2"),
        (smoothed, "Sigma times the score"),
    )
    return (
        Derivation(
            name="reverse-sde",
            title="Reverse SDE (T10)",
            statement="Backwards in time, d alpha = [f~ - g^2 Sigma grad log p_t] dt + g dv has the same "
            "marginals.",
            expression=Eq(pulled, _stated(REVERSE_SHARE)),
            proof=lambda: _prove_reverse(REVERSE_SHARE, noisy=True),
            scope="two coordinates with free drift, density and Sigma (symbolic functions); sums over "
            "pairs of coordinates have no other kind of term",
            reference="Anderson 1982; our derivation for full Sigma",
            kernels=(
                Kernel("sde", "reverse_drift", arguments, _reversed_drift(REVERSE_SHARE), "reverse drift"),
            ),
        ),
        Derivation(
            name="probability-flow",
            title="Probability flow (T10)",
            statement="The ordinary differential equation d alpha/dt = f~ - (g^2/2) Sigma grad log p_t has "
            "the same marginals.",
            expression=Eq(flow, _stated(FLOW_SHARE)),
            proof=lambda: _prove_reverse(FLOW_SHARE, noisy=False),
            scope="two coordinates with free drift, density and Sigma (symbolic functions)",
            reference="Song et al. 2011.13456, eq. 13; our derivation for full Sigma",
            kernels=(
                Kernel("sde", "probability_flow", arguments, _reversed_drift(FLOW_SHARE), "flow velocity"),
            ),
        ),
        Derivation(
            name="backward-step",
            title="Euler-Maruyama step backwards",
            statement="alpha - r dt + sqrt(g^2 dt) xi with xi ~ N(0, Sigma) steps the reverse SDE with "
            "drift r from t to t - dt.",
            expression=Eq(
                Symbol("alpha_next"),
                BACKWARD_STEP.subs({state: x, backward: Symbol("r"), noise: Symbol("xi")}),
            ),
            proof=_prove_step,
            scope="first and second moments to first order in dt, any two entries (symbolic)",
            reference="Maruyama 1955; our derivation",
            kernels=(
                Kernel(
                    "sde",
                    "backward_step",
                    (
                        (state, "alpha at t"),
                        (backward, "reverse drift at t"),
                        (g2, "g(t)^2"),
                        (dt, "time step"),
                        (noise, "draw of N(0, Sigma)"),
                    ),
                    BACKWARD_STEP,
                    "alpha at t - dt",
                ),
            ),
        ),
    )
