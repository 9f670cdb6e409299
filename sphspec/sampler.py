"""The exact law of a reverse sampler for a linear score: what its steps draw, errors and all.

    P <- F P F^T + q Sigma in each move of a sampler,   P = v(1) Sigma at t = 1

For Euler-Maruyama F = 1 - dt B + g^2 dt Sigma S and q = g^2 dt, with the forward drift B alpha.

The score of Gaussian data N(0, P_0) is linear: S = -P_t^-1 with P_t = m^2 P_0 + v Sigma.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import score as generated_score
from sphspec._generated import sde as generated
from sphspec.data_covariance import covariance_matrix
from sphspec.samplers import EulerMaruyama
from sphspec.sampling import Sampler, Steps, sampler_of, walk
from sphspec.sde import SpectralSDE

Floats = NDArray[np.float64]


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
        time = float(t)
        law = self.sde.dynamics.marginal_covariance(self.data, time)
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
    return GaussianScore(sde, covariance_matrix(data_covariance, sde.covariance.n))


def sampler_law(
    sde: SpectralSDE,
    score_matrix: Callable[[float], Any],
    steps: Steps,
    sampler: Sampler | None = None,
    start: Any = None,
) -> Floats:
    """Return the covariance of what a sampler draws at t = 0 for a linear score, (n, n); its mean is 0.

    Parameters
    ----------
    sde : the process and its noise
    score_matrix : t in (0, 1] -> S, (n, n), of a linear score(alpha, t) = alpha @ S.T; for Gaussian data
        `gaussian_score(sde, P_0).matrix`
    steps : number of equal time steps, >= 1, or the times of the steps, from 1 down to 0
    sampler : EulerMaruyama() where none is given: what `sde.sample(score, rng, size, steps)` does
    start : (n, n) covariance at t = 1; that of the prior, v(1) Sigma, where none is given

    Raises
    ------
    ValueError
        where the score is no finite (n, n) matrix, or the law overflows: too few steps for the process.

    Source: our derivation (sampler-law, and the sampler's own).

    >>> from sphspec import VP, GaussLegendre, Heun, Quadrature, SpectralSDE, noise_covariance
    >>> sde = SpectralSDE(VP(), noise_covariance(Quadrature(GaussLegendre(4, 7), 3)))
    >>> data = np.eye(16)
    >>> score = gaussian_score(sde, data).matrix
    >>> laws = [sampler_law(sde, score, 500), sampler_law(sde, score, 500, Heun())]
    >>> [f"{np.abs(law - data).max():.0e}" for law in laws]  # Heun's: what the prior leaves
    ['3e-03', '1e-04']
    """
    if not callable(score_matrix):
        raise ValueError(f"score_matrix must be a function t -> (n, n), got {score_matrix!r}")
    chosen, linear = sampler_of(sampler or EulerMaruyama()), LinearReverse(sde, score_matrix)
    law = (
        sde.marginal_covariance(1.0) if start is None else covariance_matrix(start, sde.covariance.n, "start")
    )
    with np.errstate(over="ignore", invalid="ignore"):
        for t, s in walk(steps):
            for move in chosen.moves(linear, t, s):
                law = generated.step_law(move.transition, law, linear.sigma, move.power)
    return check.finite_result("the sampler's law", (law + law.T) / 2, "take more steps")


@dataclass(frozen=True, eq=False)
class LinearReverse:
    """An SDE with a linear score, as matrices; the two scores that were asked for last are kept."""

    sde: SpectralSDE
    score_matrix: Callable[[float], Any]

    @cached_property
    def sigma(self) -> Floats:
        """Sigma, (n, n)."""
        return self.sde.covariance.dense()

    @cached_property
    def score(self) -> Callable[[float], Floats]:
        """T -> S, (n, n)."""
        n = self.sde.covariance.n
        return lru_cache(maxsize=2)(lambda t: _square(self.score_matrix(t), n))

    def drift(self, t: float) -> Floats:
        """Return B of the forward drift B alpha, (n, n)."""
        return np.asarray(self.sde.drift(np.eye(self.sde.covariance.n), t)).T

    def power(self, t: float) -> float:
        """Return g(t)^2."""
        return float(self.sde.dynamics.power(t))


def _square(matrix: Any, n: int) -> Floats:
    array = check.real_array("score_matrix(t)", matrix)
    if array.shape != (n, n):
        raise ValueError(f"score_matrix(t) must be ({n}, {n}), got shape {array.shape}")
    return array
