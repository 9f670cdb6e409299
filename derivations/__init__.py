"""Symbolic derivations: SymPy (python-flint underneath); the runtime never imports them."""

from derivations.exact import (
    exact_covariance,
    exact_determinant,
    exact_rank,
    exact_real_covariance,
    exact_relation,
    zero_entries,
)

__all__ = [
    "exact_covariance",
    "exact_determinant",
    "exact_rank",
    "exact_real_covariance",
    "exact_relation",
    "zero_entries",
]
