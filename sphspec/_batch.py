"""Products with Sigma and its root, and checks, for batches of any array library: what losses need."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec.covariance import NoiseCovariance

Floats = NDArray[np.float64]
HELD = 8  # covariances whose matrices are kept


def apply(covariance: NoiseCovariance, vectors: Any) -> Any:
    """Return Sigma v for a batch (..., n)."""
    return vectors @ arrays.like(_sigma(covariance), vectors)


def apply_root(covariance: NoiseCovariance, white: Any) -> Any:
    """Return R z for a batch (..., n), R R^T = Sigma."""
    return white @ arrays.like(_root(covariance).T, white)


def apply_root_adjoint(covariance: NoiseCovariance, vectors: Any) -> Any:
    """Return R^T v for a batch (..., n)."""
    return vectors @ arrays.like(_root(covariance), vectors)


def apply_inverse(covariance: NoiseCovariance, vectors: Any) -> Any:
    """Return Sigma^-1 v for a batch (..., n), by the pseudo-inverse for a singular Sigma."""
    return vectors @ arrays.like(_inverse(covariance), vectors)


def vectors(name: str, values: Any, length: int) -> Any:
    """Return real values (..., length) of any library; NumPy's in double precision."""
    if arrays.is_numpy(values):
        return check.real_array(name, values, length)
    if not arrays.namespace(values).isdtype(values.dtype, "real floating"):
        raise ValueError(f"{name} must be real floating-point numbers, got {values.dtype}")
    if values.ndim == 0 or values.shape[-1] != length:
        shape = tuple(values.shape)
        raise ValueError(f"{name} must have {length} entries on its last axis, got shape {shape}")
    return values


def times(values: Any) -> Any:
    """Return times in (0, 1], a number or an array; while JAX traces or PyTorch compiles unseen."""
    if arrays.is_numpy(values):
        array = check.real_array("t", values)
        given = float(array) if array.ndim == 0 else array
    else:
        given = array = values
        if not arrays.namespace(values).isdtype(values.dtype, "real floating"):
            raise ValueError(f"t must be real floating-point numbers, got {values.dtype}")
        if not arrays.is_concrete(values):
            return given
    if 0 not in array.shape and not bool(((array > 0) & (array <= 1)).all()):
        raise ValueError(
            f"t must be in (0, 1], since at 0 the noise has no density; got {float(array.min())} .. "
            f"{float(array.max())}"
        )
    return given


def fit(t: Any, **batches: Any) -> None:
    """Refuse arrays of several libraries, of different shapes, and times that do not broadcast with them."""
    arrays.namespace(t, *batches.values())
    shapes = {name: tuple(batch.shape) for name, batch in batches.items()}
    when = tuple(getattr(t, "shape", ()))
    (first, shape), *others = shapes.items()
    for name, other in others:
        if other != shape:
            raise ValueError(f"{name} must have the shape of {first}, {shape}; got {other}")
    try:
        fitting = np.broadcast_shapes(when, shape[:-1]) == shape[:-1]
    except ValueError:
        fitting = False
    if not fitting:
        raise ValueError(f"t must broadcast to the batch axes of {first}, {shape[:-1]}; got shape {when}")


def column(values: Any) -> Any:
    """Put a time-like number or array beside the batch axes of vectors (..., n)."""
    return values[..., None] if hasattr(values, "ndim") and values.ndim else values


def squared(vectors: Any) -> Any:
    """Return |v|^2 of each vector of a batch (..., n), (...)."""
    return arrays.namespace(vectors).sum(vectors * vectors, axis=-1)


@lru_cache(maxsize=HELD)
def _sigma(covariance: NoiseCovariance) -> Floats:
    return covariance.dense()


@lru_cache(maxsize=HELD)
def _root(covariance: NoiseCovariance) -> Floats:
    return np.ascontiguousarray(covariance.blocks.root(np.eye(covariance.n)).T)


@lru_cache(maxsize=HELD)
def _inverse(covariance: NoiseCovariance) -> Floats:
    return covariance.apply_inverse(np.eye(covariance.n), on_range=True)
