"""Clean generators in plain NumPy and healpy: fields by summing harmonics of SciPy, noise by matrices."""

import healpy
import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import sph_harm_y


def lm(lmax):
    """Return degrees and orders, l^2 + l + m."""
    return np.array([(l, m) for l in range(lmax + 1) for m in range(-l, l + 1)]).T


def harmonics(theta, phi, lmax):
    """Return the real basis on points, (npix, n)."""
    columns = []
    for l in range(lmax + 1):
        for m in range(-l, l + 1):
            y = sph_harm_y(l, abs(m), theta, phi)
            columns.append(y.real if m == 0 else np.sqrt(2) * (y.real if m > 0 else y.imag))
    return np.stack(columns, axis=1)


def healpix(nside):
    """Return angles and weights, RING."""
    theta, phi = healpy.pix2ang(nside, np.arange(12 * nside**2))
    return theta, phi, np.full(theta.size, 4 * np.pi / theta.size)


def gauss_legendre(nlat, nlon):
    """Return angles and weights, north to south."""
    nodes, weights = leggauss(nlat)
    theta = np.repeat(np.arccos(nodes[::-1]), nlon)
    phi = np.tile(2 * np.pi * np.arange(nlon) / nlon, nlat)
    return theta, phi, np.repeat(weights[::-1] * 2 * np.pi / nlon, nlon)


def fibonacci(npix):
    """Return angles and weights of the Fibonacci lattice."""
    i = np.arange(npix)
    theta = np.arccos(1 - (2 * i + 1) / npix)
    phi = np.mod(i * np.pi * (3 - np.sqrt(5)), 2 * np.pi)
    return theta, phi, np.full(npix, 4 * np.pi / npix)


def spectrum(lmax):
    """Return a red spectrum."""
    return 1.0 / (1.0 + np.arange(lmax + 1)) ** 1.5
