"""A scalar linear SDE with its moments solved: what is proved of it, and the kernels that it gives, T9."""

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Eq, Expr, Matrix, Symbol, diff

from derivations.derivation import Derivation, Kernel, Step
from derivations.symbols import t


def _as_it_is(residual: Expr) -> Expr:
    return residual


@dataclass(frozen=True)
class Process:
    """A scalar linear SDE dx = rate x dt + sqrt(power) dw with its solved mean factor and variance.

    Attributes
    ----------
    evaluated : the variance as it is computed, where it is not computed as it is printed
    bridge : steps that tie `evaluated` to the printed variance
    reduce : rewrites a residual so that it simplifies
    reference : where the process comes from
    """

    name: str
    title: str
    rate: Expr
    power: Expr
    mean: Expr
    variance: Expr
    arguments: tuple[tuple[Symbol, str], ...]
    evaluated: Expr | None = None
    bridge: Callable[[], tuple[Step, ...]] = tuple
    reduce: Callable[[Expr], Expr] = _as_it_is
    reference: str = "Song et al. 2011.13456, eqs. 29-33; spectral form: our derivation"


def _prove_process(process: Process) -> tuple[Step, ...]:
    mean, variance, reduce = process.mean, process.variance, process.reduce
    growth = diff(variance, t) - 2 * process.rate * variance
    return (
        Step("m' = a m", reduce(diff(mean, t) - process.rate * mean)),
        Step("m(0) = 1", reduce(mean.subs(t, 0) - 1)),
        Step("v' = 2 a v + g^2", reduce(growth - process.power)),
        Step("v(0) = 0", reduce(variance.subs(t, 0))),
        *process.bridge(),
    )


def process_derivation(process: Process) -> Derivation:
    """Return the statement of a process's kernel, with the functions of its moments."""
    name = process.name
    moments = Matrix([Symbol("m"), Symbol("v")])
    module = f"sde_{name}"
    variance = process.variance if process.evaluated is None else process.evaluated
    return Derivation(
        name=f"{name}-kernel",
        title=process.title,
        statement=f"{process.title}: alpha_t given alpha_0 is N(m(t) alpha_0, v(t) Sigma), with m and v "
        "solved from m' = a m, v' = 2 a v + g^2.",
        expression=Eq(moments, Matrix([process.mean, process.variance])),
        proof=lambda: _prove_process(process),
        scope="all t, all schedule parameters (symbolic)",
        reference=process.reference,
        kernels=(
            Kernel(module, "rate", process.arguments, process.rate, "a(t) of dx = a x dt + g dw"),
            Kernel(module, "power", process.arguments, process.power, "g(t)^2"),
            Kernel(module, "mean", process.arguments, process.mean, "m(t)"),
            Kernel(module, "variance", process.arguments, variance, "v(t) = s_t^2"),
        ),
    )
