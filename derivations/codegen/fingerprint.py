"""A number for each formula: its value to 30 digits at arguments derived from the symbols' names.

Another spelling of the same formula keeps its fingerprint; another formula changes it.
"""

from hashlib import sha256

from sympy import (
    Basic,
    Expr,
    Identity,
    Integer,
    Matrix,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mod,
    Piecewise,
    Rational,
    Symbol,
    eye,
)
from sympy.core.relational import Relational

DIGITS = 30
SIZE = 2  # matrices are evaluated as 2 x 2


def fingerprint(value: Basic) -> str:
    """Return the fingerprint as text: 30 significant digits of the real and the imaginary part."""
    if isinstance(value, MatrixExpr):
        value = _explicit(value)
    if isinstance(value, MatrixBase):
        value = sum((entry * (place + 1) for place, entry in enumerate(value)), Integer(0))
    flat = _without_branches(value)
    numbers = {symbol: _argument(symbol.name) for symbol in flat.free_symbols}
    real, imaginary = flat.subs(numbers).n(DIGITS + 15).as_real_imag()
    return " + ".join((_digits(real), f"{_digits(imaginary)} i")) if imaginary else _digits(real)


def _digits(number: Expr) -> str:
    return str(number.n(DIGITS))


def _argument(name: str) -> Rational:
    digest = int.from_bytes(sha256(name.encode()).digest()[:6], "big")
    return Rational(digest, 1 << 48) + Rational(1, 2)


def _without_branches(value: Expr) -> Expr:
    """Replace each Piecewise and its conditions by a sum that changes with any of their parts."""

    def flatten(piecewise: Piecewise) -> Expr:
        total = Integer(0)
        for place, (branch, condition) in enumerate(piecewise.args):
            total += (place + 2) * branch
            if isinstance(condition, Relational):
                total += (place + 3) * condition.lhs + (place + 5) * condition.rhs
        return total

    flat = value.replace(lambda part: isinstance(part, Piecewise), lambda part: flatten(part))
    return flat.replace(lambda part: isinstance(part, Mod), lambda part: part.args[0] + 7 * part.args[1])


def _explicit(value: MatrixExpr) -> Matrix:
    symbols = sorted(value.atoms(MatrixSymbol), key=lambda symbol: symbol.name)
    dimensions = {size for symbol in symbols for size in symbol.shape}
    concrete = value.subs({size: Integer(SIZE) for size in dimensions})
    entries = {
        MatrixSymbol(symbol.name, SIZE, SIZE): Matrix(
            SIZE, SIZE, [Symbol(f"{symbol.name}_{i}") for i in range(SIZE * SIZE)]
        )
        for symbol in symbols
    }
    return concrete.subs(Identity(SIZE), eye(SIZE)).subs(entries).doit().as_explicit()
