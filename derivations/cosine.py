"""The cosine schedule of Nichol and Dhariwal as a variance-preserving process in continuous time, T9.

    m(t) = cos(theta_t)/cos(theta_0),  theta = (pi/2) (t' + offset)/(1 + offset),  t' = (1 - cutoff) t

beta = -2 m'/m is infinite at t' = 1, which is why time ends at t' = 1 - cutoff. With the complement pi/2 -
theta, m is a ratio of sines, and 1 - m^2 a product of sines, which keep their digits at both ends.
"""

from sympy import Expr, Symbol, cos, expand, expand_trig, pi, sin, symbols, tan, together

from derivations.derivation import Step
from derivations.process import Process
from derivations.symbols import t

offset = Symbol("offset", nonnegative=True)
cutoff = Symbol("cutoff", positive=True)
ARGUMENTS = ((t, "time, 0 <= t <= 1"), (offset, "s of the schedule, >= 0"), (cutoff, "1 - t' at t = 1"))
START = pi / (2 * (1 + offset))  # pi/2 - theta_0
LEFT = 1 - t + cutoff * t  # 1 - t'
MEAN = sin(START * LEFT) / sin(START)
RATE = -START * (1 - cutoff) / tan(START * LEFT)
VARIANCE = sin(START * (1 - cutoff) * t) * sin(START * ((1 - cutoff) * t + 2 * offset)) / sin(START) ** 2


def _reduced(residual: Expr) -> Expr:
    """Return a residual with pi/(2 (1 + offset)) and 1 - cutoff as symbols, sines of sums multiplied out."""
    start, pace = symbols("start pace", positive=True)
    plain = residual.subs({offset: pi / (2 * start) - 1, cutoff: 1 - pace})
    plain = plain.replace(tan, lambda angle: sin(angle) / cos(angle))
    for function in (sin, cos):
        plain = plain.replace(function, lambda angle, function=function: function(expand(angle)))
    return together(expand_trig(plain))


def _bridge() -> tuple[Step, ...]:
    # the schedule as it was published: alpha-bar = f(t')/f(0), f = cos^2; then m^2 = alpha-bar
    angle = (pi / 2) * ((1 - cutoff) * t + offset) / (1 + offset)
    published = cos(angle) ** 2 / cos(angle.subs(t, 0)) ** 2
    return (
        Step("m^2 is the published alpha-bar", _reduced(MEAN**2 - published)),
        Step("v = 1 - m^2", _reduced(VARIANCE + MEAN**2 - 1)),
    )


def cosine_process() -> Process:
    """Return the process."""
    return Process(
        "cosine", "Variance preserving, cosine schedule", RATE, -2 * RATE, MEAN, VARIANCE, ARGUMENTS,
        bridge=_bridge, reduce=_reduced,
        reference="Nichol and Dhariwal 2102.09672, eq. 17; in continuous time: our derivation",
    )  # fmt: skip
