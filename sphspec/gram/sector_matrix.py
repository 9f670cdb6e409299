"""A symmetric matrix that is block diagonal up to a permutation: dense blocks on sectors of indices."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec.gram.sector_map import SectorMap

T = TypeVar("T")
R = TypeVar("R")
Floats = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
CLEAR = 100.0  # a condition estimate this far from singular needs no eigenvalues to be sure


def shared(items: Iterable[T], function: Callable[[T], R]) -> tuple[R, ...]:
    """Return the function of each item, done once where the same object stands in several places."""
    done: dict[int, R] = {}
    listed = tuple(items)
    for item in listed:
        if id(item) not in done:
            done[id(item)] = function(item)
    return tuple(done[id(item)] for item in listed)


@dataclass(frozen=True, eq=False)
class SectorMatrix:
    """Symmetric matrix of dimension n, zero outside the dense blocks on disjoint index sets.

    One array may be the block of two sectors, cosine and sine: what is done to it is done once.
    """

    dimension: int
    indices: tuple[NDArray[np.int64], ...]
    blocks: tuple[Floats, ...]

    def dense(self) -> Floats:
        """Return the (n, n) matrix."""
        matrix = np.zeros((self.dimension, self.dimension))
        for places, block in zip(self.indices, self.blocks, strict=True):
            matrix[np.ix_(places, places)] = block
        return matrix

    @cached_property
    def apply(self) -> SectorMap:
        """The product with vectors (..., n), arrays of any library."""
        return SectorMap(self.indices, self.blocks)

    def apply_pseudo_inverse(self, vectors: Any) -> Any:
        """Return the product of the inverse, or of the pseudo-inverse on singular sectors, (..., n).

        Arrays of another library than NumPy are multiplied by the inverse's entries.
        """
        if not arrays.is_numpy(vectors):
            return self.inverse(vectors)
        result = np.zeros_like(vectors)
        for number, (places, factor) in enumerate(zip(self.indices, self._factors, strict=True)):
            flat = vectors[..., places].reshape(-1, places.size).T
            if factor is None:
                values, basis = self._range[number]
                solved = basis @ ((basis.T @ flat) / values[:, None])
            else:
                solved = scipy.linalg.cho_solve((factor, True), flat)
            result[..., places] = solved.T.reshape(*vectors.shape[:-1], places.size)
        return result

    def map(self, function: Callable[[Floats], Floats]) -> "SectorMatrix":
        """Return the matrix with a function applied to each block."""
        return SectorMatrix(self.dimension, self.indices, shared(self.blocks, function))

    def diagonal(self) -> Floats:
        """Return the diagonal, (n,)."""
        values = np.zeros(self.dimension)
        for places, block in zip(self.indices, self.blocks, strict=True):
            values[places] = np.diagonal(block)
        return values

    def submatrix(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
        """Return the entries of given rows and columns, without the dense matrix."""
        part = np.zeros((rows.size, columns.size))
        row_sectors, row_places = self._located[:, rows]
        column_sectors, column_places = self._located[:, columns]
        for sector in np.intersect1d(row_sectors, column_sectors):
            here, there = np.flatnonzero(row_sectors == sector), np.flatnonzero(column_sectors == sector)
            entries = self.blocks[sector][np.ix_(row_places[here], column_places[there])]
            part[np.ix_(here, there)] = entries
        return part

    @cached_property
    def _located(self) -> NDArray[np.int64]:
        """Sector of every index, and its place in it, (2, n)."""
        located = np.empty((2, self.dimension), dtype=np.int64)
        for sector, places in enumerate(self.indices):
            located[:, places] = np.full(places.size, sector), np.arange(places.size)
        return located

    @cached_property
    def _eigen(self) -> tuple[tuple[Floats, Floats], ...]:
        return shared(self.blocks, scipy.linalg.eigh)

    @cached_property
    def tolerance(self) -> float:
        """Eigenvalues up to this are roundoff: n eps times the largest."""
        largest = max(float(np.abs(values).max()) for values, _ in self._eigen)
        return self.dimension * EPS * largest

    @cached_property
    def _range(self) -> tuple[tuple[Floats, Floats], ...]:
        def kept(pair: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
            values, vectors = pair
            positive = values > self.tolerance
            return values[positive], vectors[:, positive]

        return shared(self._eigen, kept)

    @cached_property
    def _regular(self) -> tuple[Floats, ...] | None:
        """Lower Cholesky factors of all blocks; None where one may be singular to working precision."""
        largest = max(_norm(block) for block in self.blocks)
        factors = shared(self.blocks, lambda block: _regular_factor(block, self.dimension * EPS * largest))
        held = tuple(factor for factor in factors if factor is not None)
        return held if len(held) == len(factors) else None

    @cached_property
    def _factors(self) -> tuple[Floats | None, ...]:
        """Lower Cholesky factor of each regular block, None for a singular one."""
        if self._regular is not None:
            return self._regular
        return tuple(
            factor if values.size == len(block) else None
            for factor, block, (values, _) in zip(
                shared(self.blocks, _factor), self.blocks, self._range, strict=True
            )
        )

    @cached_property
    def rank(self) -> int:
        """Number of eigenvalues above roundoff."""
        if self._regular is not None:
            return self.dimension
        return int(sum(values.size for values, _ in self._range))

    def eigenvalues(self) -> Floats:
        """Return all eigenvalues, ascending, (n,)."""
        return np.sort(np.concatenate([values for values, _ in self._eigen]))

    @cached_property
    def root(self) -> SectorMap:
        """R z for standard normal z (..., n), where R R^T is the matrix; arrays of any library."""
        if self._regular is not None:
            return SectorMap(self.indices, self._regular)

        def root_of(pair: tuple[Floats, Floats]) -> Floats:
            values, vectors = pair
            return np.asarray(vectors * np.sqrt(np.where(values > self.tolerance, values, 0.0)))

        return SectorMap(self.indices, shared(self._eigen, root_of))

    @cached_property
    def whitener(self) -> SectorMap:
        """R^-1 for the R of `root`, its pseudo-inverse where the matrix is singular."""
        if self._regular is not None:
            return SectorMap(self.indices, shared(self._regular, _inverse_factor))

        def inverse_of(pair: tuple[Floats, Floats]) -> Floats:
            values, vectors = pair
            kept = values > self.tolerance
            return np.asarray(
                np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)[:, None] * vectors.T
            )

        return SectorMap(self.indices, shared(self._eigen, inverse_of))

    @cached_property
    def inverse(self) -> SectorMap:
        """The inverse as a map, the pseudo-inverse on singular sectors; arrays of any library."""
        return SectorMap(self.indices, shared(self.whitener.matrices, lambda part: part.T @ part))

    @cached_property
    def colours(self) -> tuple[Floats, ...]:
        """R (k, rank) of every sector: R z are vectors whose coordinates, by `whiten`, are z."""
        if self._regular is not None:
            return self._regular
        return tuple(
            factor if factor is not None else basis * np.sqrt(values)
            for factor, (values, basis) in zip(self._factors, self._range, strict=True)
        )

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which indices carry a white coordinate: all, but for as many as a sector's rank lacks."""
        kept = np.full(self.dimension, self._regular is not None)
        if self._regular is not None:
            return kept
        for places, (values, _) in zip(self.indices, self._range, strict=True):
            kept[places[: values.size]] = True
        return kept

    def whiten(self, vectors: Floats) -> tuple[Floats, float]:
        """Return independent standard coordinates (..., rank) of vectors (..., n), and what is left over.

        On a regular sector they are the Cholesky coordinates, at their own indices; on a singular one
        eigen-coordinates on the range. The second value is the largest component outside the range,
        relative to the largest entry.
        """
        columns, outside = np.ascontiguousarray(vectors.reshape(-1, self.dimension).T), 0.0
        scale = float(np.abs(columns).max(initial=0.0))
        for number, (places, factor) in enumerate(zip(self.indices, self._factors, strict=True)):
            part = columns[places]
            if factor is not None:  # L^-1 part, as part^T L^-T in BLAS's own order of entries
                solved = scipy.linalg.blas.dtrsm(
                    1.0, factor, part.T, side=1, lower=1, trans_a=1, overwrite_b=1
                )
                columns[places] = solved.T
                continue
            values, basis = self._range[number]
            coordinates = basis.T @ part
            outside = max(outside, float(np.abs(part - basis @ coordinates).max(initial=0.0)))
            columns[places[: values.size]] = coordinates / np.sqrt(values)[:, None]
        white = columns.T if self.kept.all() else columns[self.kept].T
        return white.reshape(*vectors.shape[:-1], white.shape[1]), outside / scale if scale else 0.0

    def logdet(self) -> float:
        """Return the log-determinant; -inf when singular."""
        if self.rank < self.dimension:
            return -np.inf
        if self._regular is not None:
            return float(sum(2 * np.log(np.diagonal(factor)).sum() for factor in self._regular))
        return float(sum(np.log(values).sum() for values, _ in self._range))


def _norm(block: Floats) -> float:
    return float(np.abs(block).sum(axis=0).max())


def _factor(block: Floats) -> Floats | None:
    """Return the lower Cholesky factor; None where there is none."""
    factor, failed = scipy.linalg.lapack.dpotrf(block, lower=1)
    return None if failed else factor


def _regular_factor(block: Floats, floor: float) -> Floats | None:
    """Return the lower Cholesky factor; None where an eigenvalue may be as small as the floor."""
    factor, norm = _factor(block), _norm(block)
    if factor is None:
        return None
    reciprocal, _ = scipy.linalg.lapack.dpocon(factor, norm, uplo="L")
    return factor if reciprocal * norm > CLEAR * floor else None


def _inverse_factor(factor: Floats) -> Floats:
    return np.asarray(scipy.linalg.solve_triangular(factor, np.eye(len(factor)), lower=True))
