"""Exact arithmetic, T3: entries, zeros, rank, determinant of Sigma; python-flint underneath."""

from derivations.exact.entries import exact_covariance, exact_real_covariance, exact_relation
from derivations.exact.invariants import exact_determinant, exact_rank
from derivations.exact.operators import Jacobi, LeastSquares, Quadrature
from derivations.exact.selection import Zeros, zero_entries
from derivations.exact.sums import exact_sums

__all__ = [
    "Jacobi",
    "LeastSquares",
    "Quadrature",
    "Zeros",
    "exact_covariance",
    "exact_determinant",
    "exact_rank",
    "exact_real_covariance",
    "exact_relation",
    "exact_sums",
    "zero_entries",
]
