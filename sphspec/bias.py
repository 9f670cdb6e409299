"""The inductive bias of a loss: the best factor of each degree under each metric, beside the exact score."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.metrics import Metric, NoiseMetric, PlainMetric, SigmaMetric
from sphspec.minimisers import Family, IsotropicFilter, PerDegree, best_score
from sphspec.sde import SpectralSDE

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InductiveBias:
    """What each loss makes of one factor per degree, beside the exact score; arrays (lmax + 1,).

    Attributes
    ----------
    degrees : l
    plain, sigma, noise : best c_l in the plain, the Sigma and the noise metric
    filter : best h_l of an isotropic filter on the pixels, times N/4 pi
    exact, lowest, highest : mean, smallest and largest diagonal entry of P^-1 in each degree
    """

    degrees: NDArray[np.int64]
    plain: Floats
    sigma: Floats
    noise: Floats
    filter: Floats
    exact: Floats
    lowest: Floats
    highest: Floats


def inductive_bias(sde: SpectralSDE, data_covariance: Any, t: float) -> InductiveBias:
    """Return the best factor of each degree under each loss, and the exact score's diagonal.

    Parameters and errors are those of `best_score`; Sigma must be regular.

    Source: our derivation (best-degree-score, best-filter).
    """

    def best(family: Family, metric: Metric) -> Floats:
        return best_score(sde, data_covariance, t, family, metric).coefficients

    lmax, npix = sde.covariance.lmax, sde.covariance.variance.size
    inverse = np.linalg.inv(sde.marginal_covariance(t, data_covariance))
    degrees = np.arange(lmax + 1)
    parts = np.split(np.diagonal(inverse), degrees[1:] ** 2)
    return InductiveBias(
        degrees,
        best(PerDegree(), PlainMetric()),
        best(PerDegree(), SigmaMetric()),
        best(PerDegree(), NoiseMetric()),
        best(IsotropicFilter(), SigmaMetric()) * npix / (4 * np.pi),
        *(np.array([reduce(part) for part in parts]) for reduce in (np.mean, np.min, np.max)),
    )
