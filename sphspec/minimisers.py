"""The best scores of a class for Gaussian data, in closed form, and the loss that they reach.

Data N(0, P_0) have alpha_t ~ N(0, P), P = m^2 P_0 + v Sigma. Of the scores -sum_k c_k U_k alpha the one of
least loss in the metric W solves M c = b, M_kl = tr(U_k^T W U_l P), b_k = tr(U_k^T W). The exact score
-P^-1 alpha is best in every metric; within a class the metrics differ: that is their inductive bias.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import minimisers as generated
from sphspec.covariance import NoiseCovariance
from sphspec.metrics import Metric, SigmaMetric
from sphspec.parametrisation import scalar_process
from sphspec.processes import Process
from sphspec.sde import SpectralSDE

Floats = NDArray[np.float64]
SIGMA = SigmaMetric()
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Equations:
    """Normal equations of a class, for v = 1 and without the metric's factor.

    Attributes
    ----------
    system : (k, k) M
    cross : (k,) b
    target : tr(W K) v, the power of the score target times v
    exact : what the exact score reaches, tr(W P^-1)
    """

    system: Floats
    cross: Floats
    target: float
    exact: float


class Family(Protocol):
    """A class of linear scores."""

    def equations(self, covariance: NoiseCovariance, metric: Metric, law: Floats) -> Equations:
        """Return the normal equations for alpha_t ~ N(0, law)."""


@dataclass(frozen=True)
class Diagonal:
    """Scores -c_k alpha_k: a factor for each coefficient, (n,)."""

    def equations(self, covariance: NoiseCovariance, metric: Metric, law: Floats) -> Equations:
        """Return M = W o P entry by entry, and b the diagonal of W."""
        weight = metric.dense(covariance)
        system = generated.normal_entry(weight, law)
        return Equations(system, np.diagonal(weight), metric.trace(covariance), _exact(law, weight))


@dataclass(frozen=True)
class PerDegree:
    """Scores -c_l alpha_lm: a factor for each degree, (lmax + 1,)."""

    def equations(self, covariance: NoiseCovariance, metric: Metric, law: Floats) -> Equations:
        """Return the equations of `Diagonal`, summed over orders."""
        single = Diagonal().equations(covariance, metric, law)
        return _per_degree(covariance.lmax, single)


@dataclass(frozen=True)
class IsotropicFilter:
    """Scores of the pixels -Phi diag(h_l) A x, an isotropic filter on the grid: its h_l, (lmax + 1,).

    They are compared with the target on the pixels, in the metric that a spectral one becomes there: with
    the pixels' D for Sigma.
    """

    def equations(self, covariance: NoiseCovariance, metric: Metric, law: Floats) -> Equations:
        """Return M_kl = tr(E_k F E_l P), F = Phi^T W Phi, and b_l = tr(E_l Phi^T W A^T)."""
        operator, variance = covariance.operator, covariance.variance
        check.fits(32.0 * covariance.n * variance.size, f"the harmonics of {operator!r}")
        weight = metric.on_pixels(variance)
        harmonics, analysis = operator.synthesis(np.eye(covariance.n)), operator.dense()
        weighted = harmonics * weight
        system = generated.normal_entry(weighted @ harmonics.T, law)
        noisy = variance > 0
        single = Equations(
            system,
            np.einsum("kp,kp->k", weighted, analysis),
            float(np.sum(weight[noisy] / variance[noisy])),
            _exact(law, (analysis * weight) @ analysis.T),
        )
        return _per_degree(covariance.lmax, single)


@dataclass(frozen=True, eq=False)
class BestScore:
    """The score of least loss of a class.

    Attributes
    ----------
    coefficients : c_k, positive where the score pulls towards zero
    loss : mean loss that it reaches, of one example
    excess : by how much that is above the loss of the exact score
    """

    coefficients: Floats
    loss: float
    excess: float


def best_score(
    sde: SpectralSDE, data_covariance: Any, t: float, family: Family, metric: Metric = SIGMA
) -> BestScore:
    """Return the best score of a class for Gaussian data N(0, P_0), exactly.

    Parameters
    ----------
    sde : the process and its noise
    data_covariance : (n, n) symmetric, no negative eigenvalue, chart R1
    t : time in (0, 1]
    family : PerDegree(), Diagonal() or IsotropicFilter()
    metric : SigmaMetric(), PlainMetric(), LikelihoodMetric() or NoiseMetric()

    Raises
    ------
    ValueError
        where data and noise leave a direction out; for a singular Sigma in the plain metric.

    Source: our derivation (best-linear-score, least-loss, excess-loss, best-diagonal-score, best-filter).

    >>> from sphspec import VP, GaussLegendre, PlainMetric, Quadrature, SpectralSDE, noise_covariance
    >>> sde = SpectralSDE(VP(), noise_covariance(Quadrature(GaussLegendre(4, 7), 3)))
    >>> best_score(sde, np.eye(16), 0.2, PerDegree(), PlainMetric()).coefficients.round(3)
    array([1.211, 1.211, 1.211, 1.211])
    """
    law, time = _law(sde, data_covariance, t), float(t)
    equations = family.equations(sde.covariance, metric, law)
    factors = _solved(equations.system, equations.cross)
    reached = float(equations.cross @ factors)
    power = generated.target_power(equations.target, _process(sde).variance(time))

    def weighed(loss: float) -> float:
        return float(metric.weigh(_process(sde), time, loss))

    return BestScore(
        factors,
        weighed(generated.left_over(power, reached)),
        weighed(generated.left_over(equations.exact, reached)),
    )


def _process(sde: SpectralSDE) -> Process:
    return scalar_process(sde, "score matching")


def _law(sde: SpectralSDE, data_covariance: Any, t: Any) -> Floats:
    """Return P_t."""
    _process(sde)
    check.times("t", t, positive=True)
    return sde.marginal_covariance(t, data_covariance)


def _exact(law: Floats, weight: Floats) -> float:
    """Return tr(W P^-1)."""
    factor = _factor(law)
    if factor is None:
        raise ValueError(
            "the covariance of alpha_t is singular: data and noise leave a direction out, and no score is "
            "best; add variance to the data covariance where it has none"
        )
    return float(np.trace(scipy.linalg.cho_solve((factor, True), weight)))


def _solved(system: Floats, cross: Floats) -> Floats:
    factor = _factor(system)
    if factor is None:
        raise ValueError(
            "the best score of the class is not unique: the metric does not see some of its coefficients; "
            "lower lmax or use a class with fewer"
        )
    return np.asarray(scipy.linalg.cho_solve((factor, True), cross))


def _factor(matrix: Floats) -> Floats | None:
    """Return the lower Cholesky factor of a symmetric matrix, None for one singular to working precision."""
    factor, failed = scipy.linalg.lapack.dpotrf(matrix, lower=1)
    if failed:
        return None
    norm = float(np.abs(matrix).sum(axis=0).max())
    reciprocal, _ = scipy.linalg.lapack.dpocon(factor, norm, uplo="L")
    return np.asarray(factor) if reciprocal > matrix.shape[0] * EPS else None


def _per_degree(lmax: int, single: Equations) -> Equations:
    """Return the equations of coefficients with those of one degree taken together."""
    starts = np.arange(lmax + 1) ** 2
    rows = np.add.reduceat(single.system, starts, axis=0)
    return Equations(
        np.add.reduceat(rows, starts, axis=1),
        np.add.reduceat(single.cross, starts),
        single.target,
        single.exact,
    )
