"""The exact law of noise on the sphere.

Draw independent Gaussian noise on the pixels of a grid and transform it to spherical harmonic
coefficients: what comes out is not white. This package gives its covariance, the SDEs it drives, and
the means to verify both.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphspec import audit, claims, verify
    from sphspec.analysis import Jacobi, LeastSquares, Quadrature
    from sphspec.bias import InductiveBias, inductive_bias
    from sphspec.covariance import (
        LimitLaw,
        NoiseCovariance,
        field_spectrum,
        gaunt_covariance,
        harmonic_field,
        limit_law,
        mode_coupling_matrix,
        noise_covariance,
    )
    from sphspec.drifts import FractionalLaplacian, GridDrift, Heat, SpectralDrift, closure_residual
    from sphspec.grids import (
        Equiangular,
        GaussLegendre,
        Healpix,
        PointGrid,
        ReducedGaussian,
        RingGrid,
    )
    from sphspec.healpix_forms import closed_forms, leading_anisotropy
    from sphspec.implicit import Estimate, ImplicitCovariance
    from sphspec.linear_dynamics import LinearDynamics
    from sphspec.losses import (
        coloured_noise_loss,
        loss_ratio_bounds,
        score_loss,
        score_matching,
        spatial_loss,
        spatial_offset,
        spatial_score_matching,
        state_loss,
        white_noise_loss,
    )
    from sphspec.metrics import (
        LikelihoodMetric,
        NoiseMetric,
        PlainMetric,
        SigmaMetric,
    )
    from sphspec.minimisers import (
        BestScore,
        Diagonal,
        IsotropicFilter,
        PerDegree,
        best_score,
    )
    from sphspec.noise_design import NoiseDesign, isotropising_variance
    from sphspec.parametrisation import Denoiser, NoisePrediction, smoothed_score
    from sphspec.precision import rounding_error
    from sphspec.processes import VE, VP, CosineVP, OrnsteinUhlenbeck, SubVP
    from sphspec.resampling import Resampling
    from sphspec.sampler import GaussianScore, gaussian_score, sampler_law
    from sphspec.samplers import EulerMaruyama, Exponential, ExponentialFlow, Heun, PredictorCorrector
    from sphspec.sampling import reverse_path
    from sphspec.sde import SpectralSDE
    from sphspec.store import StoredCovariance, open_covariance
    from sphspec.study import Study

_HOME = {
    "Estimate": "sphspec.implicit",
    "ImplicitCovariance": "sphspec.implicit",
    "CosineVP": "sphspec.processes",
    "Denoiser": "sphspec.parametrisation",
    "NoisePrediction": "sphspec.parametrisation",
    "smoothed_score": "sphspec.parametrisation",
    "EulerMaruyama": "sphspec.samplers",
    "Exponential": "sphspec.samplers",
    "ExponentialFlow": "sphspec.samplers",
    "Heun": "sphspec.samplers",
    "PredictorCorrector": "sphspec.samplers",
    "reverse_path": "sphspec.sampling",
    "Equiangular": "sphspec.grids",
    "FractionalLaplacian": "sphspec.drifts",
    "GaussLegendre": "sphspec.grids",
    "GaussianScore": "sphspec.sampler",
    "GridDrift": "sphspec.drifts",
    "Heat": "sphspec.drifts",
    "Healpix": "sphspec.grids",
    "Jacobi": "sphspec.analysis",
    "LeastSquares": "sphspec.analysis",
    "LimitLaw": "sphspec.covariance",
    "LinearDynamics": "sphspec.linear_dynamics",
    "NoiseCovariance": "sphspec.covariance",
    "NoiseDesign": "sphspec.noise_design",
    "OrnsteinUhlenbeck": "sphspec.processes",
    "PointGrid": "sphspec.grids",
    "Quadrature": "sphspec.analysis",
    "ReducedGaussian": "sphspec.grids",
    "Resampling": "sphspec.resampling",
    "RingGrid": "sphspec.grids",
    "SpectralDrift": "sphspec.drifts",
    "SpectralSDE": "sphspec.sde",
    "StoredCovariance": "sphspec.store",
    "Study": "sphspec.study",
    "SubVP": "sphspec.processes",
    "VE": "sphspec.processes",
    "VP": "sphspec.processes",
    "BestScore": "sphspec.minimisers",
    "Diagonal": "sphspec.minimisers",
    "IsotropicFilter": "sphspec.minimisers",
    "LikelihoodMetric": "sphspec.metrics",
    "NoiseMetric": "sphspec.metrics",
    "PerDegree": "sphspec.minimisers",
    "PlainMetric": "sphspec.metrics",
    "SigmaMetric": "sphspec.metrics",
    "InductiveBias": "sphspec.bias",
    "best_score": "sphspec.minimisers",
    "inductive_bias": "sphspec.bias",
    "coloured_noise_loss": "sphspec.losses",
    "loss_ratio_bounds": "sphspec.losses",
    "score_loss": "sphspec.losses",
    "score_matching": "sphspec.losses",
    "spatial_loss": "sphspec.losses",
    "spatial_offset": "sphspec.losses",
    "spatial_score_matching": "sphspec.losses",
    "state_loss": "sphspec.losses",
    "white_noise_loss": "sphspec.losses",
    "isotropising_variance": "sphspec.noise_design",
    "limit_law": "sphspec.covariance",
    "closed_forms": "sphspec.healpix_forms",
    "leading_anisotropy": "sphspec.healpix_forms",
    "closure_residual": "sphspec.drifts",
    "field_spectrum": "sphspec.covariance",
    "gaunt_covariance": "sphspec.covariance",
    "gaussian_score": "sphspec.sampler",
    "harmonic_field": "sphspec.covariance",
    "mode_coupling_matrix": "sphspec.covariance",
    "noise_covariance": "sphspec.covariance",
    "open_covariance": "sphspec.store",
    "rounding_error": "sphspec.precision",
    "sampler_law": "sphspec.sampler",
}

_MODULES = (  # two are callable
    "adapters", "audit", "claims", "conventions", "pixels", "plot", "testing", "verify",
)  # fmt: skip

__version__ = "0.1.0"
__all__ = [
    "VE",
    "VP",
    "BestScore",
    "CosineVP",
    "Denoiser",
    "Diagonal",
    "Equiangular",
    "Estimate",
    "EulerMaruyama",
    "Exponential",
    "ExponentialFlow",
    "FractionalLaplacian",
    "GaussLegendre",
    "GaussianScore",
    "GridDrift",
    "Healpix",
    "Heat",
    "Heun",
    "ImplicitCovariance",
    "InductiveBias",
    "IsotropicFilter",
    "Jacobi",
    "LeastSquares",
    "LikelihoodMetric",
    "LimitLaw",
    "LinearDynamics",
    "NoiseCovariance",
    "NoiseDesign",
    "NoiseMetric",
    "NoisePrediction",
    "OrnsteinUhlenbeck",
    "PerDegree",
    "PlainMetric",
    "PointGrid",
    "PredictorCorrector",
    "Quadrature",
    "ReducedGaussian",
    "Resampling",
    "RingGrid",
    "SigmaMetric",
    "SpectralDrift",
    "SpectralSDE",
    "StoredCovariance",
    "Study",
    "SubVP",
    "audit",
    "best_score",
    "claims",
    "closed_forms",
    "closure_residual",
    "coloured_noise_loss",
    "field_spectrum",
    "gaunt_covariance",
    "gaussian_score",
    "harmonic_field",
    "inductive_bias",
    "isotropising_variance",
    "leading_anisotropy",
    "limit_law",
    "loss_ratio_bounds",
    "mode_coupling_matrix",
    "noise_covariance",
    "open_covariance",
    "reverse_path",
    "rounding_error",
    "sampler_law",
    "score_loss",
    "score_matching",
    "smoothed_score",
    "spatial_loss",
    "spatial_offset",
    "spatial_score_matching",
    "state_loss",
    "verify",
    "white_noise_loss",
]


def __getattr__(name: str) -> Any:
    """Import a public name, or a module of the package, when it is first used."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _MODULES:
        return import_module(f"sphspec.{name}")
    raise AttributeError(f"module 'sphspec' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
