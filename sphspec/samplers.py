"""Samplers of the reverse process: a step each from t to s < t, and the same step for a linear score.

EulerMaruyama and Heun take any drift; Exponential and ExponentialFlow are exact in the linear part of a
scalar process; PredictorCorrector adds Langevin steps with Sigma as preconditioner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import parametrisation as generated_parametrisation
from sphspec._generated import samplers as generated
from sphspec._generated import sde as generated_sde
from sphspec.parametrisation import Model, scalar_process, smoothed_score
from sphspec.sampling import Linear, Move, Reversible, Sampler, sampler_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EulerMaruyama:
    """alpha - dt r + sqrt(g^2 dt) xi with the reverse drift r at t: first order.

    Source: Song et al. 2011.13456, section 4.2; our derivation (backward-step, sampler-step).
    """

    draws: int = field(default=1, init=False)

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s."""
        drift, power = sde.reverse_drift(alpha, t, model), sde.dynamics.power(t)
        return generated_sde.backward_step(alpha, drift, power, t - s, noise[0])

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return F = 1 - dt B + g^2 dt Sigma S, q = g^2 dt."""
        power, dt = linear.power(t), t - s
        transition = generated_sde.step_matrix(linear.sigma, linear.score(t), linear.drift(t), power, dt)
        return (Move(transition, generated_sde.step_power(power, dt)),)


@dataclass(frozen=True)
class Exponential:
    """Exact in the linear part and in its noise, the noise prediction eps frozen over the step.

    (m_s/m_t) alpha - 2 m_s (lambda_t - lambda_s) eps + m_s sqrt(lambda_t^2 - lambda_s^2) xi, lambda = s_t/m:
    first order in lambda. Where v(t) starts like t (VP, VE), lambda grows like the root of t and equal steps
    in t err like dt log(1/dt); steps that crowd at t = 0, such as (k/K)^2, restore dt.

    Source: our derivation (exponential-step).
    """

    draws: int = field(default=1, init=False)

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s."""
        ends = _ends(sde, "Exponential", t, s)
        power = generated.exponential_power(*ends)
        return generated.exponential_step(alpha, _noise(sde, model, alpha, t), *ends, power, noise[0])

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return F = (m_s/m_t) 1 + 2 m_s (lambda_t - lambda_s) s_t Sigma S and q."""
        ends = _ends(linear.sde, "Exponential", t, s)
        transition = generated.exponential_matrix(
            linear.sigma, linear.score(t), *ends[:3], generated.exponential_gap(*ends)
        )
        return (Move(transition, generated.exponential_power(*ends)),)


@dataclass(frozen=True)
class ExponentialFlow:
    """The same for the probability flow, without noise: (m_s/m_t) alpha - m_s (lambda_t - lambda_s) eps.

    With Sigma = 1 it is DDIM; its order is that of `Exponential`.

    Source: Song et al. 2010.02502, eq. 12 at sigma = 0; our derivation (exponential-flow).
    """

    draws: int = field(default=0, init=False)

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s."""
        del noise
        ends = _ends(sde, "ExponentialFlow", t, s)
        return generated.exponential_flow(alpha, _noise(sde, model, alpha, t), *ends)

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return F = (m_s/m_t) 1 + m_s (lambda_t - lambda_s) s_t Sigma S, q = 0."""
        ends = _ends(linear.sde, "ExponentialFlow", t, s)
        transition = generated.exponential_flow_matrix(
            linear.sigma, linear.score(t), *ends[:3], generated.exponential_gap(*ends)
        )
        return (Move(transition, 0.0),)


@dataclass(frozen=True)
class Heun:
    """alpha - dt (k_1 + k_2)/2 along the probability flow: second order.

    The step to s = 0 is Euler's, since a score need not exist there: one step of local error dt^2.

    Source: Karras et al. 2206.00364, algorithm 1; our derivation (flow-heun).
    """

    draws: int = field(default=0, init=False)

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s."""
        del noise
        first = sde.probability_flow(alpha, t, model)
        ahead = generated.flow_euler(alpha, first, t - s)
        if s == 0:
            return ahead
        return generated.flow_heun(alpha, first, sde.probability_flow(ahead, s, model), t - s)

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return F = 1 - dt/2 (V_t + V_s (1 - dt V_t)), at s = 0 F = 1 - dt V_t; q = 0."""
        first = self._velocity(linear, t)
        if s == 0:
            return (Move(generated.flow_euler_matrix(first, t - s), 0.0),)
        return (Move(generated.flow_heun_matrix(first, self._velocity(linear, s), t - s), 0.0),)

    def _velocity(self, linear: Linear, t: float) -> Floats:
        matrix = generated.velocity_matrix(linear.sigma, linear.score(t), linear.drift(t), linear.power(t))
        return np.asarray(matrix)


@dataclass(frozen=True)
class PredictorCorrector:
    """Langevin steps at t, then the predictor's step from t: no score is asked for at t = 0.

    A correction is alpha + h Sigma score + sqrt(2 h) xi; Sigma is the preconditioner. Its size is a number
    of t alone, h = 2 ratio^2 v(t), so that the step of a linear score is linear and has an exact law. Song
    et al. take 2 (ratio |xi|/|Sigma score|)^2 with the draw's own norms; |Sigma score| = |xi|/s_t where
    the data are one point gives this h. Corrections of Gaussian data are stable for any Sigma and
    ratio < 1, since v Sigma <= P_t.

    Attributes
    ----------
    predictor : another sampler
    corrections : Langevin steps before each of its steps, >= 1
    ratio : signal-to-noise ratio r, 0 < r < 1
    size : h as one number for all t, in place of the rule: for dynamics without a scalar process

    Source: Song et al. 2011.13456, algorithms 4 and 5; our derivation (langevin-step, langevin-size).
    """

    predictor: Sampler = field(default_factory=EulerMaruyama)
    corrections: int = 1
    ratio: float = 0.16
    size: float | None = None

    def __post_init__(self) -> None:
        check.integer("corrections", self.corrections, 1)
        if check.positive("ratio", self.ratio) >= 1:
            raise ValueError(f"ratio must be < 1, got {self.ratio}: corrections would be unstable")
        if self.size is not None:
            check.positive("size", self.size)
        sampler_of(self.predictor)

    @property
    def draws(self) -> int:
        """Draws of N(0, Sigma) that a step takes."""
        return self.corrections + self.predictor.draws

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s; the corrections take the first draws."""
        size = self._size(sde, t)
        for place in range(self.corrections):
            alpha = generated.langevin_step(alpha, smoothed_score(model, sde, alpha, t), size, noise[place])
        return self.predictor.step(sde, model, alpha, t, s, noise[self.corrections :])

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return the corrections, F = 1 + h Sigma S and q = 2 h, then the predictor's moves."""
        size = self._size(linear.sde, t)
        transition = generated.langevin_matrix(linear.sigma, linear.score(t), size)
        correction = Move(transition, generated.langevin_power(size))
        return (correction,) * self.corrections + self.predictor.moves(linear, t, s)

    def _size(self, sde: Reversible, t: float) -> float:
        if self.size is not None:
            return self.size
        process = scalar_process(sde, "PredictorCorrector without a size")
        return float(generated.langevin_size(self.ratio, process.variance(t)))


def _ends(sde: Reversible, who: str, t: float, s: float) -> tuple[float, float, float, float]:
    """Return m(t), m(s), s_t and s_s."""
    process = scalar_process(sde, who)
    variances = (arrays.sqrt(process.variance(time)) for time in (t, s))
    return (process.mean(t), process.mean(s), *variances)


def _noise(sde: Reversible, model: Model, alpha: Any, t: float) -> Any:
    deviation = arrays.sqrt(scalar_process(sde, "Exponential").variance(t))
    return generated_parametrisation.noise_of_smoothed(smoothed_score(model, sde, alpha, t), deviation)
