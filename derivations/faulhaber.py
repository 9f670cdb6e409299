"""Sums of powers as polynomials: Faulhaber's formula with Bernoulli numbers, by python-flint."""

from functools import lru_cache

from flint import fmpq, fmpq_poly
from sympy import Eq, Expr, IndexedBase, Integer, Rational, Sum, Symbol, binomial

from derivations.derivation import Derivation, Step, instance

POWERS = 34  # powers below this are proved: caps and belt of every pair of degrees up to 8

BERNOULLI = IndexedBase("B")
i, j, n, p = (Symbol(name, integer=True, nonnegative=True) for name in ("i", "j", "n", "p"))
FAULHABER = Eq(
    Sum(i**p, (i, 0, n - 1)),
    Sum(binomial(p + 1, j) * BERNOULLI[j] * n ** (p + 1 - j), (j, 0, p)) / (p + 1),
)


@lru_cache(maxsize=256)
def power_sum(power: int) -> fmpq_poly:
    """Return the polynomial in n that is sum_{i=0}^{n-1} i^power, with 0^0 = 1."""
    coefficients = [fmpq(0)] * (power + 2)
    factor = fmpq(1, power + 1)  # binom(power + 1, j)/(power + 1)
    for place in range(power + 1):
        coefficients[power + 1 - place] = factor * fmpq.bernoulli(place)
        factor *= fmpq(power + 1 - place, place + 1)
    return fmpq_poly(coefficients)


@lru_cache(maxsize=256)
def cap_sum(power: int) -> fmpq_poly:
    """Return sum_{i=1}^{n-1} i^(2 power + 1) as a polynomial in n."""
    return power_sum(2 * power + 1)


@lru_cache(maxsize=256)
def belt_sum(power: int) -> fmpq_poly:
    """Return sum_{j=-n}^{n} j^(2 power) as a polynomial in n."""
    both = 2 * power_sum(2 * power) + 2 * fmpq_poly([0] * (2 * power) + [1])
    return both - 1 if power == 0 else both  # 0^0 = 1 is counted once


def as_expr(polynomial: fmpq_poly, variable: Expr) -> Expr:
    """Return a polynomial of python-flint as a SymPy expression in the variable."""
    return sum(
        (rational(value) * variable**power for power, value in enumerate(polynomial.coeffs())), Integer(0)
    )


def rational(value: fmpq) -> Rational:
    """Return a rational number of python-flint as SymPy's."""
    return Rational(int(value.p), int(value.q))


def _prove_faulhaber() -> tuple[Step, ...]:
    step = fmpq_poly([1, 1])
    return (
        *(
            Step(f"sum of i^{power}: n + 1 adds n^{power}", _telescoped(power_sum(power), step, power))
            for power in range(POWERS)
        ),
        *(
            Step(f"no terms, no sum: i^{power}", rational(power_sum(power)(fmpq(0))))
            for power in range(POWERS)
        ),
        *(Step(f"the statement at p = {power}, n = 5", _stated(power)) for power in (0, 1, 2, 7)),
        *(
            Step(f"belt, j^{2 * power}: n + 1 adds two ends", _belt(power, step))
            for power in range(POWERS // 2)
        ),
        *(
            Step(f"belt, j^{2 * power} at n = 0", rational(belt_sum(power)(fmpq(0))) - Integer(0) ** power)
            for power in range(POWERS // 2)
        ),
    )


def _telescoped(total: fmpq_poly, step: fmpq_poly, power: int) -> Expr:
    return as_expr(total(step) - total - fmpq_poly([0] * power + [1]), n)


def _belt(power: int, step: fmpq_poly) -> Expr:
    total = belt_sum(power)
    return as_expr(total(step) - total - 2 * step ** (2 * power), n)


def _stated(power: int) -> Expr:
    stated = instance(FAULHABER, {p: power, n: 5})
    values = {BERNOULLI[place]: rational(fmpq.bernoulli(place)) for place in range(power + 1)}
    return stated.subs(values)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="faulhaber",
            title="Sums of powers (Faulhaber)",
            statement="The sum of the p-th powers of 0, 1, ..., n - 1 is a polynomial in n with Bernoulli "
            "numbers B_j, B_1 = -1/2.",
            expression=FAULHABER,
            proof=_prove_faulhaber,
            scope=f"p < {POWERS}, all n (induction over n, symbolic)",
            reference="Faulhaber; DLMF 24.4.7; induction: our derivation",
        ),
    )
