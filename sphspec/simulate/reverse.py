"""Reverse-time samplers fed from the pixels: all of their noise goes through a transform, step by step.

From t = 1 to 0 in equal steps dt; Euler-Maruyama: alpha <- alpha - (a alpha - g^2 Sigma S alpha) dt + g A w
sqrt(dt), with pixel noise w, the brute-force Sigma = A D A^T and a linear score S alpha (Anderson 1982). The
others are stated from their papers, apart from the derivations on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec.simulate.transition import ScalarSDE, moments
from sphspec.simulate.witness import DirectWitness, Witness, squared

Floats = NDArray[np.float64]


class Score(Protocol):
    """A score that is linear in alpha, alpha -> S(t) alpha."""

    def after(self, sigma: Floats, time: float) -> Floats:
        """Return Sigma S(t), (n, n)."""


@dataclass(frozen=True, eq=False)
class ReverseSampler:
    """A reverse sampler as plain arrays, so that any process can be handed it.

    Attributes
    ----------
    witness : the transform A that noise goes through
    variance : (npix,) pixel variance per unit time
    deviation : standard deviation over sqrt(variance) of the pixels that it starts from, at t = 1
    rates, powers : (steps,) a and g^2 at t = 1, 1 - dt, .. dt
    pulls : (steps, n, n) Sigma S at those times
    means, deviations : (steps + 1,) m and the root of v at t = 1, 1 - dt, .. 0
    method : one of `METHODS`
    """

    witness: Witness
    variance: Floats
    deviation: float
    rates: Floats
    powers: Floats
    pulls: Floats
    means: Floats
    deviations: Floats
    method: str = "EulerMaruyama"

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return self.rates.size

    @property
    def maps(self) -> int:
        """Number of noise maps: one to start from, and those of every step."""
        return 1 + self.steps * METHODS[self.method][0]

    def run(self, normals: Floats) -> Floats:
        """Return alpha at t = 0, (K, n), from independent standard normals (K, maps, npix)."""
        each, step = METHODS[self.method]
        alpha = self.deviation * self._noise(normals[:, 0])
        for place in range(self.steps):
            first = 1 + place * each
            alpha = step(self, place, alpha, [self._noise(normals[:, first + k]) for k in range(each)])
        return alpha

    def _noise(self, normals: Floats) -> Floats:
        return self.witness.analyse(normals * np.sqrt(self.variance))


Step = Callable[[ReverseSampler, int, Floats, list[Floats]], Floats]


def _euler_maruyama(run: ReverseSampler, place: int, alpha: Floats, noise: list[Floats]) -> Floats:
    power, dt = run.powers[place], 1.0 / run.steps
    drift = run.rates[place] * alpha - power * alpha @ run.pulls[place].T
    return np.asarray(alpha - drift * dt + np.sqrt(power * dt) * noise[0])


def _flow(run: ReverseSampler, place: int, alpha: Floats) -> Floats:
    return np.asarray(run.rates[place] * alpha - run.powers[place] / 2 * (alpha @ run.pulls[place].T))


def _heun(run: ReverseSampler, place: int, alpha: Floats, noise: list[Floats]) -> Floats:
    """Trapezium rule after a trial step; the last step has no trial (Karras et al. 2206.00364)."""
    del noise
    slope, dt = _flow(run, place, alpha), 1.0 / run.steps
    trial = alpha - dt * slope
    if place == run.steps - 1:
        return trial
    return (trial + alpha - dt * _flow(run, place + 1, trial)) / 2


def _predicted(run: ReverseSampler, place: int, alpha: Floats) -> Floats:
    """Return the noise that the score stands for."""
    return np.asarray(-run.deviations[place] * (alpha @ run.pulls[place].T))


def _ddim(run: ReverseSampler, place: int, alpha: Floats, noise: list[Floats]) -> Floats:
    """Put data and noise, as predicted, together at the earlier time (Song et al. 2010.02502, eq. 12)."""
    del noise
    eps = _predicted(run, place, alpha)
    data = (alpha - run.deviations[place] * eps) / run.means[place]
    return np.asarray(run.means[place + 1] * data + run.deviations[place + 1] * eps)


def _exponential(run: ReverseSampler, place: int, alpha: Floats, noise: list[Floats]) -> Floats:
    """In units of m, with the noise level as the clock: twice the flow's way, and noise for it."""
    levels = run.deviations[place : place + 2] / run.means[place : place + 2]
    eps = _predicted(run, place, alpha)
    scaled = alpha / run.means[place] - 2 * (levels[0] - levels[1]) * eps
    return np.asarray(run.means[place + 1] * (scaled + np.sqrt(levels[0] ** 2 - levels[1] ** 2) * noise[0]))


def _corrected(run: ReverseSampler, place: int, alpha: Floats, noise: list[Floats]) -> Floats:
    """One Langevin step of signal-to-noise ratio 0.16 for noise of this level, then Euler-Maruyama."""
    size = 2 * (0.16 * run.deviations[place]) ** 2
    alpha = alpha + size * (alpha @ run.pulls[place].T) + np.sqrt(2 * size) * noise[0]
    return _euler_maruyama(run, place, alpha, noise[1:])


# maps of noise that a step takes, and the step
METHODS: dict[str, tuple[int, Step]] = {
    "EulerMaruyama": (1, _euler_maruyama),
    "Exponential": (1, _exponential),
    "ExponentialFlow": (0, _ddim),
    "Heun": (0, _heun),
    "PredictorCorrector": (2, _corrected),
}


def reverse_sampler(
    process: ScalarSDE, witness: Witness, variance: Floats, score: Score, steps: int
) -> ReverseSampler:
    """Return the sampler of a process with a linear score.

    Parameters
    ----------
    process : scalar SDE on the pixels
    witness : transform
    variance : (npix,) pixel variance per unit time
    score : what is pulled by
    steps : number of time steps
    """
    times = np.arange(steps, 0, -1) / steps
    sigma = brute_covariance(witness, variance)
    found = np.array([*(moments(process, time) for time in times), (1.0, 0.0)])
    return ReverseSampler(
        witness, variance, float(np.sqrt(found[0, 1])),
        np.array([process.rate(time) for time in times]),
        np.array([process.power(time) for time in times]),
        np.array([score.after(sigma, time) for time in times]), found[:, 0], np.sqrt(found[:, 1]),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class GaussianData:
    """The score of data N(0, P_0) in noise Sigma: S = -(m^2 P_0 + v Sigma)^-1, m and v by integration.

    Attributes
    ----------
    process : scalar SDE
    sigma, data : (n, n) Sigma and P_0
    """

    process: ScalarSDE
    sigma: Floats
    data: Floats

    def after(self, sigma: Floats, time: float) -> Floats:
        """Return Sigma S(t), (n, n)."""
        mean, variance = moments(self.process, time)
        return np.asarray(-sigma @ np.linalg.inv(mean**2 * self.data + variance * self.sigma))


@dataclass(frozen=True, eq=False)
class CommonFactor:
    """The score of data N(0, diag(p) + c c^T) in white noise, S = -(diag(d) + m^2 c c^T)^-1, d = m^2 p + v s.

    By Sherman and Morrison S = -(diag(1/d) - h u u^T), u = c/d, h = m^2/(1 + m^2 c.u): no matrix is inverted.

    Attributes
    ----------
    process : scalar SDE
    level : s
    powers, common : (n,) p and c
    """

    process: ScalarSDE
    level: float
    powers: Floats
    common: Floats

    def __call__(self, alpha: Floats, time: float) -> Floats:
        """Return S(t) alpha for alpha (..., n)."""
        scale, u, h = self._terms(time)
        return np.asarray(h * (alpha @ u)[..., None] * u - alpha / scale)

    def after(self, sigma: Floats, time: float) -> Floats:
        """Return Sigma S(t), (n, n)."""
        scale, u, h = self._terms(time)
        return np.asarray(np.outer(sigma @ (h * u), u) - sigma / scale)

    def _terms(self, time: float) -> tuple[Floats, Floats, float]:
        mean, variance = moments(self.process, time)
        scale = mean**2 * self.powers + variance * self.level
        u = self.common / scale
        return scale, u, mean**2 / (1 + mean**2 * float(self.common @ u))


def brute_covariance(witness: Witness, variance: Floats) -> Floats:
    """Return A D A^T from the witness' matrix, (n, n)."""
    if isinstance(witness, DirectWitness):
        return witness.covariance(variance)
    return squared(witness.matrix, variance)
