"""The reverse samplers: their steps on every case, their exact laws, and draws of one without symmetry.

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
from sphspec.samplers import EulerMaruyama, Exponential, ExponentialFlow, Heun, PredictorCorrector
from sphspec.sampling import Sampler, reverse_path
from sphspec.sde import SpectralSDE
from sphspec.simulate import (
    CommonFactor,
    DirectWitness,
    GaussianData,
    ReverseSampler,
    brute_covariance,
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
SAMPLERS: tuple[Sampler, ...] = (
    EulerMaruyama(), Exponential(), ExponentialFlow(), Heun(), PredictorCorrector()
)  # fmt: skip
SHRUNK = 1e-4  # of where a path starts: what ends below carries the rounding of larger numbers
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
        score = GaussianData(twin, brute_covariance(witness, variance), data)
        return cls(gaussian_score(sde, data), reverse_sampler(twin, witness, variance, score, STEPS))

    @property
    def law(self) -> Floats:
        """The claimed covariance at t = 0 of what `SpectralSDE.sample` draws, (n, n)."""
        return self.law_of(EulerMaruyama())

    def law_of(self, sampler: Sampler) -> Floats:
        """Return the claimed covariance at t = 0 of what a sampler draws, (n, n)."""
        return sampler_law(self.score.sde, self.score.matrix, STEPS, sampler)


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
    powers, common = _powers(sde)
    return np.asarray(np.diag(powers) + np.outer(common, common))


def _powers(sde: SpectralSDE) -> tuple[Floats, Floats]:
    """Return p and c of that covariance diag(p) + c c^T, each (n,)."""
    degrees, _ = degrees_orders(sde.covariance.lmax)
    level = float(np.mean(sde.covariance.diagonal()))
    common = np.sin(1.0 + np.arange(degrees.size)) / (1.0 + degrees)
    return np.asarray(level / (1.0 + degrees) ** 2), np.asarray(np.sqrt(level / 2) * common)


def sampler_results(process: Process) -> Iterator[Result]:
    """Yield the checks of the samplers' laws: the independent ones are linear, unit normals give a root."""
    twin = Twin.of(process)
    npix = twin.sampler.variance.size
    for sampler in SAMPLERS:
        other = replace(twin.sampler, method=name_of(sampler))
        count = other.maps * npix
        root = other.run(np.eye(count).reshape(count, other.maps, npix))
        yield verify.same_vectors(
            CASE, f"law of {name_of(sampler)}, by unit normals", 1, twin.law_of(sampler), root.T @ root, LAW,
            f"an entry of the discretised sampler's covariance off by {LAW:.0e} of the largest",
        )  # fmt: skip


def name_of(sampler: Sampler) -> str:
    """Return the name by which a sampler's independent twin goes."""
    return type(sampler).__name__


def reverse_path_results(
    case: str, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the pathwise checks: the samplers' steps, fed with the increments of the independent ones.

    Any score will do: it is that of white noise, whose inverse is well conditioned on every case. All
    start from unit variance: v(1) is known to the numerical integration's error only.
    """
    cov, twin = sde.covariance, scalar_sde(sde.process)
    score = CommonFactor(twin, float(np.mean(cov.diagonal())), *_powers(sde))
    stated = replace(reverse_sampler(twin, direct, cov.variance, score, PATH_STEPS), deviation=1.0)
    for sampler in SAMPLERS:
        other = replace(stated, method=name_of(sampler))
        normals = rng.standard_normal((2, other.maps, cov.operator.grid.npix))
        noise = cov.operator(normals * np.sqrt(cov.variance)).swapaxes(0, 1)
        found = reverse_path(sde, noise[0], score, noise[1:], PATH_STEPS, sampler)
        expected = other.run(normals)
        scale = max(float(np.abs(expected).max()), SHRUNK * float(np.abs(noise[0]).max()))
        limit = PATH if isinstance(sampler, EulerMaruyama | Heun) else LAW  # the others need m and v
        yield verify.same_vectors(
            case, f"reverse path: the steps of {name_of(sampler)}", 2, found, expected,
            limit * rounding_of(cov).factor, "a wrong drift, noise or time in any step of the sampler", scale,
        )  # fmt: skip


def reverse_draws(process: Process) -> Iterator[Draws]:
    """Yield the two laws that are simulated: an independent sampler's draws, and the package's own."""
    twin = Twin.of(process)
    law = DenseCovariance(twin.law, LMAX)
    yield ReverseDraws(f"{CASE}: from pixels", law, twin.sampler, repr(process))
    yield SamplerDraws(f"{CASE}: SpectralSDE.sample", law, twin.score, STEPS)
