"""What proofs rest on: residuals are zero only where every part is, instances put in what they are given."""

import pytest
from sympy import (
    Eq,
    Function,
    Identity,
    Integer,
    Matrix,
    MatrixSymbol,
    Symbol,
    ZeroMatrix,
    cos,
    eye,
    sin,
    sqrt,
)

from derivations.derivation import explicit, instance, is_zero

x, n = Symbol("x"), Symbol("n", integer=True, positive=True)


@pytest.mark.parametrize(
    "residual",
    [
        Integer(0),
        (x + 1) ** 2 - x**2 - 2 * x - 1,  # by expansion
        sin(x) ** 2 + cos(x) ** 2 - 1,  # by simplification
        Matrix([[0, x - x], [0, 0]]),
        ZeroMatrix(n, n),
    ],
    ids=str,
)
def test_what_reduces_to_zero_is_zero(residual):
    assert is_zero(residual)


@pytest.mark.parametrize(
    "residual",
    [
        Integer(1),
        Integer(-1),
        Matrix([[0, -1]]),
        x - 1,
        x,
        sin(x),
        sqrt(2) - Integer(1),
        Matrix([[0, 0], [0, x]]),
        Matrix([[x, 0]]),
        Identity(n),
    ],
    ids=str,
)
def test_what_is_left_over_is_not_zero(residual):
    assert not is_zero(residual)


def test_an_instance_is_the_difference_of_the_sides():
    f = Function("f")
    stated = Eq(f(x, 2), x + 5)
    assert instance(stated, {x: 3}, f=lambda one, two: 10 * one + two) == 32 - 8


def test_explicit_matrices_go_in_by_name():
    a, b = MatrixSymbol("a", n, n), MatrixSymbol("b", n, n)
    one, two = Matrix([[1, 2], [3, 4]]), Matrix([[0, 1], [1, 1]])
    assert explicit(a * b + Identity(n), n, 2, a=one, b=two) == one * two + eye(2)
