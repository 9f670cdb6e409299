"""The Ornstein-Uhlenbeck process dx = -reversion x dt + diffusion dw with its moments solved, T9."""

from sympy import Eq, Expr, Function, Symbol, dsolve, expand, limit

from derivations.derivation import Step
from derivations.growth import evaluated, evaluation_steps, growth
from derivations.process import Process
from derivations.symbols import t

reversion = Symbol("reversion", positive=True)  # and zero, as the limit
diffusion = Symbol("diffusion", positive=True)
ARGUMENTS = (
    (t, "time, 0 <= t <= 1"),
    (reversion, "rate at which x reverts to zero, >= 0"),
    (diffusion, "g, constant"),
)
EVALUATED = diffusion**2 * evaluated(-2 * reversion)


def _solved() -> tuple[Expr, Expr]:
    """Solve m' = -reversion m, m(0) = 1 and v' = -2 reversion v + diffusion^2, v(0) = 0."""
    m, v = Function("m"), Function("v")
    mean = dsolve(Eq(m(t).diff(t), -reversion * m(t)), m(t), ics={m(0): 1}).rhs
    equation = Eq(v(t).diff(t), -2 * reversion * v(t) + diffusion**2)
    return mean, dsolve(equation, v(t), ics={v(0): 0}).rhs.factor()


def _bridge() -> tuple[Step, ...]:
    _, variance = _solved()
    stated = diffusion**2 * growth(-2 * reversion)
    chosen = EVALUATED.subs({t: 1, reversion: 1}) - variance.subs({t: 1, reversion: 1})
    return (
        Step("v = diffusion^2 growth(-2 reversion, t)", expand(variance - stated)),
        Step("what is computed, at one place", chosen),
        Step("reversion -> 0: Brownian motion", limit(variance, reversion, 0) - diffusion**2 * t),
        *evaluation_steps(),
    )


def ornstein_uhlenbeck() -> Process:
    """Return the process."""
    mean, variance = _solved()
    return Process(
        "ou", "Ornstein-Uhlenbeck", -reversion, diffusion**2, mean, variance, ARGUMENTS,
        evaluated=EVALUATED, bridge=_bridge, reference="Uhlenbeck and Ornstein 1930; our derivation",
    )  # fmt: skip
