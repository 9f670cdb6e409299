"""Laws that are sampled together are those sampled alone."""

import numpy as np
import pytest

from sphspec import GaussLegendre, Healpix, Quadrature, SpectralSDE, noise_covariance
from sphspec.end_to_end import EndToEnd, sampled_variances
from sphspec.processes import VE, VP
from sphspec.samplers import Heun, PredictorCorrector
from sphspec.spectra import isotropic_covariance


def law(grid, lmax, process):
    sde = SpectralSDE(process, noise_covariance(Quadrature(grid, lmax)))
    return EndToEnd.of(sde, isotropic_covariance(1.0 / (1.0 + np.arange(lmax + 1)) ** 2))


@pytest.mark.parametrize("sampler", [None, Heun(), PredictorCorrector()])
@pytest.mark.parametrize("exact_start", [False, True])
def test_several_grids_in_one_walk(sampler, exact_start):
    laws = [law(Healpix(2), 3, VP()), law(GaussLegendre(5, 9), 4, VP())]
    together = sampled_variances(laws, 30, sampler, exact_start=exact_start)
    for each, variances in zip(laws, together, strict=True):
        alone = each.sampled(30, sampler, exact_start=exact_start)
        np.testing.assert_allclose(each.covariance(variances), alone, rtol=1e-13, atol=1e-16)


def test_one_walk_is_of_one_process():
    laws = [law(Healpix(2), 3, VP()), law(Healpix(2), 3, VE())]
    with pytest.raises(ValueError, match="must have one process"):
        sampled_variances(laws, 5)


def test_variances_that_overflowed_are_refused():
    end = law(Healpix(2), 3, VP())
    with pytest.raises(ValueError, match="take more steps"):
        end.covariance(np.full(16, np.inf))
