"""Claims: the laws that they state, and what they refuse."""

import numpy as np
import pytest

import sphspec
from sphspec import GaussLegendre, Healpix, Quadrature, claims, noise_covariance


@pytest.fixture
def cov():
    return noise_covariance(Quadrature(GaussLegendre(5, 10), 4), 0.3)


def test_isotropic_field_gives_back_the_coefficients_of_its_maps(rng):
    claim = claims.IsotropicField(Healpix(4), np.ones(7))
    alpha = rng.standard_normal((3, 49))
    back, beyond = claim.coefficients(claim.operator.synthesis(alpha))
    np.testing.assert_allclose(back, alpha, atol=1e-12)
    assert beyond < 1e-25
    assert claim.coefficients(rng.standard_normal((3, 192)))[1] > 0.5


def test_covariances_are_those_of_the_laws(cov):
    cl = np.array([1.0, 0.5, 0.0])
    np.testing.assert_array_equal(
        claims.IsotropicField(None, cl).covariance.dense(), np.diag(np.repeat(cl, [1, 3, 5]))
    )
    np.testing.assert_array_equal(claims.SpectralNoise(cov).covariance.dense(), cov.dense())
    white = claims.WhitePixels(cov.operator.grid, 0.3, lmax=4)
    np.testing.assert_allclose(white.covariance.dense(), cov.dense(), atol=1e-15)


@pytest.mark.parametrize("process", [sphspec.VP(), sphspec.VE(), sphspec.Heat()])
def test_marginal_is_that_of_the_sde(cov, process, rng):
    sde, start = sphspec.SpectralSDE(process, cov), rng.standard_normal(25)
    claim = claims.Marginal(sde, start, 0.4)
    np.testing.assert_array_equal(claim.mean, sde.marginal(start, 0.4)[0])
    np.testing.assert_allclose(claim.covariance.dense(), sde.marginal_covariance(0.4), atol=1e-15)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: claims.IsotropicField(None, []), "cl must be"),
        (lambda: claims.IsotropicField(None, [1.0, -1.0]), "cl must be"),
        (lambda: claims.IsotropicField(None, [0.0, 0.0]), "cl must be"),
        (lambda: claims.IsotropicField(None, [1.0, np.nan]), "finite"),
        (lambda: claims.IsotropicField("healpix", [1.0]), "grid must be"),
        (lambda: claims.IsotropicField(Healpix(1), np.ones(9)).operator, "npix"),
        (lambda: claims.WhitePixels(Healpix(1), 0.0), "variance must be > 0"),
        (lambda: claims.WhitePixels(Healpix(1), np.ones(5)), "12 entries"),
        (lambda: claims.WhitePixels(Healpix(1), 1.0, lmax=-1), "lmax"),
        (lambda: claims.SpectralNoise(np.eye(4)), "noise_covariance"),
        (lambda: claims.Marginal(None, np.zeros(4), 0.5), "SpectralSDE"),
    ],
)
def test_wrong_claims_are_refused_in_one_line(make, said):
    with pytest.raises(ValueError, match=said) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_marginal_refuses_times_and_starts(cov):
    sde = sphspec.SpectralSDE(sphspec.VP(), cov)
    for start, time in ((np.zeros(25), 0.0), (np.zeros(25), 1.5), (np.zeros(24), 0.5)):
        with pytest.raises(ValueError, match=r"t must be|25 entries"):
            claims.Marginal(sde, start, time)
