"""The reverse sampler: its steps on every case, its exact law and its draws on rings without symmetry.

The law is a function of Sigma alone, and Sigma is verified case by case; what is left to verify is the
recursion, on a small grid where nothing vanishes and nothing repeats.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sphspec.analysis import Quadrature
from sphspec.conventions import degrees_orders
from sphspec.covariance import noise_covariance
from sphspec.grids import RingGrid
from sphspec.processes import Process
from sphspec.sampler import GaussianScore, gaussian_score, sampler_law
from sphspec.sde import SpectralSDE
from sphspec.simulate import (
    DirectWitness,
    ReverseSampler,
    brute_covariance,
    linear_score,
    reverse_sampler,
)
from sphspec.suite.dense import DenseCovariance
from sphspec.suite.draws import Draws, ReverseDraws, SamplerDraws
from sphspec.suite.process import PATH, scalar_sde
from sphspec.suite.rounding import rounding_of
from sphspec.suite.witnesses import direct_witness
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
CASE = "reverse sampler on irregular rings"
STEPS = 20  # few, so that the discretised law is far from the data's
PATH_STEPS = 5
LMAX = 3
LAW = 1e-10  # m and v of the independent score come from numerical integration, P(t) is inverted


@dataclass(frozen=True, eq=False)
class Twin:
    """The package's reverse sampler on the irregular rings, and an independent one."""

    score: GaussianScore
    sampler: ReverseSampler

    @classmethod
    def of(cls, process: Process) -> "Twin":
        """Return the two for a process, with data that couple all coefficients."""
        grid = irregular_rings()
        variance = 1.5 + np.sin(2.0 + 3.7 * np.arange(grid.npix))
        sde = SpectralSDE(process, noise_covariance(Quadrature(grid, LMAX), variance))
        data = _data(sde)
        witness, twin = direct_witness(sde.covariance.operator), scalar_sde(process)
        score = linear_score(twin, brute_covariance(witness, variance), data)
        return cls(gaussian_score(sde, data), reverse_sampler(twin, witness, variance, score, STEPS))

    @property
    def law(self) -> Floats:
        """The claimed covariance at t = 0, (n, n)."""
        return sampler_law(self.score.sde, self.score.matrix, STEPS)


def irregular_rings() -> RingGrid:
    """Return a grid without symmetry about axis, equator or meridian; its weights are no quadrature."""
    weights = np.array([0.31, 0.22, 0.43, 0.27, 0.36])
    counts = np.array([5, 9, 11, 8, 4])
    return RingGrid(
        [0.4, 0.93, 1.49, 2.02, 2.71], counts, [0.0, 0.31, 1.17, 0.05, 0.62],
        weights * (4 * np.pi / np.sum(weights * counts)), name="irregular rings",
    )  # fmt: skip


def _data(sde: SpectralSDE) -> Floats:
    """Return a data covariance of the noise's size, falling with l, every pair of coefficients coupled."""
    degrees, _ = degrees_orders(sde.covariance.lmax)
    common = np.sin(1.0 + np.arange(degrees.size)) / (1.0 + degrees)
    shape = np.diag(1.0 / (1.0 + degrees) ** 2) + 0.5 * np.outer(common, common)
    return np.asarray(shape * np.mean(sde.covariance.diagonal()))


def sampler_results(process: Process) -> Iterator[Result]:
    """Yield the check of the sampler's law: the independent sampler is linear, unit normals give its root."""
    twin = Twin.of(process)
    npix = twin.sampler.variance.size
    count = (STEPS + 1) * npix
    root = twin.sampler.run(np.eye(count).reshape(count, STEPS + 1, npix))
    yield verify.same_vectors(
        CASE, "law of the sampler, by unit normals", 1, twin.law, root.T @ root, LAW,
        f"an entry of the discretised sampler's covariance off by {LAW:.0e} of the largest",
    )  # fmt: skip


def reverse_path_results(
    case: str, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the pathwise check: the sampler's steps, fed with the increments of the independent one.

    Any score will do: it is that of white noise, whose inverse is well conditioned on every case. Both
    start from unit variance: v(1) is known to the numerical integration's error only.
    """
    cov, twin = sde.covariance, scalar_sde(sde.process)
    white = np.mean(cov.diagonal()) * np.eye(cov.n)
    score = linear_score(twin, white, _data(sde))
    sampler = replace(reverse_sampler(twin, direct, cov.variance, score, PATH_STEPS), deviation=1.0)
    normals = rng.standard_normal((2, PATH_STEPS + 1, cov.operator.grid.npix))
    noise = cov.operator(normals * np.sqrt(cov.variance)).swapaxes(0, 1)
    found = sde.reverse_path(
        noise[0], lambda alpha, t: alpha @ score(t).T,
        noise[1:], PATH_STEPS,
    )  # fmt: skip
    yield verify.same_vectors(
        case, "reverse path: the sampler's steps", 2, found, sampler.run(normals),
        PATH * rounding_of(cov).factor, "a wrong drift, noise or time in any step of the sampler",
    )  # fmt: skip


def reverse_draws(process: Process) -> Iterator[Draws]:
    """Yield the two laws that are simulated: an independent sampler's draws, and the package's own."""
    twin = Twin.of(process)
    law = DenseCovariance(twin.law, LMAX)
    yield ReverseDraws(f"{CASE}: from pixels", law, twin.sampler, repr(process))
    yield SamplerDraws(f"{CASE}: SpectralSDE.sample", law, twin.score, STEPS)
