"""The closed forms of HEALPix as data: the table that is generated, and the low degrees that are printed."""

from math import lcm

from sympy import Add, Expr, Integer, Matrix, Mul, Rational, sqrt

from derivations import closed_forms as forms
from derivations.derivation import Example, Table
from derivations.symbols import N_pix, N_side

LMAX = 8  # of the generated table, and of the cases of the coupling theorem
DISPLAYED = 2  # degrees of the table in the report


def table() -> Table:
    """Return all independent closed forms to degree 8 as integers."""
    rows, values = [], []
    for key in sorted(forms.independent_keys(LMAX)):
        found = forms.form(*key)
        below = lcm(*(coefficient.denominator for coefficient in found.coefficients))
        above = tuple(int(coefficient * below) for coefficient in found.coefficients)
        rows.append((key, (found.valid_from, found.radicand, below, above)))
        values.append(dimensionless(key) + found.valid_from * N_pix)
    return Table(
        module="closed_form",
        name="FORMS",
        key=("l", "m", "l2", "m2"),
        row=("valid from N_side", "radicand", "denominator", "numerators"),
        rows=tuple(rows),
        value=Matrix(values),
        meaning="(N/4pi) E[a_lm conj(a_l2m2)] = sqrt(radicand)/denominator sum_p numerators[p] N_side^(-2 p)",
    )


def examples() -> tuple[Example, ...]:
    """Return the closed forms of low degree, as a table shows them."""
    return tuple(
        Example(
            f"({key[0]}, {key[1]}) with ({key[2]}, {key[3]})",
            _leading_first(key),
            f"N_side >= {forms.valid_from(key[1], key[3])}",
        )
        for key in sorted(forms.independent_keys(DISPLAYED))
    )


def _leading_first(key: forms.Key) -> Expr:
    """Return (N/4pi) C as its leading term times 1 + smaller ones."""
    found = forms.form(*key)
    place, leading = next((place, c) for place, c in enumerate(found.coefficients) if c)
    rest = [
        Rational(c / leading) * N_side ** (2 * (place - p)) for p, c in enumerate(found.coefficients) if c
    ]
    return Mul(Rational(leading) * sqrt(Integer(found.radicand)), N_side ** (-2 * place), Add(*rest))


def dimensionless(key: forms.Key) -> Expr:
    """Return (N/4pi) C in N_side."""
    found = forms.form(*key)
    return sqrt(Integer(found.radicand)) * found.polynomial
