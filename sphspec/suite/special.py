"""Exact special cases: the covariance is linear in the variance, and of one noisy point it has rank one."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.simulate import DirectWitness
from sphspec.suite.rounding import rounding_of
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
SCALE = 0.37  # no power of two: every product rounds
POINT = 0.3  # which point is noisy, as a part of those that count


def special_results(
    case: str, cov: NoiseCovariance, direct: DirectWitness, sigma: Floats
) -> Iterator[Result]:
    """Yield the checks of t Sigma and of a single noisy point."""
    limit = verify.ENTRIES * rounding_of(cov).factor
    scaled = noise_covariance(cov.operator, SCALE * cov.variance).dense()
    yield verify.same_vectors(
        case, "covariance of Brownian motion at t is t Sigma", 0, scaled, SCALE * sigma, limit,
        "a covariance that is not linear in the variance per unit time",
    )  # fmt: skip
    lengths = np.linalg.norm(direct.matrix, axis=0)
    seen = np.flatnonzero(lengths > verify.WEAK * lengths.max())  # a masked point says nothing
    place = int(seen[int(POINT * seen.size)])
    single = np.zeros(cov.operator.grid.npix)
    single[place] = SCALE
    column = direct.matrix[:, place]
    yield verify.same_vectors(
        case, "noise of one point alone: Sigma = s^2 a a^T", 1,
        noise_covariance(cov.operator, single).dense(), SCALE * np.outer(column, column), limit,
        "a variance that varies from point to point taken for another",
    )  # fmt: skip
