"""What a user's network predicts: the score, the noise or the data; and the maps between the three.

    alpha_t = m alpha_0 + s_t eps, eps ~ N(0, Sigma):  Sigma score = -eps/s_t = (m alpha_0 - alpha_t)/v

with eps and alpha_0 in the mean given alpha_t. A sampler needs Sigma score alone, so that Sigma is never
inverted; only a score that is asked for needs Sigma^-1. Arrays may be of any library.

Source: our derivation (noise-parametrisation, denoiser, noise-and-denoiser).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import parametrisation as generated
from sphspec.covariance import NoiseCovariance
from sphspec.dynamics import TINY, Dynamics, ScalarDynamics, column
from sphspec.processes import Process

Function = Callable[[Any, Any], Any]
OUTSIDE = 1e-8  # relative part of a vector outside the range of Sigma that is more than roundoff


class Driven(Protocol):
    """What is needed of a spectral SDE."""

    @property
    def covariance(self) -> NoiseCovariance:
        """Sigma."""

    @property
    def dynamics(self) -> Dynamics:
        """What the process makes of coefficients."""


@dataclass(frozen=True)
class NoisePrediction:
    """A network that predicts the noise: function(alpha_t, t) -> E[eps | alpha_t], eps ~ N(0, Sigma).

    The noise is coloured: in training, alpha_t = m alpha_0 + s_t eps and eps is the target.
    """

    function: Function

    def smoothed(self, sde: Driven, alpha: Any, t: Any) -> Any:
        """Return Sigma times the score, like alpha: -eps/s_t, s_t > 0."""
        noise = _called(self.function, "the predicted noise", sde, alpha, t)
        return generated.smoothed_of_noise(noise, _deviation(sde, t))


@dataclass(frozen=True)
class Denoiser:
    """A network that predicts the data: function(alpha_t, t) -> E[alpha_0 | alpha_t]."""

    function: Function

    def smoothed(self, sde: Driven, alpha: Any, t: Any) -> Any:
        """Return Sigma times the score, like alpha: (m E[alpha_0 | alpha_t] - alpha_t)/s_t^2, s_t > 0."""
        data = _called(self.function, "the denoised data", sde, alpha, t)
        return generated.smoothed_of_denoised(alpha, data, _mean(sde, t), _variance(sde, t))


Model = Function | NoisePrediction | Denoiser


def smoothed_score(model: Model, sde: Driven, alpha: Any, t: Any) -> Any:
    """Return Sigma times the score of a model, like alpha: all that a sampler needs.

    Parameters
    ----------
    model : a plain function (alpha, t) -> score, a NoisePrediction or a Denoiser
    sde : process and noise
    alpha : (..., n) coefficients, checked
    t : times that broadcast with the batch axes, checked

    Raises
    ------
    ValueError
        for a model's value of another shape or library than alpha; at t = 0, or without a scalar process,
        for a model that is no score.
    """
    if not callable(model) and not isinstance(model, NoisePrediction | Denoiser):
        raise ValueError(f"score must be a function (alpha, t), NoisePrediction or Denoiser, got {model!r}")
    if isinstance(model, NoisePrediction | Denoiser):
        return model.smoothed(sde, alpha, t)
    return sde.covariance.apply(_called(model, "score", sde, alpha, t))


def noise_of_score(sde: Driven, score: Any, t: Any) -> Any:
    """Return the predicted noise -s_t Sigma score."""
    _fit(score, t)
    return generated.noise_of_smoothed(sde.covariance.apply(score), column(arrays.sqrt(_moments(sde, t)[1])))


def score_of_noise(sde: Driven, noise: Any, t: Any) -> Any:
    """Return the score -Sigma^-1 eps/s_t; on the range of a singular Sigma by the pseudo-inverse.

    Raises
    ------
    ValueError
        at t = 0; for noise off the range of a singular Sigma, whose rank is named.
    """
    _fit(noise, t)
    given = check.coefficients("noise", noise, sde.covariance.n)
    return solve(sde.covariance, generated.smoothed_of_noise(given, _deviation(sde, t)))


def denoised_of_score(sde: Driven, alpha: Any, score: Any, t: Any) -> Any:
    """Return the denoised data (alpha_t + s_t^2 Sigma score)/m."""
    _fit(score, t)
    mean, variance = map(column, _moments(sde, t))
    state = _like("alpha", alpha, score, sde)
    return generated.denoised_of_smoothed(state, sde.covariance.apply(score), mean, variance)


def score_of_denoised(sde: Driven, alpha: Any, denoised: Any, t: Any) -> Any:
    """Return the score Sigma^-1 (m E[alpha_0 | alpha_t] - alpha_t)/s_t^2; otherwise as `score_of_noise`."""
    _fit(denoised, t)
    state, given = _like("alpha", alpha, denoised, sde), _like("denoised", denoised, alpha, sde)
    smoothed = generated.smoothed_of_denoised(state, given, _mean(sde, t), _variance(sde, t))
    return solve(sde.covariance, smoothed)


def denoised_of_noise(sde: Driven, alpha: Any, noise: Any, t: Any) -> Any:
    """Return the denoised data (alpha_t - s_t eps)/m."""
    _fit(noise, t)
    mean, variance = map(column, _moments(sde, t))
    state, given = _like("alpha", alpha, noise, sde), _like("noise", noise, alpha, sde)
    return generated.denoised_of_noise(state, given, mean, arrays.sqrt(variance))


def noise_of_denoised(sde: Driven, alpha: Any, denoised: Any, t: Any) -> Any:
    """Return the predicted noise (alpha_t - m E[alpha_0 | alpha_t])/s_t, s_t > 0."""
    _fit(denoised, t)
    state, given = _like("alpha", alpha, denoised, sde), _like("denoised", denoised, alpha, sde)
    return generated.noise_of_denoised(state, given, _mean(sde, t), _deviation(sde, t))


def solve(covariance: NoiseCovariance, vectors: Any) -> Any:
    """Return Sigma^-1 v, or the pseudo-inverse's product for v in the range of a singular Sigma.

    Raises
    ------
    ValueError
        for v off the range, where its values can be looked at; the rank is named.
    """
    solved = covariance.apply_inverse(vectors, on_range=True)
    if covariance.rank() < covariance.n and arrays.is_concrete(vectors):
        xp = arrays.namespace(vectors)
        missed = xp.max(abs(covariance.apply(solved) - vectors), axis=-1)
        if arrays.any_of(missed > OUTSIDE * xp.max(abs(vectors), axis=-1)):
            raise ValueError(
                f"Sigma is singular (rank {covariance.rank()} of {covariance.n}) and the value has a part "
                f"off its range, where Sigma^-1 is not defined; project it, or keep to Sigma times the score"
            )
    return solved


def scalar_process(sde: Driven, who: str) -> Process:
    """Return the scalar process of an SDE; ValueError naming who needs it where there is none."""
    dynamics = sde.dynamics
    if isinstance(dynamics, ScalarDynamics):
        return dynamics.process
    raise ValueError(
        f"{who} needs a scalar process such as VP(), with alpha_t = m alpha_0 + s_t eps; got "
        f"{type(dynamics).__name__}: use a score and EulerMaruyama() or Heun()"
    )


def _fit(value: Any, t: Any) -> None:
    """Refuse times that do not broadcast with the batch axes of coefficients."""
    if not hasattr(value, "shape") or not value.shape:
        raise ValueError(f"coefficients must be an array (..., n), got {value!r}")
    batch, when = tuple(value.shape[:-1]), tuple(getattr(t, "shape", ()))
    check.batch({"coefficients": value}, {"t": t})
    if len(when) > len(batch):
        raise ValueError(f"t must broadcast to the batch axes {batch}; got shape {when}")


def _moments(sde: Driven, t: Any) -> tuple[Any, Any]:
    process, time = scalar_process(sde, "this parametrisation"), check.times("t", t)
    return process.mean(time), process.variance(time)


def _mean(sde: Driven, t: Any) -> Any:
    return column(_moments(sde, t)[0])


def _variance(sde: Driven, t: Any) -> Any:
    """Return v(t) > 0 beside the batch axes; what it divides has no limit that the network knows."""
    variance = _moments(sde, t)[1]
    if arrays.is_concrete(variance) and arrays.any_of(variance < TINY):
        raise ValueError(
            f"t must be > 0, with s_t^2 >= {TINY:.0e}: at t = 0 neither noise nor data tell the score"
        )
    return column(variance)


def _deviation(sde: Driven, t: Any) -> Any:
    return arrays.sqrt(_variance(sde, t))


def _called(function: Function, name: str, sde: Driven, alpha: Any, t: Any) -> Any:
    """Return what a function makes of coefficients and times, checked to be like the coefficients."""
    value = function(alpha, t)
    shape, found = _shapes(alpha, value)
    if found != shape:
        raise ValueError(f"{name} must return shape {shape}, like alpha; got {found}")
    return check.coefficients(name, value, sde.covariance.n)


def _like(name: str, value: Any, other: Any, sde: Driven) -> Any:
    """Return a value checked to be coefficients in the shape and library of another."""
    shape, found = _shapes(other, value)
    if found != shape:
        raise ValueError(f"{name} must have the shape {shape} of its companion, got {found}")
    return check.coefficients(name, value, sde.covariance.n)


def _shapes(one: Any, other: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes of two arrays of one library."""
    arrays.namespace(one, other)
    return tuple(getattr(one, "shape", ())), tuple(getattr(other, "shape", ()))
