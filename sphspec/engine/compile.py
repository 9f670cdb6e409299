"""How loops are compiled: without the interpreter's lock, in plain IEEE arithmetic, kept on disk."""

from typing import Any

import numba

inline: Any = numba.njit(inline="always")
inner: Any = numba.njit(nogil=True, error_model="numpy")  # plain IEEE: the same bits in every process
outer: Any = numba.njit(nogil=True, error_model="numpy", cache=True)
