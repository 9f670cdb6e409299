"""A linear map of coefficients that is dense within sectors, for arrays of any library."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SectorMap:
    """v -> L v, L block diagonal on disjoint index sets that cover all of 0 .. n-1.

    Arrays of another library than NumPy are multiplied by matrices in their own precision and place,
    which are kept from one call to the next.
    """

    indices: tuple[NDArray[np.int64], ...]
    matrices: tuple[Floats, ...]
    _moved: dict[Any, tuple[Any, ...]] = field(default_factory=dict, repr=False)

    def __call__(self, vectors: Any) -> Any:
        """Return L v for v (..., n)."""
        if arrays.is_numpy(vectors):
            result = np.zeros_like(vectors)
            for places, matrix in zip(self.indices, self.matrices, strict=True):
                result[..., places] = vectors[..., places] @ matrix.T
            return result
        xp, order = arrays.namespace(vectors), np.concatenate(self.indices)
        ordered, parts, first = arrays.take(vectors, order), [], 0
        for matrix in self._transposed(vectors):
            parts.append(ordered[..., first : first + matrix.shape[0]] @ matrix)
            first += matrix.shape[0]
        return arrays.take(xp.concat(parts, axis=-1), np.argsort(order))

    @cached_property
    def adjoint(self) -> "SectorMap":
        """The transposed map."""
        return SectorMap(self.indices, tuple(matrix.T for matrix in self.matrices))

    def _transposed(self, vectors: Any) -> tuple[Any, ...]:
        """Return the transposed matrices like the vectors."""
        if arrays.is_jax(arrays.namespace(vectors)) or not arrays.is_concrete(vectors):
            return tuple(arrays.like(matrix.T, vectors) for matrix in self.matrices)
        key = (type(vectors), vectors.dtype, str(vectors.device))
        moved = self._moved.get(key)
        if moved is None:
            moved = tuple(arrays.like(matrix.T, vectors) for matrix in self.matrices)
            if not any(getattr(matrix, "is_inference", bool)() for matrix in moved):  # of no use in training
                self._moved[key] = moved
        return moved
