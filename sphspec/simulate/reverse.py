"""The reverse-time sampler fed from the pixels: all of its noise goes through a transform, step by step.

From t = 1 to 0 in equal steps dt: alpha <- alpha - (a alpha - g^2 Sigma S alpha) dt + g A w sqrt(dt), with
pixel noise w, the brute-force Sigma = A D A^T and a linear score S alpha (Anderson 1982).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.simulate.transition import ScalarSDE, moments
from sphspec.simulate.witness import Witness

Floats = NDArray[np.float64]
Matrices = Callable[[float], Floats]


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
    """

    witness: Witness
    variance: Floats
    deviation: float
    rates: Floats
    powers: Floats
    pulls: Floats

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return self.rates.size

    def run(self, normals: Floats) -> Floats:
        """Return alpha at t = 0, (K, n), from independent standard normals (K, steps + 1, npix)."""
        dt = 1.0 / self.steps
        alpha = self.deviation * self._noise(normals[:, 0])
        for place in range(self.steps):
            rate, power = self.rates[place], self.powers[place]
            drift = rate * alpha - power * alpha @ self.pulls[place].T
            alpha = alpha - drift * dt + np.sqrt(power * dt) * self._noise(normals[:, place + 1])
        return alpha

    def _noise(self, normals: Floats) -> Floats:
        return self.witness.analyse(normals * np.sqrt(self.variance))


def reverse_sampler(
    process: ScalarSDE, witness: Witness, variance: Floats, score: Matrices, steps: int
) -> ReverseSampler:
    """Return the sampler of a process with the score alpha -> score(t) alpha.

    Parameters
    ----------
    process : scalar SDE on the pixels
    witness : transform
    variance : (npix,) pixel variance per unit time
    score : t -> (n, n)
    steps : number of time steps
    """
    times = np.arange(steps, 0, -1) / steps
    sigma = brute_covariance(witness, variance)
    return ReverseSampler(
        witness, variance, float(np.sqrt(moments(process, 1.0)[1])),
        np.array([process.rate(time) for time in times]),
        np.array([process.power(time) for time in times]),
        np.array([sigma @ score(time) for time in times]),
    )  # fmt: skip


def linear_score(process: ScalarSDE, sigma: Floats, data: Floats) -> Matrices:
    """Return t -> -(m^2 P_0 + v Sigma)^-1, the score of data N(0, P_0), m and v integrated numerically."""

    def matrix(time: float) -> Floats:
        mean, variance = moments(process, time)
        return np.asarray(-np.linalg.inv(mean**2 * data + variance * sigma))

    return matrix


def brute_covariance(witness: Witness, variance: Floats) -> Floats:
    """Return A D A^T from the witness' matrix, (n, n)."""
    return np.asarray((witness.matrix * variance) @ witness.matrix.T)
