"""How much an operator magnifies rounding: what the limits of the deterministic tiers follow."""

from dataclasses import dataclass

import numpy as np

from sphspec.analysis import LeastSquares, Quadrature
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.suite.witnesses import iterations
from sphspec.verify.deterministic import EPS

SAFE = 5.0  # magnification that the plain limits hold anyway; at 8 entries were seen 1 % beyond them


@dataclass(frozen=True)
class Rounding:
    """Rounding of one case.

    Attributes
    ----------
    factor : multiplies relative limits; 1 where the operator magnifies little
    absolute : what small entries may differ by, a few roundings of |Q|^2 max C_0
    """

    factor: float
    absolute: float


def rounding_of(cov: NoiseCovariance) -> Rounding:
    """Return the rounding of an operator's covariance: |Q| |G| on the eigenvalues of G."""
    operator = cov.operator
    summed = 4 * EPS * float(np.sqrt(operator.grid.npix))  # rounding of a sum over the points
    if operator.plain:
        return Rounding(1.0, summed * float(cov.diagonal().max()))
    values = operator.gram.eigenvalues()
    if isinstance(operator, LeastSquares):
        largest = 1 / float(values[0])
    else:
        powers = np.abs(1 - values)[:, None] ** np.arange(iterations(operator) + 1)
        largest = float(powers.sum(axis=1).max())
    factor = max(1.0, largest * float(np.abs(values).max()) / SAFE)
    plain = noise_covariance(Quadrature(operator.grid, operator.lmax), cov.variance)
    return Rounding(factor, summed * largest**2 * float(plain.diagonal().max()) * factor)
