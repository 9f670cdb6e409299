"""The covariance object of a store: blocks, products, solutions and samples, order by order from disk."""

from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import size
from sphspec.engine.order_blocks import interleaved, square
from sphspec.store import blocks, factors
from sphspec.store.factors import Factor
from sphspec.store.layout import Layout
from sphspec.store.root import read_root

Floats = NDArray[np.float64]


def open_covariance(path: str | PathLike[str]) -> "StoredCovariance":
    """Return the covariance that `sphspec cov` wrote; nothing but its description is read.

    Raises
    ------
    ValueError
        where Zarr is not installed or the folder is no store.
    """
    folder = Path(path)
    return StoredCovariance(folder, read_root(folder))


class StoredCovariance:
    """Sigma of dimension n = (lmax + 1)^2 in chart R1, read from a store one order after the other.

    No more than one order is held at a time, and each is compared with its checksum as it is read. On
    grids that couple orders the store has the blocks m = m' alone, and what needs all of Sigma is refused.

    Attributes
    ----------
    lmax, n : band limit and number of coefficients
    coupled : whether the grid couples orders
    metadata : what the store says of itself: grid, operator, variance, chart, units, versions ...
    """

    def __init__(self, folder: Path, metadata: Mapping[str, Any]) -> None:
        self.metadata = MappingProxyType(dict(metadata))
        self.lmax, self.coupled = int(metadata["lmax"]), bool(metadata["coupled"])
        self.n = size(self.lmax)
        self._folder, self._key = folder, str(metadata["key"])
        self._layout = Layout(self.lmax, bool(metadata["mirrored"]))

    def __repr__(self) -> str:
        said = self.metadata
        return f"<covariance of {said['operator']} on {said['grid']}, lmax={self.lmax}, in {self._folder}>"

    def triangles(self, m: int) -> tuple[Floats, ...]:
        """Return the packed triangles of order m: of l - m even and odd where only those couple, or one.

        Raises
        ------
        ValueError
            where the block is missing, or is not what was written; the order is named.
        """
        order = check.integer("m", m, 0, self.lmax)
        packed = blocks.get(self._folder, self._layout, order, self._key)
        return self._layout.triangles(order, packed)

    def block(self, m: int) -> Floats:
        """Return C_(lm,l'm) = E[a_lm conj(a_l'm)], l, l' = m .. lmax, for m >= 0: (lmax-m+1, lmax-m+1)."""
        order = check.integer("m", m, 0, self.lmax)
        check.fits(24.0 * (self.lmax - order + 1) ** 2, f"the block of order {order}")
        return interleaved([square(triangle) for triangle in self.triangles(order)])

    def diagonal(self) -> Floats:
        """Return the variances of the coefficients, (n,)."""
        values = np.zeros(self.n)
        for triangle, places in self._each():
            for place in places:
                values[place] = factors.diagonal(triangle)
        return values

    def logdet(self) -> float:
        """Return log det Sigma; -inf for a singular Sigma."""
        each = ((len(places), Factor.of(triangle, self.n)) for triangle, places in self._each())
        return float(sum(count * factor.logdet() for count, factor in each))

    def dense(self) -> Floats:
        """Return Sigma, (n, n); ValueError where it does not fit in memory."""
        check.fits(8.0 * self.n**2 + self._largest, f"the dense covariance of {self!r}")
        matrix = np.zeros((self.n, self.n))
        for triangle, places in self._each():
            entries = square(triangle)
            for place in places:
                matrix[np.ix_(place, place)] = entries
        return matrix

    def apply(self, alpha: Any) -> Floats:
        """Return Sigma alpha for a batch of coefficients (..., n)."""
        return self._mapped(check.real_array("alpha", alpha, self.n), factors.product)

    def __matmul__(self, v: Any) -> Floats:
        """Return Sigma v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n)."""
        return self._columns(v, self.apply)

    def solve(self, v: Any) -> Floats:
        """Return Sigma^-1 v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n).

        Raises
        ------
        ValueError
            for a singular Sigma; an order whose block is singular is named.
        """
        return self._columns(v, self._solved)

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...] | None = None) -> Floats:
        """Return draws of N(0, Sigma), (size, n), or (n,) without a size.

        Each takes n normals through a square root of Sigma, its Cholesky factor where it is regular.
        """
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")
        shape = check.shape("size", size)
        count = float(np.prod(shape))
        check.fits(24.0 * count * self.n, f"{count:.3g} draws", "use a smaller size")
        white = rng.standard_normal((*shape, self.n))
        return self._mapped(white, lambda triangle, part: Factor.of(triangle, self.n).root(part))

    @property
    def _largest(self) -> float:
        """Bytes of work on the largest order."""
        return 8.0 * 6 * (self.lmax + 1) ** 2

    def _each(self) -> Iterator[tuple[Floats, tuple[NDArray[np.int64], ...]]]:
        """Yield every triangle with the R1 indices of its cosine and of its sine parts."""
        if self.coupled:
            raise ValueError(
                f"{self.metadata['grid']} couples orders at lmax={self.lmax}, and the store has the blocks "
                f"m = m' of Sigma alone: take block(m), or noise_covariance(operator) for all of Sigma"
            )
        check.fits(self._largest, f"one order of {self!r}")
        for m in range(self.lmax + 1):
            yield from zip(self.triangles(m), self._layout.places(m), strict=True)

    def _mapped(self, vectors: Floats, function: Callable[[Floats, Floats], Floats]) -> Floats:
        """Return what a function (triangle, columns) makes of each sector's coefficients, (..., n)."""
        flat = vectors.reshape(-1, self.n)
        result = np.empty_like(flat)
        for triangle, places in self._each():
            if not triangle.size:
                continue
            parts = np.concatenate([flat[:, place] for place in places]).T
            found = function(triangle, parts).T
            for place, rows in zip(places, np.split(found, len(places)), strict=True):
                result[:, place] = rows
        return result.reshape(vectors.shape)

    def _solved(self, alpha: Any) -> Floats:
        return self._mapped(check.real_array("alpha", alpha, self.n), self._solve_part)

    def _solve_part(self, triangle: Floats, part: Floats) -> Floats:
        factor = Factor.of(triangle, self.n)
        if not factor.regular:
            raise ValueError(
                f"Sigma is singular to working precision in a block of {len(factor.upper)} degrees; lower "
                f"lmax, or solve on its range: noise_covariance(operator).solve(v, on_range=True)"
            )
        return factor.solve(part)

    def _columns(self, v: Any, function: Callable[[Any], Floats]) -> Floats:
        vectors = check.real_array("v", v)
        if vectors.ndim == 2 and vectors.shape[0] == self.n:
            return function(np.ascontiguousarray(vectors.T)).T
        return function(check.real_array("v", vectors, self.n))
