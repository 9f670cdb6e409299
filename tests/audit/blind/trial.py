"""The trial: settings, and which claim and name belongs to each generator."""

from functools import lru_cache

import defects as d
import fields
import variants as v

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
VARIANTS = {
    "m0-power": [(v.m0_doubled, "field"), (v.m0_halved_louder, "field")],
    "sqrt2": [(v.sqrt2_twice, "noise"), (v.sqrt2_noise_missing, "noise")],
    "cos-sin-swap": [(v.swapped_marginal, "noise")],
    "nyquist": [(v.sine_nyquist_missing, "field"), (v.last_degree_missing, "field")],
    "isotropic-for-sigma": [(v.unit_normals, "noise"), (v.isotropic_by_degree, "noise")],
    "scale": [(v.halved_variance, "field"), (v.scaled_pixels, "pixels")],
    "degree-trend": [(v.smoothed, "field"), (v.per_degree, "field"), (v.one_degree, "field")],
    "latitude-variance": [
        (v.latitude_field, "field"),
        (v.latitude_noise, "noise"),
        (v.north_louder, "pixels"),
    ],
    "coupling": [(v.uncoupled, "noise"), (v.one_pair, "field"), (v.smeared_pixels, "pixels")],
    "non-gaussian": [
        (v.laplace, "pixels"),
        (v.common_factor, "field"),
        (v.uniform, "field"),
        (v.skewed, "field"),
        (v.sinh_field, "field"),
    ],
    "dependent-draws": [
        (v.antithetic, "field"),
        (v.fixed_seed, "field"),
        (v.recycled, "pixels"),
        (v.overlapping, "field"),
    ],
    "ordering": [(v.complex_m_negated, "noise"), (v.reversed_pixels, "pixels")],
    "mean": [(v.monopole, "pixels"), (v.one_mean, "noise")],
}
ALONE = {
    ("ordering", "healpix"): [(v.ring_as_nest, "pixels")],
    ("ordering", "gauss-legendre"): [(v.longitude_major, "field")],
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


def entries(name, grid_name):
    """Return all generators of a defect on a grid, with the kind of their claim."""
    return [PLANTED[name], *VARIANTS[name], *ALONE.get((name, grid_name), [])]
