"""Sigma without its entries: products by transforms, solutions and spectra by Krylov spaces."""

from sphspec.implicit.conjugate_gradients import Solved
from sphspec.implicit.covariance import ImplicitCovariance
from sphspec.implicit.estimate import Estimate

__all__ = ["Estimate", "ImplicitCovariance", "Solved"]
