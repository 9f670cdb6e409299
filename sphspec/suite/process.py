"""Checks of the study's process: solved moments, pathwise drift and diffusion, reverse-time balance."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec.analysis import Quadrature
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.drifts import LinearDrift
from sphspec.grids import GaussLegendre
from sphspec.processes import VE, VP, CosineVP, OrnsteinUhlenbeck, Process, SubVP
from sphspec.sde import SpectralSDE
from sphspec.simulate import (
    DirectWitness,
    ScalarSDE,
    brownian_increments,
    cosine_vp,
    euler_path,
    moments,
    ornstein_uhlenbeck,
    sub_vp,
    ve,
    vp,
)
from sphspec.suite.probes import Probes
from sphspec.suite.rounding import rounding_of
from sphspec.verify import deterministic as verify
from sphspec.verify.parts import eigenvalues
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
TIMES = (0.01, 0.1, 0.3, 0.6, 1.0)
MOMENTS = 1e-9  # the numerical integration's own error is 1e-11
PATH = 1e-12
BALANCE = 1e-11
ROUNDED = 1e-13  # of the largest entry of brute force
WELL = 1e4  # condition of P(t) up to which its inverse is accurate enough for BALANCE
TARGET = 1e-10  # alpha_t - m alpha_0 cancels, and m comes from numerical integration


def scalar_sde(process: Process | LinearDrift) -> ScalarSDE:
    """Return the independently stated twin of a process."""
    if isinstance(process, VP):
        return vp(process.beta_min, process.beta_max)
    if isinstance(process, SubVP):
        return sub_vp(process.beta_min, process.beta_max)
    if isinstance(process, VE):
        return ve(process.sigma_min, process.sigma_max)
    if isinstance(process, CosineVP):
        return cosine_vp(process.offset, process.cutoff)
    if isinstance(process, OrnsteinUhlenbeck):
        return ornstein_uhlenbeck(process.reversion, process.diffusion)
    raise ValueError(
        f"no independent statement of {process!r}; known: VP, SubVP, VE, CosineVP, OrnsteinUhlenbeck"
    )


def process_results(chosen: Process) -> Iterator[Result]:
    """Yield the checks of every kind of process, the study's own parameters first."""
    known = (VP(), SubVP(), VE(), CosineVP(), OrnsteinUhlenbeck())
    others = (process for process in known if process != chosen)
    for process in (chosen, *others):
        yield _coefficients(process)
        yield _solved_moments(process)
        yield _transitions(process)


def _coefficients(process: Process) -> Result:
    """Check drift rate and noise power against the independent statement of the process."""
    twin = scalar_sde(process)
    found = np.array([[process.rate(time), process.power(time)] for time in (0.0, *TIMES)])
    stated = np.array([[twin.rate(time), twin.power(time)] for time in (0.0, *TIMES)])
    return verify.same_vectors(
        repr(process), "drift rate and noise power are the stated ones", 0, found, stated, PATH,
        f"a wrong drift or diffusion, {PATH:.0e} of the largest",
    )  # fmt: skip


def _solved_moments(process: Process) -> Result:
    """Check mean and variance against numerical integration of their equations."""
    twin = scalar_sde(process)
    reference = np.array([moments(twin, time) for time in TIMES])
    times = np.array(TIMES)
    claimed = np.stack([process.mean(times), process.variance(times)], axis=1)
    error = np.abs(claimed / reference - 1)
    row, column = np.unravel_index(int(np.nan_to_num(error, nan=np.inf).argmax()), error.shape)
    return verify.residual_result(
        repr(process), "mean and variance solve their moment equations", 0,
        float(error[row, column]), MOMENTS, f"{('mean', 'variance')[column]} at t = {TIMES[row]}",
        f"a wrong mean or variance, {MOMENTS:.0e} relative", "a wrong statement of the process itself",
    )  # fmt: skip


def _transitions(process: Process) -> Result:
    """Check the kernel between times against the moment equations integrated from the earlier one."""
    twin, sde = scalar_sde(process), SpectralSDE(process, _smallest())
    worst, where = 0.0, "all"
    for early, late in pairwise((0.0, *TIMES)):
        mean, deviation = sde.transition(np.ones(1), early, late)
        found = np.array([mean[0], deviation**2])
        error = np.abs(found / np.array(moments(twin, late, early)) - 1)
        value = float(np.nan_to_num(error, nan=np.inf).max())
        if value > worst:
            name = ("mean", "variance")[int(error.argmax())]
            worst, where = value, f"{name} of t = {late} given t = {early}"
    return verify.residual_result(
        repr(process), "kernel between two times solves its moment equations", 0, worst, MOMENTS, where,
        f"a wrong mean or variance given an earlier time, {MOMENTS:.0e} relative",
        "a wrong statement of the process itself",
    )  # fmt: skip


def _smallest() -> NoiseCovariance:
    return noise_covariance(Quadrature(GaussLegendre(1, 1), 0))


def path_results(
    case: str, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the pathwise checks: the same increments in pixel space and in spectral space."""
    twin, cov = scalar_sde(sde.process), sde.covariance
    limit = PATH * rounding_of(cov).factor
    times = (0.05, 0.2, 0.3, 0.55, 0.7, 1.0)
    npix = cov.operator.grid.npix
    increments = brownian_increments(rng.standard_normal((2, len(times), npix)), times, cov.variance)
    yield verify.same_vectors(
        case, "Brownian path: sum of transformed increments", 2,
        cov.operator(increments).sum(axis=1), direct.analyse(increments.sum(axis=1)), limit,
        "a wrong transform of an increment",
    )  # fmt: skip
    start = direct.harmonics @ rng.standard_normal(cov.n) * np.sqrt(cov.variance.mean())
    pixels = euler_path(start, increments, times, twin.rate, lambda t: np.sqrt(twin.power(t)))
    alpha, now = np.broadcast_to(cov.operator(start), (2, cov.n)), 0.0
    noise = direct.analyse(increments.reshape(-1, npix)).reshape(2, len(times), cov.n)
    for place, time in enumerate(times):
        drift = sde.drift(alpha, now) * (time - now)
        alpha = alpha + drift + sde.diffusion(now) * noise[:, place]
        now = time
    yield verify.same_vectors(
        case, "SDE path: spectral drift and diffusion", 2, alpha, direct.analyse(pixels), limit,
        "a wrong drift or diffusion at any time step",
    )  # fmt: skip


def reverse_results(
    case: str, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the balance of reverse SDE and probability flow for Gaussian data: they carry P(t).

    With P = m^2 P_0 + v Sigma and score -P^-1 alpha the flow F must have F P + P F^T = dP/dt, the
    reverse drift R must have R P + P R^T - g^2 Sigma = dP/dt, dP/dt = 2 a P + g^2 Sigma.
    """
    twin, n = scalar_sde(sde.process), sde.covariance.n
    sigma = direct.covariance(sde.covariance.variance)
    degrees, _ = degrees_orders(sde.covariance.lmax)
    data = np.diag(np.trace(sigma) / n / (1.0 + degrees) ** 2)
    time = 0.4
    mean, variance = moments(twin, time)
    law = mean**2 * data + variance * sigma
    precision = np.asarray(scipy.linalg.cho_solve(scipy.linalg.cho_factor(law), np.eye(n)))
    growth = 2 * twin.rate(time) * law + twin.power(time) * sigma
    values, probes = np.abs(eigenvalues(law, ROUNDED)), Probes.of(n, rng)
    conditioned = BALANCE * max(
        1.0, float(values.max() / max(values.min(), verify.EPS * values.max())) / WELL
    )
    balance = max(conditioned, PATH * rounding_of(sde.covariance).factor)
    identity = np.eye(n)

    def score(alpha: Floats, t: float) -> Floats:
        del t
        return np.asarray(-precision if alpha is identity else -alpha @ precision)

    flow = sde.probability_flow(identity, time, score).T
    reverse = sde.reverse_drift(identity, time, score).T
    noise = twin.power(time) * sigma
    checks = (
        ("probability flow carries the marginal", flow, np.zeros((n, n))),
        ("reverse SDE carries the marginal", reverse, noise),
    )
    for check, drift, less in checks:
        yield verify.same_vectors(
            case, check, 1, probes.doubled(drift, law) - probes.seen(less), probes.seen(growth), balance,
            f"a wrong drift, factor or covariance in the reverse process, {probes.where}",
            float(np.abs(probes.seen(noise)).max()),
        )  # fmt: skip


def score_results(
    case: str, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the check of the score target: Sigma times it is -(alpha_t - m alpha_0)/v.

    alpha_t = m alpha_0 + Sigma xi is reachable also where Sigma is singular; m, v and Sigma are the
    independent ones.
    """
    cov, time = sde.covariance, 0.4
    mean, variance = moments(scalar_sde(sde.process), time)
    sigma = direct.covariance(cov.variance)
    size = float(np.sqrt(cov.variance.mean()))  # of alpha_0 and of what noise adds
    start = size * rng.standard_normal((2, cov.n))
    residual = size * rng.standard_normal((2, cov.n)) @ sigma / np.trace(sigma) * cov.n
    target = sde.score_target(mean * start + residual, start, time)
    yield verify.same_vectors(
        case, "score target is the gradient of the log density", 1, target @ sigma, -residual / variance,
        TARGET * rounding_of(cov).factor, "a wrong residual, sign, variance or covariance in the target",
    )  # fmt: skip
