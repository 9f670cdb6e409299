"""The covariance Sigma of pixel noise after an analysis operator: Sigma = A D A^T."""

from sphspec.covariance.build import noise_covariance
from sphspec.covariance.gaunt import gaunt_covariance, harmonic_field
from sphspec.covariance.isotropy import Isotropy
from sphspec.covariance.laws import LimitLaw
from sphspec.covariance.mode_coupling import field_spectrum, mode_coupling_matrix
from sphspec.covariance.noise import NoiseCovariance
from sphspec.covariance.round_trip import is_round_trip, round_trip_deviation
from sphspec.covariance.symbol_law import limit_law

__all__ = [
    "Isotropy",
    "LimitLaw",
    "NoiseCovariance",
    "field_spectrum",
    "gaunt_covariance",
    "harmonic_field",
    "is_round_trip",
    "limit_law",
    "mode_coupling_matrix",
    "noise_covariance",
    "round_trip_deviation",
]
