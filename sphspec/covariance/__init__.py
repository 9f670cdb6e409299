"""The covariance Sigma of pixel noise after an analysis operator: Sigma = A D A^T."""

from sphspec.covariance.build import noise_covariance
from sphspec.covariance.isotropy import Isotropy
from sphspec.covariance.noise import NoiseCovariance

__all__ = ["Isotropy", "NoiseCovariance", "noise_covariance"]
