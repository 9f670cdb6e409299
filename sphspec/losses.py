"""Denoising score matching, example by example: on the coefficients, on predicted noise, on the pixels.

    |s - grad log p(alpha_t | alpha_0)|_W^2    with W one of `sphspec.metrics`; a loss is (...) for (..., n)

States are alpha_t = m alpha_0 + s_t R z with R R^T = Sigma and standard normals z. The mean over examples is
the caller's. Arrays are of NumPy, PyTorch, JAX or CuPy, all of one library, and losses are differentiable
where the library is. The loss on the pixels is the one in the Sigma metric plus a constant, `spatial_offset`
on average, whatever the score.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import loss as generated
from sphspec._generated import score as generated_score
from sphspec.covariance import NoiseCovariance
from sphspec.dynamics import TINY, column
from sphspec.metrics import Metric, NoiseMetric, SigmaMetric
from sphspec.parametrisation import scalar_process
from sphspec.processes import Process
from sphspec.sde import SpectralSDE

Score = Callable[[Any, Any], Any]
SIGMA, NOISE = SigmaMetric(), NoiseMetric()


def score_matching(
    sde: SpectralSDE, score: Score, alpha0: Any, t: Any, normals: Any, metric: Metric = SIGMA
) -> Any:
    """Return the loss of a score on states drawn from alpha_0, (...).

    Parameters
    ----------
    sde : the process and its noise
    score : (alpha, t) -> array like alpha
    alpha0 : (..., n) coefficients of the data, chart R1
    t : in (0, 1], a number or an array that broadcasts to the batch axes
    normals : independent standard normals like alpha0
    metric : SigmaMetric(), PlainMetric(), LikelihoodMetric() or NoiseMetric()

    Raises
    ------
    ValueError
        for t = 0, wrong shapes, complex coefficients, arrays of several libraries; a singular Sigma in the
        plain metric.

    Source: our derivation (root-loss).

    >>> from sphspec import VP, GaussLegendre, Quadrature, SpectralSDE, noise_covariance
    >>> sde = SpectralSDE(VP(), noise_covariance(Quadrature(GaussLegendre(3, 5), 2)))
    >>> zeros = np.zeros((4, 9))
    >>> score_matching(sde, lambda alpha, t: -alpha, zeros, 0.5, zeros)
    array([0., 0., 0., 0.])
    """
    start, white = _of(sde, "alpha0", alpha0), _of(sde, "normals", normals)
    time = check.times("t", t, positive=True)
    _fit(time, alpha0=start, normals=white)
    noise = column(_deviation(sde, time)) * sde.covariance.apply_root(white)
    state = column(_process(sde).mean(time)) * start + noise
    return score_loss(sde, score(state, time), time, white, metric)


def score_loss(sde: SpectralSDE, predicted: Any, t: Any, normals: Any, metric: Metric = SIGMA) -> Any:
    """Return the loss of a score that was predicted for the state m alpha_0 + s_t R z, (...).

    Parameters are those of `score_matching`, with the predicted score (..., n).

    Source: our derivation (root-loss).
    """
    value, white = _of(sde, "predicted", predicted), _of(sde, "normals", normals)
    time = check.times("t", t, positive=True)
    _fit(time, normals=white, predicted=value)
    rooted, target = _checked(metric).of_score(sde.covariance, value), metric.of_white(sde.covariance, white)
    return _weighed(sde, metric, time, generated.departure(rooted, target, _divisor(sde, time)))


def state_loss(
    sde: SpectralSDE, predicted: Any, alpha_t: Any, alpha0: Any, t: Any, metric: Metric = SIGMA
) -> Any:
    """Return the loss of a score that was predicted for a state alpha_t of alpha_0, (...).

    Parameters are those of `score_matching`, with the predicted score and the state (..., n). A part of
    alpha_t - m alpha_0 outside the range of a singular Sigma is left out.

    Source: our derivation (score-target, root-loss).
    """
    value, state = _of(sde, "predicted", predicted), _of(sde, "alpha_t", alpha_t)
    start, time = _of(sde, "alpha0", alpha0), check.times("t", t, positive=True)
    _fit(time, alpha_t=state, alpha0=start, predicted=value)
    deviation, mean = _divisor(sde, time), column(_process(sde).mean(time))
    noise = generated_score.residual(state, start, mean) / deviation
    rooted, target = (
        _checked(metric).of_score(sde.covariance, value),
        metric.of_coloured(sde.covariance, noise),
    )
    return _weighed(sde, metric, time, generated.departure(rooted, target, deviation))


def white_noise_loss(sde: SpectralSDE, predicted: Any, t: Any, normals: Any, metric: Metric = SIGMA) -> Any:
    """Return the loss of a network that predicts z, the score being -R^-T z/s_t, (...).

    In the Sigma metric it is |predicted - z|^2/s_t^2. Parameters are those of `score_loss`.

    Source: our derivation (white-noise-loss).
    """
    value, white = _of(sde, "predicted", predicted), _of(sde, "normals", normals)
    time = check.times("t", t, positive=True)
    _fit(time, normals=white, predicted=value)
    guess, target = _checked(metric).of_white(sde.covariance, value), metric.of_white(sde.covariance, white)
    return _weighed(sde, metric, time, generated.noise_departure(guess, target, _divisor(sde, time)))


def coloured_noise_loss(
    sde: SpectralSDE, predicted: Any, t: Any, normals: Any, metric: Metric = NOISE
) -> Any:
    """Return the loss of a network that predicts R z = -s_t Sigma score, (...).

    In the noise metric it is |predicted - R z|^2/s_t^2. Parameters are those of `score_loss`.

    Source: our derivation (coloured-noise-loss).
    """
    value, white = _of(sde, "predicted", predicted), _of(sde, "normals", normals)
    time = check.times("t", t, positive=True)
    _fit(time, normals=white, predicted=value)
    guess, target = (
        _checked(metric).of_coloured(sde.covariance, value),
        metric.of_white(sde.covariance, white),
    )
    return _weighed(sde, metric, time, generated.noise_departure(guess, target, _divisor(sde, time)))


def spatial_loss(sde: SpectralSDE, predicted: Any, t: Any, normals: Any, metric: Metric = SIGMA) -> Any:
    """Return the loss of a score of the pixels, predicted for x_t = m x_0 + s_t D^(1/2) w, (...).

    Parameters
    ----------
    sde : the process and its noise
    predicted : (..., npix) score of the pixels; A^T s of a spectral score s
    t : in (0, 1], a number or an array that broadcasts to the batch axes
    normals : w, independent standard normals like predicted
    metric : as for the coefficients, with the pixels' D for Sigma

    Source: our derivation (spatial-loss), root-loss with R = D^(1/2).
    """
    variance = sde.covariance.variance
    value = check.coefficients("predicted", predicted, variance.size)
    white, time = check.coefficients("normals", normals, variance.size), check.times("t", t, positive=True)
    _fit(time, normals=white, predicted=value)
    root = np.sqrt(metric.on_pixels(variance))
    scale = np.divide(root, np.sqrt(variance), out=np.zeros_like(root), where=variance > 0)
    rooted, target = arrays.like(root, value) * value, arrays.like(scale, white) * white
    return _weighed(sde, metric, time, generated.departure(rooted, target, _divisor(sde, time)))


def spatial_score_matching(
    sde: SpectralSDE, score: Score, x0: Any, t: Any, normals: Any, metric: Metric = SIGMA
) -> Any:
    """Return the loss on the pixels of maps x_0, for a spectral score s: that of A^T s(A x_t), (...).

    NumPy arrays alone, since maps go through the transforms.

    Parameters
    ----------
    sde : the process and its noise
    score : spectral, (alpha, t) -> array like alpha
    x0 : (..., npix) maps of the data
    t : in (0, 1], a number or an array that broadcasts to the batch axes
    normals : independent standard normals like x0
    metric : as in `spatial_loss`

    Source: our derivation (spatial-loss).
    """
    if not arrays.is_numpy(x0, normals, t):
        raise ValueError("x0, normals and t must be NumPy arrays: maps go through the transforms")
    operator, variance = sde.covariance.operator, sde.covariance.variance
    start, white = (
        check.real_array("x0", x0, variance.size),
        check.real_array("normals", normals, variance.size),
    )
    time = check.times("t", t, positive=True)
    _fit(time, x0=start, normals=white)
    noise = column(_deviation(sde, time)) * np.sqrt(variance) * white
    state = operator(column(_process(sde).mean(time)) * start + noise)
    return spatial_loss(sde, operator.adjoint(_of(sde, "score", score(state, time))), time, white, metric)


def spatial_offset(sde: SpectralSDE, t: Any) -> Any:
    """Return the spatial loss less the one in the Sigma metric, on average: (N - rank Sigma)/s_t^2.

    N counts the pixels with noise. s_t^2 times the difference of an example is chi-square distributed with
    N - rank Sigma degrees of freedom, whatever the score.

    Source: our derivation (spatial-offset).
    """
    pixels = float(np.count_nonzero(sde.covariance.variance))
    return generated.offset(
        pixels, float(sde.covariance.rank()), _process(sde).variance(check.times("t", t, positive=True))
    )


def loss_ratio_bounds(covariance: NoiseCovariance) -> tuple[float, float]:
    """Return bounds of the loss in the Sigma metric over the plain one: the extreme eigenvalues of Sigma.

    Both are attained. The smallest is 0 for a singular Sigma.

    Source: our derivation (loss-ratio).
    """
    if not isinstance(covariance, NoiseCovariance):
        raise ValueError(f"covariance must come from noise_covariance(...), got {covariance!r}")
    values = covariance.eigenvalues()
    smallest = float(values[0]) if covariance.rank() == covariance.n else 0.0
    return smallest, float(values[-1])


def _checked(metric: Any) -> Metric:
    if isinstance(metric, type) or not isinstance(metric, Metric):
        raise ValueError(f"metric must be one such as SigmaMetric(), got {metric!r}")
    return metric


def _process(sde: SpectralSDE) -> Process:
    return scalar_process(sde, "score matching")


def _fit(t: Any, **batches: Any) -> None:
    """Refuse arrays of several libraries, of different shapes, and times that do not broadcast with them."""
    (first, leading), *others = batches.items()
    for name, other in others:
        if tuple(other.shape) != tuple(leading.shape):
            raise ValueError(
                f"{name} must have the shape of {first}, {tuple(leading.shape)}; got {tuple(other.shape)}"
            )
    check.batch(batches, {"t": t})
    if len(getattr(t, "shape", ())) >= len(leading.shape):
        raise ValueError(
            f"t must broadcast to the batch axes of {first}, {tuple(leading.shape[:-1])}; got shape "
            f"{tuple(t.shape)}"
        )


def _of(sde: SpectralSDE, name: str, values: Any) -> Any:
    return check.coefficients(name, values, sde.covariance.n)


def _deviation(sde: SpectralSDE, time: Any) -> Any:
    return arrays.sqrt(_process(sde).variance(time))


def _divisor(sde: SpectralSDE, time: Any) -> Any:
    """Return s_t beside the batch axes, refusing what a division by its square overflows for."""
    variance = _process(sde).variance(time)
    if arrays.is_concrete(variance) and arrays.any_of(variance < TINY):
        raise ValueError(f"t must be > 0, with s_t^2 >= {TINY:.0e}, for a loss")
    return column(arrays.sqrt(variance))


def _weighed(sde: SpectralSDE, metric: Metric, time: Any, departure: Any) -> Any:
    return _checked(metric).weigh(
        _process(sde), time, arrays.namespace(departure).sum(departure * departure, axis=-1)
    )
