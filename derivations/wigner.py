"""The three-term recurrence of Wigner's 3j symbols in their last degree, from angular momentum algebra.

Two angular momenta J1, J2 of degrees l, l' add up to J. J1 is a vector under J, so its component J1_z,
whose eigenvalue on |l m>|l' m'> is m, is tridiagonal in the degree L of J: with e_L = sqrt(2L+1)
(l l' L; m m' -m-m') that is the recurrence of Schulten and Gordon, in symmetric form.
"""

from collections.abc import Callable

from sympy import Basic, Eq, Expr, Function, Integer, Matrix, Symbol, expand, simplify, sqrt, symbols
from sympy.physics.quantum.cg import CG, Wigner3j

from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.symbols import MEANING, l, l2, l3, m

CASES = 3  # degrees up to which exact 3j symbols are put in


class ThreeJ(Wigner3j):  # type: ignore[misc]  # SymPy is untyped
    """The 3j symbol (l l' L; m m' M) as ThreeJ(l, m, l', m', L, M): exact for numbers, else left as it is."""

    def doit(self, **hints: object) -> Expr:
        """Return the number, or the symbol itself."""
        return self if self.is_symbolic else super().doit(**hints)


e, a, b = Function("e"), Function("a"), Function("b")
total = Symbol("order_sum", integer=True)  # M = m + m'


def diagonal(degree: Expr) -> Expr:
    """Return a_L = <L M|J1_z|L M>."""
    return total * (degree * (degree + 1) + l * (l + 1) - l2 * (l2 + 1)) / (2 * degree * (degree + 1))


def ladder_squared(degree: Expr) -> Expr:
    """Return b_L^2, b_L = <L-1 M|J1_z|L M>."""
    return (degree**2 - total**2) * _reduced_squared(degree)


def _reduced_squared(degree: Expr) -> Expr:
    """Return c_L^2, c_L what is left of b_L without its order."""
    triangle = (degree**2 - (l - l2) ** 2) * ((l + l2 + 1) ** 2 - degree**2)
    return triangle / (4 * degree**2 * (4 * degree**2 - 1))


ELEMENTS = Eq(Matrix([a(l3), b(l3)]), Matrix([diagonal(l3), sqrt(ladder_squared(l3))]))
RECURRENCE = Eq(m * e(l3), b(l3 + 1) * e(l3 + 1) + a(l3) * e(l3) + b(l3) * e(l3 - 1))
order, here, below, above, centre, lower, upper = symbols("order here below above centre lower upper")
RESIDUAL = order * here - (upper * above + centre * here + lower * below)


def zero_ratio() -> Expr:
    """Return (e_(L+1)/e_(L-1))^2 at m = m' = 0, where a_L = 0."""
    ratio = ladder_squared(l3) / ladder_squared(l3 + 1)
    return ratio.subs(total, 0).cancel().factor()


def _prove_elements() -> tuple[Step, ...]:
    # a vector V = J1 has <L M|V_z|L M> = r M, <L-1 M|V_z|L M> = c_L sqrt(L^2-M^2), and V_+ leads to
    # L-1 with c_L sqrt((L-M)(L-M-1)), to L+1 with -c_(L+1) sqrt((L+M+1)(L+M+2)), inside L with r J_+
    p, q = symbols("p q", positive=True)
    falling = sqrt(p * q) * sqrt((p + 1) * q) - sqrt((p + 1) * (q + 1)) * sqrt(p * (q + 1))
    rising = sqrt((p + 1) * (q + 1)) * sqrt((p + 1) * q) - sqrt(p * q) * sqrt(p * (q + 1))
    # V.V = V_z^2 + (V_+ V_- + V_- V_+)/2: the squares of all elements that lead away from |L M>
    reduced = diagonal(l3) / total
    within = reduced**2 * (total**2 + _mean(lambda order: (l3 - order) * (l3 + order + 1)))
    down = l3**2 - total**2 + _mean(lambda order: (l3 - order) * (l3 - order - 1))
    up = (l3 + 1) ** 2 - total**2 + _mean(lambda order: (l3 + order + 1) * (l3 + order + 2))
    square = within + _reduced_squared(l3) * down + _reduced_squared(l3 + 1) * up
    projection = (l3 * (l3 + 1) + l * (l + 1) - l2 * (l2 + 1)) / 2
    return (
        Step("[J_+, V_z] = -V_+ to L-1; p = L-M-1, q = L+M", expand(falling + sqrt((p + 1) * p))),
        Step("[J_+, V_z] = -V_+ to L+1; p = L-M, q = L+M+1", expand(rising - sqrt(q * (q + 1)))),
        Step("J.J1 = (J^2 + J1^2 - J2^2)/2 gives a_L", simplify(reduced * l3 * (l3 + 1) - projection)),
        Step("J1.J1 = l(l+1) gives c_(L+1) from c_L", simplify(square - l * (l + 1))),
        Step("it starts with c_|l-l'| = 0", _reduced_squared(l3).subs(l3, l - l2)),
        Step("and ends with c_(l+l'+1) = 0", _reduced_squared(l3).subs(l3, l + l2 + 1)),
        Step("b_L^2 = (L^2 - M^2) c_L^2", ladder_squared(l3) - (l3**2 - total**2) * _reduced_squared(l3)),
        Step("the statement at L=2, l=1, l'=2, M=1", _stated_elements()),
    )


def _mean(square: Callable[[Expr], Expr]) -> Expr:
    """Return the mean of |V_+|^2 and |V_-|^2, which is |V_+|^2 at -M."""
    return (square(total) + square(-total)) / 2


def _stated_elements() -> Matrix:
    """Return the residual of the stated elements against J1_z between Clebsch-Gordan states."""
    return instance(ELEMENTS, {l: 1, l2: 2, l3: 2, total: 1}, a=_element(0), b=_element(1))


def _element(step: int) -> Callable[[Expr], Expr]:
    """Return <L-step 1|J1_z|L 1> at l=1, l'=2 as a function of L, by summing over the product states."""

    def element(degree: Expr) -> Expr:
        return sum(
            first * CG(1, first, 2, 1 - first, degree - step, 1).doit() * _state(first, degree)
            for first in (-1, 0, 1)
        )

    return element


def _state(first: int, degree: Expr) -> Expr:
    return CG(1, first, 2, 1 - first, degree, 1).doit()


def _prove_recurrence() -> tuple[Step, ...]:
    # J1_z on both sides of <L M|l m, l' m'>: m of the product state, tridiagonal on the left. The sign of
    # e_L = (-1)^(l-l'+M) <l m, l' m'|L M> is the same for all L
    vector = symbols("e_up e_here e_down")
    stated = RESIDUAL.subs({order: m, here: vector[1], above: vector[0], below: vector[2]})
    return (
        Step("the kernel is the statement", _stated_kernel() - stated),
        *(
            Step(f"every 3j symbol of l={degree}, l'={degree2}", _exact_cases(degree, degree2))
            for degree in range(1, CASES + 1)
            for degree2 in range(degree + 1)
        ),
        Step("the square of the ratio at m = m' = 0", _ratio_case()),
    )


def _stated_kernel() -> Expr:
    """Return lhs - rhs of the stated recurrence with the kernel's arguments for its functions."""
    index = {0: "here", 1: "up", -1: "down"}
    return instance(
        RECURRENCE,
        {},
        a=lambda _: centre,
        b=lambda degree: upper if degree == l3 + 1 else lower,
        e=lambda degree: Symbol(f"e_{index[int(degree - l3)]}"),
    )


def scaled_symbol(degree: int, degree2: int, first: int, second: int) -> Callable[[Expr], Expr]:
    """Return e_L = sqrt(2L+1) (l l' L; m m' -m-m'), exactly, as a function of L."""

    def value(top: Expr) -> Expr:
        symbol = ThreeJ(degree, first, degree2, second, top, -first - second)
        return sqrt(2 * top + 1) * symbol.doit()

    return value


def _exact_cases(degree: int, degree2: int) -> Matrix:
    """Return the residuals of the stated recurrence for all orders and all L >= 1 of two degrees."""
    rows = []
    for first in range(-degree, degree + 1):
        for second in range(-degree2, degree2 + 1):
            lowest = max(degree - degree2, abs(first + second), 1)
            for top in range(lowest, degree + degree2 + 1):
                values = {l: degree, l2: degree2, m: first, l3: top, total: first + second}
                elements = {"a": _bound(diagonal, values), "b": _bound(_ladder, values)}
                symbol = scaled_symbol(degree, degree2, first, second)
                rows.append(expand(instance(RECURRENCE, values, e=symbol, **elements)))
    return Matrix(rows or [0])


def _bound(element: Callable[[Expr], Expr], values: dict[Basic, int]) -> Callable[[Expr], Expr]:
    fixed = {symbol: value for symbol, value in values.items() if symbol != l3}
    return lambda degree: element(l3).subs(fixed).subs(l3, degree)


def _ladder(degree: Expr) -> Expr:
    return sqrt(ladder_squared(degree))


def _ratio_case() -> Expr:
    """Return the residual of the squared ratio at l=3, l'=2 and L=2."""
    symbol = scaled_symbol(3, 2, 0, 0)
    exact = (symbol(Integer(3)) / symbol(Integer(1))) ** 2
    return zero_ratio().subs({l: 3, l2: 2, l3: 2}) - exact


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    degrees = ((l3, MEANING[l3]), (l, MEANING[l]), (l2, MEANING[l2]))
    return (
        Derivation(
            name="three-j-elements",
            title="Matrix elements between sums of two angular momenta",
            statement="In the basis |L M> of the sum of two angular momenta of degrees l and l' the z "
            "component of the first is tridiagonal in L: a_L on the diagonal, b_L between L-1 and L.",
            expression=ELEMENTS,
            proof=_prove_elements,
            scope="all l, l', L >= 1, M (symbolic), from the commutators of a vector operator",
            reference="Schulten and Gordon 1975; our derivation",
            kernels=(
                Kernel(
                    "wigner",
                    "elements",
                    (*degrees, (total, "sum of the two orders")),
                    Matrix([diagonal(l3), sqrt(ladder_squared(l3))]),
                    "a_L and b_L, L >= 1",
                ),
            ),
        ),
        Derivation(
            name="three-j-recurrence",
            title="Three-term recurrence of the 3j symbols",
            statement="e_L = sqrt(2L+1) (l l' L; m m' -m-m') as a vector over L is an eigenvector, to the "
            "eigenvalue m, of the symmetric tridiagonal matrix of a_L and b_L: the recurrence of Schulten "
            "and Gordon in symmetric form.",
            expression=RECURRENCE,
            proof=_prove_recurrence,
            scope="all l, l', m, m' from the matrix elements; put to the test with exact 3j symbols for all "
            f"l' <= l <= {CASES}, all orders and all L >= 1",
            reference="Schulten and Gordon 1975; our derivation",
            kernels=(
                Kernel(
                    "wigner",
                    "recurrence_residual",
                    (
                        (order, "first order m"),
                        (here, "e_L"),
                        (below, "e_(L-1)"),
                        (above, "e_(L+1)"),
                        (centre, "a_L"),
                        (lower, "b_L"),
                        (upper, "b_(L+1)"),
                    ),
                    RESIDUAL,
                    "the residual, zero for 3j symbols",
                ),
                Kernel(
                    "wigner",
                    "zero_ratio",
                    degrees,
                    zero_ratio(),
                    "(e_(L+1)/e_(L-1))^2 where all orders are 0",
                ),
            ),
        ),
    )
