"""Every generated function, executed, equals its expression evaluated by SymPy to 30 digits."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import MatrixBase, MatrixExpr, MatrixSymbol

from derivations.catalogue import catalogue
from derivations.codegen.fingerprint import _explicit

KERNELS = [kernel for entry in catalogue() for kernel in entry.kernels]
SCALARS = [kernel for kernel in KERNELS if not isinstance(kernel.value, MatrixExpr)]
MATRICES = [kernel for kernel in KERNELS if isinstance(kernel.value, MatrixExpr)]
ORDERS = {"l", "m", "n", "k"}
UNIT = {"z", "z2", "cos_lag", "s", "p"}  # cosines, probabilities, values inside a support


def function_of(kernel):
    return getattr(importlib.import_module(f"sphspec._generated.{kernel.module}"), kernel.name)


def arguments_of(kernel, data):
    numbers = {}
    if {"l", "l2", "l3"} <= {symbol.name for symbol, _ in kernel.arguments}:  # 3j symbols need a triangle
        l, l2 = data.draw(st.integers(1, 40), label="l"), data.draw(st.integers(1, 40), label="l2")
        l3 = data.draw(st.integers(max(1, abs(l - l2)), l + l2 - 1), label="l3")
        numbers = {
            "l": l,
            "l2": l2,
            "l3": l3,
            "order_sum": data.draw(st.integers(-l3, l3), label="order_sum"),
        }
    for symbol, _ in kernel.arguments:
        if symbol.name in numbers:
            continue
        if symbol.name in ORDERS:
            low = 1 if symbol.name in ("n", "m") else 0
            numbers[symbol.name] = data.draw(st.integers(low, 40), label=symbol.name)
        else:
            high = 0.95 if symbol.name in UNIT else 3.0
            numbers[symbol.name] = data.draw(st.floats(0.05, high), label=symbol.name)
    if {"l", "m"} <= numbers.keys() and "l3" not in numbers:
        numbers["l"] += numbers["m"]
    return {symbol.name: numbers[symbol.name] for symbol, _ in kernel.arguments}


@pytest.mark.parametrize("kernel", SCALARS, ids=lambda kernel: f"{kernel.module}.{kernel.name}")
@settings(max_examples=20)
@given(data=st.data())
def test_scalar_kernel_equals_its_expression(kernel, data):
    numbers = arguments_of(kernel, data)
    exact = kernel.value.subs({symbol: numbers[symbol.name] for symbol, _ in kernel.arguments})
    entries = list(exact) if isinstance(exact, MatrixBase) else [exact]
    expected = np.array([float(entry.n(30)) for entry in entries])
    if kernel.in_place:
        arrays = {name: np.full(2, float(value)) for name, value in numbers.items()}
        found = function_of(kernel)(**arrays, out=np.empty(2), scratch=np.empty(2))[:1]
    else:
        found = function_of(kernel)(**numbers)
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kernel", MATRICES, ids=lambda kernel: kernel.name)
def test_matrix_kernel_equals_its_expression(kernel, rng):
    symbols = [symbol for symbol, _ in kernel.arguments]
    arrays = {
        symbol.name: rng.standard_normal((2, 2) if isinstance(symbol, MatrixSymbol) else ())
        for symbol in symbols
    }
    explicit = _explicit(kernel.value)
    entries = {
        f"{name}_{place}" if np.ndim(array) else name: value
        for name, array in arrays.items()
        for place, value in enumerate(np.ravel(array))
    }
    expected = np.array(
        explicit.subs({symbol: entries[symbol.name] for symbol in explicit.free_symbols}), dtype=float
    )
    np.testing.assert_allclose(function_of(kernel)(**arrays), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kernel", MATRICES, ids=lambda kernel: kernel.name)
def test_matrix_kernel_refuses_wrong_shapes(kernel):
    names = [symbol.name for symbol, _ in kernel.arguments if isinstance(symbol, MatrixSymbol)]
    scalars = {symbol.name: 1.0 for symbol, _ in kernel.arguments if symbol.name not in names}
    with pytest.raises(ValueError, match="must be"):
        function_of(kernel)(**{name: np.ones((2, 3)) for name in names}, **scalars)
    for odd in names[1:]:
        shapes = {name: np.eye(3 if name == odd else 2) for name in names}
        with pytest.raises(ValueError, match=f"{odd} must be"):
            function_of(kernel)(**shapes, **scalars)
