"""The Typst printer: exact text for each node, brackets that keep the meaning, and refusals."""

import cmath
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
import sympy as sp
import typst as compiler
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy.physics.quantum import Operator

from derivations.codegen.typst import typst
from derivations.symbols import N_pix, N_side, azimuth, l, l2, m, phi, theta, variance, z

a, b, i, j, k, n, t, x, y = sp.symbols("a b i j k n t x y")
A, B = (sp.MatrixSymbol(name, 2, 2) for name in ("A", "B_Phi"))
C, D = sp.IndexedBase("C"), sp.IndexedBase("D1")
f, p, p_i, var = sp.Function("f"), sp.Function("p"), sp.Function("p_i"), sp.Function("Var")
one = sp.Identity(2)
BOLD_A, BOLD_B, BOLD_ONE = "bold(upright(A))", "bold(upright(B))_(Phi)", "bold(upright(I))"


def raw(kind: Callable[..., sp.Basic], *args: object) -> sp.Basic:
    return kind(*args, evaluate=False)


def norm() -> sp.Expr:
    ratio = sp.factorial(l - m) / sp.factorial(l + m)
    return sp.sqrt((2 * l + 1) / (4 * sp.pi) * ratio)


def matrix(*rows: list[sp.Expr]) -> sp.Matrix:
    return sp.Matrix(list(rows))


NODES: list[tuple[sp.Basic, str]] = [
    # names
    (x, "x"),
    (l, "ell"),
    (l2, "ell'"),
    (l2**2, "ell'^2"),
    (N_side, 'N_"side"'),
    (N_pix, "N"),
    (azimuth, "phi.alt_0"),
    (variance**2, "(s^2)^2"),
    (sp.Symbol("lamda"), "lambda"),
    (sp.Symbol("Omega"), "Omega"),
    (sp.Symbol("x12"), "x_12"),
    (sp.Symbol("x_i"), "x_i"),
    (sp.Symbol("a_l_m2"), "a_(ell, m')"),
    (sp.Symbol("a_-m"), "a_(-m)"),
    (sp.Symbol("x1_max"), 'x_(1, "max")'),
    (sp.Symbol("l_max"), 'ell_"max"'),
    (sp.Symbol("x_2nd"), 'x_"2nd"'),
    (sp.Symbol("total"), '"total"'),
    # numbers
    (sp.Integer(-3), "-3"),
    (sp.Rational(-1, 2), "-frac(1, 2)"),
    (sp.pi, "pi"),
    (sp.I, "upright(i)"),
    (sp.E, "upright(e)"),
    (sp.oo, "infinity"),
    # sums and products
    (1 - z**2, "1 - z^2"),
    (l * (l + 1), "ell (ell + 1)"),
    (-3 * x / 2, "-frac(3 x, 2)"),
    (x / (y * (a + b)), "frac(x, y (a + b))"),
    (raw(sp.Mul, 2, 3, x), "2 dot 3 x"),
    (raw(sp.Mul, 2, sp.Rational(1, 2)), "2 dot frac(1, 2)"),
    (x * 2**y, "2^y x"),
    (2**x * 3**y, "2^x dot 3^y"),
    (raw(sp.Mul, 1, x), "x"),
    # powers and roots
    (x**-2, "frac(1, x^2)"),
    (x**-n, "x^(-n)"),
    (x ** sp.Rational(3, 2), r"x^(3\/2)"),
    (x ** sp.Rational(-3, 2), r"frac(1, x^(3\/2))"),
    (sp.sqrt(x), "sqrt(x)"),
    (sp.root(x, 3), "root(3, x)"),
    (sp.sqrt(2) / 2, "frac(sqrt(2), 2)"),
    (sp.sqrt(6) / 6, "frac(sqrt(6), 6)"),
    (sp.sqrt(a / (4 * sp.pi)), "sqrt(frac(a, 4 pi))"),
    (norm(), "sqrt(frac((2 ell + 1) (ell - m)!, 4 pi (ell + m)!))"),
    (sp.sqrt(sp.Rational(3, 8) / sp.pi), "sqrt(frac(3, 8 pi))"),
    (3 * sp.sqrt(5 / sp.pi) / 2, "3 sqrt(frac(5, 4 pi))"),
    (1 / sp.sqrt(2 * sp.pi), "frac(1, sqrt(2 pi))"),
    (-sp.sqrt((2 * m + 1) / (2 * m)), "-sqrt(frac(2 m + 1, 2 m))"),
    (sp.sqrt(x) * sp.sqrt(y), "sqrt(x) sqrt(y)"),  # one root would be wrong for x = y = -1
    (sp.sqrt(x) / sp.sqrt(y), "frac(sqrt(x), sqrt(y))"),
    (sp.sqrt(1 / x) / sp.sqrt(2), "sqrt(frac(1, 2 x))"),  # 1/sqrt(2 x) would be wrong for x < 0
    # functions
    (sp.exp(sp.I * m * phi), "upright(e)^(upright(i) m phi.alt)"),
    (sp.exp(-x / 2), "exp(-frac(x, 2))"),
    (sp.log(x), "ln(x)"),
    (sp.sin(theta) ** 2, "sin^2 (theta)"),
    (1 / sp.cos(x), "frac(1, cos(x))"),
    (sp.Abs(x), "abs(x)"),
    (sp.conjugate(x), "overline(x)"),
    (sp.re(x) * sp.im(y), 'op("Re")(x) op("Im")(y)'),
    (sp.floor(x), "floor(x)"),
    (sp.binomial(n, k), "binom(n, k)"),
    (sp.factorial(n), "n!"),
    (sp.gamma(n), "Gamma(n)"),
    (sp.legendre(l, z), "P_(ell) (z)"),
    (sp.assoc_legendre(l, m, z), "P_(ell)^m (z)"),
    (p(x, t), "p(x, t)"),
    (p_i(x), "p_i (x)"),
    (var(x), '"Var"(x)'),
    (sp.KroneckerDelta(i, j), "delta_(i, j)"),
    (sp.Mod(m, 4), "m mod 4"),
    (C[l, m, 0], "C_(ell, m, 0)"),
    (D[i], "(D_1)_i"),
    # operators
    (sp.Sum(f(k), (k, 1, n)), "sum_(k = 1)^n f(k)"),
    (sp.Sum(f(i, j), (i, 0, j), (j, 0, n)), "sum_(j = 0)^n sum_(i = 0)^j f(i, j)"),
    (sp.Integral(f(x), x), "integral f(x) dif x"),
    (sp.Integral(f(x), (x, 0, 1)), "integral_0^1 f(x) dif x"),
    (
        sp.Integral(f(x, y), (x, 0, y), (y, 0, 1)),
        "integral_0^1 integral_0^y f(x, y) dif x dif y",
    ),
    (f(x).diff(x), "frac(dif, dif x) f(x)"),
    (p(x, t).diff(t), "frac(partial, partial t) p(x, t)"),
    (sp.Derivative(f(x), (x, n)), "frac(dif^n, dif x^n) f(x)"),
    (
        sp.Derivative(p(x, t), (x, 2), t),
        "frac(partial^3, partial t partial x^2) p(x, t)",
    ),
    # relations, cases, collections
    (sp.Eq(x, -y), "x = -y"),
    (sp.Ne(x, y), "x != y"),
    (sp.Lt(x, y), "x < y"),
    (sp.Le(x, y), "x <= y"),
    (sp.Gt(x, y), "x > y"),
    (sp.Ge(x, y), "x >= y"),
    (
        sp.Piecewise((x, sp.Eq(m, 0)), (p(x, t), True)),
        'cases(x &quad "if" m = 0, p(x, t) &quad "otherwise")',
    ),
    (sp.Piecewise((x, (x > 0) & (y > 0))), 'cases(x &quad "if" x > 0 and y > 0)'),
    (sp.Tuple(x, -y), "(x, -y)"),
    (sp.Tuple(x), "(x,)"),
    (matrix([x, -y], [0, x / 2]), "mat(x, -y; 0, frac(x, 2))"),
    # matrices
    (A, BOLD_A),
    (one, BOLD_ONE),
    (A.T * B, f"{BOLD_A}^top {BOLD_B}"),
    (A.I, f"{BOLD_A}^(-1)"),
    (A**2, f"{BOLD_A}^2"),
    (-A, f"-{BOLD_A}"),
    (-2 * x * A, f"-2 x {BOLD_A}"),
    (A - B, f"{BOLD_A} - {BOLD_B}"),
    (sp.Trace(A * B) / 4, f"frac(tr({BOLD_A} {BOLD_B}), 4)"),
    (sp.MatPow(A, sp.Rational(-1, 2)), f"{BOLD_A}^(-frac(1, 2))"),
]

BRACKETS: list[tuple[sp.Basic, str]] = [
    ((x + y) ** 2, "(x + y)^2"),
    ((x + y) * (a + b), "(a + b) (x + y)"),
    (-(x + y) * a, "a (-x - y)"),
    (raw(sp.Mul, -1, x + y), "-(x + y)"),
    (raw(sp.Mul, x, -y), "x (-y)"),
    (raw(sp.Mul, x, sp.Integer(-2)), "x (-2)"),
    (raw(sp.Pow, -1, m), "(-1)^m"),
    (raw(sp.Pow, x * y, m), "(x y)^m"),
    (raw(sp.Pow, sp.Rational(1, 2), m), "(frac(1, 2))^m"),
    (raw(sp.Pow, x**a, b), "(x^a)^b"),
    (1 / (x + y), "frac(1, x + y)"),
    ((x / y) ** a, "(frac(x, y))^a"),
    (raw(sp.Add, x, raw(sp.Mul, -1, y + a)), "x - (a + y)"),
    (raw(sp.Add, x, raw(sp.Add, -3, -3)), "x + (-3 - 3)"),
    (sp.sqrt(-x / 2), "sqrt(frac(-x, 2))"),
    (sp.log(x) ** 2, "(ln(x))^2"),
    (sp.factorial(n + 1), "(n + 1)!"),
    (sp.factorial(sp.factorial(n)), "(n!)!"),
    (sp.factorial(n) ** 2, "(n!)^2"),
    (sp.factorial(sp.Symbol("x_i")), "(x_i)!"),
    (sp.Mod(x + y, 4) * 2, "2 ((x + y) mod 4)"),
    (sp.Derivative(x * f(x), x), "frac(dif, dif x) (x f(x))"),
    (sp.Derivative(f(x) + x, x), "frac(dif, dif x) (x + f(x))"),
    (
        sp.Derivative(sp.sin(x) * sp.Derivative(f(x), x), x),
        "frac(dif, dif x) (sin(x) frac(dif, dif x) f(x))",
    ),
    (
        f(x).diff(x) * p(x).diff(x),
        "(frac(dif, dif x) f(x)) frac(dif, dif x) p(x)",
    ),
    (f(x).diff(x) ** 2, "(frac(dif, dif x) f(x))^2"),
    (x * f(x).diff(x) / 2, "frac(x, 2) frac(dif, dif x) f(x)"),
    (raw(sp.Mul, raw(sp.Mul, x, f(x).diff(x)), y), "y (x frac(dif, dif x) f(x))"),
    (sp.Sum(i + j, (i, 1, n)), "sum_(i = 1)^n (i + j)"),
    (sp.Sum(-i, (i, 1, n)), "sum_(i = 1)^n (-i)"),
    (x + sp.Sum(f(i), (i, 1, n)), "x + sum_(i = 1)^n f(i)"),
    (
        sp.Sum(f(i), (i, 1, n)) - sp.Sum(p(i), (i, 1, n)),
        "(sum_(i = 1)^n f(i)) - sum_(i = 1)^n p(i)",
    ),
    (sp.Sum(f(i), (i, 1, n)) ** 2, "(sum_(i = 1)^n f(i))^2"),
    (sp.Integral(x + y, x), "integral (x + y) dif x"),
    (raw(sp.Eq, raw(sp.Eq, x, y), sp.Eq(a, b)), "(x = y) = (a = b)"),
    (
        sp.Piecewise((x, x > 0), (0, True)) + y,
        'y + (cases(x &quad "if" x > 0, 0 &quad "otherwise"))',
    ),
    (
        raw(sp.Eq, sp.Piecewise((x, x > 0), (0, True)), y),
        '(cases(x &quad "if" x > 0, 0 &quad "otherwise")) = y',
    ),
    ((A + B) * A, f"({BOLD_A} + {BOLD_B}) {BOLD_A}"),
    ((x + y) * A, f"(x + y) {BOLD_A}"),
    (sp.Transpose(A + B), f"({BOLD_A} + {BOLD_B})^top"),
    (sp.Transpose(sp.MatPow(A, 2)), f"({BOLD_A}^2)^top"),
    (sp.Inverse(sp.MatMul(A, B)), f"({BOLD_A} {BOLD_B})^(-1)"),
]

REFUSED: list[tuple[object, str]] = [
    (x + 0.5, "Float"),
    (sp.Float(1), "Float"),
    (0.5, "float"),
    (sp.Dummy("x"), "Dummy"),
    (sp.Wild("x"), "Wild"),
    (sp.nan, "NaN"),
    (sp.zoo, "ComplexInfinity"),
    (sp.tan(x), "tan"),
    (sp.Heaviside(x), "Heaviside"),
    (sp.hyper([a], [b], x), "hyper"),
    (sp.RisingFactorial(x, y), "RisingFactorial"),
    (raw(sp.log, x, 2), "log"),
    (sp.KroneckerDelta(i, j, (1, n)), "KroneckerDelta"),
    (sp.Integral(x, (x, 1)), "one limit of integral"),
    (sp.Product(x, (x, 1, n)), "Product"),
    (sp.Limit(x, x, 0), "Limit"),
    (sp.Interval(0, 1), "Interval"),
    (sp.Not(sp.Symbol("q")), "Not"),
    (sp.Matrix(0, 2, []), "MutableDenseMatrix"),
    (A[0, 1], "MatrixElement"),
    (sp.ZeroMatrix(2, 2), "ZeroMatrix"),
    (sp.HadamardProduct(A, B), "HadamardProduct"),
    (Operator("A") * Operator("B"), "Mul"),
    (f, "UndefinedFunction"),
]

AMBIGUOUS: list[tuple[sp.Basic, str]] = [
    (sp.Symbol("x1") + sp.Symbol("x_1"), "x_1"),
    (sp.Symbol("x") + sp.Symbol("x", real=True), "x"),
    (sp.Symbol("pi"), "pi"),
    (sp.Symbol("p") * p(x), "p"),
    (C[1] + sp.Symbol("C1"), "C_1"),
    (sp.Symbol("Gamma") * sp.gamma(x), "Gamma"),
    (sp.MatAdd(one, sp.MatrixSymbol("I", 2, 2)), BOLD_ONE),
]


def compile_all(formulas: list[str]) -> None:
    """Compile the formulas as one document; fail on an error or a warning."""
    source = "\n\n".join(f"$ {formula} $" for formula in formulas)
    _, warnings = compiler.compile_with_warnings(source.encode(), format="pdf")
    assert warnings == []


@pytest.mark.parametrize(("expression", "expected"), NODES, ids=[text for _, text in NODES])
def test_every_known_node_has_its_form(expression: sp.Basic, expected: str) -> None:
    assert typst(expression) == expected


@pytest.mark.parametrize(("expression", "expected"), BRACKETS, ids=[text for _, text in BRACKETS])
def test_brackets_keep_the_meaning(expression: sp.Basic, expected: str) -> None:
    assert typst(expression) == expected


@pytest.mark.parametrize(("expression", "name"), REFUSED, ids=[name for _, name in REFUSED])
def test_unknown_nodes_are_refused_by_name(expression: sp.Basic, name: str) -> None:
    with pytest.raises(NotImplementedError, match=rf"\b{name}$"):
        typst(expression)


@pytest.mark.parametrize(("expression", "text"), AMBIGUOUS, ids=[text for _, text in AMBIGUOUS])
def test_two_things_that_look_alike_are_refused(expression: sp.Basic, text: str) -> None:
    with pytest.raises(NotImplementedError, match=f"both be printed as {re.escape(text)}$"):
        typst(expression)


@pytest.mark.parametrize("name", [r"\ell", "x'", "a b", "a$b", "x_", "_x", "1x", "", 'a"b', "é"])
def test_names_without_a_safe_form_are_refused(name: str) -> None:
    with pytest.raises(NotImplementedError, match="no Typst form for the name"):
        typst(sp.Symbol(name))


def test_every_expected_text_compiles() -> None:
    compile_all([text for _, text in NODES + BRACKETS])


def test_a_text_that_is_not_typst_fails_to_compile() -> None:
    with pytest.raises(compiler.TypstError):
        compile_all(["frac(1"])


def test_an_index_does_not_swallow_the_argument() -> None:
    """Typst reads p_i(x) as p with the index i(x): the printer's space is not decoration."""
    assert "b: [i]" in layout(typst(p_i(x)))
    assert "b: [i]" not in layout(typst(p_i(x)).replace(" ", ""))


def layout(formula: str) -> str:
    """Return how Typst understood a formula, by `repr` through the document's metadata."""
    source = f"#metadata(repr(${formula}$)) <it>"
    return str(compiler.query(source.encode(), "<it>", field="value", one=True))


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import sympy as sp\n"
        "from derivations.codegen.typst import typst\n"
        "v = sp.symbols('a:f x y z')\n"
        "p = sp.Function('p')(*v)\n"
        "print(typst(sum(v) ** 2 * sp.Mul(*v) + sp.sqrt(sp.pi * v[0]) * p.diff(*v)))\n"
        "print(typst(sp.Piecewise((1, sp.And(*(s > 0 for s in v))), (0, True))))\n"
        "print(typst(sp.MatAdd(*(s * sp.MatrixSymbol(s.name.upper(), 2, 2) for s in v))))\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "99")
    }
    assert len(texts) == 1


# the printed text, read back as mathematics, has the value of the expression

POSITIVE, REAL = sp.Symbol("x", positive=True), sp.Symbol("y", real=True)
POINT = {POSITIVE: sp.Rational(7, 5), REAL: sp.Rational(-11, 7), a: 2 + sp.I, b: -sp.Rational(3, 8)}
NUMBERS = [
    *map(sp.Rational, (2, -3, 1), (1, 1, 1)),
    sp.Rational(-1, 2),
    sp.Rational(3, 4),
    sp.pi,
    sp.I,
]
EXPONENTS = [sp.Rational(*pair) for pair in ((2, 1), (-1, 1), (1, 2), (-1, 2), (3, 2), (-2, 3), (1, 3))]
MEANINGS = {symbol.name: symbol for symbol in POINT} | {"pi": sp.pi, "upright(i)": sp.I}
TOKEN = re.compile(r"upright\(i\)|frac|sqrt|root|abs|dot|pi|[abxy]|[0-9]+|\\/|[-+^(),]")


class Reader:
    """Read the arithmetic part of Typst's math mode back, with a reader's usual precedence."""

    def __init__(self, text: str) -> None:
        self._tokens = [*TOKEN.findall(text), ""]
        assert "".join(self._tokens) == text.replace(" ", "")

    def expression(self) -> sp.Expr:
        """Return the SymPy expression that the text means."""
        value = self._sum()
        assert self._tokens == [""]
        return value

    def _skip(self, token: str) -> bool:
        found = self._tokens[0] == token
        if found:
            self._tokens.pop(0)
        return found

    def _sum(self) -> sp.Expr:
        value = -self._product() if self._skip("-") else self._product()
        while self._tokens[0] in ("+", "-"):
            sign = 1 if self._tokens.pop(0) == "+" else -1
            value += sign * self._product()
        return value

    def _product(self) -> sp.Expr:
        value = self._power()
        while self._tokens[0] not in ("", "+", "-", ")", ",", "\\/"):
            dot = self._skip("dot")
            assert dot or not self._tokens[0].isdigit(), "2 3 looks like 23"
            value *= self._power()
        return value / self._power() if self._skip("\\/") else value

    def _power(self) -> sp.Expr:
        base = self._atom()
        return base ** self._atom() if self._skip("^") else base

    def _atom(self) -> sp.Expr:
        token = self._tokens.pop(0)
        if token.isdigit():
            return sp.Integer(token)
        if token in MEANINGS:
            return MEANINGS[token]
        assert token == "(" or self._skip("(")
        parts = [self._sum()]
        while self._skip(","):
            parts.append(self._sum())
        assert self._skip(")")
        forms = {
            "(": lambda inner: inner,
            "frac": lambda above, below: above / below,
            "sqrt": sp.sqrt,
            "abs": sp.Abs,
            "root": lambda index, radicand: radicand ** (1 / index),
        }
        return forms[token](*parts)


def combine(parts: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    several = st.lists(parts, min_size=2, max_size=3)
    roots = st.builds(sp.Pow, parts, st.sampled_from([sp.S.Half, -sp.S.Half]))
    return st.one_of(
        st.builds(lambda terms, e: sp.Add(*terms, evaluate=e), several, st.booleans()),
        st.builds(lambda factors, e: sp.Mul(*factors, evaluate=e), several, st.booleans()),
        st.builds(sp.Mul, parts, roots, roots),
        st.builds(
            lambda base, q, e: sp.Pow(base, q, evaluate=e),
            parts,
            st.sampled_from(EXPONENTS),
            st.booleans(),
        ),
    )


ARITHMETIC = st.recursive(st.sampled_from([*POINT, *NUMBERS]), combine, max_leaves=8)
NESTED = st.recursive(
    st.sampled_from([x, l2, sp.Symbol("x_i"), sp.Symbol("total"), sp.Integer(-2), sp.Float(1), C[i, l]]),
    lambda parts: st.one_of(
        combine(parts),
        st.builds(
            lambda head, part: head(part, evaluate=False),
            st.sampled_from(
                [
                    sp.exp,
                    sp.log,
                    sp.sin,
                    sp.Abs,
                    sp.conjugate,
                    sp.factorial,
                    sp.gamma,
                    sp.tan,
                    sp.re,
                ]
            ),
            parts,
        ),
        st.builds(lambda part: p_i(part, x), parts),
        st.builds(lambda part: sp.Sum(part, (i, 1, n)), parts),
        st.builds(lambda part: sp.Integral(part, (x, 0, n)), parts),
        st.builds(lambda part: sp.Derivative(f(x) * part, x), parts),
        st.builds(lambda left, right: sp.Piecewise((left, x > 0), (right, True)), parts, parts),
    ),
    max_leaves=10,
)


def value(expression: sp.Expr) -> complex:
    return complex(expression.subs(POINT).evalf(30))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(ARITHMETIC)
def test_printed_arithmetic_reads_back_as_the_same_number(expression: sp.Expr) -> None:
    assume(not expression.has(sp.nan, sp.zoo))
    expected = value(expression)
    assume(cmath.isfinite(expected))
    read = value(Reader(typst(expression)).expression())
    assert abs(read - expected) <= 1e-9 * max(1.0, abs(expected))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(NESTED)
def test_any_expression_compiles_or_is_refused(expression: sp.Expr) -> None:
    try:
        text = typst(expression)
    except NotImplementedError:
        return
    assert not expression.has(sp.Float, sp.tan)
    compile_all([text])
