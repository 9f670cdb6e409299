"""Measured variances against the claimed ones, by colatitude, order and degree: what figures show."""

import numpy as np
from numpy.typing import NDArray

from sphspec.audit.batch import Batch
from sphspec.audit.finding import Profile
from sphspec.audit.latitude import zonal_variance

Floats = NDArray[np.float64]
LATITUDES = 37  # colatitudes that a field of coefficients is looked at, poles included


def latitude_profile(batch: Batch) -> Profile:
    """Return the variance by colatitude: of the pixels of each ring, else of the field of coefficients."""
    claim = batch.law.claim
    if batch.pixels is not None and claim.grid is not None and claim.pixel_deviation is not None:
        assert batch.maps is not None
        at, ring = np.unique(claim.grid.theta, return_inverse=True)
        points = np.bincount(ring)
        squares = np.asarray(np.bincount(ring, np.mean(batch.maps**2, axis=0)) / points, float)
        claimed = np.asarray(np.bincount(ring, claim.pixel_deviation**2) / points, float)
        return Profile(at, squares, claimed, points * batch.count)
    at = np.linspace(0.0, np.pi, LATITUDES)
    measured = zonal_variance(at, batch.raw, claim.lmax)
    return Profile(
        at, measured, zonal_variance(at, batch.law.sigma, claim.lmax), np.full(at.size, batch.count)
    )


def order_profile(batch: Batch) -> Profile:
    """Return the sum of variances of every |m|."""
    return _sums(batch, np.abs(batch.law.orders))


def degree_profile(batch: Batch) -> Profile:
    """Return the sum of variances of every l."""
    return _sums(batch, batch.law.degrees)


def _sums(batch: Batch, of: NDArray[np.int64]) -> Profile:
    measured = np.asarray(np.bincount(of, np.diagonal(batch.raw)), float)
    claimed = np.asarray(np.bincount(of, batch.law.sigma.diagonal()), float)
    return Profile(np.arange(measured.size, dtype=float), measured, claimed, np.bincount(of) * batch.count)


def pole_to_equator(batch: Batch, factors: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return var(pole)/var(equator) of a claim whose m = 0 variances are times each of three factors."""
    law, found = batch.law, []
    for factor in factors:
        root = np.where(law.orders == 0, np.sqrt(factor), 1.0)
        covariance = law.sigma.multiply(root[:, None]).multiply(root[None, :]).tocsr()
        pole, equator = zonal_variance(np.array([0.0, np.pi / 2]), covariance, law.claim.lmax)
        found.append(float(pole / equator))
    return found[0], found[1], found[2]
