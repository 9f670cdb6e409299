"""Losses, their minimisers and the maps between parametrisations, against plain matrix algebra on the pixels.

A loss of a linear score is a quadratic form of the normals that it is given: its mean is that of unit
normals, exactly. The pixels' side is stated anew: target, metric and transform are the witness' own.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sphspec.analysis import Quadrature
from sphspec.covariance import noise_covariance
from sphspec.losses import score_matching, spatial_offset
from sphspec.metrics import PlainMetric, SigmaMetric
from sphspec.minimisers import PerDegree, best_score
from sphspec.parametrisation import denoised_of_score, noise_of_denoised, score_of_noise
from sphspec.processes import Process
from sphspec.sde import SpectralSDE
from sphspec.simulate import brute_covariance, moments
from sphspec.suite.process import scalar_sde
from sphspec.suite.reverse import LMAX, irregular_rings
from sphspec.suite.witnesses import direct_witness
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
CASE = "losses on irregular rings"
TIME = 0.4
LIMIT = 1e-9  # m and v of the witness come from numerical integration, and Sigma is inverted


def loss_results(process: Process) -> Iterator[Result]:
    """Yield the checks of losses, minimisers and parametrisations for a process."""
    grid = irregular_rings()
    variance = 1.5 + np.sin(2.0 + 3.7 * np.arange(grid.npix))
    sde = SpectralSDE(process, noise_covariance(Quadrature(grid, LMAX), variance))
    witness, n = direct_witness(sde.covariance.operator), sde.covariance.n
    mean, level = moments(scalar_sde(process), TIME)
    matrix = witness.matrix
    sigma = brute_covariance(witness, variance)
    places = np.arange(n * n).reshape(n, n)
    linear = np.cos(1.0 + 1.7 * places) / np.trace(sigma)  # any score S alpha
    yield _spatial(sde, linear, matrix, variance, level)
    degrees = np.repeat(np.arange(LMAX + 1), 2 * np.arange(LMAX + 1) + 1)
    data = np.diag(np.trace(sigma) / n / (1.0 + degrees) ** 2)
    law = mean**2 * data + level * sigma
    for metric, weight in ((SigmaMetric(), sigma), (PlainMetric(), np.eye(n))):
        yield _minimiser(sde, data, law, weight, degrees, metric)
    yield _parametrisations(sde, sigma, mean, level)


def _spatial(sde: SpectralSDE, linear: Floats, matrix: Floats, variance: Floats, level: float) -> Result:
    """Check E|A^T s(A x) - grad log p|_D^2 = E|s - target|_Sigma^2 + (N - n)/v, data zero."""
    n, npix = matrix.shape
    units = np.eye(npix)
    noise = np.sqrt(level * variance) * units  # x_t of unit normals
    difference = noise @ matrix.T @ linear.T @ matrix + noise / (level * variance)
    spatial = float(np.sum(difference**2 * variance))

    def score(alpha: Floats, t: float) -> Floats:
        del t
        return alpha @ linear.T

    spectral = score_matching(sde, score, np.zeros((n, n)), TIME, np.eye(n))
    found = float(np.sum(spectral)) + float(spatial_offset(sde, TIME))
    return verify.residual_result(
        CASE, "spatial score matching is the Sigma-weighted one and a constant", 1,
        abs(found / spatial - 1), LIMIT, "the mean loss of a linear score",
        "a loss in a wrong metric, a wrong target, a wrong constant", "scores that are not linear",
    )  # fmt: skip


def _minimiser(
    sde: SpectralSDE, data: Floats, law: Floats, weight: Floats, degrees: NDArray[np.int64], metric: object
) -> Result:
    """Check that the slope of tr W (S P S^T + 2 S), S = -diag(c_l), vanishes at the best score."""
    best = best_score(sde, data, TIME, PerDegree(), metric)  # type: ignore[arg-type]
    factors = best.coefficients[degrees]
    slope = np.bincount(degrees, weights=np.diagonal(weight @ (factors[:, None] * law)) - np.diagonal(weight))
    size = np.bincount(degrees, weights=np.diagonal(weight))
    return verify.residual_result(
        CASE, f"best score of each degree: the slope of its loss vanishes, {type(metric).__name__}", 1,
        float(np.abs(slope / size).max()), LIMIT, "the slope of one degree's factor",
        "a factor that is not the best", "classes of scores other than a factor for each degree",
    )  # fmt: skip


def _parametrisations(sde: SpectralSDE, sigma: Floats, mean: float, level: float) -> Result:
    """Check score -> data -> noise -> score on unit vectors against Sigma^-1 of plain algebra."""
    n = sigma.shape[0]
    state, noise = 0.5 * np.eye(n), np.eye(n) @ sigma / np.trace(sigma) * n
    score = -np.linalg.solve(sigma, noise.T).T / np.sqrt(level)
    found = denoised_of_score(sde, state, score, TIME)
    stated = (state - np.sqrt(level) * noise) / mean
    again = score_of_noise(sde, noise_of_denoised(sde, state, found, TIME), TIME)
    return verify.same_vectors(
        CASE, "score, noise and denoised data belong together", 1,
        np.concatenate([found, again]), np.concatenate([stated, score]), LIMIT,
        "a wrong sign, mean, variance or covariance in a parametrisation",
    )  # fmt: skip
