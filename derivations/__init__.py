"""Symbolic derivations: SymPy (python-flint underneath); the runtime never imports them."""

from derivations.closed_forms import (
    closed_form,
    closed_form_at,
    closed_relation,
    closed_relation_at,
    valid_from,
)
from derivations.exact import (
    exact_covariance,
    exact_determinant,
    exact_rank,
    exact_real_covariance,
    exact_relation,
    zero_entries,
)

__all__ = [
    "closed_form",
    "closed_form_at",
    "closed_relation",
    "closed_relation_at",
    "exact_covariance",
    "exact_determinant",
    "exact_rank",
    "exact_real_covariance",
    "exact_relation",
    "valid_from",
    "zero_entries",
]
