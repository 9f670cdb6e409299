"""The exact law of the reverse sampler for a linear score: what `SpectralSDE.sample` draws, steps and all.

    P <- F P F^T + g^2 dt Sigma,   F = (1 - a dt) 1 + g^2 dt Sigma S,   P = v(1) Sigma at t = 1

The score of Gaussian data N(0, P_0) is linear: S = -P_t^-1 with P_t = m^2 P_0 + v Sigma.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import score as generated_score
from sphspec._generated import sde as generated
from sphspec.sde import SpectralSDE

Floats = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
ROUNDING = 16.0  # n eps of the largest entry: what a covariance may lack in symmetry and definiteness


@dataclass(frozen=True, eq=False)
class GaussianScore:
    """grad log p_t of Gaussian data: a score for `SpectralSDE`, (alpha, t) -> -P_t^-1 alpha.

    Attributes
    ----------
    sde : the process and its noise
    data : (n, n) covariance P_0 of alpha at t = 0, chart R1
    """

    sde: SpectralSDE
    data: Floats

    def __call__(self, alpha: Any, t: Any) -> Floats:
        """Return the score of coefficients (..., n) at one time."""
        return np.asarray(alpha) @ self.matrix(t).T

    def matrix(self, t: Any) -> Floats:
        """Return S = -P_t^-1 at one time, (n, n).

        Raises
        ------
        ValueError
            where P_t is singular: data and noise leave a direction out, or t = 0 and the data do.
        """
        process, time = self.sde.process, float(t)
        law = generated.marginal_covariance(
            process.mean(time), process.variance(time), self.data, self.sde.covariance.dense()
        )
        factor, failed = scipy.linalg.lapack.dpotrf(law, lower=1)
        if failed:
            raise ValueError(
                f"the covariance of alpha at t = {time} is singular: its density has no score; add "
                f"variance to the data covariance where it has none"
            )
        inverse = scipy.linalg.cho_solve((factor, True), np.eye(law.shape[0]))
        return np.asarray(generated_score.gaussian(inverse))


def gaussian_score(sde: SpectralSDE, data_covariance: Any) -> GaussianScore:
    """Return the exact score of data N(0, P_0) under a spectral SDE.

    Parameters
    ----------
    sde : the process and its noise
    data_covariance : (n, n) symmetric, no negative eigenvalue, chart R1

    Raises
    ------
    ValueError
        for a matrix that is no covariance.

    Source: our derivation (gaussian-score).
    """
    n = sde.covariance.n
    data = check.real_array("data_covariance", data_covariance, n)
    if data.shape != (n, n):
        raise ValueError(f"data_covariance must be ({n}, {n}), got shape {data.shape}")
    room = ROUNDING * n * EPS * float(np.abs(data).max(initial=0.0))
    if np.abs(data - data.T).max() > room:
        raise ValueError("data_covariance must be symmetric; use (P + P.T)/2")
    smallest = float(np.linalg.eigvalsh(data)[0])
    if smallest < -room:
        raise ValueError(f"data_covariance must have no negative eigenvalue, got {smallest:.3e}")
    return GaussianScore(sde, (data + data.T) / 2)


def sampler_law(sde: SpectralSDE, score_matrix: Callable[[float], Any], steps: int) -> Floats:
    """Return the covariance of what `sde.sample(score, rng, size, steps)` draws, (n, n); its mean is 0.

    Parameters
    ----------
    sde : the process and its noise
    score_matrix : t in (0, 1] -> S, (n, n), of a linear score(alpha, t) = alpha @ S.T; for Gaussian data
        `gaussian_score(sde, P_0).matrix`
    steps : number of equal time steps, >= 1, as `sample` takes them: the drift of the step from t to
        t - 1/steps is that at t

    Raises
    ------
    ValueError
        where the score is no finite (n, n) matrix, or the law overflows: too few steps for the process.

    Source: our derivation (sampler-step, sampler-law).

    >>> from sphspec import VP, GaussLegendre, Quadrature, SpectralSDE, noise_covariance
    >>> sde = SpectralSDE(VP(), noise_covariance(Quadrature(GaussLegendre(4, 7), 3)))
    >>> data = np.eye(16)
    >>> law = sampler_law(sde, gaussian_score(sde, data).matrix, 500)
    >>> bool(np.abs(law - data).max() < 0.01)
    True
    """
    count, n = check.integer("steps", steps, 1), sde.covariance.n
    process, sigma, step = sde.process, sde.covariance.dense(), 1.0 / count
    law = generated.marginal_covariance(0.0, process.variance(1.0), 0.0, sigma)  # the prior
    with np.errstate(over="ignore", invalid="ignore"):
        for remaining in range(count, 0, -1):
            time = remaining * step
            score, power = _square(score_matrix(time), n), process.power(time)
            transition = generated.step_matrix(sigma, score, process.rate(time), power, step)
            law = generated.step_law(transition, law, sigma, power, step)
    return check.finite_result("the sampler's law", (law + law.T) / 2, "take more steps")


def _square(matrix: Any, n: int) -> Floats:
    array = check.real_array("score_matrix(t)", matrix)
    if array.shape != (n, n):
        raise ValueError(f"score_matrix(t) must be ({n}, {n}), got shape {array.shape}")
    return array
