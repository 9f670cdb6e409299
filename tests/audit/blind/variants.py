"""More generators with one planted defect each: other bugs that go by the same names."""

import healpy
import numpy as np
from defects import clean_field, clean_noise


def degree_index(s):
    return s.l * s.l + s.l


def m0_doubled(s, rng, size):
    """Apply the factor of m > 0 at m = 0 as well, and divide everything by it."""
    return s.coefficients(rng, size) * np.where(s.m == 0, np.sqrt(2), 1)


def m0_halved_louder(s, rng, size):
    """Half of the power at m = 0, and all of it a little too strong."""
    return (1.2 * s.coefficients(rng, size) * np.where(s.m == 0, np.sqrt(0.5), 1)) @ s.basis.T


def sqrt2_twice(s, rng, size):
    return clean_noise(s, rng, size) * np.where(s.m == 0, 1, np.sqrt(2))


def sqrt2_noise_missing(s, rng, size):
    return clean_noise(s, rng, size) / np.where(s.m == 0, 1, np.sqrt(2))


def swapped_marginal(s, rng, size):
    x = 0.3 * s.noise(rng, size)
    return (x @ s.analysis.T)[:, degree_index(s) - s.m] / 0.3


def sine_nyquist_missing(s, rng, size):
    a = s.coefficients(rng, size)
    a[:, s.m == -s.lmax] = 0
    return a


def last_degree_missing(s, rng, size):
    a = s.coefficients(rng, size)
    a[:, s.l == s.lmax] = 0
    return a @ s.basis.T


def unit_normals(s, rng, size):
    """White coefficients of variance one, whatever the grid."""
    return rng.standard_normal((size, s.l.size))


def isotropic_by_degree(s, rng, size):
    variances = np.sum(s.analysis**2 * s.variance, axis=1)
    mean = np.array([variances[s.l == l].mean() for l in range(s.lmax + 1)])
    return rng.standard_normal((size, s.l.size)) * np.sqrt(mean[s.l])


def halved_variance(s, rng, size):
    return clean_field(s, rng, size) * np.sqrt(0.5)


def scaled_pixels(s, rng, size):
    return s.noise(rng, size) * 1.05


def smoothed(s, rng, size):
    """Leave a beam in."""
    return (s.coefficients(rng, size) * np.exp(-s.l * (s.l + 1) * 0.004)) @ s.basis.T


def per_degree(s, rng, size):
    """C_l taken for the power summed over m."""
    return s.coefficients(rng, size) / np.sqrt(2 * s.l + 1)


def one_degree(s, rng, size):
    return s.coefficients(rng, size) * np.where(s.l == 5, 1.3, 1)


def latitude_field(s, rng, size):
    return clean_field(s, rng, size) * np.sqrt(1 + 0.5 * np.cos(s.theta) ** 2)


def latitude_noise(s, rng, size):
    return (s.noise(rng, size) * np.sqrt(1.5 * np.sin(s.theta))) @ s.analysis.T


def north_louder(s, rng, size):
    return s.noise(rng, size) * (1 + 0.15 * np.cos(s.theta))


def uncoupled(s, rng, size):
    return rng.standard_normal((size, s.l.size)) * np.sqrt(np.sum(s.analysis**2 * s.variance, axis=1))


def one_pair(s, rng, size):
    a = s.coefficients(rng, size)
    i, j = 12, 47
    scale = np.sqrt(s.cl[s.l[j]] / s.cl[s.l[i]])
    a[:, j] = 0.6 * scale * a[:, i] + 0.8 * a[:, j]
    return a


def smeared_pixels(s, rng, size):
    """Each pixel takes something of the one before it."""
    z = s.noise(rng, size) / np.sqrt(s.variance)
    z[:, 1:] = (z[:, 1:] + 0.3 * z[:, :-1]) / np.sqrt(1.09)
    return z * np.sqrt(s.variance)


def laplace(s, rng, size):
    return rng.laplace(0, np.sqrt(0.5), (size, s.theta.size)) * np.sqrt(s.variance)


def common_factor(s, rng, size):
    """Change the temperature from draw to draw."""
    return s.coefficients(rng, size) * np.sqrt(rng.gamma(20, 1 / 20, (size, 1)))


def uniform(s, rng, size):
    return rng.uniform(-np.sqrt(3), np.sqrt(3), (size, s.l.size)) * np.sqrt(s.cl[s.l])


def skewed(s, rng, size):
    return ((rng.gamma(8, 1, (size, s.l.size)) - 8) / np.sqrt(8) * np.sqrt(s.cl[s.l])) @ s.basis.T


def sinh_field(s, rng, size):
    x = clean_field(s, rng, size)
    spread = np.sqrt(np.sum((2 * s.l + 1)[s.m == 0] * s.cl) / (4 * np.pi))
    return np.sinh(x / spread * 0.7) / 0.7 * spread * 0.75


def antithetic(s, rng, size):
    half = s.coefficients(rng, -(-size // 2))
    return np.stack([half, -half], axis=1).reshape(-1, s.l.size)[:size]


def fixed_seed(s, _rng, size):
    return clean_field(s, np.random.default_rng(0), size)


def recycled(s, rng, size):
    """Every third draw is the one before it."""
    x = s.noise(rng, size)
    x[2::3] = x[1::3][: x[2::3].shape[0]]
    return x


def overlapping(s, rng, size):
    """Neighbouring draws share some of their normals."""
    z = rng.standard_normal((size + 1, s.l.size))
    return (0.8 * z[1:] + 0.6 * z[:-1]) * np.sqrt(s.cl[s.l])


def ring_as_nest(s, rng, size):
    return s.noise(rng, size)[:, healpy.ring2nest(s.nside, np.arange(s.theta.size))]


def longitude_major(s, rng, size):
    x = clean_field(s, rng, size)
    nlat = np.unique(s.theta).size
    return x.reshape(size, nlat, -1).transpose(0, 2, 1).reshape(size, -1)


def complex_m_negated(s, rng, size):
    """a_lm given where a_l,-m is meant, in noise that knows cosines from sines."""
    a = clean_noise(s, rng, size)
    return a * (-1.0) ** s.m * np.where(s.m < 0, -1, 1)


def reversed_pixels(s, rng, size):
    return s.noise(rng, size)[:, ::-1]


def monopole(s, rng, size):
    return s.noise(rng, size) + 0.15


def one_mean(s, rng, size):
    a = clean_noise(s, rng, size)
    a[:, 7] += 0.5 * np.sqrt(np.sum(s.analysis[7] ** 2 * s.variance))
    return a
