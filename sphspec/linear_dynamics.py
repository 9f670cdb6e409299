"""What a linear drift makes of coefficients and of their noise: d alpha = B alpha dt + g dv.

B and g are constant in time:

    alpha_t given alpha_s  ~  N(E alpha_s, N),  E = e^(B (t-s)),  N' = B N + N B^T + g^2 Sigma

Where a basis of B with real rates is known (heat flow and every symmetric M with a positive definite
response), times may be batches, and arrays of any library are differentiated through. Otherwise E and N
come from NumPy, by doubling, for one number t - s at a time; they multiply arrays of any library.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import linear_drift as generated
from sphspec._random import normals
from sphspec.covariance import NoiseCovariance
from sphspec.drifts import BoundDrift, LinearDrift
from sphspec.dynamics import column
from sphspec.gathered_noise import HeldNoise, MovingNoise, moment_of
from sphspec.gram import SectorMap, SectorMatrix
from sphspec.gram.regroup import regrouped
from sphspec.gramian import Basis, step

Floats = NDArray[np.float64]
LARGEST = 300.0  # rate l with e^(2 l) far from overflow
KEPT = 8  # steps t - s whose E and N are kept


@dataclass(frozen=True, eq=False)
class LinearDynamics:
    """d alpha = B alpha dt + g dv for a linear drift of the field, E[v_t v_t^T] = t Sigma.

    Parameters
    ----------
    model : Heat(...), FractionalLaplacian(...), SpectralDrift(...), GridDrift(...)
    covariance : Sigma, with its operator

    Raises
    ------
    ValueError
        where e^(B t) overflows within 0 <= t <= 1 (the largest real part of a rate is named), where a
        drift on the grid is not closed, or where the sectors do not fit in memory.

    Source: our derivation (modified-drift, linear-moments, linear-between, linear-doubling, linear-basis).
    """

    model: LinearDrift
    covariance: NoiseCovariance
    _steps: dict[float, tuple[SectorMatrix, SectorMatrix]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.covariance, NoiseCovariance):
            raise ValueError(f"covariance must come from noise_covariance(...), got {self.covariance!r}")
        if isinstance(self.model, type) or not isinstance(self.model, LinearDrift):
            raise ValueError(f"model must be a linear drift such as Heat(), got {self.model!r}")
        if self.largest_rate > LARGEST:
            raise ValueError(
                f"the drift grows too fast: the largest real part of its rates is {self.largest_rate:.3g}, "
                f"at most {LARGEST:.0f} is allowed, or e^(2 B t) overflows by t = 1; scale it down"
            )

    @cached_property
    def bound(self) -> BoundDrift:
        """B and its basis, in sectors that Sigma respects too."""
        return self.model.bind(self.covariance.operator, self.covariance.blocks.indices)

    @cached_property
    def noise_blocks(self) -> SectorMatrix:
        """Sigma in the sectors of B."""
        return regrouped(self.covariance.blocks, self.bound.matrix.indices)

    @cached_property
    def largest_rate(self) -> float:
        """The largest real part of the eigenvalues of B."""
        if self.bound.bases is not None:
            return max(float(basis.rates.max()) for basis in self.bound.bases)
        return max(float(np.linalg.eigvals(block).real.max()) for block in self.bound.matrix.blocks)

    def drift(self, alpha: Any, t: Any = None) -> Any:
        """Return B alpha for coefficients (..., n) of any library."""
        del t
        return self.bound.matrix.apply(alpha)

    def power(self, t: Any = None) -> Any:
        """Return g^2, in the shape of t."""
        squared = float(self.model.diffusion) ** 2
        return squared if t is None else arrays.constant(squared, t)

    def mean(self, alpha: Any, t: Any, s: Any = None) -> Any:
        """Return E alpha, the mean of alpha_t given alpha_s; s = 0 where none is given."""
        return self._moved(alpha, _elapsed(t, s), generated.mean_factor)

    def increment(self, alpha: Any, t: Any, s: Any = None) -> Any:
        """Return (E - 1) alpha, the mean of alpha_t - alpha_s given alpha_s, without cancellation."""
        elapsed = _elapsed(t, s)
        if self.bound.bases is None:
            return self._moved(alpha, elapsed, generated.mean_factor) - alpha
        return self._moved(alpha, elapsed, generated.increment_factor)

    def residual(self, alpha_t: Any, alpha0: Any, t: Any) -> Any:
        """Return alpha_t less its mean given alpha_0."""
        return alpha_t - self.mean(alpha0, t)

    def noise(self, t: Any, s: Any = None) -> HeldNoise | MovingNoise:
        """Return the noise gathered from s to t, in alpha_t and in the increment alike."""
        elapsed = _elapsed(t, s)
        if isinstance(elapsed, float):
            return HeldNoise(self._step(elapsed)[1])
        return MovingNoise(
            self.bound.matrix.indices, self._bases(), self._spread, self.power(), elapsed, self._regular
        )

    def factor(self, t: float, s: float = 0.0) -> SectorMatrix:
        """Return E for times that are numbers; it is not symmetric."""
        return self._step(_number(t, s))[0]

    def gathered(self, t: float, s: float = 0.0) -> SectorMatrix:
        """Return N for times that are numbers."""
        return self._step(_number(t, s))[1]

    def marginal_covariance(self, start: Any, t: float) -> Floats:
        """Return P_t = E P_0 E^T + N, (n, n), for a dense covariance P_0 of alpha_0.

        Source: our derivation (linear-between).
        """
        factor, noise = self._step(_number(t, 0.0))
        if not np.any(start):
            return noise.dense()
        return np.asarray(generated.later_law(factor.dense(), np.asarray(start), noise.dense()))

    def prior(self, rng: Any, size: int | tuple[int, ...]) -> Any:
        """Return draws of N(0, N) at t = 1, (size, n), in the library of rng."""
        shape = (*check.shape("size", size), self.covariance.n)
        check.fits(16.0 * float(np.prod(shape)), f"{shape[0] if shape else 1} draws", "use a smaller size")
        return HeldNoise(self.gathered(1.0)).of_white(normals(rng, shape))

    @cached_property
    def _regular(self) -> bool:
        return self.covariance.rank() == self.covariance.n

    @cached_property
    def _spread(self) -> tuple[Floats, ...]:
        """V^-1 Sigma V^-T in each sector."""
        pairs = zip(self._bases(), self.noise_blocks.blocks, strict=True)
        return tuple(np.asarray(generated.congruence(basis.inverse, block)) for basis, block in pairs)

    def _bases(self) -> tuple[Basis, ...]:
        if self.bound.bases is None:
            raise ValueError(
                f"{self.model!r} has no known basis of real rates on {self.covariance.operator!r}: its "
                f"moments are found by doubling, for one time at a time; give t as a number"
            )
        return self.bound.bases

    def _moved(self, alpha: Any, elapsed: Any, factor: Any) -> Any:
        if self.bound.bases is None:
            if not isinstance(elapsed, float):
                self._bases()
            return self._step(elapsed)[0].apply(alpha)
        into, back, rates = self._frame
        scale = factor(rates if isinstance(elapsed, float) else arrays.like(rates, elapsed), column(elapsed))
        inside = into(alpha)
        return back((arrays.like(scale, inside) if isinstance(elapsed, float) else scale) * inside)

    @cached_property
    def _frame(self) -> tuple[SectorMap, SectorMap, Floats]:
        """V^-1 and V as maps, and the rates, each at the index of its column."""
        indices, bases = self.bound.matrix.indices, self._bases()
        rates = np.empty(self.covariance.n)
        for places, basis in zip(indices, bases, strict=True):
            rates[places] = basis.rates
        into = SectorMap(indices, tuple(basis.inverse for basis in bases))
        return into, SectorMap(indices, tuple(basis.vectors for basis in bases)), rates

    def _step(self, elapsed: float) -> tuple[SectorMatrix, SectorMatrix]:
        """Return E and N after a time."""
        found = self._steps.get(elapsed)
        if found is None:
            found = self._computed(elapsed)
            if len(self._steps) >= KEPT:
                self._steps.clear()
            self._steps[elapsed] = found
        return found

    def _computed(self, elapsed: float) -> tuple[SectorMatrix, SectorMatrix]:
        indices, pairs = self.bound.matrix.indices, []
        if self.bound.bases is None:
            for drift, noise in zip(self.bound.matrix.blocks, self.noise_blocks.blocks, strict=True):
                pairs.append(step(drift, self.power() * noise, elapsed))
        else:
            for basis, spread in zip(self.bound.bases, self._spread, strict=True):
                scale = generated.mean_factor(basis.rates, elapsed)
                moment = moment_of(basis, spread, self.power(), elapsed)
                noise = np.asarray(generated.congruence(basis.vectors, moment))
                pairs.append(((basis.vectors * scale) @ basis.inverse, (noise + noise.T) / 2))
        for pair in pairs:
            for block in pair:
                check.finite_result(f"{self.model!r} after t = {elapsed}", block, "scale the drift down")
        n = self.covariance.n
        factors, noises = zip(*pairs, strict=True)
        return SectorMatrix(n, indices, factors), SectorMatrix(n, indices, noises)


def _elapsed(t: Any, s: Any) -> Any:
    """Return t - s: a Python number where both are, otherwise an array of any library."""
    elapsed = t if s is None else t - s
    return float(elapsed) if isinstance(elapsed, float | int | np.floating) else elapsed


def _number(t: Any, s: Any) -> float:
    """Return t - s of two checked numbers with 0 <= s <= t <= 1."""
    late, early = check.times("t", t), check.times("s", s)
    if not isinstance(late, float) or not isinstance(early, float):
        raise ValueError("t and s must be numbers here")
    if early > late:
        raise ValueError(f"s must be <= t, got s = {early}, t = {late}")
    return late - early
