"""Linear drifts: the heat flow on every case, against pixels; its draws through healpy on coarse HEALPix.

The drift x -> S M A x of the field is stated anew, on pixels, with the witness' own A and S: what the
coefficients then do is K M, K = A S, and not M.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from numpy.typing import NDArray

from sphspec._generated import sde as generated
from sphspec.analysis import Quadrature
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.drifts import Heat
from sphspec.grids import Healpix
from sphspec.sde import SpectralSDE
from sphspec.simulate import DirectWitness, HealpyWitness, healpy_drift, heat_rates
from sphspec.suite.dense import DenseCovariance
from sphspec.suite.draws import Draws, DriftDraws
from sphspec.suite.process import PATH
from sphspec.suite.rounding import rounding_of
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
CASE = "heat flow on HEALPix nside=2 lmax=5"
STEPS, DIFFUSION = 8, 0.8
LATER = 0.7  # time at which the moments are looked at
SHORT = 1e-9  # time over which the noise is g^2 Sigma t but for this relative part
DENSE = 1200  # coefficients up to which every entry is looked at
PROBES = 8  # vectors, beyond
LAW = 1e-10  # the witness' exponential of a matrix; the noise over a short time


def heat_flow(cov: NoiseCovariance) -> SpectralSDE:
    """Return a heat flow by which the highest degree decays as e^-t, the field's constant not at all."""
    lmax = cov.lmax
    return SpectralSDE(Heat(1.0 / max(1, lmax * (lmax + 1)), DIFFUSION), cov)


def linear_results(
    case: str, cov: NoiseCovariance, direct: DirectWitness, rng: np.random.Generator
) -> Iterator[Result]:
    """Yield the checks of the heat flow: its drift on pixels, and the moments of its coefficients.

    With B = A S M and Sigma the witness' own: E = e^(B t), and the noise N has
    B N + N B^T + g^2 Sigma = E g^2 Sigma E^T; over a short time it is g^2 Sigma t.
    """
    sde, factor = heat_flow(cov), rounding_of(cov).factor
    rates = heat_rates(cov.lmax, 1.0 / max(1, cov.lmax * (cov.lmax + 1)))
    fields = rng.standard_normal((2, cov.operator.grid.npix)) * np.sqrt(np.mean(cov.variance))
    coefficients = direct.analyse(fields)
    moved = direct.analyse((coefficients * rates) @ direct.harmonics.T)
    scale = float(np.abs(moved).max()) or float(np.abs(coefficients).max())  # no drift at lmax = 0
    yield verify.same_vectors(
        case, "heat flow: the drift of the coefficients is that of the field", 2,
        sde.drift(cov.operator(fields), 0.3), moved, PATH * factor,
        "a drift M in place of A S M, where the quadrature is not exact", scale,
    )  # fmt: skip
    drift = Drift.of(direct, rates, rng)
    noise = DIFFUSION**2 * direct.covariance(cov.variance)
    mean, gathered = sde.dynamics.mean(np.eye(cov.n), LATER).T, sde.marginal_covariance(LATER)
    yield verify.same_vectors(
        case, "heat flow: the mean is e^(B t)", 1, drift.seen(mean), drift.exponential(LATER), LAW * factor,
        f"a wrong rate, or a mode of the drift left out; {drift.where}",
    )  # fmt: skip
    balance = drift.after(drift.seen(gathered)) + gathered @ drift.transposed + drift.seen(noise)
    yield verify.same_vectors(
        case, "heat flow: the noise solves its equation", 1, balance, mean @ noise @ drift.seen(mean.T),
        LAW * factor, f"a wrong covariance of what the noise gathers; {drift.where}",
        float(np.abs(drift.seen(noise)).max()),
    )  # fmt: skip
    yield verify.same_vectors(
        case, "heat flow: noise over a short time", 1, sde.marginal_covariance(SHORT) / SHORT, noise,
        LAW * factor + 4 * SHORT, "noise that starts with another strength",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Drift:
    """The witness' B = A S M, in all entries or, of many coefficients, on a few random vectors.

    Attributes
    ----------
    direct : brute-force transform
    rates : (n,) diagonal of M
    probes : (n, PROBES) the vectors; None for all entries
    """

    direct: DirectWitness
    rates: Floats
    probes: Floats | None

    @classmethod
    def of(cls, direct: DirectWitness, rates: Floats, rng: np.random.Generator) -> "Drift":
        """Return the drift of a transform; only many coefficients take anything from rng."""
        many = rates.size > DENSE
        return cls(direct, rates, rng.standard_normal((rates.size, PROBES)) if many else None)

    @property
    def where(self) -> str:
        """Where it is looked at, in words."""
        return "every entry" if self.probes is None else f"on {PROBES} random vectors"

    def seen(self, matrix: Floats) -> Floats:
        """Return what is looked at of a matrix (n, n)."""
        return matrix if self.probes is None else matrix @ self.probes

    def after(self, columns: Floats) -> Floats:
        """Return B applied to columns (n, k)."""
        if self.probes is None:
            return self._matrix @ columns
        return self.direct.matrix @ (self.direct.harmonics @ (self.rates[:, None] * columns))

    @property
    def transposed(self) -> Floats:
        """What is looked at of B^T."""
        return self._matrix.T if self.probes is None else self._back(self.probes)

    def exponential(self, time: float) -> Floats:
        """Return what is looked at of e^(B t)."""
        if self.probes is None:
            return np.asarray(scipy.linalg.expm(self._matrix * time))
        operator = scipy.sparse.linalg.LinearOperator(
            (self.rates.size, self.rates.size), dtype=np.float64,
            matvec=lambda x: time * self.after(x.reshape(-1, 1)), matmat=lambda x: time * self.after(x),
            rmatvec=lambda x: time * self._back(x.reshape(-1, 1)), rmatmat=lambda x: time * self._back(x),
        )  # fmt: skip
        diagonal = np.einsum("np,pn->n", self.direct.matrix, self.direct.harmonics) * self.rates
        trace = time * float(diagonal.sum())
        return np.asarray(scipy.sparse.linalg.expm_multiply(operator, self.probes, traceA=trace))

    def _back(self, columns: Floats) -> Floats:
        return self.rates[:, None] * (self.direct.harmonics.T @ (self.direct.matrix.T @ columns))

    @cached_property
    def _matrix(self) -> Floats:
        return (self.direct.matrix @ self.direct.harmonics) * self.rates


def linear_draws() -> Iterator[Draws]:
    """Yield paths of the heat flow on pixels, its drift by healpy's transforms, at the grid's band limit.

    Euler-Maruyama on the pixels; the claimed law is that of the same steps with the spectral drift and
    Sigma.
    """
    grid, lmax = Healpix(2), 5
    cov = noise_covariance(Quadrature(grid, lmax))
    sde, witness = heat_flow(cov), HealpyWitness(grid, lmax, 0)
    rates = heat_rates(lmax, 1.0 / (lmax * (lmax + 1)))
    pixel = healpy_drift(grid.nside, lmax, 0, rates)(np.eye(grid.npix)).T
    step = 1.0 / STEPS
    factor = np.eye(cov.n) + step * sde.drift(np.eye(cov.n), 0.0).T
    law, sigma = np.zeros((cov.n, cov.n)), cov.dense()
    for _ in range(STEPS):
        law = generated.step_law(factor, law, sigma, step * DIFFUSION**2)
    start = 3.0 * np.cos(1.0 + 2.3 * np.arange(grid.npix))
    centre = np.linalg.matrix_power(factor, STEPS) @ cov.operator(start)
    yield DriftDraws(CASE, DenseCovariance(law, lmax), witness, pixel, start, centre, STEPS, DIFFUSION)
