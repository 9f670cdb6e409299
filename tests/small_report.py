"""A small study, and what its reports are made and read with."""

import unicodedata

from sphspec.covariance import noise_covariance
from sphspec.study import Budget, ProcessSetting, Setting, Study
from sphspec.suite.montecarlo import sectors_of
from sphspec.verify.residuals import residuals
from sphspec.verify.result import Evidence

STUDY = Study(
    name="small",
    title="A small study",
    settings=(
        Setting(grid="healpix:nside=2", lmax=5, operators=("quadrature", "jacobi:iterations=3")),
        Setting(grid="gauss-legendre:nlat=5,nlon=9", lmax=4),
    ),
    process=ProcessSetting(kind="ve"),
    budget=Budget(samples=200),
)


def evidence(case, samples, rng):
    cov = noise_covariance(case.operator, case.variance)
    draws = cov.sample(rng, samples)
    white, _ = cov.whiten(draws)
    left = residuals(sectors_of(cov), white.T @ white, samples)
    return Evidence(case.label, samples, left, {"total": -0.5}, -0.1, 1e-7, (), 0, {}, "")


def squeezed(words_):
    return "".join(unicodedata.normalize("NFKC", words_).split())
