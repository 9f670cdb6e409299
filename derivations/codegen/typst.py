"""Print SymPy expressions as Typst mathematics, or refuse them.

typst(sqrt((2 l + 1)/(4 pi))) = "sqrt(frac(2 ell + 1, 4 pi))". The printer knows a closed list of
nodes and keeps their meaning: it brackets where precedence asks for it, and no two names of one
expression may look alike. Everything else, floats included, raises NotImplementedError.
"""

import re
from collections.abc import Iterable, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.printing.conventions import requires_partial
from sympy.printing.printer import Printer

from derivations.codegen.typst_factors import (
    ATOM,
    OPERATORS,
    POWER,
    PRODUCT,
    RELATION,
    SUM,
    factors_of,
    is_open,
    is_reciprocal,
    join_roots,
    level_of,
    reciprocal,
)
from derivations.codegen.typst_names import is_scripted, typst_name, typst_script
from derivations.symbols import SCRIPTS

RELATIONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
TEMPLATES = {
    type(sp.pi): "pi",
    type(sp.I): "upright(i)",
    type(sp.E): "upright(e)",
    type(sp.oo): "infinity",
    type(-sp.oo): "-infinity",
    sp.log: "ln({})",
    sp.sin: "sin({})",
    sp.cos: "cos({})",
    sp.re: 'op("Re")({})',
    sp.im: 'op("Im")({})',
    sp.Trace: "tr({})",
    sp.Abs: "abs({})",
    sp.floor: "floor({})",
    sp.binomial: "binom({}, {})",
    sp.conjugate: "overline({})",
}

TALL = ("frac(", "binom(", "sum_", "integral", "cases(", "mat(")  # too tall for a superscript


def typst(expr: sp.Basic) -> str:
    """Return the expression in Typst's math mode, without the dollars.

    Raises
    ------
    NotImplementedError
        naming the class of a node, or the name, that has no safe form.

    >>> from derivations.symbols import l
    >>> typst(sp.sqrt((2 * l + 1) / (4 * sp.pi)))
    'sqrt(frac(2 ell + 1, 4 pi))'
    """
    return _TypstPrinter().text(expr)


class _TypstPrinter(Printer):  # type: ignore[misc]  # SymPy has no annotations
    """One printing of one expression: it remembers the names it has used."""

    def __init__(self) -> None:
        super().__init__()
        self._meanings: dict[str, object] = {"pi": sp.pi}

    def text(self, expr: sp.Basic) -> str:
        text: str = self._print(expr)
        return text

    def emptyPrinter(self, expr: sp.Basic) -> str:
        template = TEMPLATES.get(type(expr))
        if template is None or template.count("{}") != len(expr.args):  # log(x, 2) hides a base
            raise NotImplementedError(f"no Typst form for {type(expr).__name__}")
        return template.format(*(self.text(part) for part in expr.args))

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        if type(expr) is not sp.Symbol:  # the name of a Dummy does not tell it from others
            return self.emptyPrinter(expr)
        return self._claim(typst_name(expr.name), expr)

    def _print_MatrixSymbol(self, expr: sp.MatrixSymbol) -> str:
        head, *scripts = re.split(r"(?=[_^])", typst_name(expr.name), maxsplit=1)
        return self._claim(f"bold(upright({head})){''.join(scripts)}", expr)

    def _print_Identity(self, expr: sp.Identity) -> str:
        return self._claim("bold(upright(I))", expr)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        name = typst_name(expr.base.name)
        base = f"({name})" if is_scripted(name) else name
        return self._claim(f"{base}_{typst_script(self._list(expr.indices))}", expr)

    def _print_Integer(self, expr: sp.Integer) -> str:
        return f"{expr.p}"

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"{'-' if expr.p < 0 else ''}frac({abs(expr.p)}, {expr.q})"

    def _print_Add(self, expr: sp.Add) -> str:
        return self._sum(expr.as_ordered_terms())

    def _print_MatAdd(self, expr: sp.MatAdd) -> str:
        return self._sum(expr.args)

    def _print_Mul(self, expr: sp.Mul) -> str:
        return self._product(*factors_of(expr)) if expr.is_commutative else self.emptyPrinter(expr)

    def _print_MatMul(self, expr: sp.MatMul) -> str:
        number, matrices = expr.as_coeff_matrices()
        row = " ".join(self._bracket(matrix, PRODUCT) for matrix in matrices)
        if number in (1, -1):
            return row if number == 1 else f"-{row}"
        factor = self.text(number)
        bracketed = level_of(number) <= SUM or is_open(number, OPERATORS)
        return f"({factor}) {row}" if bracketed else f"{factor} {row}"

    def _print_Pow(self, expr: sp.Pow) -> str:
        base, exponent = expr.args
        if is_reciprocal(expr):
            return self._product(sp.S.One, [expr])
        if isinstance(exponent, sp.Rational) and exponent.q > 1:
            if exponent.p > 1:
                return rf"{self._bracket(base, ATOM)}^({exponent.p}\/{exponent.q})"
            root = "sqrt(" if exponent.q == 2 else f"root({exponent.q}, "
            return f"{root}{self.text(base)})"
        if isinstance(base, (sp.sin, sp.cos)) and isinstance(exponent, sp.Integer) and exponent > 1:
            return f"{base.func.__name__}^{exponent.p} ({self.text(base.args[0])})"
        return f"{self._bracket(base, ATOM)}^{typst_script(self.text(exponent))}"

    def _print_MatPow(self, expr: sp.MatPow) -> str:
        return f"{self._bracket(expr.base, ATOM)}^{typst_script(self.text(expr.exp))}"

    def _print_Inverse(self, expr: sp.Inverse) -> str:
        return f"{self._bracket(expr.arg, ATOM)}^(-1)"

    def _print_Transpose(self, expr: sp.Transpose) -> str:
        return f"{self._bracket(expr.arg, ATOM)}^top"

    def _print_AppliedUndef(self, expr: AppliedUndef) -> str:
        name = expr.func.__name__
        head, arguments = self._claim(typst_name(name), expr.func), expr.args
        leading = SCRIPTS.get(name, 0)
        if 0 < leading <= len(arguments):
            indices = typst_script(self._list(arguments[:leading]))
            head, arguments = self._claim(f"{head}_{indices}", expr.args[:leading]), arguments[leading:]
            if not arguments:
                return head
        # Typst reads x_i(t) as x with the index i(t), and x_i (t) as we mean it
        return f"{head}{' ' if is_scripted(head) else ''}({self._list(arguments)})"

    def _print_exp(self, expr: sp.exp) -> str:
        exponent = self.text(expr.args[0])
        if any(mark in exponent for mark in TALL):
            return f"exp({exponent})"
        return f"upright(e)^{typst_script(exponent)}"

    def _print_gamma(self, expr: sp.gamma) -> str:
        return f"{self._claim('Gamma', expr.func)}({self._list(expr.args)})"

    def _print_factorial(self, expr: sp.factorial) -> str:
        text = self._bracket(expr.args[0], ATOM)
        return f"({text})!" if is_scripted(text) and not text.startswith("(") else f"{text}!"

    def _print_legendre(self, expr: sp.legendre) -> str:
        *scripts, argument = (self.text(part) for part in expr.args)
        marks = zip("_^", scripts, strict=False)  # P_l or P_l^m
        head = self._claim("P", sp.legendre) + "".join(f"{m}{typst_script(s)}" for m, s in marks)
        return f"{self._claim(head, expr.args[:-1])} ({argument})"

    _print_assoc_legendre = _print_legendre

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta) -> str:
        if len(expr.args) > 2:
            return self.emptyPrinter(expr)
        return f"{self._claim('delta', expr.func)}_({self._list(expr.args)})"

    def _print_Sum(self, expr: sp.Sum) -> str:
        signs = " ".join(self._limits("sum", limit) for limit in reversed(expr.limits))
        return f"{signs} {self._bracket(expr.function, PRODUCT)}"

    def _print_Integral(self, expr: sp.Integral) -> str:
        signs = " ".join(self._limits("integral", limit) for limit in reversed(expr.limits))
        variables = " ".join(f"dif {self.text(limit[0])}" for limit in expr.limits)
        return f"{signs} {self._bracket(expr.function, PRODUCT)} {variables}"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        d = "partial" if requires_partial(expr) else "dif"
        below = []
        for variable, times in reversed(expr.variable_count):
            name = self._bracket(variable, ATOM)
            below.append(f"{d} {name}" if times == 1 else f"{d} {name}^{typst_script(self.text(times))}")
        order = sp.Add(*(times for _, times in expr.variable_count))
        above = d if order == 1 else f"{d}^{typst_script(self.text(order))}"
        return f"frac({above}, {' '.join(below)}) {self._bracket(expr.expr, POWER)}"

    def _print_Relational(self, expr: Relational) -> str:
        left, right = (
            f"({self.text(side)})" if level_of(side) <= RELATION else self.text(side) for side in expr.args
        )
        left = f"({left})" if isinstance(expr.lhs, sp.Piecewise) else left
        return f"{left} {RELATIONS[expr.rel_op]} {right}"

    def _print_And(self, expr: sp.And) -> str:
        return " and ".join(self._bracket(part, RELATION) for part in expr.args)

    def _print_Or(self, expr: sp.Or) -> str:
        return " or ".join(self._bracket(part, RELATION) for part in expr.args)

    def _print_Mod(self, expr: sp.Mod) -> str:
        return " mod ".join(self._bracket(part, POWER) for part in expr.args)

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = []
        for value, condition in expr.args:
            when = '"otherwise"' if condition == sp.true else f'"if" {self.text(condition)}'
            rows.append(f"{self.text(value)} &quad {when}")
        return f"cases({', '.join(rows)})"

    def _print_MatrixBase(self, expr: sp.MatrixBase) -> str:
        if 0 in expr.shape:
            return self.emptyPrinter(expr)
        return f"mat({'; '.join(self._list(row) for row in expr.tolist())})"

    def _print_ThreeJ(self, expr: sp.Basic) -> str:
        degree, order, degree2, order2, top, difference = (self.text(part) for part in expr.args)
        return f"mat({degree}, {degree2}, {top}; {order}, {order2}, {difference})"

    def _print_Tuple(self, expr: sp.Tuple) -> str:
        return f"({self._list(expr)}{',' if len(expr) == 1 else ''})"

    def _claim(self, text: str, meaning: object) -> str:
        """Return the text; refuse it if another object of this expression already looks so."""
        if self._meanings.setdefault(text, meaning) != meaning:
            raise NotImplementedError(f"two different things would both be printed as {text}")
        return text

    def _list(self, parts: Iterable[sp.Basic]) -> str:
        return ", ".join(self.text(part) for part in parts)

    def _bracket(self, expr: sp.Basic, least: int) -> str:
        text = self.text(expr)
        return f"({text})" if level_of(expr) < least or text.startswith("-") else text

    def _limits(self, sign: str, limit: sp.Tuple) -> str:
        if len(limit) == 2:
            raise NotImplementedError(f"no Typst form for one limit of {sign}")
        if len(limit) == 1:
            return sign
        variable, lower, upper = (self.text(part) for part in limit)
        start = f"{variable} = {lower}" if sign == "sum" else lower
        return f"{sign}_{typst_script(start)}^{typst_script(upper)}"

    def _sum(self, terms: Sequence[sp.Basic]) -> str:
        """Join terms, the first plus first (1 - z^2, not -z^2 + 1) and open sums last."""
        texts = {term: self.text(term) for term in terms}
        texts |= {term: f"({texts[term]})" for term in terms if level_of(term) <= SUM}
        ordered = sorted(terms, key=lambda term: is_open(term, sp.Sum))
        first = next((term for term in ordered if not texts[term].startswith("-")), ordered[0])
        if not is_open(first, sp.Sum):
            ordered.insert(0, ordered.pop(ordered.index(first)))
        row = ""
        for place, term in enumerate(ordered, start=1):
            body = texts[term].removeprefix("-")
            minus = body != texts[term]
            body = f"({body})" if is_open(term, sp.Sum) and place < len(ordered) else body
            gap = (" - " if minus else " + ") if row else ("-" if minus else "")
            row += gap + body
        return row

    def _product(self, number: sp.Rational, factors: Sequence[sp.Expr]) -> str:
        number, factors = join_roots(number, factors)
        above = [f for f in factors if not is_reciprocal(f) and not isinstance(f, OPERATORS)]
        below = [reciprocal(f) for f in factors if is_reciprocal(f)]
        last = [self.text(f) for f in factors if isinstance(f, OPERATORS)]
        above = above if number.p in (1, -1) else [sp.Integer(abs(number.p)), *above]
        below = below if number.q == 1 else [sp.Integer(number.q), *below]
        words = [f"({text})" for text in last[:-1]] + last[-1:]
        if below:
            words.insert(0, f"frac({self._within(above)}, {self._within(below)})")
        elif above or not last:
            words.insert(0, self._row(above))
        return ("-" if number.p < 0 else "") + " ".join(words)

    def _within(self, factors: Sequence[sp.Expr]) -> str:
        """Return a numerator or denominator, where a single factor needs no brackets."""
        return self.text(factors[0]) if len(factors) == 1 else self._row(factors)

    def _row(self, factors: Sequence[sp.Expr]) -> str:
        row = ""
        for factor in factors:
            text = self._bracket(factor, PRODUCT)
            if is_open(factor, OPERATORS) and not text.startswith("("):
                text = f"({text})"
            dot = row and re.match(r"(frac\()?[0-9]", text)  # 2 3 is not 23
            row += f"{' dot' if dot else ''} {text}" if row else text
        return row or "1"
