"""Generated NumPy functions; do not edit.

Regenerate: python -m derivations --write
"""

__all__ = [
    "analysis",
    "chart",
    "covariance",
    "gaunt",
    "isotropy",
    "legendre",
    "score",
    "sde",
    "sde_subvp",
    "sde_ve",
    "sde_vp",
    "wigner",
]
