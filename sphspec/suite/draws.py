"""What a Monte Carlo run draws: plain objects that any process can be handed, and their independent law.

Each draws paths in pixel space, pushes them through an independent transform and normalises what comes out,
so that under the claim all values are independent draws of N(0, Sigma).
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec.covariance import NoiseCovariance
from sphspec.simulate import Witness, brownian_increments

Floats = NDArray[np.float64]


class Draws(Protocol):
    """A claimed law and draws of it from somebody else's code."""

    @property
    def label(self) -> str:
        """Case and law in words."""

    @property
    def cov(self) -> NoiseCovariance:
        """The claimed covariance."""

    @property
    def normals(self) -> int:
        """Number of normals that a path takes: how much memory it needs."""

    @property
    def content(self) -> str:
        """Everything that defines the draws but the seed: the key of their random streams."""

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return (paths, T, n) values, N(0, Sigma) and independent if the claim holds."""


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
        path = np.cumsum(brownian_increments(normals, times, cov.variance), axis=1)
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
    """

    label: str
    cov: NoiseCovariance
    witness: Witness
    start: Floats
    centre: Floats
    deviation: float
    mean: float
    variance: float

    @property
    def normals(self) -> int:
        """A map."""
        return self.start.size

    @property
    def content(self) -> str:
        """Label, variances and start."""
        return f"{law_content(self.label, self.cov)} marginal {sha256(self.start.tobytes()).hexdigest()}"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return normalised draws, (paths, 1, n)."""
        noise = rng.standard_normal((paths, self.start.size)) * np.sqrt(self.cov.variance)
        pixels = self.mean * self.start + np.sqrt(self.variance) * noise
        values = (self.witness.analyse(pixels) - self.centre) / self.deviation
        return np.asarray(values[:, None, :])
