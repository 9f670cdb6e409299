"""Generated NumPy functions; do not edit.

Regenerate: python -m derivations --write
"""

__all__ = [
    "analysis",
    "chart",
    "closed_form",
    "conventions",
    "covariance",
    "displacement",
    "gaunt",
    "isotropy",
    "legendre",
    "limit_law",
    "linear_drift",
    "loss",
    "minimisers",
    "noise_design",
    "parametrisation",
    "reproducing_kernel",
    "samplers",
    "score",
    "sde",
    "sde_cosine",
    "sde_ou",
    "sde_subvp",
    "sde_ve",
    "sde_vp",
    "wigner",
]
