"""What a Monte Carlo run draws: plain objects that any process can be handed, and their independent law.

Each draws paths in pixel space, pushes them through an independent transform and normalises what comes out,
so that under the claim all values are independent draws of N(0, C), C the claimed covariance: Sigma, or
the law of a discretised sampler.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec.covariance import NoiseCovariance
from sphspec.sampler import GaussianScore
from sphspec.sde import SpectralSDE
from sphspec.simulate import (
    ReverseSampler,
    ScalarSDE,
    Witness,
    brownian_increments,
    drifted_path,
    moments,
)
from sphspec.suite.dense import Covariance

Floats = NDArray[np.float64]


class Draws(Protocol):
    """A claimed law and draws of it from somebody else's code."""

    @property
    def label(self) -> str:
        """Case and law in words."""

    @property
    def cov(self) -> Covariance:
        """The claimed covariance."""

    @property
    def normals(self) -> int:
        """Number of normals that a path takes: how much memory it needs."""

    @property
    def content(self) -> str:
        """Everything that defines the draws but the seed: the key of their random streams."""

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return (paths, T, n) values, N(0, cov) and independent if the claim holds."""


def law_content(label: str, cov: NoiseCovariance) -> str:
    """Return a key of the label and of the pixel variances."""
    return f"{label} {sha256(cov.variance.tobytes()).hexdigest()}"


@dataclass(frozen=True, eq=False)
class BrownianDraws:
    """Increments of v_t = A w_t at several times, divided by sqrt(dt).

    Each map of the path w_t goes through the witness, and the increments of what comes out are taken.
    """

    label: str
    cov: NoiseCovariance
    witness: Witness
    times: tuple[float, ...]

    @property
    def normals(self) -> int:
        """A map a time step."""
        return len(self.times) * self.cov.operator.grid.npix

    @property
    def content(self) -> str:
        """Label, variances and times."""
        return f"{law_content(self.label, self.cov)} brownian {self.times}"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return normalised increments, (paths, T, n)."""
        cov, times = self.cov, self.times
        normals = rng.standard_normal((paths, len(times), cov.operator.grid.npix))
        path = brownian_increments(normals, times, cov.variance)
        np.cumsum(path, axis=1, out=path)
        spectral = self.witness.analyse(path.reshape(-1, path.shape[-1])).reshape(paths, len(times), cov.n)
        steps = np.sqrt(np.diff((0.0, *times)))
        return np.asarray(np.diff(spectral, axis=1, prepend=0.0) / steps[:, None])


@dataclass(frozen=True, eq=False)
class MarginalDraws:
    """(alpha_t - centre)/deviation for an SDE on pixels that starts at one field.

    Attributes
    ----------
    start : (npix,) the field at t = 0
    centre, deviation : the law under test, mean (n,) and s_t
    mean, variance : the pixel process's transition, integrated numerically
    law : process and time in words
    """

    label: str
    cov: NoiseCovariance
    witness: Witness
    start: Floats
    centre: Floats
    deviation: float
    mean: float
    variance: float
    law: str

    @property
    def normals(self) -> int:
        """A map."""
        return self.start.size

    @property
    def content(self) -> str:
        """Label, variances, process, time and start."""
        start = sha256(self.start.tobytes()).hexdigest()
        return f"{law_content(self.label, self.cov)} marginal {self.law} {start}"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return normalised draws, (paths, 1, n)."""
        noise = rng.standard_normal((paths, self.start.size)) * np.sqrt(self.cov.variance)
        pixels = self.mean * self.start + np.sqrt(self.variance) * noise
        values = (self.witness.analyse(pixels) - self.centre) / self.deviation
        return np.asarray(values[:, None, :])


@dataclass(frozen=True, eq=False)
class PathDraws:
    """Innovations of an SDE on pixels over several times: (alpha_t - m_ts alpha_s)/sqrt(v_ts).

    Attributes
    ----------
    start : (npix,) the field at t = 0
    times : T increasing times
    means, variances : (T,) the pixel process's transitions to each time from the one before, integrated
        numerically
    carried : (T, n) the law under test: what ones become in the mean
    deviations : (T,) the law under test: sqrt(v_ts)
    process : in words
    """

    label: str
    cov: NoiseCovariance
    witness: Witness
    start: Floats
    times: tuple[float, ...]
    means: Floats
    variances: Floats
    carried: Floats
    deviations: Floats
    process: str

    @classmethod
    def of(
        cls,
        label: str,
        sde: SpectralSDE,
        twin: ScalarSDE,
        witness: Witness,
        start: Floats,
        times: tuple[float, ...],
    ) -> "PathDraws":
        """Return the draws that test a spectral SDE's transitions against its pixel twin's."""
        intervals = list(zip((0.0, *times), times, strict=False))
        pixel = np.array([moments(twin, late, early) for early, late in intervals])
        ones = np.ones(sde.covariance.n)
        carried, deviations = zip(*(sde.transition(ones, *interval) for interval in intervals), strict=True)
        return cls(
            label, sde.covariance, witness, start, times, pixel[:, 0], pixel[:, 1],
            np.array(carried), np.array(deviations), repr(sde.process),
        )  # fmt: skip

    @property
    def normals(self) -> int:
        """A map a time."""
        return len(self.times) * self.start.size

    @property
    def content(self) -> str:
        """Label, variances, process, times and start."""
        start = sha256(self.start.tobytes()).hexdigest()
        return f"{law_content(self.label, self.cov)} path {self.process} {self.times} {start}"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return normalised innovations, (paths, T, n)."""
        size, count = self.start.size, len(self.times)
        noise = rng.standard_normal((paths, count, size)) * np.sqrt(self.cov.variance)
        path, state = np.empty_like(noise), np.broadcast_to(self.start, (paths, size))
        for place in range(count):
            state = self.means[place] * state + np.sqrt(self.variances[place]) * noise[:, place]
            path[:, place] = state
        spectral = self.witness.analyse(path.reshape(-1, size)).reshape(paths, count, self.cov.n)
        begin = np.broadcast_to(self.witness.analyse(self.start[None]), (paths, self.cov.n))
        before = np.concatenate([begin[:, None], spectral[:, :-1]], axis=1)
        return np.asarray((spectral - self.carried * before) / self.deviations[:, None])


@dataclass(frozen=True, eq=False)
class DriftDraws:
    """Fields with a linear drift on the pixels after Euler-Maruyama steps to t = 1, analysed and centred.

    `drift` is F of x -> F x, (npix, npix); `cov` and `centre` are the claimed law of the same steps.
    """

    label: str
    cov: Covariance
    witness: Witness
    drift: Floats
    start: Floats
    centre: Floats
    steps: int
    diffusion: float

    @property
    def normals(self) -> int:
        """A map a step."""
        return self.steps * self.start.size

    @property
    def content(self) -> str:
        """Label, drift, start and steps."""
        digest = sha256(self.drift.tobytes() + self.start.tobytes()).hexdigest()
        return f"{self.label} {digest} drift {self.diffusion} {self.steps} steps"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return samples, (paths, 1, n)."""
        step = 1.0 / self.steps
        increments = rng.standard_normal((paths, self.steps, self.start.size)) * np.sqrt(step)
        begin = np.broadcast_to(self.start, (paths, self.start.size))
        end = drifted_path(begin, increments, step, lambda maps: maps @ self.drift.T, self.diffusion)
        return (self.witness.analyse(end) - self.centre)[:, None, :]


@dataclass(frozen=True, eq=False)
class ReverseDraws:
    """Samples at t = 0 of somebody else's reverse sampler; `cov` is the claimed law of its recursion."""

    label: str
    cov: Covariance
    sampler: ReverseSampler
    process: str

    @property
    def normals(self) -> int:
        """A map to start from, and those of every step."""
        return self.sampler.maps * self.sampler.variance.size

    @property
    def content(self) -> str:
        """Label, variances, process and steps."""
        variance = sha256(self.sampler.variance.tobytes()).hexdigest()
        return f"{self.label} {variance} reverse {self.process} {self.sampler.steps} steps"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return samples, (paths, 1, n)."""
        sampler = self.sampler
        normals = rng.standard_normal((paths, sampler.maps, sampler.variance.size))
        return sampler.run(normals)[:, None, :]


@dataclass(frozen=True, eq=False)
class SamplerDraws:
    """Samples of the package's own `SpectralSDE.sample`; `cov` is the claimed law of its recursion."""

    label: str
    cov: Covariance
    score: GaussianScore
    steps: int

    @property
    def normals(self) -> int:
        """Those of the prior's draw, and of one a step."""
        return (self.steps + 1) * self.cov.n

    @property
    def content(self) -> str:
        """Label, process, variances, data and steps."""
        sde = self.score.sde
        data = sha256(self.score.data.tobytes()).hexdigest()
        law = law_content(self.label, sde.covariance)
        return f"{law} {sde.process!r} {data} {self.steps} steps"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return samples, (paths, 1, n)."""
        return np.asarray(self.score.sde.sample(self.score, rng, paths, self.steps))[:, None, :]
