"""Generated from derivations; do not edit.

Derivations: filtered-covariance, jacobi-operator
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "filtered_covariance",
    "jacobi_step",
]


def jacobi_step(gram: Value, spectral_filter: Value) -> Value:
    r"""Return Q_(k+1), (n, n).

    .. math::
        \left(\mathbb{I} - gram\right) spectral_{filter} + \mathbb{I}

    Parameters
    ----------
    gram
        Gram matrix G = Phi^T W Phi, (n, n)
    spectral_filter
        filter Q of A = Q A0, (n, n)

    Notes
    -----
    Derivation: jacobi-operator
    Fingerprint: -7.53252343394751593526134895242
    """
    if gram.ndim != 2 or gram.shape[0] != gram.shape[1]:
        raise ValueError(f"gram must be a square matrix, got {gram.shape}")
    if spectral_filter.shape != gram.shape:
        raise ValueError(f"spectral_filter must be {gram.shape}, got {spectral_filter.shape}")
    identity = xp.identity(gram)
    return (-gram + identity) @ spectral_filter + identity


def filtered_covariance(spectral_filter: Value, sigma: Value) -> Value:
    r"""Return Sigma, (n, n).

    .. math::
        spectral_{filter} \sigma spectral_{filter}^{T}

    Parameters
    ----------
    spectral_filter
        filter Q of A = Q A0, (n, n)
    sigma
        covariance Sigma_0 of the quadrature transform, (n, n)

    Notes
    -----
    Derivation: filtered-covariance
    Fingerprint: 30.2157061265567882584189182491
    """
    if spectral_filter.ndim != 2 or spectral_filter.shape[0] != spectral_filter.shape[1]:
        raise ValueError(f"spectral_filter must be a square matrix, got {spectral_filter.shape}")
    if sigma.shape != spectral_filter.shape:
        raise ValueError(f"sigma must be {spectral_filter.shape}, got {sigma.shape}")
    return spectral_filter @ sigma @ spectral_filter.T
