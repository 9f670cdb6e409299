"""Generators with one planted defect each, or none: they know nothing of the audit.

Every one is a function (setting, rng, size) -> draws; a setting holds the grid's points, the clean law and
its matrices. The strengths are those of ordinary bugs.
"""

from dataclasses import dataclass
from functools import cached_property

import healpy
import numpy as np
from fields import harmonics, lm, spectrum


@dataclass(frozen=True, eq=False)
class Setting:
    """A grid, by name and points, and a band limit."""

    name: str
    theta: np.ndarray
    phi: np.ndarray
    weights: np.ndarray
    lmax: int
    nside: int = 0

    @cached_property
    def l(self):  # noqa: E743 the degree, as everywhere
        return lm(self.lmax)[0]

    @cached_property
    def m(self):
        return lm(self.lmax)[1]

    @cached_property
    def cl(self):
        return spectrum(self.lmax)

    @cached_property
    def basis(self):
        return harmonics(self.theta, self.phi, self.lmax)

    @cached_property
    def analysis(self):
        return self.basis.T * self.weights

    @cached_property
    def variance(self):
        """Pixel variance of the noise: uneven in longitude, so that cosines and sines differ."""
        return (
            1
            + 0.7 * np.sin(self.theta) ** 2 * np.cos(2 * self.phi)
            + 0.2 * np.sin(self.theta) * np.sin(self.phi + 0.5)
        )

    def coefficients(self, rng, size):
        return rng.standard_normal((size, self.l.size)) * np.sqrt(self.cl[self.l])

    def noise(self, rng, size):
        return rng.standard_normal((size, self.theta.size)) * np.sqrt(self.variance)


def clean_field(s, rng, size):
    return s.coefficients(rng, size) @ s.basis.T


def clean_coefficients(s, rng, size):
    return s.coefficients(rng, size)


def clean_noise(s, rng, size):
    return s.noise(rng, size) @ s.analysis.T


def clean_pixels(s, rng, size):
    return s.noise(rng, size)


def m0_halved(s, rng, size):
    """Complex normals for m >= 0, imaginary parts at m = 0 dropped."""
    a = np.empty((size, s.l.size))
    for l in range(s.lmax + 1):
        for m in range(l + 1):
            xi = (rng.standard_normal(size) + 1j * rng.standard_normal(size)) * np.sqrt(s.cl[l] / 2)
            k = l * l + l
            if m == 0:
                a[:, k] = xi.real
            else:
                a[:, k + m], a[:, k - m] = np.sqrt(2) * xi.real, -np.sqrt(2) * xi.imag
    return a @ s.basis.T


def no_sqrt2(s, rng, size):
    """Real and imaginary parts taken for chart R1 as they are."""
    return s.coefficients(rng, size) / np.where(s.m == 0, 1, np.sqrt(2))


def swapped(s, rng, size):
    a = clean_noise(s, rng, size)
    return a[:, s.l * s.l + s.l - s.m]


def no_nyquist(s, rng, size):
    a = s.coefficients(rng, size)
    a[:, np.abs(s.m) == s.lmax] = 0
    return a @ s.basis.T


def isotropic(s, rng, size):
    level = np.sum(s.analysis**2 * s.variance) / s.l.size
    return rng.standard_normal((size, s.l.size)) * np.sqrt(level)


def scaled(s, rng, size):
    return 1.1 * clean_noise(s, rng, size)


def tilted(s, rng, size):
    return s.coefficients(rng, size) * np.sqrt(1 + 0.3 * s.l / s.lmax)


def latitude(s, rng, size):
    return s.noise(rng, size) * np.sqrt(1 + 0.4 * np.cos(s.theta) ** 2)


def coupled(s, rng, size):
    """Each coefficient takes something of that of the next degree."""
    z = rng.standard_normal((size, s.l.size))
    out = z.copy()
    up = (s.l + 1) ** 2 + s.l + 1 + s.m
    fits = s.l < s.lmax
    out[:, fits] = np.sqrt(1 - 0.25**2) * z[:, fits] + 0.25 * z[:, up[fits]]
    return out * np.sqrt(s.cl[s.l])


def heavy(s, rng, size):
    """Draw Student's t with 6 degrees of freedom in the coefficients, of the right variance."""
    return rng.standard_t(6, (size, s.l.size)) * np.sqrt(4 / 6) * np.sqrt(s.cl[s.l])


def sticky(s, rng, size):
    """Draw an autoregressive chain."""
    z = rng.standard_normal((size, s.l.size))
    for k in range(1, size):
        z[k] = 0.4 * z[k - 1] + np.sqrt(1 - 0.16) * z[k]
    return z * np.sqrt(s.cl[s.l])


def disordered(s, rng, size):
    """NEST for RING on HEALPix; m-major coefficients elsewhere."""
    if s.nside:
        return clean_field(s, rng, size)[:, healpy.nest2ring(s.nside, np.arange(s.theta.size))]
    order = np.lexsort((s.l, s.m < 0, np.abs(s.m)))
    return s.coefficients(rng, size)[:, order]


def shifted(s, rng, size):
    return clean_field(s, rng, size) + 0.15 * np.cos(s.theta)
