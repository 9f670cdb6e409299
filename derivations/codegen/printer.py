"""SymPy expressions as source for arrays: a NumPyPrinter with nested `where` and `@`.

A library name stands before functions: `np`, or `xp` for arrays of any library.

`stable` first rewrites c exp(x) - c as c expm1(x), so that small variances keep their digits.
"""

from sympy import Add, Basic, Expr, MatMul, MatPow, Piecewise, Pow, Symbol, exp, log
from sympy.codegen.cfunctions import expm1
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.numpy import NumPyPrinter


class Printer(NumPyPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Print what the kernels need; everything else raises as in NumPyPrinter's strict mode."""

    def __init__(self, library: str) -> None:
        super().__init__({"fully_qualified_modules": False, "strict": True})
        self.library = library

    def _module_format(self, fqn: str, register: bool = True) -> str:
        name = fqn.removeprefix("numpy.")
        if name == fqn:
            raise NotImplementedError(f"{fqn} is outside NumPy")
        del register
        return f"{self.library}.{name}"

    def _print_Piecewise(self, expr: Piecewise) -> str:
        *cases, (last, condition) = expr.args
        if condition != True:  # noqa: E712  SymPy's true
            raise NotImplementedError("a Piecewise needs a final (value, True)")
        text = self._print(last)
        for value, test in reversed(cases):
            text = f"{self.library}.where({self._print(test)}, {self._print(value)}, {text})"
        return str(text)

    def _print_Relational(self, expr: Basic) -> str:
        return f"{self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)}"

    def _print_Abs(self, expr: Basic) -> str:
        return f"abs({self._print(expr.args[0])})"  # Python's own, which every library's arrays answer

    def _print_Equality(self, expr: Basic) -> str:
        return f"{self._print(expr.lhs)} == {self._print(expr.rhs)}"

    def _print_MatMul(self, expr: MatMul) -> str:
        scale, matrices = expr.as_coeff_matrices()
        factors = [f"({self._print(part)})" if part.is_MatAdd else self._print(part) for part in matrices]
        product = " @ ".join(factors)
        if scale in (1, -1):
            return product if scale == 1 else f"-{product}"
        return f"({self._print(scale)}) * {product}"

    def _print_MatPow(self, expr: MatPow) -> str:
        if not (expr.exp.is_Integer and expr.exp > 1):
            raise NotImplementedError(f"no kernel has the power {expr.exp} of a matrix")
        return " @ ".join([self._print(expr.base)] * int(expr.exp))

    def _print_MatAdd(self, expr: Basic) -> str:
        text = " + ".join(self._print(part) for part in expr.args)
        return text.replace("+ -", "- ")

    def _print_Transpose(self, expr: Basic) -> str:
        return f"{self._print(expr.arg)}.T"

    def _print_Identity(self, expr: Basic) -> str:
        del expr
        return "identity"

    def _print_MatrixElement(self, expr: MatrixElement) -> str:
        raise NotImplementedError("kernels work on whole matrices")


def stable(expression: Expr) -> Expr:
    """Return the expression with powers of symbols as exponentials, and exp(x) - 1 as expm1(x)."""

    def is_exponential(part: Basic) -> bool:
        return bool(isinstance(part, Pow) and isinstance(part.exp, (Symbol, Expr)) and part.exp.free_symbols)

    spelled = expression.replace(is_exponential, lambda part: exp(part.exp * log(part.base)))
    return spelled.replace(lambda part: isinstance(part, Add), _join_expm1)


def _join_expm1(total: Add) -> Expr:
    constant, rest = total.as_coeff_Add()
    for term in rest.args if rest.is_Add else (rest,):
        coefficient, factor = term.as_coeff_Mul()
        if isinstance(factor, exp) and coefficient == -constant:
            return total - constant - term + coefficient * expm1(factor.exp)
    return total
