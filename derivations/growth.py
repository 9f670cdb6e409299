"""growth(total, t), the integral of e^(total s) over 0 <= s <= t, right to roundoff with its derivatives.

    growth = (e^x - 1)/total = t (e^x - 1)/x,  x = total t

It is 0/0 where x = 0, and near to that its derivatives cancel: for |x| <= 1/16 the series in x is used,
whose remainder is below roundoff there. The branch that is not chosen never divides by zero.
"""

from sympy import (
    Abs,
    Eq,
    Expr,
    Integer,
    Integral,
    Max,
    Piecewise,
    Rational,
    diff,
    exp,
    expand,
    factorial,
    horner,
    limit,
    simplify,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step
from derivations.symbols import t

total, x, s = symbols("total x s", real=True)
NEAR = Rational(1, 16)
TERMS = 10
ROUNDOFF = Rational(1, 2**54)
SERIES = sum((x**k / factorial(k + 1) for k in range(TERMS)), Integer(0))  # of (e^x - 1)/x
GROWTH = Eq(Integral(exp(total * s), (s, 0, t)), (exp(total * t) - 1) / total)


def growth(rate: Expr, time: Expr = t) -> Expr:
    """Return (e^(rate time) - 1)/rate."""
    return GROWTH.rhs.subs({total: rate, t: time}, simultaneous=True)


def evaluated(rate: Expr, time: Expr = t) -> Expr:
    """Return growth(rate, time) as it is computed."""
    argument = rate * time
    near = Abs(argument) <= NEAR
    small = Piecewise((argument, near), (0, True))
    apart = Piecewise((0, near), (rate, True)) + Piecewise((1 + small, near), (0, True))  # never zero
    series = horner(SERIES).subs(x, small)
    return Piecewise((time * series, near), ((exp(argument) - 1) / apart, True))


def evaluation_steps() -> tuple[Step, ...]:
    """Return the steps of a proof that what is computed is growth."""
    far, time = symbols("far time", positive=True)
    sides = []
    for side in (1, -1):
        rate = side * (NEAR + far) / time
        sides.append(Step(f"beyond 1/16, side {side}", simplify(evaluated(rate, time) - growth(rate, time))))
    terms = sum((x**k / factorial(k) for k in range(TERMS)), Integer(0))
    left_out = x**TERMS / factorial(TERMS + 1)  # and each later term is less than 1/11 of the one before
    slope = diff(left_out, x)
    at_zero = diff(t * SERIES.subs(x, total * t), total).subs(total, 0)
    return (
        *sides,
        Step("the series solves (x phi)' = e^x term by term", expand(diff(x * SERIES, x) - terms)),
        Step("what it leaves out", Max(0, left_out.subs(x, NEAR) - ROUNDOFF / 2)),
        Step("what its derivative leaves out, over 1/2", Max(0, slope.subs(x, NEAR) - ROUNDOFF / 4)),
        Step("at total = 0", evaluated(Integer(0)) - t),
        Step("its derivative there", at_zero - t**2 / 2),
    )


def _prove_growth() -> tuple[Step, ...]:
    solved = GROWTH.rhs
    return (
        Step("its derivative is e^(total t)", expand(diff(solved, t) - diff(GROWTH.lhs, t))),
        Step("it starts at zero", solved.subs(t, 0)),
        Step("total -> 0", limit(solved, total, 0) - t),
        Step("total -> 0, its derivative", limit(diff(solved, total), total, 0) - t**2 / 2),
        Step("t -> 0", limit(solved / t, t, 0, "+") - 1),
        *evaluation_steps(),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="growth",
            title="Growth of a variance at a constant rate (T9)",
            statement="The integral of e^(total s) up to t is (e^(total t) - 1)/total; at total = 0 it is t, "
            "with the derivative t^2/2. For |total t| <= 1/16 it is computed by its series.",
            expression=GROWTH,
            proof=_prove_growth,
            scope="all real total and t >= 0 (symbolic); the remainder of the series by its first term left "
            "out, the others being less than 1/11 of the one before each",
            reference="our derivation",
            kernels=(
                Kernel(
                    "linear_drift",
                    "growth",
                    ((total, "rate of a second moment"), (t, "time >= 0")),
                    evaluated(total),
                    "the integral of e^(total s) over 0 <= s <= t",
                ),
            ),
        ),
    )
