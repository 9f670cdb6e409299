"""What single precision costs: bounds of the rounding error of products with Sigma and its inverse.

For v rounded to unit roundoff u and sectors of at most s coefficients (Higham 2002, section 3.5):

    |fl(Sigma v) - Sigma v| <= gamma |v| max_i sum_j |Sigma_ij|,     gamma = (s + 2) u/(1 - (s + 2) u)

and the same for Sigma^-1; sums over j become norms because |Sigma|_2 <= |Sigma|_inf for symmetric Sigma.
"""

from dataclasses import dataclass

import numpy as np

from sphspec.covariance import NoiseCovariance
from sphspec.gram import SectorMap


@dataclass(frozen=True)
class RoundingError:
    """Largest relative errors, in the Euclidean norm, of what arrays of a precision give.

    Attributes
    ----------
    product : of Sigma v, relative to |Sigma| |v|: reverse drift, probability flow
    target : of Sigma^-1 r, relative to |Sigma^-1 r|: score targets; r = alpha_t - m alpha_0 itself is
        right to 3 u (|alpha_t| + |alpha_0|), which the inverse multiplies by its norm
    """

    product: float
    target: float


def rounding_error(covariance: NoiseCovariance, dtype: str = "float32") -> RoundingError:
    """Return bounds of the error made by arrays of a precision in products with Sigma and Sigma^-1.

    Parameters
    ----------
    covariance : Sigma
    dtype : "float16", "float32" or "float64"

    Raises
    ------
    ValueError
        for another precision; where so many terms are added that there is no bound.

    >>> from sphspec import GaussLegendre, Quadrature, noise_covariance
    >>> error = rounding_error(noise_covariance(Quadrature(GaussLegendre(7, 13), 6)))
    >>> error.product < 1e-6 < error.target < 1e-5
    True
    """
    if not isinstance(dtype, str) or dtype not in {"float16", "float32", "float64"}:
        raise ValueError(f"dtype must be 'float16', 'float32' or 'float64', got {dtype!r}")
    if not isinstance(covariance, NoiseCovariance):
        raise ValueError(f"covariance must come from noise_covariance(...), got {covariance!r}")
    blocks = covariance.blocks
    if not covariance.rank():
        raise ValueError(f"{covariance!r} is zero; relative errors have no meaning")
    terms = (max(places.size for places in blocks.indices) + 2) * float(np.finfo(dtype).eps) / 2
    if terms >= 0.5:
        raise ValueError(f"{dtype} has no bound for {covariance!r}; use a higher precision")
    gamma = terms / (1 - terms)
    values = blocks.eigenvalues()
    forward, backward = _row_sum(blocks.apply), _row_sum(blocks.inverse)
    return RoundingError(float(gamma * forward / values[-1]), float(gamma * backward * values[-1]))


def _row_sum(linear: SectorMap) -> float:
    return max(float(np.abs(matrix).sum(axis=1).max()) for matrix in linear.matrices)
