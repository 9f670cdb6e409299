"""Arrays of any library that keeps to the array API standard: NumPy, PyTorch, JAX, CuPy.

Functions of one array are called by its own library's name; numbers stay Python numbers, so that they
widen nobody's precision. NumPy alone is needed: array-api-compat is asked for when an array of another
library comes.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Value = Any  # a number, or an array of any library
NUMPY = (np.ndarray, np.generic, int, float, complex, list, tuple, type(None))
pi = math.pi


def namespace(*values: Value) -> Any:
    """Return the array library that the values share; NumPy for numbers and lists.

    Raises
    ------
    ValueError
        where two libraries are mixed; where array-api-compat is needed and not installed.
    """
    homes = {_home(value) for value in values if not isinstance(value, NUMPY)}
    if not homes:
        return np
    if any(isinstance(value, np.ndarray) for value in values):
        homes.add(np)
    if len(homes) > 1:
        names = sorted(str(home.__name__).removeprefix("array_api_compat.") for home in homes)
        raise ValueError(
            f"all arrays must be of one library, got a mixture of {', '.join(names)}; convert them"
        )
    return homes.pop()


def _home(value: Value) -> Any:
    """Return the library of one array; NumPy for what is no array at all."""
    root = type(value).__module__.partition(".")[0]
    if root in {"jax", "jaxlib"}:
        import jax.numpy

        return jax.numpy
    try:
        if root == "torch":
            import array_api_compat.torch

            return array_api_compat.torch
        if root == "cupy":
            import array_api_compat.cupy

            return array_api_compat.cupy
    except ImportError:
        raise ValueError(
            f"arrays of {root} need array-api-compat; install sphspec[arrays], or convert them to NumPy"
        ) from None
    return value.__array_namespace__() if hasattr(value, "__array_namespace__") else np


def is_numpy(*values: Value) -> bool:
    """Tell whether NumPy is the library that the values share."""
    return namespace(*values) is np


def like(values: Value, array: Value) -> Any:
    """Return NumPy values (real numbers) in the library, precision and place of a real array."""
    xp = namespace(array)
    if xp is np:
        return np.asarray(values)
    if is_jax(xp):  # JAX takes NumPy operands, and what is made while it traces must not be kept
        return np.asarray(values, dtype=array.dtype)
    return xp.asarray(np.ascontiguousarray(values), dtype=array.dtype, device=array.device)


def is_jax(xp: Any) -> bool:
    """Tell whether a library is JAX."""
    return str(xp.__name__).startswith("jax.")


def is_concrete(array: Value) -> bool:
    """Tell whether an array's values can be looked at: not while JAX traces or PyTorch compiles, maps."""
    xp = namespace(array)
    if xp is np:
        return True
    if is_jax(xp):
        from jax.core import Tracer

        return not isinstance(array, Tracer)
    if str(xp.__name__).endswith("torch"):
        import torch

        if torch.compiler.is_compiling():
            return False
        wrapped = getattr(torch._C._functorch, "is_functorch_wrapped_tensor", None)
        return wrapped is None or not wrapped(array)
    return True


def _elementary(name: str) -> Callable[[Value], Any]:
    host = getattr(np, name)

    def function(value: Value) -> Any:
        if isinstance(value, float | int):
            return float(host(value))
        return getattr(namespace(value), name)(value)

    function.__doc__ = f"Return {name} of a number or an array, entry by entry."
    return function


exp, expm1, log, log1p, sqrt = map(_elementary, ("exp", "expm1", "log", "log1p", "sqrt"))
sin, cos, tan, tanh, arccos = map(_elementary, ("sin", "cos", "tan", "tanh", "acos"))


def where(condition: Value, value: Value, other: Value) -> Any:
    """Return value where the condition holds, other elsewhere."""
    if isinstance(condition, bool | np.bool_):
        return value if condition else other
    xp = namespace(condition, value, other)
    if xp is np:
        return np.where(condition, value, other)
    if isinstance(value, float | int) and isinstance(other, float | int):
        place = {} if is_jax(xp) else {"dtype": xp.float64, "device": condition.device}
        value = xp.asarray(float(value), **place)
    return xp.where(condition, value, other)


def mod(value: Value, divisor: Value) -> Any:
    """Return the remainder with the divisor's sign."""
    return namespace(value, divisor).remainder(value, divisor)


def together(*values: Value) -> tuple[Any, ...]:
    """Return values with the numbers among them as arrays of the others' library and precision.

    So that a function that chooses between numbers gives arrays of no other precision.
    """
    xp = namespace(*values)
    if xp is np:
        return values
    real = [value for value in values if not isinstance(value, NUMPY) and is_real(value)]
    if not real:
        return values
    array, place = real[0], {} if is_jax(xp) else {"device": real[0].device}
    return tuple(
        xp.asarray(value, dtype=array.dtype, **place) if isinstance(value, float | int) else value
        for value in values
    )


def constant(number: float, *values: Value) -> Any:
    """Return a number with the shape to which the values broadcast, in their library and precision."""
    shape = np.broadcast_shapes(*(getattr(value, "shape", ()) for value in values))
    xp = namespace(*values)
    if xp is np:
        plain = all(isinstance(value, float | int) for value in values)
        return number if plain else np.full(shape, number)[()]
    array = next(value for value in values if not isinstance(value, NUMPY))
    place = {} if is_jax(xp) else {"device": array.device}
    return xp.full(shape, number, dtype=array.dtype, **place)


def identity(matrix: Value) -> Any:
    """Return the identity like a square matrix."""
    xp = namespace(matrix)
    if xp is np:
        return np.eye(matrix.shape[0], dtype=matrix.dtype)
    place = {} if is_jax(xp) else {"device": matrix.device}
    return xp.eye(matrix.shape[0], dtype=matrix.dtype, **place)


def take(array: Value, places: Any) -> Any:
    """Return entries of the last axis."""
    xp = namespace(array)
    if xp is np:
        return array[..., places]
    if is_jax(xp):
        return xp.take(array, places, axis=-1)
    return xp.take(array, xp.asarray(places, device=array.device), axis=-1)


def is_real(array: Value) -> bool:
    """Tell whether an array of another library holds real floating-point numbers."""
    xp = namespace(array)
    return bool(xp.isdtype(array.dtype, "real floating"))


def any_of(condition: Value) -> bool:
    """Tell whether a condition holds anywhere, for a number or an array."""
    return bool(condition) if isinstance(condition, bool) else bool(namespace(condition).any(condition))
