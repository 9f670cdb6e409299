"""The exact law of noise on the sphere.

Draw independent Gaussian noise on the pixels of a grid and transform it to spherical harmonic
coefficients: what comes out is not white. This package gives its covariance, the SDEs it drives, and
the means to verify both.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphspec import verify
    from sphspec.analysis import Jacobi, LeastSquares, Quadrature
    from sphspec.covariance import (
        NoiseCovariance,
        field_spectrum,
        gaunt_covariance,
        harmonic_field,
        mode_coupling_matrix,
        noise_covariance,
    )
    from sphspec.grids import GaussLegendre, Healpix, RingGrid
    from sphspec.processes import VE, VP, SubVP
    from sphspec.sde import SpectralSDE
    from sphspec.study import Study

_HOME = {
    "GaussLegendre": "sphspec.grids",
    "Healpix": "sphspec.grids",
    "Jacobi": "sphspec.analysis",
    "LeastSquares": "sphspec.analysis",
    "NoiseCovariance": "sphspec.covariance",
    "Quadrature": "sphspec.analysis",
    "RingGrid": "sphspec.grids",
    "SpectralSDE": "sphspec.sde",
    "Study": "sphspec.study",
    "SubVP": "sphspec.processes",
    "VE": "sphspec.processes",
    "VP": "sphspec.processes",
    "field_spectrum": "sphspec.covariance",
    "gaunt_covariance": "sphspec.covariance",
    "harmonic_field": "sphspec.covariance",
    "mode_coupling_matrix": "sphspec.covariance",
    "noise_covariance": "sphspec.covariance",
}

__version__ = "0.1.0"
__all__ = [
    "VE",
    "VP",
    "GaussLegendre",
    "Healpix",
    "Jacobi",
    "LeastSquares",
    "NoiseCovariance",
    "Quadrature",
    "RingGrid",
    "SpectralSDE",
    "Study",
    "SubVP",
    "field_spectrum",
    "gaunt_covariance",
    "harmonic_field",
    "mode_coupling_matrix",
    "noise_covariance",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import a public name, or a module of the package, when it is first used."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name == "verify":
        return import_module("sphspec.verify")
    raise AttributeError(f"module 'sphspec' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
