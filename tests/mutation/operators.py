"""The errors that are planted: one change of an operator, a number, a comparison, an argument or a function.

Not planted, by rule, because it is not mathematics: text (strings, docstrings, messages), annotations,
decorators, `raise` statements, imports, how a kernel is laid out (`in_place`) and set in type (`SCRIPTS`).
"""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

ARITHMETIC = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}
COMPARISON = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
FUNCTIONS = {
    "sin": "cos", "cos": "sin", "floor": "ceiling", "ceiling": "floor", "min": "max", "max": "min",
    "all": "any", "any": "all",
}  # fmt: skip
DROPPED = {"sqrt", "conjugate", "abs", "factorial", "diff"}  # f(x, ...) becomes x
SYMBOLS = {"l": "l2", "l2": "l", "m": "m2", "m2": "m"}
LAYOUT = {"in_place"}
TYPESETTING = {"SCRIPTS"}  # which arguments are printed as indices


@dataclass(frozen=True)
class Mutant:
    """One change: its number in the module, line, the function it is in, and the text before and after."""

    number: int
    line: int
    function: str
    before: str
    after: str


def mutants(source: str) -> list[Mutant]:
    """Return all changes of a module, in the order of the text's tree."""
    return [mutant for mutant, _ in _walk(ast.parse(source))]


def mutated(source: str, number: int) -> ast.Module:
    """Return the tree of a module with one change made."""
    tree = ast.parse(source)
    walk = _walk(tree)
    for mutant, _ in walk:
        if mutant.number == number:
            return ast.fix_missing_locations(tree)
    raise ValueError(f"number must be below the count of mutants, got {number}")


def _walk(tree: ast.Module) -> Iterator[tuple[Mutant, ast.AST]]:
    """Yield each change while it is made in the tree, and undo it."""
    bound = {name.id for name in ast.walk(tree) if isinstance(name, ast.Name)}
    bound |= {alias.asname or alias.name for alias in ast.walk(tree) if isinstance(alias, ast.alias)}
    number = 0
    for holder, key, place, function in _slots(tree, "module"):
        node = _get(holder, key, place)
        before = ast.unparse(node)
        for changed in _changes(node, bound):
            _set(holder, key, place, ast.copy_location(changed, node))
            yield Mutant(number, node.lineno, function, before, ast.unparse(changed)), node
            number += 1
        _set(holder, key, place, node)


def _slots(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str, int | None, str]]:
    """Yield where the expressions of a tree hang: (holder, field, place in a list, function)."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = node.name if function == "module" else f"{function}.{node.name}"
    for key, value in ast.iter_fields(node):
        if key in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_text(child):
                continue
            if isinstance(child, ast.expr | ast.AugAssign):
                yield node, key, place, function
            yield from _slots(child, function)


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id in TYPESETTING
    return isinstance(node, ast.keyword) and node.arg in LAYOUT


def _changes(node: ast.AST, bound: set[str]) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1) if value else ast.UnaryOp(ast.USub(), ast.Constant(1))
        case ast.BinOp(left=left, op=op, right=right) if not _textual(node):
            yield from (ast.BinOp(left, other(), right) for other in ARITHMETIC.get(type(op), ()))
        case ast.AugAssign(target=target, op=op, value=value):
            for other in ARITHMETIC.get(type(op), ()):
                yield ast.AugAssign(target, other(), value)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Compare(left=left, ops=[op], comparators=rest):
            yield from (ast.Compare(left, [other()], rest) for other in COMPARISON.get(type(op), ()))
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.IfExp(test=test, body=body, orelse=other):
            yield ast.IfExp(test, other, body)
        case ast.Call(func=func, args=arguments, keywords=keywords):
            yield from _calls(func, arguments, keywords, bound)
        case ast.Name(id=name, ctx=ast.Load()) if SYMBOLS.get(name) in bound:
            yield ast.Name(SYMBOLS[name], ast.Load())


def _calls(
    func: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword], bound: set[str]
) -> Iterator[ast.AST]:
    name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
    if name in DROPPED and arguments:
        yield arguments[0]
    if (
        isinstance(func, ast.Name)
        and name in FUNCTIONS
        and (FUNCTIONS[name] in bound or hasattr(builtins, FUNCTIONS[name]))
    ):
        yield ast.Call(ast.Name(FUNCTIONS[name], ast.Load()), arguments, keywords)
    for place, (one, two) in enumerate(pairwise(arguments)):
        plain = not any(isinstance(argument, ast.Starred) or _textual(argument) for argument in (one, two))
        if plain and ast.dump(one) != ast.dump(two):
            yield ast.Call(func, [*arguments[:place], two, one, *arguments[place + 2 :]], keywords)


def _textual(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )


def _get(holder: ast.AST, key: str, place: int | None) -> ast.AST:
    value = getattr(holder, key)
    return value if place is None else value[place]


def _set(holder: ast.AST, key: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(holder, key, node)
    else:
        getattr(holder, key)[place] = node
