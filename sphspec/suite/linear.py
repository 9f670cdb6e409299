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
from sphspec.suite.probes import Probes
from sphspec.suite.process import PATH
from sphspec.suite.rounding import rounding_of
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
CASE = "heat flow on HEALPix nside=2 lmax=5"
STEPS, DIFFUSION = 8, 0.8
LATER = 0.7  # time at which the moments are looked at
SHORT = 1e-9  # time over which the noise is g^2 Sigma t but for this relative part
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
    drift, probes = Drift(direct, rates), Probes.of(cov.n, rng)
    noise = DIFFUSION**2 * direct.covariance(cov.variance)
    mean, gathered = sde.dynamics.mean(np.eye(cov.n), LATER).T, sde.marginal_covariance(LATER)
    yield verify.same_vectors(
        case, "heat flow: the mean is e^(B t)", 1, probes.seen(mean), drift.exponential(LATER, probes),
        LAW * factor, f"a wrong rate, or a mode of the drift left out, {probes.where}",
    )  # fmt: skip
    yield verify.same_vectors(
        case, "heat flow: the noise solves its equation", 1,
        drift.doubled(gathered, probes) + probes.seen(noise), mean @ (noise @ probes.seen(mean.T)),
        LAW * factor, f"a wrong covariance of what the noise gathers, {probes.where}",
        float(np.abs(probes.seen(noise)).max()),
    )  # fmt: skip
    yield verify.same_vectors(
        case, "heat flow: noise over a short time", 1, sde.marginal_covariance(SHORT) / SHORT, noise,
        LAW * factor + 4 * SHORT, "noise that starts with another strength",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Drift:
    """The witness' B = A S M; where probes are looked at, its matrix is never made.

    Attributes
    ----------
    direct : brute-force transform
    rates : (n,) diagonal of M
    """

    direct: DirectWitness
    rates: Floats

    def doubled(self, law: Floats, probes: Probes) -> Floats:
        """Return what is looked at of B P + P B^T."""
        if probes.columns is None:
            return probes.doubled(self._matrix, law)
        return self._after(law @ probes.columns) + law @ self._back(probes.columns)

    def exponential(self, time: float, probes: Probes) -> Floats:
        """Return what is looked at of e^(B t)."""
        if probes.columns is None:
            return np.asarray(scipy.linalg.expm(self._matrix * time))
        n = self.rates.size
        operator = scipy.sparse.linalg.LinearOperator(
            (n, n), dtype=np.float64,
            matvec=lambda x: time * self._after(x.reshape(n, 1)), matmat=lambda x: time * self._after(x),
            rmatvec=lambda x: time * self._back(x.reshape(n, 1)), rmatmat=lambda x: time * self._back(x),
        )  # fmt: skip
        diagonal = np.einsum("np,pn->n", self.direct.matrix, self.direct.harmonics) * self.rates
        trace = time * float(diagonal.sum())
        return np.asarray(scipy.sparse.linalg.expm_multiply(operator, probes.columns, traceA=trace))

    def _after(self, columns: Floats) -> Floats:
        return np.asarray(self.direct.matrix @ (self.direct.harmonics @ (self.rates[:, None] * columns)))

    def _back(self, columns: Floats) -> Floats:
        return np.asarray(self.rates[:, None] * (self.direct.harmonics.T @ (self.direct.matrix.T @ columns)))

    @cached_property
    def _matrix(self) -> Floats:
        return np.asarray((self.direct.matrix @ self.direct.harmonics) * self.rates)


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
