"""How loops are compiled: without the interpreter's lock, in plain IEEE arithmetic, kept on disk."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import numpy as np

inline: Any = numba.njit(inline="always")
inner: Any = numba.njit(nogil=True, error_model="numpy")  # plain IEEE: the same bits in every process
outer: Any = numba.njit(nogil=True, error_model="numpy", cache=True)


def of_numpy(generated: Callable[..., Any]) -> Any:
    """Return a generated function for compiled loops: its arrays are NumPy's, which numba knows."""
    assert isinstance(generated, FunctionType)
    return inline(FunctionType(generated.__code__, {**generated.__globals__, "xp": np}))
