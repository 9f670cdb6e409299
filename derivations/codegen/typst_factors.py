"""Precedence and factors for the Typst printer: what needs brackets, and roots that belong together."""

from collections.abc import Sequence

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from derivations.codegen.typst_names import typst_name

# how tightly a node holds together in print; what is not listed is an atom
LOGIC, RELATION, SUM, PRODUCT, POWER, ATOM = range(6)
LEVELS: dict[int, tuple[type, ...]] = {
    LOGIC: (BooleanFunction,),
    RELATION: (Relational,),
    SUM: (sp.Add, sp.MatAdd, sp.Mod, sp.Piecewise),
    PRODUCT: (sp.Mul, sp.MatMul, sp.Derivative, sp.Integral, sp.Sum),
    POWER: (
        *(sp.Pow, sp.MatPow, sp.Transpose, sp.Trace, sp.exp, sp.log, sp.sin, sp.cos),
        *(sp.re, sp.im, sp.factorial, sp.legendre, sp.assoc_legendre),
    ),
}
OPERATORS = (sp.Derivative, sp.Integral, sp.Sum)  # they stand last in a product
LARGEST_UNDER_ROOT = 1000


def level_of(expr: sp.Basic) -> int:
    """Return how tightly a node holds together in print."""
    if is_reciprocal(expr) or (isinstance(expr, sp.Rational) and expr.q > 1):
        return PRODUCT
    if isinstance(expr, sp.Symbol):
        return POWER if "^" in typst_name(expr.name) else ATOM
    return next((level for level, kinds in LEVELS.items() if isinstance(expr, kinds)), ATOM)


def is_open(expr: sp.Basic, operators: type | tuple[type, ...]) -> bool:
    """Tell whether what follows the expression would be read as part of its last operator."""
    factors = expr.args if isinstance(expr, sp.Mul) else (expr,)
    return any(isinstance(factor, operators) for factor in factors)


def is_reciprocal(expr: sp.Basic) -> bool:
    """Tell whether a factor belongs below a fraction bar."""
    return isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational) and expr.exp.p < 0


def reciprocal(expr: sp.Pow) -> sp.Expr:
    """Return what stands below the bar."""
    return expr.base if expr.exp == -1 else sp.Pow(expr.base, -expr.exp, evaluate=False)


def factors_of(expr: sp.Mul) -> tuple[sp.Rational, list[sp.Expr]]:
    """Return the leading number and the other factors, in order unless built unevaluated."""
    unevaluated = expr.args[0] == 1 or any(isinstance(f, sp.Number) for f in expr.args[1:])
    factors = list(expr.args) if unevaluated else expr.as_ordered_factors()
    number = sp.S.One
    while factors and isinstance(factors[0], sp.Rational) and number in (1, -1):
        number *= factors.pop(0)
    return number, factors


def join_roots(number: sp.Rational, factors: Sequence[sp.Expr]) -> tuple[sp.Rational, Sequence[sp.Expr]]:
    """Undo SymPy's sqrt(a/(4 b)) = sqrt(a)/(2 sqrt(b)) where one root is the same number.

    sqrt(a) sqrt(b) = sqrt(a b) unless both are negative; sqrt(a)/sqrt(b) = sqrt(a/b) for b > 0.
    """
    roots = [f for f in factors if isinstance(f, sp.Pow) and f.exp in (sp.S.Half, -sp.S.Half)]
    above = [root.base for root in roots if root.exp.p > 0]
    below = [root.base for root in roots if root.exp.p < 0]
    unsigned = [base for base in above if not base.is_nonnegative]
    if not above or len(unsigned) > 1 or not all(base.is_positive for base in below):
        return number, factors
    parts = [f for base in above for f in _parts(base)]
    parts += [1 / f for base in below for f in _parts(base)]
    rest = [f for f in parts if not (isinstance(f, sp.Rational) and f.p > 0)]
    ratio = sp.Mul(*(f for f in parts if isinstance(f, sp.Rational) and f.p > 0))
    if not rest:
        return number, factors
    inside = ratio / number.q**2
    useful = any(is_reciprocal(f) for f in rest) or ratio.p % number.q == 0
    if number.q > 1 and useful and max(inside.p, inside.q) < LARGEST_UNDER_ROOT:
        number, ratio = sp.Integer(number.p), inside
    elif len(roots) == 1:
        return number, factors
    exponent = sp.S.Half
    if not unsigned and ratio.p == 1 and all(is_reciprocal(f) for f in rest):
        # 1/sqrt(2 pi), not sqrt(1/(2 pi))
        exponent, ratio, rest = -exponent, 1 / ratio, [reciprocal(f) for f in rest]
    rest = rest if ratio == 1 else [ratio, *rest]
    radicand = rest[0] if len(rest) == 1 else sp.Mul(*rest, evaluate=False)
    root = sp.Pow(radicand, exponent, evaluate=False)
    return number, [root, *(f for f in factors if f not in roots)]


def _parts(base: sp.Expr) -> Sequence[sp.Expr]:
    """Return the factors of a radicand, which stays whole where it shows a minus sign."""
    whole = not isinstance(base, sp.Mul) or base.could_extract_minus_sign()
    parts: Sequence[sp.Expr] = (base,) if whole else base.args
    return parts
