"""Conventions of coefficients: chart R1, which everything here uses, and converters to everybody else's.

Orthonormal Y_lm with Condon-Shortley phase, as healpy and `scipy.special.sph_harm_y(l, m, theta, phi)`.
R1 has the index l^2 + l + m, m = -l .. l; `convert` changes coefficients, a `Convention` changes
covariances too, Sigma' = T Sigma T^T.
"""

from sphspec.conventions.chart import degrees_orders, from_complex, index, size, to_complex
from sphspec.conventions.convention import Convention
from sphspec.conventions.moments import ComplexCovariance
from sphspec.conventions.power import convert_power
from sphspec.conventions.registry import convert, known, named

__all__ = [
    "ComplexCovariance",
    "Convention",
    "convert",
    "convert_power",
    "degrees_orders",
    "from_complex",
    "index",
    "known",
    "named",
    "size",
    "to_complex",
]
