"""The spectral SDE d alpha = a(t) alpha dt + g(t) dv, E[v_t v_t^T] = t Sigma, forwards and backwards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import score as generated_score
from sphspec._generated import sde as generated
from sphspec.covariance import NoiseCovariance
from sphspec.processes import Process

Floats = NDArray[np.float64]
Score = Callable[[Floats, Any], Any]
TINY = 1e-290  # variances below this overflow when divided by
OUTSIDE = 1e-8  # relative part of a vector outside the range of Sigma that is more than roundoff


@dataclass(frozen=True, eq=False)
class SpectralSDE:
    """A scalar process driven by spectral noise of covariance Sigma.

    Coefficients are (..., n) in chart R1; times are numbers or arrays that broadcast with the batch
    axes, 0 <= t <= 1. A score is a function (alpha, t) -> array like alpha.

    Source: our derivation (spectral-sde, transition-kernel, reverse-sde, probability-flow, score-target).
    """

    process: Process
    covariance: NoiseCovariance

    def __post_init__(self) -> None:
        if not isinstance(self.covariance, NoiseCovariance):
            raise ValueError(
                f"covariance must come from noise_covariance(...), got {type(self.covariance).__name__}"
            )
        if isinstance(self.process, type) or not isinstance(self.process, Process):
            raise ValueError(f"process must be a process such as VP(), got {self.process!r}")

    def marginal(self, alpha0: Any, t: Any) -> tuple[Floats, Any]:
        """Return (mean, s_t): alpha_t given alpha_0 is N(mean, s_t^2 Sigma)."""
        start, time = self._coefficients(alpha0, "alpha0"), _times(t)
        mean: Floats = _column(self.process.mean(time)) * start
        return mean, np.sqrt(self.process.variance(time))

    def sample_marginal(self, alpha0: Any, t: Any, rng: np.random.Generator) -> Floats:
        """Return a draw of alpha_t given alpha_0, like alpha0 (broadcast with t)."""
        mean, deviation = self.marginal(alpha0, t)
        return np.asarray(mean + _column(deviation) * self.covariance.sample(rng, mean.shape[:-1]))

    def transition(self, alpha_s: Any, s: Any, t: Any) -> tuple[Floats, Any]:
        """Return (mean, deviation): alpha_t given the path up to s <= t is N(mean, deviation^2 Sigma).

        The variance v(t) - (m(t)/m(s))^2 v(s) is a difference, right to roundoff of v(t).

        Source: our derivation (transition-kernel).
        """
        state, early, late = self._coefficients(alpha_s, "alpha_s"), _times(s), _times(t)
        if np.any(early > late):
            raise ValueError(f"s must be <= t, got s = {early}, t = {late}")
        means = self.process.mean(late), self.process.mean(early)
        variance = generated.variance_between(
            *means, self.process.variance(late), self.process.variance(early)
        )
        mean: Floats = _column(generated.mean_between(*means)) * state
        return mean, np.sqrt(np.maximum(variance, 0.0))  # roundoff can be negative where s is close to t

    def drift(self, alpha: Any, t: Any) -> Floats:
        """Return the forward drift a(t) alpha."""
        state, time = self._coefficients(alpha, "alpha"), _times(t)
        return np.asarray(generated.forward_drift(_column(self.process.rate(time)), state))

    def diffusion(self, t: Any) -> Any:
        """Return g(t), the factor of dv."""
        return np.sqrt(self.process.power(_times(t)))

    def reverse_drift(self, alpha: Any, t: Any, score: Score) -> Floats:
        """Return the drift of the reverse SDE, a alpha - g^2 Sigma score."""
        return np.asarray(generated.reverse_drift(*self._reverse_terms(alpha, t, score)))

    def probability_flow(self, alpha: Any, t: Any, score: Score) -> Floats:
        """Return the velocity of the probability flow, a alpha - (g^2/2) Sigma score."""
        return np.asarray(generated.probability_flow(*self._reverse_terms(alpha, t, score)))

    def score_target(self, alpha_t: Any, alpha0: Any, t: Any) -> Floats:
        """Return grad log p(alpha_t | alpha_0) = -Sigma^-1 (alpha_t - m alpha_0)/s_t^2.

        On a singular Sigma the pseudo-inverse is used.

        Raises
        ------
        ValueError
            at t = 0, where the kernel has no density; for alpha_t that the process cannot reach
            because Sigma is singular.
        """
        time = _times(t)
        variance = self.process.variance(time)
        if np.any(np.asarray(variance) < TINY):
            raise ValueError(
                f"t must be > 0, with s_t^2 >= {TINY:.0e}, for a score target; got {np.min(time)}"
            )
        state, start = self._coefficients(alpha_t, "alpha_t"), self._coefficients(alpha0, "alpha0")
        residual = generated_score.residual(state, start, _column(self.process.mean(time)))
        solved = self.covariance.apply_inverse(residual, on_range=True)
        self._require_reachable(residual, solved)
        return np.asarray(generated_score.target(solved, _column(variance)))

    def sample_prior(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> Floats:
        """Return draws of the prior N(0, s_1^2 Sigma), (size, n)."""
        deviation = float(np.sqrt(self.process.variance(1.0)))
        return deviation * self.covariance.sample(rng, size)

    def sample(self, score: Score, rng: np.random.Generator, size: int, steps: int) -> Floats:
        """Return draws of the reverse SDE from the prior to t = 0 by Euler-Maruyama, (size, n).

        Parameters
        ----------
        score : (alpha, t) -> array like alpha, t a number in (0, 1]
        rng : source of randomness
        size : number of draws
        steps : number of equal time steps, >= 1
        """
        count = check.integer("steps", steps, 1)
        check.integer("size", size, 1)
        start = self.sample_prior(rng, size)
        noise = (self.covariance.sample(rng, size) for _ in range(count))
        return self.reverse_path(start, score, noise, count)

    def reverse_path(self, start: Any, score: Score, noise: Iterable[Any], steps: int) -> Floats:
        """Return alpha at t = 0 of the reverse SDE by Euler-Maruyama, with noise that is given.

        Parameters
        ----------
        start : (..., n) alpha at t = 1
        score : (alpha, t) -> array like alpha, t a number in (0, 1]
        noise : a draw of N(0, Sigma) like alpha for each step, the first at t = 1
        steps : number of equal time steps, >= 1

        Raises
        ------
        ValueError
            where the noise ends before the steps do.
        """
        count = check.integer("steps", steps, 1)
        alpha, step, draws = self._coefficients(start, "start"), 1.0 / count, iter(noise)
        for remaining in range(count, 0, -1):
            time, draw = remaining * step, next(draws, None)
            if draw is None:
                raise ValueError(f"noise must have a draw for each of {count} steps, got {count - remaining}")
            drift = self.reverse_drift(alpha, time, score)
            value = self._coefficients(draw, "noise")
            alpha = generated.backward_step(alpha, drift, self.process.power(time), step, value)
        return alpha

    def _reverse_terms(self, alpha: Any, t: Any, score: Score) -> tuple[Floats, Any, Floats]:
        state, time = self._coefficients(alpha, "alpha"), _times(t)
        value = check.real_array("score", score(state, t))
        if value.shape != state.shape:
            raise ValueError(f"score must return shape {state.shape}, like alpha; got {value.shape}")
        smoothed = self.covariance.apply(value)
        return self.drift(state, time), _column(self.process.power(time)), smoothed

    def _coefficients(self, values: Any, name: str) -> Floats:
        return check.real_array(name, values, self.covariance.n)

    def _require_reachable(self, residual: Floats, solved: Floats) -> None:
        if self.covariance.rank() == self.covariance.n:
            return
        missed = np.abs(self.covariance.apply(solved) - residual).max(axis=-1)
        if np.any(missed > OUTSIDE * np.abs(residual).max(axis=-1)):
            raise ValueError(
                f"alpha_t - m alpha_0 is not in the range of Sigma (rank {self.covariance.rank()} of "
                f"{self.covariance.n}): the process cannot reach it"
            )


def _times(t: Any) -> Floats:
    time = check.real_array("t", t)
    if time.size and (time.min() < 0 or time.max() > 1):
        raise ValueError(f"t must be in [0, 1], got {time.min()} .. {time.max()}")
    return time


def _column(values: Any) -> Any:
    """Put a time-like array beside the batch axes of coefficients (..., n)."""
    return np.asarray(values)[..., None]
