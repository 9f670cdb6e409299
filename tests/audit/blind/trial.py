"""The trial: settings, and which claim and name belongs to each generator."""

from functools import lru_cache

import defects as d
import fields
from sphspec import GaussLegendre, Healpix, PointGrid, Quadrature, claims, noise_covariance

LMAX = 8
PLANTED = {
    "m0-power": (d.m0_halved, "field"),
    "sqrt2": (d.no_sqrt2, "field"),
    "cos-sin-swap": (d.swapped, "noise"),
    "nyquist": (d.no_nyquist, "field"),
    "isotropic-for-sigma": (d.isotropic, "noise"),
    "scale": (d.scaled, "noise"),
    "degree-trend": (d.tilted, "field"),
    "latitude-variance": (d.latitude, "pixels"),
    "coupling": (d.coupled, "field"),
    "non-gaussian": (d.heavy, "field"),
    "dependent-draws": (d.sticky, "field"),
    "ordering": (d.disordered, "field"),
    "mean": (d.shifted, "field"),
}
CLEAN = {
    "maps": (d.clean_field, "field"),
    "coefficients": (d.clean_coefficients, "field"),
    "noise": (d.clean_noise, "noise"),
    "pixels": (d.clean_pixels, "pixels"),
}
GRIDS = ("healpix", "gauss-legendre", "fibonacci")


@lru_cache
def setting(name):
    if name == "healpix":
        return d.Setting(name, *fields.healpix(4), LMAX, 4)
    if name == "gauss-legendre":
        return d.Setting(name, *fields.gauss_legendre(10, 20), LMAX)
    return d.Setting(name, *fields.fibonacci(200), LMAX)


@lru_cache
def claim(grid_name, kind):
    grid = {
        "healpix": lambda: Healpix(4),
        "gauss-legendre": lambda: GaussLegendre(10, 20),
        "fibonacci": lambda: PointGrid.fibonacci(200),
    }[grid_name]()
    s = setting(grid_name)
    if kind == "field":
        return claims.IsotropicField(grid, s.cl)
    if kind == "noise":
        return claims.SpectralNoise(noise_covariance(Quadrature(grid, LMAX), s.variance))
    return claims.WhitePixels(grid, s.variance)


def sampler(generator, grid_name):
    s = setting(grid_name)
    return lambda rng, size: generator(s, rng, size)
