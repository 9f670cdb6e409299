"""Kernels as source text of Python modules: one function each, docstring, named intermediates, checks."""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator

import sympy
from sympy import Basic, MatrixBase, MatrixExpr, MatrixSymbol, Symbol, cse, latex, numbered_symbols
from sympy.functions.elementary.piecewise import ExprCondPair

from derivations.codegen.fingerprint import fingerprint
from derivations.codegen.in_place import in_place_lines
from derivations.codegen.printer import Printer, stable
from derivations.codegen.table import render_table
from derivations.derivation import Derivation, Kernel, Table

WIDTH = 110
INDENT = 4
SIMPLE_POWER = re.compile(r"(?<=[\w.]) \*\* (?=-?[\w.]+(?![\w.(\[]))")  # a**2 hugs, f(x) ** 2 does not
NEGATED_POWER = re.compile(r"-(?=\w)([\w.]+\*\*[\w.]+)")  # -(a**2); a binary minus is followed by a space
COMMAND = "python -m derivations --write"


def render_module(
    entries: Iterable[tuple[Derivation, Kernel]], tables: Iterable[tuple[Derivation, Table]] = ()
) -> str:
    """Return the source of one generated module: tables, then functions."""
    pairs, listed = tuple(entries), tuple(tables)
    functions = [
        render_function(derivation, kernel, library="np" if kernel.in_place else "xp")
        for derivation, kernel in pairs
    ]
    titles = ", ".join(sorted({derivation.name for derivation, _ in (*pairs, *listed)}))
    origin = _wrap(f"Derivations: {titles}", "")
    header = (
        f'"""Generated from derivations; do not edit.\n\n{origin}\n'
        f'Regenerate: {COMMAND}\nSymPy: {sympy.__version__}\n"""\n'
    )
    used = [function.rsplit('"""', 1)[1] for function in functions]
    imports = "from typing import Any\n"
    imports += "\nimport numpy as np\n" if any("np." in body for body in used) else ""
    imports += "\nfrom sphspec import _arrays as xp\n" if any("xp." in body for body in used) else ""
    alias = "Value = Any  # a number or an array; arguments are broadcast\n"
    public = sorted([kernel.name for _, kernel in pairs] + [table.name for _, table in listed])
    names = "".join(f'    "{name}",\n' for name in public)
    exported = f"__all__ = [\n{names}]\n"
    if len(public) == 1:
        exported = f'__all__ = ["{public[0]}"]\n'
    data = "".join(f"\n{render_table(derivation, table)}" for derivation, table in listed)
    return "\n".join([header, imports, alias + "\n" + exported]) + data + "\n\n" + "\n\n".join(functions)


def render_function(derivation: Derivation, kernel: Kernel, width: int = WIDTH, library: str = "np") -> str:
    """Return the source of one kernel's function, no line of code longer than width.

    The library is what functions are called by: "np", or "xp" for arrays of any library.
    """
    names = [argument.name for argument, _ in kernel.arguments]
    names += ["out", "scratch"] if kernel.in_place else []
    signature = ", ".join(f"{name}: Value" for name in names)
    line = f"def {kernel.name}({signature}) -> Value:"
    if len(line) > width:
        line = f"def {kernel.name}(\n    {signature}\n) -> Value:"
        if max(map(len, line.splitlines())) > width:
            rows = "".join(f"    {name}: Value,\n" for name in names)
            line = f"def {kernel.name}(\n{rows}) -> Value:"
    return f"{line}\n{_docstring(derivation, kernel, width)}{_body(kernel, width, library)}"


def _docstring(derivation: Derivation, kernel: Kernel, width: int) -> str:
    meanings = [(argument.name, meaning) for argument, meaning in kernel.arguments]
    if kernel.in_place:
        meanings += [("out", "array for the result"), ("scratch", "array like out, overwritten")]
    rows = "".join(f"    {name}\n{_wrap(meaning, ' ' * 8, width)}\n" for name, meaning in meanings)
    parameters = f"\n    Parameters\n    ----------\n{rows}" if rows else ""
    formula = _wrap(latex(kernel.value), " " * 8, width)
    notes = f"    Derivation: {derivation.name}\n    Fingerprint: {fingerprint(kernel.value)}\n"
    return (
        f'    r"""{_wrap("Return " + kernel.returns + ".", "    ", width).lstrip()}\n\n'
        f"    .. math::\n{formula}\n{parameters}\n    Notes\n    -----\n{notes}"
        f'    """\n'
    )


def _wrap(text: str, indent: str, width: int = WIDTH) -> str:
    return textwrap.fill(
        text, width - 4, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _body(kernel: Kernel, width: int, library: str) -> str:
    if kernel.in_place:
        arguments = tuple(argument for argument, _ in kernel.arguments)
        lines = [*in_place_lines(kernel.value, arguments), "return out"]
    elif isinstance(kernel.value, MatrixExpr):
        lines = [*_shape_check(kernel, library), _line("return ", (kernel.value,), library)]
    else:
        lines = _scalar_lines(kernel, width, library)
    return "".join(f"    {line}\n" for line in lines)


def _shape_check(kernel: Kernel, library: str) -> list[str]:
    matrices = [argument for argument, _ in kernel.arguments if isinstance(argument, MatrixSymbol)]
    if not all(matrix.is_square for matrix in matrices):
        return _rectangular_check(matrices)
    names = [matrix.name for matrix in matrices]
    first = names[0]
    lines = [
        f"if {first}.ndim != 2 or {first}.shape[0] != {first}.shape[1]:",
        f'    raise ValueError(f"{first} must be a square matrix, got {{{first}.shape}}")',
    ]
    for name in names[1:]:
        lines += [
            f"if {name}.shape != {first}.shape:",
            f'    raise ValueError(f"{name} must be {{{first}.shape}}, got {{{name}.shape}}")',
        ]
    if kernel.value.has(sympy.Identity):
        general = f"identity = {library}.identity({first})"
        lines.append(f"identity = np.eye({first}.shape[0])" if library == "np" else general)
    return lines


def _rectangular_check(matrices: list[MatrixSymbol]) -> list[str]:
    """Return checks that each size is the same wherever it occurs."""
    known: dict[Basic, str] = {}
    lines = []
    for matrix in matrices:
        own = [f"{matrix.name}.shape[{axis}]" for axis in range(2)]
        wanted = [known.setdefault(size, name) for size, name in zip(matrix.shape, own, strict=True)]
        differs = [f"{a} != {b}" for a, b in zip(own, wanted, strict=True) if a != b]
        lines += [
            f"if {' or '.join([f'{matrix.name}.ndim != 2', *differs])}:",
            f'    raise ValueError(f"{matrix.name} must be a matrix that fits, got {{{matrix.name}.shape}}")',
        ]
    return lines


def _scalar_lines(kernel: Kernel, width: int, library: str) -> list[str]:
    names = [argument.name for argument, _ in kernel.arguments]
    if library != "np" and kernel.value.has(sympy.Piecewise) and len(names) > 1:
        given = ", ".join(names)
        return [f"{given} = {library}.together({given})", *_statements(kernel, width, library)]
    return _statements(kernel, width, library)


def _statements(kernel: Kernel, width: int, library: str) -> list[str]:
    outputs = list(kernel.value) if isinstance(kernel.value, MatrixBase) else [kernel.value]
    outputs = [stable(output) for output in outputs]
    if not all(output.free_symbols for output in outputs) and kernel.arguments:
        return _constant_lines(kernel, outputs, library)
    names = numbered_symbols("part_")
    parts, results = cse(outputs, symbols=names, order="canonical")
    clash = {argument.name for argument, _ in kernel.arguments} & {part.name for part, _ in parts}
    if clash:
        raise NotImplementedError(f"{kernel.name}: {sorted(clash)} are also intermediates")
    lines: list[str] = []
    for symbol, value in parts:
        lines += _fitted(f"{symbol.name} = ", (value,), names, width, library)
    absent = _absent(kernel, library)
    if absent and len(results) == 1:
        name = next(names)
        last = _fitted(f"{name.name} = ", tuple(results), names, width, library)
        return [*lines, *last, f"return {name.name} + {absent}"]
    return [*lines, *_fitted("return ", tuple(results), names, width, library)]


def _absent(kernel: Kernel, library: str) -> str:
    """Return a zero in the shape of the arguments that the value does not depend on; "" without such."""
    free = {symbol.name for symbol in kernel.value.free_symbols}
    names = [argument.name for argument, _ in kernel.arguments if argument.name not in free]
    if not names:
        return ""
    if library != "np":
        return f"{library}.constant(0.0, {', '.join(names)})"
    return f"np.zeros(np.broadcast_shapes({', '.join(f'np.shape({name})' for name in names)}))[()]"


def _fitted(
    lead: str, values: tuple[Basic, ...], names: Iterator[Symbol], width: int, library: str
) -> list[str]:
    """Return `lead values` as one line, preceded by assignments of the parts that make it too long."""
    line = _line(lead, values, library)
    if len(line) + INDENT <= width:
        return [line]
    inner = [part for value in values for part in (value.args if len(values) == 1 else (value,))]
    inner = [part.expr if isinstance(part, ExprCondPair) else part for part in inner]  # a branch's value
    largest = max(inner, key=lambda part: len(Printer(library).doprint(part)))
    if largest.is_Atom:
        raise NotImplementedError(f"generated line is longer than {width} columns: {line}")
    name = next(names)
    shortened = tuple(value.xreplace({largest: name}) for value in values)
    first = _fitted(f"{name.name} = ", (largest,), names, width, library)
    return [*first, *_fitted(lead, shortened, names, width, library)]


def _line(lead: str, values: tuple[Basic, ...], library: str) -> str:
    """Return a statement spaced as the formatter spaces it."""
    text = ", ".join(Printer(library).doprint(value) for value in values)
    spaced = ast.unparse(ast.parse(text).body[0])
    spaced = spaced[1:-1] if len(values) > 1 else spaced
    return lead + NEGATED_POWER.sub(r"-(\1)", SIMPLE_POWER.sub("**", spaced))


def _constant_lines(kernel: Kernel, outputs: list[Basic], library: str) -> list[str]:
    (output,) = outputs
    value = float(output) if output.is_Integer else _line("", (output,), library)
    if library != "np":
        names = ", ".join(argument.name for argument, _ in kernel.arguments)
        return [f"return {library}.constant({value}, {names})"]
    shapes = ", ".join(f"np.shape({argument.name})" for argument, _ in kernel.arguments)
    return [f"shape = np.broadcast_shapes({shapes})", f"return np.full(shape, {value})[()]"]
