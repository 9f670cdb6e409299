"""Print SymPy expressions as Typst mathematics, or refuse them.

typst(sqrt((2 l + 1)/(4 pi))) = "sqrt(frac(2 ell + 1, 4 pi))". The printer knows a closed list of
nodes and keeps their meaning: it brackets where precedence asks for it, and no two names of one
expression may look alike. Everything else, floats included, raises NotImplementedError.
"""
# ruff: noqa: N802  SymPy finds a printing method by the name of the node's class

import re
from collections.abc import Iterable

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction
from sympy.printing.conventions import requires_partial
from sympy.printing.printer import Printer

from derivations.symbols import TYPESET

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
NAME = re.compile(r"([A-Za-z]+)([0-9]*)((?:_[A-Za-z0-9]+)*)")
RELATIONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
CALLS = {"log": "ln", "sin": "sin", "cos": "cos", "re": 'op("Re")', "im": 'op("Im")'}
WRAPS = {"Abs": "abs", "conjugate": "overline", "floor": "floor"}

# how tightly a node holds together in print
RELATION, SUM, PRODUCT, POWER, ATOM = range(5)
LEVELS: tuple[tuple[tuple[type, ...], int], ...] = (
    ((Relational, BooleanFunction), RELATION),
    ((sp.Add, sp.MatAdd, sp.Mod, sp.Piecewise), SUM),
    ((sp.Mul, sp.MatMul, sp.Derivative, ExprWithLimits), PRODUCT),
    ((sp.Pow, sp.MatPow, sp.Transpose, sp.Trace, sp.exp, sp.factorial), POWER),
    ((sp.log, sp.sin, sp.cos, sp.re, sp.im, sp.legendre, sp.assoc_legendre), POWER),
)
OPERATORS = (sp.Derivative, ExprWithLimits)  # they act on all that follows
TALL = ("frac(", "sum_", "integral", "cases(", "mat(")
LARGEST_UNDER_ROOT = 1000


def typst(expr: sp.Basic) -> str:
    """Return the expression in Typst's math mode, without the dollars.

    Raises
    ------
    NotImplementedError
        naming the class of a node, or the name, that the printer does not know.

    >>> from derivations.symbols import l
    >>> typst(sp.sqrt((2 * l + 1) / (4 * sp.pi)))
    'sqrt(frac(2 ell + 1, 4 pi))'
    """
    return _TypstPrinter().text(expr)


class _TypstPrinter(Printer):  # type: ignore[misc]  # SymPy has no annotations
    """One printing of one expression: it remembers the names it has used."""

    printmethod = "_typst"

    def __init__(self) -> None:
        super().__init__()
        self._meanings: dict[str, object] = {"pi": sp.pi}

    def text(self, expr: sp.Basic) -> str:
        text: str = self._print(expr)
        return text

    def emptyPrinter(self, expr: object) -> str:
        raise NotImplementedError(f"no Typst form for {type(expr).__name__}")

    # names and numbers

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        if type(expr) is not sp.Symbol:  # a Dummy's name does not tell it from others
            return self.emptyPrinter(expr)
        return self._claim(_name(expr.name), expr)

    def _print_MatrixSymbol(self, expr: sp.MatrixSymbol) -> str:
        head, *scripts = re.split(r"(?=[_^])", _name(expr.name), maxsplit=1)
        return self._claim(f"bold(upright({head}))" + "".join(scripts), expr)

    def _print_Identity(self, expr: sp.Identity) -> str:
        return self._claim("bold(upright(I))", expr)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        base = _name(expr.base.name)
        base = f"({base})" if _scripted(base) else base
        return self._claim(f"{base}_{_script(self._list(expr.indices))}", expr)

    def _print_Integer(self, expr: sp.Integer) -> str:
        return f"{int(expr)}"

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"{'-' if expr < 0 else ''}frac({abs(expr.p)}, {expr.q})"

    def _print_Pi(self, _: sp.Expr) -> str:
        return "pi"

    def _print_ImaginaryUnit(self, _: sp.Expr) -> str:
        return "upright(i)"

    def _print_Exp1(self, _: sp.Expr) -> str:
        return "upright(e)"

    def _print_Infinity(self, _: sp.Expr) -> str:
        return "infinity"

    def _print_NegativeInfinity(self, _: sp.Expr) -> str:
        return "-infinity"

    # sums, products and powers

    def _print_Add(self, expr: sp.Add) -> str:
        return self._sum(expr.as_ordered_terms())

    def _print_MatAdd(self, expr: sp.MatAdd) -> str:
        return self._sum(expr.args)

    def _print_Mul(self, expr: sp.Mul) -> str:
        if not expr.is_commutative:
            return self.emptyPrinter(expr)
        return self._product(*_factors(expr))

    def _print_MatMul(self, expr: sp.MatMul) -> str:
        number, matrices = expr.as_coeff_matrices()
        row = " ".join(self._bracket(matrix, PRODUCT) for matrix in matrices)
        if number in (1, -1):
            return f"{'-' if number == -1 else ''}{row}"
        inner = self.text(number)
        return f"({inner}) {row}" if _level(number) <= SUM or _is_open(number) else f"{inner} {row}"

    def _print_Pow(self, expr: sp.Pow) -> str:
        base, exponent = expr.args
        if _is_reciprocal(expr):
            return self._product(sp.S.One, [expr])
        if isinstance(exponent, sp.Rational) and exponent.q > 1:
            if exponent.p == 1:
                inner = self.text(base)
                return f"sqrt({inner})" if exponent.q == 2 else f"root({exponent.q}, {inner})"
            return rf"{self._bracket(base, ATOM)}^({exponent.p}\/{exponent.q})"
        script = _script(self.text(exponent))
        if isinstance(base, sp.sin | sp.cos) and isinstance(exponent, sp.Integer) and exponent > 1:
            return f"{CALLS[base.func.__name__]}^{script} ({self.text(base.args[0])})"
        return f"{self._bracket(base, ATOM)}^{script}"

    def _print_MatPow(self, expr: sp.MatPow) -> str:
        return f"{self._bracket(expr.base, ATOM)}^{_script(self.text(expr.exp))}"

    def _print_Transpose(self, expr: sp.Transpose) -> str:
        return f"{self._bracket(expr.arg, ATOM)}^top"

    # functions

    def _print_AppliedUndef(self, expr: AppliedUndef) -> str:
        head = self._claim(_name(expr.func.__name__), expr.func)
        # in Typst x_i(t) has i(t) for its index, x_i (t) has not
        return f"{head}{' ' if _scripted(head) else ''}({self._list(expr.args)})"

    def _print_exp(self, expr: sp.exp) -> str:
        exponent = self.text(expr.args[0])
        if any(mark in exponent for mark in TALL):
            return f"exp({exponent})"
        return f"upright(e)^{_script(exponent)}"

    def _call(self, expr: sp.Function) -> str:
        return f"{CALLS[expr.func.__name__]}({self.text(expr.args[0])})"

    _print_log = _print_sin = _print_cos = _print_re = _print_im = _call

    def _wrap(self, expr: sp.Function) -> str:
        return f"{WRAPS[expr.func.__name__]}({self.text(expr.args[0])})"

    _print_Abs = _print_conjugate = _print_floor = _wrap

    def _print_gamma(self, expr: sp.gamma) -> str:
        return f"{self._claim('Gamma', expr.func)}({self.text(expr.args[0])})"

    def _print_factorial(self, expr: sp.factorial) -> str:
        text = self._bracket(expr.args[0], ATOM)
        return f"({text})!" if _scripted(text) and not text.startswith("(") else f"{text}!"

    def _print_legendre(self, expr: sp.Function) -> str:
        *scripts, argument = (self.text(part) for part in expr.args)
        head = "P" + "".join(f"{m}{_script(s)}" for m, s in zip("_^", scripts, strict=False))
        self._claim("P", "Legendre's function")
        return f"{self._claim(head, expr.func(*expr.args[:-1], 0, evaluate=False))} ({argument})"

    _print_assoc_legendre = _print_legendre

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta) -> str:
        return f"{self._claim('delta', expr.func)}_({self._list(expr.args)})"

    def _print_Mod(self, expr: sp.Mod) -> str:
        return " mod ".join(self._bracket(part, POWER) for part in expr.args)

    def _print_Trace(self, expr: sp.Trace) -> str:
        return f"tr({self.text(expr.arg)})"

    # operators

    def _print_Sum(self, expr: sp.Sum) -> str:
        signs = " ".join(self._limits("sum", limit, " = ") for limit in reversed(expr.limits))
        return f"{signs} {self._bracket(expr.function, PRODUCT)}"

    def _print_Integral(self, expr: sp.Integral) -> str:
        signs = " ".join(self._limits("integral", limit, None) for limit in reversed(expr.limits))
        variables = " ".join(f"dif {self.text(limit[0])}" for limit in expr.limits)
        return f"{signs} {self._bracket(expr.function, PRODUCT)} {variables}"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        d = "partial" if requires_partial(expr) else "dif"
        parts = [
            f"{d} {self._raised(variable, times)}" for variable, times in expr.variable_count[::-1]
        ]
        order = sum(times for _, times in expr.variable_count)
        above = d if order == 1 else f"{d}^{_script(self.text(order))}"
        return f"frac({above}, {' '.join(parts)}) {self._bracket(expr.expr, POWER)}"

    # relations and collections

    def _print_Relational(self, expr: Relational) -> str:
        left, right = (self._bracket(side, SUM) for side in expr.args)
        left = f"({left})" if isinstance(expr.lhs, sp.Piecewise) else left
        return f"{left} {RELATIONS[expr.rel_op]} {right}"

    def _print_And(self, expr: sp.And) -> str:
        return " and ".join(self._condition(part) for part in expr.args)

    def _print_Or(self, expr: sp.Or) -> str:
        return " or ".join(self._condition(part) for part in expr.args)

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = []
        for value, condition in expr.args:
            when = '"otherwise"' if condition == True else f'"if" {self.text(condition)}'  # noqa: E712
            rows.append(f"{self.text(value)} &quad {when}")
        return f"cases({', '.join(rows)})"

    def _print_MatrixBase(self, expr: sp.MatrixBase) -> str:
        if 0 in expr.shape:
            return self.emptyPrinter(expr)
        return f"mat({'; '.join(self._list(row) for row in expr.tolist())})"

    def _print_Tuple(self, expr: sp.Tuple) -> str:
        return f"({self._list(expr)}{',' if len(expr) == 1 else ''})"

    # helpers

    def _claim(self, text: str, meaning: object) -> str:
        """Return the text; refuse it if another object of this expression already looks so."""
        if self._meanings.setdefault(text, meaning) != meaning:
            raise NotImplementedError(f"two different things would be printed as {text}: rename one")
        return text

    def _list(self, parts: Iterable[sp.Basic]) -> str:
        return ", ".join(self.text(part) for part in parts)

    def _bracket(self, expr: sp.Basic, least: int) -> str:
        text = self.text(expr)
        return f"({text})" if _level(expr) < least or text.startswith("-") else text

    def _condition(self, expr: sp.Basic) -> str:
        text = self.text(expr)
        return text if isinstance(expr, Relational) else f"({text})"

    def _raised(self, variable: sp.Basic, times: sp.Expr) -> str:
        if not isinstance(variable, sp.Symbol):
            return self.emptyPrinter(variable)
        text = self._bracket(variable, ATOM)
        return text if times == 1 else f"{text}^{_script(self.text(times))}"

    def _limits(self, sign: str, limit: sp.Tuple, equals: str | None) -> str:
        variable = self.text(limit[0])
        if len(limit) == 1:
            return sign if equals is None else f"{sign}_{_script(variable)}"
        if len(limit) != 3:
            raise NotImplementedError(f"no Typst form for a {sign} with {len(limit) - 1} limit")
        lower, upper = self.text(limit[1]), self.text(limit[2])
        lower = lower if equals is None else f"{variable}{equals}{lower}"
        return f"{sign}_{_script(lower)}^{_script(upper)}"

    def _sum(self, terms: Iterable[sp.Basic]) -> str:
        written = [(self.text(term), term) for term in terms]
        # 1 - z^2, not -z^2 + 1; the sort is stable, so only the first plus moves
        first = next((pair for pair in written if not pair[0].startswith("-")), written[0])
        position = written.index(first)
        written.insert(0, written.pop(position))
        text = ""
        for number, (term, node) in enumerate(written, start=1):
            sign, body = ("-", term[1:]) if term.startswith("-") else ("+", term)
            last = number == len(written)
            body = f"({body})" if _level(node) <= SUM or (_is_open(node) and not last) else body
            text += f" {sign} {body}" if text else f"{sign if sign == '-' else ''}{body}"
        return text

    def _product(self, number: sp.Rational, factors: list[sp.Expr]) -> str:
        number, factors = _join_roots(number, factors)
        above = [f for f in factors if not _is_reciprocal(f) and not isinstance(f, OPERATORS)]
        below = [sp.Pow(f.base, -f.exp, evaluate=False) for f in factors if _is_reciprocal(f)]
        below = [f.base if f.exp == 1 else f for f in below]
        operators = [f for f in factors if isinstance(f, OPERATORS)]
        above = [sp.Integer(abs(number.p))] * (abs(number.p) != 1) + above
        below = [sp.Integer(number.q)] * (number.q != 1) + below
        pieces = []
        if below:
            pieces.append(f"frac({self._row(above, alone=True)}, {self._row(below, alone=True)})")
        elif above or not operators:
            pieces.append(self._row(above, alone=False))
        pieces += [f"({self.text(operator)})" for operator in operators[:-1]]
        pieces += [self.text(operator) for operator in operators[-1:]]
        return ("-" if number < 0 else "") + " ".join(pieces)

    def _row(self, factors: list[sp.Expr], *, alone: bool) -> str:
        if not factors:
            return "1"
        if alone and len(factors) == 1:
            return self.text(factors[0])
        row = ""
        for factor in factors:
            text = self._bracket(factor, PRODUCT)
            text = f"({text})" if _is_open(factor) and not text.startswith("(") else text
            gap = " dot " if re.match(r"(frac\()?[0-9]", text) else " "  # 2 3 is not 23
            row += gap + text if row else text
        return row


def _name(name: str) -> str:
    """Return a name in Typst: Greek by name, digits and _parts as indices, words upright."""
    if name in TYPESET:
        return TYPESET[name]
    match = NAME.fullmatch(name)
    if match is None:
        raise NotImplementedError(f"no Typst form for the name {name!r}")
    word, digits, rest = match.groups()
    head = TYPESET.get(word, "^")
    if _scripted(head):
        head = "lambda" if word == "lamda" else word
        head = head if len(head) == 1 or head in GREEK else f'"{head}"'
    indices = [digits] * bool(digits) + [_index(part) for part in rest.split("_")[1:]]
    return f"{head}_{_script(', '.join(indices))}" if indices else head


def _index(part: str) -> str:
    if part.isdigit():
        return part
    return _name(part) if part[0].isalpha() else f'"{part}"'


def _script(text: str) -> str:
    """Return the text as one script: without brackets only where Typst takes it whole."""
    whole = len(text) == 1 or text.isdigit() or re.fullmatch(r'"\w+"', text)
    return text if whole else f"({text})"


def _scripted(text: str) -> bool:
    return "_" in text or "^" in text


def _level(expr: sp.Basic) -> int:
    if isinstance(expr, sp.Rational) and expr.q != 1 or _is_reciprocal(expr):
        return PRODUCT
    if isinstance(expr, sp.Symbol):
        return POWER if "^" in _name(expr.name) else ATOM
    return next((level for kinds, level in LEVELS if isinstance(expr, kinds)), ATOM)


def _is_reciprocal(expr: sp.Basic) -> bool:
    return isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational) and bool(expr.exp < 0)


def _is_open(expr: sp.Basic) -> bool:
    """Tell whether the expression is a product that ends in an operator, or a sum sign."""
    if isinstance(expr, sp.Mul):
        return any(isinstance(factor, OPERATORS) for factor in expr.args)
    return isinstance(expr, sp.Sum)


def _factors(expr: sp.Mul) -> tuple[sp.Rational, list[sp.Expr]]:
    """Return the leading number and the other factors: sorted, unless the product is unevaluated."""
    unevaluated = expr.args[0] == 1 or any(isinstance(f, sp.Number) for f in expr.args[1:])
    factors = list(expr.args) if unevaluated else expr.as_ordered_factors()
    number = sp.S.One
    while factors and isinstance(factors[0], sp.Rational) and number in (1, -1):
        number *= factors.pop(0)
    return number, factors


def _join_roots(number: sp.Rational, factors: list[sp.Expr]) -> tuple[sp.Rational, list[sp.Expr]]:
    """Undo sqrt(a/(4 b)) = sqrt(a)/(2 sqrt(b)), which SymPy does: one root where that is an identity.

    sqrt(a) sqrt(b) = sqrt(a b) unless both are negative; sqrt(a)/sqrt(b) = sqrt(a/b) for b > 0.
    """
    roots = [f for f in factors if isinstance(f, sp.Pow) and f.exp in (sp.S.Half, -sp.S.Half)]
    above = [root.base for root in roots if root.exp > 0]
    below = [root.base for root in roots if root.exp < 0]
    signs_unknown = sum(not base.is_nonnegative for base in above)
    if not above or signs_unknown > 1 or not all(base.is_positive for base in below):
        return number, factors
    parts = [f for base in above for f in _parts(base)]
    parts += [1 / f for base in below for f in _parts(base)]
    ratio = sp.prod(f for f in parts if isinstance(f, sp.Rational) and f > 0)
    rest = [f for f in parts if not (isinstance(f, sp.Rational) and f > 0)]
    fraction = any(_is_reciprocal(f) for f in rest)
    inside = ratio / number.q**2
    absorb = number.q > 1 and (fraction or ratio.p % number.q == 0)
    absorb = absorb and max(inside.p, inside.q) < LARGEST_UNDER_ROOT
    if not rest or (len(roots) == 1 and not absorb):
        return number, factors
    if absorb:
        number, ratio = sp.Integer(number.p), inside
    radicand = [ratio] * (ratio != 1) + rest
    joined = radicand[0] if len(radicand) == 1 else sp.Mul(*radicand, evaluate=False)
    root = sp.Pow(joined, sp.S.Half, evaluate=False)
    return number, [root, *(f for f in factors if f not in roots)]


def _parts(base: sp.Expr) -> tuple[sp.Expr, ...]:
    """Return the factors of a radicand, which stays whole where they could hide a sign."""
    if isinstance(base, sp.Mul) and not base.could_extract_minus_sign():
        return tuple(base.args)
    return (base,)
