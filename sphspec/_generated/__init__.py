"""Generated NumPy functions; do not edit.

Regenerate: python -m derivations --write
"""

__all__ = [
    "analysis",
    "chart",
    "closed_form",
    "covariance",
    "gaunt",
    "isotropy",
    "legendre",
    "limit_law",
    "noise_design",
    "parametrisation",
    "reproducing_kernel",
    "samplers",
    "score",
    "sde",
    "sde_subvp",
    "sde_ve",
    "sde_vp",
    "wigner",
]
