"""Symbolic derivations: SymPy (python-flint underneath); the runtime never imports them."""

from derivations.exact import exact_covariance

__all__ = ["exact_covariance"]
