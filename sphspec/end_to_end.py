"""Gaussian data through the reverse process with the exact score: what is sampled, against the truth.

Where Sigma is regular there is a W with Sigma = W W^T and P_0 = W diag(q) W^T; in beta = W^-1 alpha a sampler
is n problems of one coordinate, with noise 1 and score -beta/(m^2 q + v): the exact law of thousands of steps
costs as much as their time steps on a vector.

Source: our derivation (gaussian-coordinates).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import score as generated_score
from sphspec._generated import sde as generated
from sphspec.analysis import Quadrature
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.data_covariance import covariance_matrix
from sphspec.grids import GaussLegendre
from sphspec.parametrisation import scalar_process
from sphspec.processes import Process
from sphspec.samplers import EulerMaruyama
from sphspec.sampling import Sampler, Steps, sampler_of, walk
from sphspec.sde import SpectralSDE

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EndToEnd:
    """Gaussian data N(0, P_0), a process and its noise, in coordinates where both are diagonal.

    Attributes
    ----------
    sde : scalar process and noise
    data : (n, n) covariance P_0 of alpha at t = 0
    places : sectors that neither data nor noise couple
    bases : V of each sector, V^T Sigma V = 1
    ratios : (n,) variances q of the data over the noise's, sector by sector
    """

    sde: SpectralSDE
    data: Floats
    places: tuple[NDArray[np.int64], ...]
    bases: tuple[Floats, ...]
    ratios: Floats

    @classmethod
    def of(cls, sde: SpectralSDE, data_covariance: Any) -> "EndToEnd":
        """Return the coordinates of data under an SDE.

        Raises
        ------
        ValueError
            for a singular Sigma (its rank is named), data that are no covariance, a process that is not
            scalar.
        """
        cov = sde.covariance
        scalar_process(sde, "the sampler's law")
        data = covariance_matrix(data_covariance, cov.n)
        if cov.rank() < cov.n:
            raise ValueError(
                f"Sigma is singular (rank {cov.rank()} of {cov.n}): no coordinates make it 1; lower lmax"
            )
        places, noises = _sectors(cov, data)
        bases, ratios = [], []
        for rows, noise in zip(places, noises, strict=True):
            values, vectors = scipy.linalg.eigh(data[np.ix_(rows, rows)], noise)
            bases.append(vectors)
            ratios.append(np.maximum(values, 0.0))  # roundoff of a singular P_0
        return cls(sde, data, places, tuple(bases), np.concatenate(ratios))

    def sampled(self, steps: Steps, sampler: Sampler | None = None, *, exact_start: bool = False) -> Floats:
        """Return the covariance of what a sampler draws at t = 0, (n, n), as `sampler_law` does.

        Parameters
        ----------
        steps : number of equal time steps, or the times from 1 down to 0
        sampler : EulerMaruyama() where none is given
        exact_start : from the data's own law at t = 1, in place of the prior
        """
        (variances,) = sampled_variances([self], steps, sampler, exact_start=exact_start)
        return self.covariance(variances)

    def covariance(self, variances: Floats) -> Floats:
        """Return W diag(p) W^T of variances p (n,) in the coordinates beta.

        Raises
        ------
        ValueError
            for variances that are not finite, as those of a sampler of too few steps.
        """
        check.finite_result("the sampler's law", variances, "take more steps")
        result, first = np.zeros_like(self.data), 0
        for rows, basis in zip(self.places, self.bases, strict=True):
            inverse = np.linalg.inv(basis.T)
            part = variances[first : first + rows.size]
            result[np.ix_(rows, rows)] = (inverse * part) @ inverse.T
            first += rows.size
        return result

    def isotropic(self, steps: Steps) -> Floats:
        """Return what Euler-Maruyama draws with c 1 in place of Sigma, c = tr Sigma/n, (n, n).

        Prior, drift and noise are isotropic; the score is that of the true noise. It is no sampler of the
        data at any number of steps.
        """
        process, cov = scalar_process(self.sde, "the sampler's law"), self.sde.covariance
        level, pairs = float(np.mean(cov.diagonal())), tuple(walk(steps))
        result, first = np.zeros_like(self.data), 0
        known: dict[bytes, Floats] = {}  # cosine and sine parts of an order have one law
        for rows, basis in zip(self.places, self.bases, strict=True):
            ratios = self.ratios[first : first + rows.size]
            first += rows.size
            key = basis.tobytes() + ratios.tobytes()
            if key not in known:
                known[key] = _isotropic(process, basis, ratios, level, pairs)
            result[np.ix_(rows, rows)] = known[key]
        return check.finite_result("the isotropic sampler's law", result, "take more steps")

    def error(self, law: Floats) -> float:
        """Return |P - P_0|_F/|P_0|_F."""
        return float(np.linalg.norm(law - self.data) / np.linalg.norm(self.data))

    def prior_mismatch(self) -> float:
        """Return |P_1 - v(1) Sigma|_F/|P_1|_F, what of the data is left at t = 1."""
        law = self.sde.marginal_covariance(1.0, self.data)
        return float(np.linalg.norm(law - self.sde.marginal_covariance(1.0)) / np.linalg.norm(law))


def _isotropic(
    process: Process, basis: Floats, ratios: Floats, level: float, pairs: tuple[tuple[float, float], ...]
) -> Floats:
    """Return what Euler-Maruyama draws in one sector with noise `level` times 1 in place of Sigma's."""
    noise, identity = level * basis.T @ basis, np.eye(ratios.size)
    law = generated.marginal_covariance(0.0, process.variance(1.0), 0.0, noise)
    for t, s in pairs:
        power, dt = process.power(t), t - s
        spread = generated.marginal_covariance(process.mean(t), process.variance(t), ratios, 1.0)
        score = np.diag(generated_score.gaussian(1.0 / spread))
        move = generated.step_matrix(noise, score, process.rate(t) * identity, power, dt)
        law = generated.step_law(move, law, noise, generated.step_power(power, dt))
    inverse = np.linalg.inv(basis.T)
    return np.asarray(inverse @ law @ inverse.T)


def sampled_variances(
    laws: Sequence[EndToEnd], steps: Steps, sampler: Sampler | None = None, *, exact_start: bool = False
) -> tuple[Floats, ...]:
    """Return the variances of beta that a sampler draws at t = 0, (n,) for each of the laws, in one walk.

    Parameters
    ----------
    laws : data and noises of one process
    steps, sampler, exact_start : as for `EndToEnd.sampled`

    Raises
    ------
    ValueError
        for laws of several processes.
    """
    process = scalar_process(laws[0].sde, "the sampler's law")
    if any(each.sde.process != process for each in laws):
        raise ValueError("laws that are sampled together must have one process")
    chosen, unit = sampler_of(sampler or EulerMaruyama()), SpectralSDE(process, _unit())
    ratios = np.concatenate([each.ratios for each in laws])[:, None]
    ones = np.ones(ratios.shape)

    def pull(beta: Floats, t: float) -> Floats:
        spread = generated.marginal_covariance(process.mean(t), process.variance(t), ratios, 1.0)
        return np.asarray(generated_score.gaussian(beta / spread))

    mean = unit.dynamics.mean(ones, 1.0) if exact_start else 0.0 * ones
    law = mean**2 * ratios + unit.marginal_covariance(1.0)
    alone = np.zeros((1 + chosen.draws, 1 + chosen.draws, *ones.shape))  # the state, or one draw, is 1
    alone[np.diag_indices(1 + chosen.draws)] = 1.0
    for t, s in walk(steps):
        moved, *noise = chosen.step(unit, pull, alone[0], t, s, list(alone[1:])) ** 2
        law = moved * law + sum(noise)
    ends = np.cumsum([each.ratios.size for each in laws])[:-1]
    return tuple(np.split(law[:, 0], ends))


def fitted_order(steps: Sequence[int], errors: Sequence[float]) -> float:
    """Return p of errors ~ steps^-p, by least squares of the logarithms."""
    return -float(np.polyfit(np.log(np.asarray(steps, dtype=float)), np.log(errors), 1)[0])


def _sectors(cov: NoiseCovariance, data: Floats) -> tuple[tuple[NDArray[np.int64], ...], tuple[Floats, ...]]:
    """Return Sigma in its sectors where the data respect them, else all coefficients at once."""
    inside = np.zeros(data.shape, dtype=bool)
    for rows in cov.blocks.indices:
        inside[np.ix_(rows, rows)] = True
    if np.any(data[~inside]):
        return (np.arange(cov.n),), (cov.dense(),)
    return cov.blocks.indices, cov.blocks.blocks


def _unit() -> NoiseCovariance:
    """Return a covariance of one coefficient, 1."""
    operator = Quadrature(GaussLegendre(1, 1), 0)
    return noise_covariance(operator, 1.0 / float(noise_covariance(operator).dense()[0, 0]))
