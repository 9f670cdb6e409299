"""Standard normals from what a library calls its source of randomness.

A numpy.random.Generator serves every library (drawn on the host in double precision, then moved); a
torch.Generator and a key of jax.random serve their own. A key is used once: `split` gives fresh ones.
"""

from typing import Any

import numpy as np

from sphspec import _arrays as arrays

CURE = "a numpy.random.Generator, a torch.Generator or a jax.random key"


def normals(rng: Any, shape: tuple[int, ...], array: Any = None) -> Any:
    """Return independent standard normals, in the library and precision of an array where one is given.

    Raises
    ------
    ValueError
        for something that is no source of randomness, or one of another library than the array's.
    """
    if isinstance(rng, np.random.Generator):
        drawn = rng.standard_normal(shape)
        if array is None or arrays.is_numpy(array):
            return drawn
        if arrays.is_jax(xp := arrays.namespace(array)):
            return xp.asarray(drawn, dtype=array.dtype)
        return arrays.like(drawn, array)
    if _is_torch(rng):
        import torch

        dtype = torch.get_default_dtype() if array is None else array.dtype
        _same_library(array, "torch")
        return torch.randn(shape, generator=rng, dtype=dtype, device=rng.device)
    if _is_key(rng):
        import jax

        _same_library(array, "jax")
        return jax.random.normal(rng, shape) if array is None else jax.random.normal(rng, shape, array.dtype)
    raise ValueError(f"rng must be {CURE}, got {rng!r}")


def split(rng: Any, count: int) -> Any:
    """Return sources of randomness, one for each of so many draws in turn."""
    if _is_key(rng):
        import jax

        return jax.random.split(rng, count)
    return [rng] * count


def is_host(rng: Any) -> bool:
    """Tell whether a source of randomness is NumPy's."""
    return isinstance(rng, np.random.Generator)


def _is_torch(rng: Any) -> bool:
    return type(rng).__module__.partition(".")[0] == "torch" and type(rng).__name__ == "Generator"


def _is_key(rng: Any) -> bool:
    home = type(rng).__module__.partition(".")[0]
    return home in {"jax", "jaxlib"} and hasattr(rng, "dtype")


def _same_library(array: Any, name: str) -> None:
    if array is None:
        return
    home = str(arrays.namespace(array).__name__)
    if name not in home:
        raise ValueError(f"rng is of {name} and the arrays of {home}; use {CURE} of the arrays' library")
