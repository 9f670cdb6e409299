"""Products with Sigma, map by map: two transforms and, for Phi^T diag(u) Phi, hardly anything beside."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator

from sphspec import _validate as check
from sphspec.grids.ring import RingGrid
from sphspec.operator import Operator
from sphspec.transform import BATCH_BYTES, Complexes, RingTransform

Floats = NDArray[np.float64]


class Sandwich:
    """alpha -> Phi^T diag(u) Phi alpha for coefficients (..., n) in chart R1.

    A map and its coefficients are kept from call to call, for memory that is new to a process costs a
    tenth of a transform. Calls of several threads at once have a room each.

    Parameters
    ----------
    grid : points
    lmax : band limit, inclusive
    u : (npix,) field on the points
    """

    def __init__(self, grid: RingGrid, lmax: int, u: Floats) -> None:
        self._transform, self._u = RingTransform(grid, lmax), u
        self._rooms: list[tuple[Complexes, Floats]] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_rooms": []}

    def __call__(self, alpha: Floats) -> Floats:
        """Return the product, (..., n)."""
        flat = alpha.reshape(-1, alpha.shape[-1])
        result = np.empty(flat.shape)
        for rows in parts(flat.shape[0], self._transform.step):
            room = alm, maps = self._room(rows.stop - rows.start)
            self._transform.synthesise(flat[rows], alm, maps)
            maps *= self._u
            self._transform.project(maps, alm, result[rows])
            self._rooms.append(room)
        return result.reshape(alpha.shape)

    def project_noise(self, rng: np.random.Generator, result: Floats) -> None:
        """Write Phi^T diag(u) xi into each row of the result (k, n), xi standard normals on the points."""
        for rows in parts(result.shape[0], self._transform.step):
            room = alm, maps = self._room(rows.stop - rows.start)
            rng.standard_normal(out=maps)
            maps *= self._u
            self._transform.project(maps, alm, result[rows])
            self._rooms.append(room)

    def _room(self, count: int) -> tuple[Complexes, Floats]:
        """Return room for so many maps that no other call has."""
        while self._rooms:
            room = self._rooms.pop()
            if room[1].shape[0] == count:
                return room
        transform = self._transform
        alm = (transform.lmax + 1) * (transform.lmax + 2) // 2
        check.fits(count * (8.0 * transform.grid.npix + 16.0 * alm), f"a product at lmax={transform.lmax}")
        return transform.packed(count), np.empty((count, transform.grid.npix))


class Composed:
    """alpha -> A diag(u) A^T alpha through any analysis operator, a few maps at once.

    Parameters
    ----------
    operator : A
    u : (npix,) field on the points
    """

    def __init__(self, operator: Operator, u: Floats) -> None:
        self._operator, self._u = operator, u
        self._step = max(1, int(BATCH_BYTES // (8 * max(operator.grid.npix, operator.n))))

    def __call__(self, alpha: Floats) -> Floats:
        """Return the product, (..., n)."""
        flat = alpha.reshape(-1, alpha.shape[-1])
        result = np.empty(flat.shape)
        for rows in parts(flat.shape[0], self._step):
            result[rows] = self._operator(self._u * self._operator.adjoint(flat[rows]))
        return result.reshape(alpha.shape)

    def project_noise(self, rng: np.random.Generator, result: Floats) -> None:
        """Write A diag(u) xi into each row of the result (k, n), xi standard normals on the points."""
        for rows in parts(result.shape[0], self._step):
            noise = rng.standard_normal((rows.stop - rows.start, self._u.size))
            result[rows] = self._operator(noise * self._u)


def as_linear_operator(product: Sandwich | Composed, n: int) -> LinearOperator:
    """Return a symmetric product as SciPy's LinearOperator, its own transpose."""

    def batch(v: NDArray[Any]) -> NDArray[Any]:
        if np.iscomplexobj(v):
            return product(np.array(v.real, float)) + 1j * product(np.array(v.imag, float))
        return product(np.asarray(v, dtype=np.float64))

    def matvec(v: Any) -> Any:
        return batch(np.asarray(v).reshape(1, n))[0]

    def matmat(v: Any) -> Any:
        return batch(np.ascontiguousarray(np.asarray(v).T)).T

    return LinearOperator((n, n), matvec, rmatvec=matvec, matmat=matmat, rmatmat=matmat, dtype=np.float64)


def parts(count: int, step: int) -> list[slice]:
    """Cut so many rows into slices of at most `step`."""
    return [slice(first, min(first + step, count)) for first in range(0, count, step)]
