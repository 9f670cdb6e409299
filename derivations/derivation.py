"""What a derivation is: a named statement with its expression, a proof that runs, and generated kernels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sympy import Basic, Matrix, MatrixBase, MatrixExpr, MatrixSymbol, Symbol, simplify
from sympy.core.function import AppliedUndef


@dataclass(frozen=True)
class Step:
    """One step of a proof: what it claims, and the residual that must reduce to zero."""

    claim: str
    residual: Basic


@dataclass(frozen=True)
class Kernel:
    """A NumPy function to generate: name, arguments with their meaning, and the value returned.

    `in_place` kernels write a sum of products into their argument `out` without allocating.
    """

    module: str
    name: str
    arguments: tuple[tuple[Symbol | Basic, str], ...]
    value: Basic
    returns: str
    in_place: bool = False


@dataclass(frozen=True)
class Table:
    """Integers to generate as a dictionary, where formulas are many and all of one shape.

    Attributes
    ----------
    module, name : where it goes
    key, row : what the entries of a key and of a row are called
    rows : (key, row) pairs; a row's last entry is itself a tuple of integers
    value : the formulas that the rows stand for, for the fingerprint
    meaning : the formula of a row in words
    """

    module: str
    name: str
    key: tuple[str, ...]
    row: tuple[str, ...]
    rows: tuple[tuple[tuple[int, ...], tuple[int | tuple[int, ...], ...]], ...]
    value: Basic
    meaning: str


@dataclass(frozen=True)
class Example:
    """A special case worth printing: its name, the expression, and where it holds."""

    name: str
    expression: Basic
    scope: str


@dataclass(frozen=True)
class Derivation:
    """A statement, the expression it gives, the proof (run by `prove`) and where it comes from.

    `scope` says for which arguments the proof holds: symbolic, or which finite set of cases.
    """

    name: str
    title: str
    statement: str
    expression: Basic
    proof: Callable[[], tuple[Step, ...]]
    scope: str
    reference: str
    kernels: tuple[Kernel, ...] = field(default=())
    tables: tuple[Table, ...] = field(default=())
    examples: tuple[Example, ...] = field(default=())


class ProofError(Exception):
    """A step of a proof does not reduce to zero."""


def instance(statement: Basic, values: Mapping[Basic, object], **functions: Callable[..., Basic]) -> Basic:
    """Return lhs - rhs of a stated equation with symbols given values and functions given meaning.

    It ties what is stated (and printed) to the objects that the proof is about: a step of the proof.
    """
    sides = []
    for side in (statement.lhs, statement.rhs):
        concrete = side.subs(values)
        for name, meaning in functions.items():
            concrete = concrete.doit().replace(
                lambda part, name=name: isinstance(part, AppliedUndef) and part.func.__name__ == name,
                lambda part, meaning=meaning: meaning(*part.args),
            )
        sides.append(concrete.doit())
    left, right = (side.as_explicit() if isinstance(side, MatrixExpr) else side for side in sides)
    return left - right


def explicit(expression: MatrixExpr, dimension: Symbol, size: int, **entries: Matrix) -> Matrix:
    """Return a matrix expression with its symbols replaced, by name, by explicit matrices."""
    concrete = expression.subs(dimension, size)
    for symbol in sorted(concrete.atoms(MatrixSymbol), key=lambda symbol: symbol.name):
        concrete = concrete.subs(symbol, entries[symbol.name])
    return Matrix(concrete.doit())


def left_over(residual: Basic) -> Basic | None:
    """Return what a residual (scalar or matrix) keeps beyond zero, its first such entry; None if zero."""
    if isinstance(residual, MatrixBase):
        return next((left for entry in residual if (left := left_over(entry)) is not None), None)
    if isinstance(residual, MatrixExpr):
        reduced = residual.doit()
        return None if reduced.is_ZeroMatrix else reduced
    if residual == 0 or residual.expand() == 0:
        return None
    reduced = simplify(residual)
    return None if reduced == 0 else reduced


def is_zero(residual: Basic) -> bool:
    """Tell whether a residual (scalar or matrix) reduces to zero."""
    return left_over(residual) is None


def prove(derivation: Derivation) -> int:
    """Run the proof; return how many steps were reduced to zero.

    Raises
    ------
    ProofError
        as `proved_claims`.
    """
    return len(proved_claims(derivation))


def proved_claims(derivation: Derivation) -> tuple[str, ...]:
    """Run the proof; return what its steps claim, every one of them reduced to zero.

    Raises
    ------
    ProofError
        naming the derivation, the step and the residual that is left.
    """
    steps = derivation.proof()
    if not steps:
        raise ProofError(f"{derivation.name}: the proof has no steps")
    for step in steps:
        left = left_over(step.residual)
        if left is not None:
            raise ProofError(f"{derivation.name}: {step.claim}: left over {left}")
    return tuple(step.claim for step in steps)
