"""The noise that a linear SDE gathers over a time: N(0, N), held as numbers or as a function of the time."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec._generated import linear_drift as generated
from sphspec._generated import score as generated_score
from sphspec._random import normals
from sphspec.gram import SectorMap, SectorMatrix
from sphspec.gramian import Basis

Floats = NDArray[np.float64]
TINY = 1e-290  # variances below this overflow when divided by


@dataclass(frozen=True, eq=False)
class HeldNoise:
    """N(0, N) for one time, which is a number."""

    matrix: SectorMatrix
    deviation: None = None

    @cached_property
    def scale(self) -> Floats:
        """Standard deviation of each coefficient, 1 where it has no noise."""
        found = np.sqrt(np.maximum(self.matrix.diagonal(), 0.0))
        return np.where(found > 0, found, 1.0)

    @cached_property
    def correlation(self) -> SectorMatrix:
        """N over the deviations: what decays fast keeps its digits beside what does not."""
        pairs = zip(self.matrix.indices, self.matrix.blocks, strict=True)
        blocks = [block / np.outer(self.scale[places], self.scale[places]) for places, block in pairs]
        return SectorMatrix(self.matrix.dimension, self.matrix.indices, tuple(blocks))

    def apply(self, vectors: Any) -> Any:
        """Return N v."""
        return self.matrix.apply(vectors)

    def draw(self, rng: Any, mean: Any) -> Any:
        """Return a draw like the mean."""
        return self.of_white(normals(rng, tuple(mean.shape), mean))

    def of_white(self, white: Any) -> Any:
        """Return the draws that standard normals (..., n) stand for."""
        return arrays.like(self.scale, white) * self.correlation.root(white)

    def target(self, residual: Any) -> Any:
        """Return -N^-1 r, by a generalised inverse for r in the range of a singular N."""
        if float(self.matrix.diagonal().max()) < TINY:
            raise ValueError(f"t must be > 0, with a variance >= {TINY:.0e}, for a score target")
        scale = arrays.like(self.scale, residual)
        return generated_score.gaussian(self.correlation.apply_pseudo_inverse(residual / scale) / scale)


@dataclass(frozen=True, eq=False)
class MovingNoise:
    """N(0, N) for times in an array: N = V Y V^T with Y_ij = g^2 S_ij growth(l_i + l_j, t).

    Attributes
    ----------
    indices, bases : the sectors, and the basis V of B in each
    spread : S = V^-1 Sigma V^-T of each sector
    power : g^2
    time : times > 0, an array of any library that broadcasts with the batch axes
    regular : whether Sigma is
    """

    indices: tuple[NDArray[np.int64], ...]
    bases: tuple[Basis, ...]
    spread: tuple[Floats, ...]
    power: float
    time: Any
    regular: bool
    deviation: None = None

    def apply(self, vectors: Any) -> Any:
        """Return N v for v (..., n)."""
        inside = self._each(self._vectors.adjoint(vectors), lambda moment, part: moment @ part)
        return self._vectors(inside)

    def draw(self, rng: Any, mean: Any) -> Any:
        """Return a draw like the mean; Sigma must be regular, and t > 0."""
        self._require_regular()
        xp = arrays.namespace(mean, self.time)
        white = normals(rng, tuple(mean.shape), mean)
        return self._vectors(self._each(white, lambda moment, part: xp.linalg.cholesky(moment) @ part))

    def target(self, residual: Any) -> Any:
        """Return -N^-1 r; Sigma must be regular, and t > 0."""
        self._require_regular()
        xp = arrays.namespace(residual, self.time)
        inside = self._each(self._inverse(residual), lambda moment, part: xp.linalg.solve(moment, part))
        return generated_score.gaussian(self._inverse.adjoint(inside))

    def _require_regular(self) -> None:
        if not self.regular:
            raise ValueError(
                "Sigma is singular: give one time at a time, as a number, to draw or for a target"
            )
        if arrays.is_concrete(self.time) and arrays.any_of(self.power * self.time < TINY):
            raise ValueError(
                f"times in an array must be > 0, with a variance >= {TINY:.0e}, to draw or for a target"
            )

    @cached_property
    def _vectors(self) -> SectorMap:
        return SectorMap(self.indices, tuple(basis.vectors for basis in self.bases))

    @cached_property
    def _inverse(self) -> SectorMap:
        return SectorMap(self.indices, tuple(basis.inverse for basis in self.bases))

    def _each(self, vectors: Any, function: Any) -> Any:
        """Return a function of Y and the vectors, (..., b, 1), sector by sector."""
        xp, parts = arrays.namespace(vectors, self.time), []
        for places, basis, spread in zip(self.indices, self.bases, self.spread, strict=True):
            moment = moment_of(basis, spread, self.power, self.time[..., None, None])
            part = arrays.take(vectors, places)[..., None]
            batch = np.broadcast_shapes(tuple(moment.shape[:-2]), tuple(part.shape[:-2]))
            moment = xp.broadcast_to(moment, (*batch, *moment.shape[-2:]))
            part = xp.broadcast_to(part, (*batch, *part.shape[-2:]))
            parts.append(function(moment, part)[..., 0])
        order = np.argsort(np.concatenate(self.indices))
        return arrays.take(xp.concat(parts, axis=-1), order)


def moment_of(basis: Basis, spread: Floats, power: float, time: Any) -> Any:
    """Return Y of one sector, (..., b, b), at times (..., 1, 1) or a number.

    Source: our derivation (linear-moments).
    """
    total = basis.rates[:, None] + basis.rates
    if not isinstance(time, float):
        total = arrays.like(total, time) + 0 * time  # an array of time's library, JAX's too
        spread = arrays.like(spread, time)
    return generated.noise_entry(power, spread, generated.growth(total, time))
