"""The spectral SDE d alpha = f(alpha, t) dt + g(t) dv, E[v_t v_t^T] = t Sigma, forwards and backwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import sde as generated
from sphspec._random import split
from sphspec.covariance import NoiseCovariance
from sphspec.data_covariance import covariance_matrix
from sphspec.drifts import LinearDrift
from sphspec.dynamics import Dynamics, ScalarDynamics, column, draw
from sphspec.linear_dynamics import LinearDynamics
from sphspec.parametrisation import Model, smoothed_score
from sphspec.processes import Process
from sphspec.samplers import EulerMaruyama
from sphspec.sampling import Sampler, Steps, reverse_path, sampler_of, step_times

Floats = NDArray[np.float64]
OUTSIDE = 1e-8  # relative part of a vector outside the range of Sigma that is more than roundoff


@dataclass(frozen=True, eq=False)
class SpectralSDE:
    """A process driven by spectral noise of covariance Sigma.

    The process is scalar, VP() for instance, or a linear drift of the field such as Heat(), whose drift of
    the coefficients is the modified one, A S M, and whose noise is no multiple of Sigma.

    Coefficients are (..., n) in chart R1; times are numbers or arrays that broadcast with the batch
    axes, 0 <= t <= 1. A score is a function (alpha, t) -> array like alpha; wherever one is asked for, a
    NoisePrediction or a Denoiser will do, and Sigma is never inverted. Arrays may be of NumPy, PyTorch,
    JAX or CuPy, all of one library; what comes back is of that library, in its precision, and
    differentiable where the library is. NumPy arrays are computed in double precision.

    Source: our derivation (spectral-sde, transition-kernel, modified-drift, linear-moments, reverse-sde,
    probability-flow, score-target).
    """

    process: Process | LinearDrift
    covariance: NoiseCovariance

    def __post_init__(self) -> None:
        if not isinstance(self.covariance, NoiseCovariance):
            raise ValueError(
                f"covariance must come from noise_covariance(...), got {type(self.covariance).__name__}"
            )
        if isinstance(self.process, type) or not isinstance(self.process, Process | LinearDrift):
            raise ValueError(f"process must be a process such as VP() or Heat(), got {self.process!r}")
        if isinstance(self.process, LinearDrift):
            self.dynamics  # noqa: B018  # refused here where it is not closed, or grows too fast

    @cached_property
    def dynamics(self) -> Dynamics:
        """What the process makes of coefficients."""
        if isinstance(self.process, LinearDrift):
            return LinearDynamics(self.process, self.covariance)
        return ScalarDynamics(self.process, self.covariance)

    def prepared(self) -> "SpectralSDE":
        """Return this SDE with what is computed when first needed: before torch.compile, which cannot.

        Its methods then compile, with breaks of the graph where the Python code looks something up.
        """
        blocks = self.covariance.blocks
        for part in (blocks.apply, blocks.root, blocks.inverse, blocks.rank, self.dynamics):
            del part
        if isinstance(self.dynamics, LinearDynamics):
            self.dynamics.drift(np.zeros(self.covariance.n))
        return self

    def marginal(self, alpha0: Any, t: Any) -> tuple[Any, Any]:
        """Return (mean, s_t): alpha_t given alpha_0 is N(mean, s_t^2 Sigma).

        s_t is None where the covariance is no multiple of Sigma (linear drifts); see `marginal_covariance`.
        """
        (start,), (time,) = self._inputs({"alpha0": alpha0}, {"t": t})
        return self.dynamics.mean(start, time), self.dynamics.noise(time).deviation

    def sample_marginal(self, alpha0: Any, t: Any, rng: Any) -> Any:
        """Return a draw of alpha_t given alpha_0, like alpha0 (broadcast with t).

        rng is a numpy.random.Generator, or a torch.Generator or a jax.random key for their arrays.
        """
        (start,), (time,) = self._inputs({"alpha0": alpha0}, {"t": t})
        mean = self.dynamics.mean(start, time)
        return mean + self.dynamics.noise(time).draw(rng, mean)

    def marginal_covariance(self, t: float, data_covariance: Any = None) -> Floats:
        """Return the covariance of alpha_t for alpha_0 of a covariance P_0, or for one alpha_0, (n, n)."""
        (), (time,) = self._inputs({}, {"t": t})
        if getattr(time, "shape", ()):
            raise ValueError(f"t must be one number, got an array of shape {tuple(time.shape)}")
        n = self.covariance.n
        start = np.zeros((n, n)) if data_covariance is None else covariance_matrix(data_covariance, n)
        return self.dynamics.marginal_covariance(start, float(time))

    def transition(self, alpha_s: Any, s: Any, t: Any) -> tuple[Any, Any]:
        """Return (mean, deviation): alpha_t given the path up to s <= t is N(mean, deviation^2 Sigma).

        The deviation is None where the covariance is no multiple of Sigma (linear drifts).
        The variance v(t) - (m(t)/m(s))^2 v(s) is a difference, right to roundoff of v(t).

        Source: our derivation (transition-kernel).
        """
        (state,), (early, late) = self._inputs({"alpha_s": alpha_s}, {"s": s, "t": t})
        if arrays.is_concrete(early) and arrays.is_concrete(late) and arrays.any_of(early > late):
            raise ValueError(f"s must be <= t, got s = {_shown(early)}, t = {_shown(late)}")
        return self.dynamics.mean(state, late, early), self.dynamics.noise(late, early).deviation

    def drift(self, alpha: Any, t: Any) -> Any:
        """Return the forward drift."""
        (state,), (time,) = self._inputs({"alpha": alpha}, {"t": t})
        return self.dynamics.drift(state, time)

    def diffusion(self, t: Any) -> Any:
        """Return g(t), the factor of dv."""
        return arrays.sqrt(self.dynamics.power(check.times("t", t)))

    def reverse_drift(self, alpha: Any, t: Any, score: Model) -> Any:
        """Return the drift of the reverse SDE, f - g^2 Sigma score."""
        return generated.reverse_drift(*self._reverse_terms(alpha, t, score))

    def probability_flow(self, alpha: Any, t: Any, score: Model) -> Any:
        """Return the velocity of the probability flow, f - (g^2/2) Sigma score."""
        return generated.probability_flow(*self._reverse_terms(alpha, t, score))

    def score_target(self, alpha_t: Any, alpha0: Any, t: Any) -> Any:
        """Return grad log p(alpha_t | alpha_0) = -Sigma^-1 (alpha_t - m alpha_0)/s_t^2.

        On a singular Sigma the pseudo-inverse is used.

        Raises
        ------
        ValueError
            at t = 0, where the kernel has no density; for alpha_t that the process cannot reach
            because Sigma is singular.
        """
        (state, start), (time,) = self._inputs({"alpha_t": alpha_t, "alpha0": alpha0}, {"t": t})
        residual, noise = self.dynamics.residual(state, start, time), self.dynamics.noise(time)
        target = noise.target(residual)
        self._require_reachable(residual, -noise.apply(target))
        return target

    def sample_prior(self, rng: Any, size: int | tuple[int, ...]) -> Any:
        """Return draws of the prior, the noise at t = 1: N(0, s_1^2 Sigma), (size, n), in rng's library."""
        return self.dynamics.prior(rng, size)

    def sample(self, score: Model, rng: Any, size: int, steps: Steps, sampler: Sampler | None = None) -> Any:
        """Return draws of the reverse process from the prior to t = 0, (size, n).

        Parameters
        ----------
        score : (alpha, t) -> array like alpha, t a number in (0, 1]; or NoisePrediction, Denoiser
        rng : source of randomness
        size : number of draws
        steps : number of equal time steps, >= 1, or the times of the steps, from 1 down to 0
        sampler : EulerMaruyama() where none is given; Exponential(), Heun(), PredictorCorrector() ...
        """
        check.integer("size", size, 1)
        chosen = sampler_of(sampler or EulerMaruyama())
        first, *others = split(rng, 1 + chosen.draws * (len(step_times(steps)) - 1))
        start = self.sample_prior(first, size)
        noise = (draw(self.covariance, key, start) for key in others)
        return self.reverse_path(start, score, noise, steps, chosen)

    def reverse_path(
        self, start: Any, score: Model, noise: Iterable[Any], steps: Steps, sampler: Sampler | None = None
    ) -> Any:
        """Return alpha at t = 0 of the reverse process, with noise that is given.

        Parameters
        ----------
        start : (..., n) alpha at t = 1
        score : as for `sample`
        noise : draws of N(0, Sigma) like alpha, as many for each step as the sampler takes, first at t = 1
        steps : as for `sample`
        sampler : as for `sample`

        Raises
        ------
        ValueError
            where the noise ends before the steps do.
        """
        return reverse_path(self, start, score, noise, steps, sampler or EulerMaruyama())

    def _reverse_terms(self, alpha: Any, t: Any, score: Model) -> tuple[Any, Any, Any]:
        (state,), (time,) = self._inputs({"alpha": alpha}, {"t": t})
        smoothed = smoothed_score(score, self, state, time)
        return self.dynamics.drift(state, time), column(self.dynamics.power(time)), smoothed

    def _inputs(self, coefficients: dict[str, Any], moments: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        """Return coefficients and times, each checked, of one library and broadcastable."""
        alphas = {name: self._coefficients(value, name) for name, value in coefficients.items()}
        times = {name: check.times(name, value) for name, value in moments.items()}
        check.batch(alphas, times)
        return list(alphas.values()), list(times.values())

    def _coefficients(self, values: Any, name: str) -> Any:
        return check.coefficients(name, values, self.covariance.n)

    def _require_reachable(self, residual: Any, reached: Any) -> None:
        if self.covariance.rank() == self.covariance.n or not arrays.is_concrete(residual):
            return
        xp = arrays.namespace(residual)
        missed = xp.max(abs(reached - residual), axis=-1)
        if arrays.any_of(missed > OUTSIDE * xp.max(abs(residual), axis=-1)):
            raise ValueError(
                f"alpha_t - m alpha_0 is not in the range of Sigma (rank {self.covariance.rank()} of "
                f"{self.covariance.n}): the process cannot reach it"
            )


def _shown(time: Any) -> str:
    return str(time) if not getattr(time, "shape", ()) else f"an array of shape {tuple(time.shape)}"
