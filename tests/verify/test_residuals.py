"""What a run left over, against the plain formulas on whole matrices; what is wrong leaves the lines."""

import numpy as np
import pytest
from scipy import stats

from sphspec import GaussLegendre, Healpix, Jacobi, Quadrature, noise_covariance
from sphspec.suite.dense import DenseCovariance
from sphspec.suite.montecarlo import sectors_of
from sphspec.verify.residuals import FAMILY, MOST, pair_of, residuals, uniforms

COUNT = 500
OPERATORS = (
    Quadrature(GaussLegendre(6, 11), 5),
    Jacobi(Healpix(2), 5, iterations=1),
    Quadrature(Healpix(1), 3),  # singular
)


def left_over(cov, draws):
    white, _ = cov.whiten(draws)
    return residuals(sectors_of(cov), white.T @ white, len(draws))


@pytest.mark.parametrize("operator", OPERATORS, ids=repr)
def test_scores_and_ratios_are_those_of_whole_matrices(operator, rng):
    cov = noise_covariance(operator, 1.5)
    draws, sigma = cov.sample(rng, COUNT), cov.dense()
    found, moments = left_over(cov, draws), draws.T @ draws / COUNT
    vary = np.flatnonzero(np.diagonal(sigma) > 1e-12)
    moments, sigma = moments[np.ix_(vary, vary)], sigma[np.ix_(vary, vary)]
    spread = (np.outer(np.diagonal(sigma), np.diagonal(sigma)) + sigma**2) / COUNT
    assert found.largest_score == pytest.approx(np.abs((moments - sigma) / np.sqrt(spread)).max(), rel=1e-9)
    np.testing.assert_allclose(found.ratios[vary], np.diagonal(moments) / np.diagonal(sigma), rtol=1e-9)
    assert found.largest_score < found.score_line
    pairs = vary.size * (vary.size + 1) // 2
    assert found.score_line == pytest.approx(stats.norm.isf(FAMILY / (2 * pairs)), rel=1e-12)
    low, high = found.band
    assert low < found.ratios[vary].min() < found.ratios[vary].max() < high
    level = FAMILY / (2 * vary.size)
    assert low == pytest.approx(stats.chi2.ppf(level, COUNT) / COUNT, rel=1e-12)
    assert high == pytest.approx(stats.chi2.isf(level, COUNT) / COUNT, rel=1e-12)


def test_wrong_draws_leave_the_lines(rng):
    cov = noise_covariance(OPERATORS[0], 1.0)
    draws = cov.sample(rng, COUNT)
    draws[:, 7] = 0.8 * draws[:, 7] + 0.6 * draws[:, 20]
    found = left_over(cov, draws)
    assert found.largest_score > found.score_line
    draws[:, 3] *= 1.5
    assert left_over(cov, draws).ratios[3] > found.band[1]


def test_what_cannot_vary_is_left_out():
    cov = DenseCovariance(np.diag([1.0, 0.0, 2.0, 0.0]), 1)
    found = residuals(sectors_of(cov), COUNT * np.eye(2), COUNT)
    assert found.largest_score < 1e-13
    assert found.score_line == pytest.approx(stats.norm.isf(FAMILY / 6), rel=1e-14)  # three pairs vary
    assert np.isnan(found.ratios[[1, 3]]).all()


def test_pairs_stand_in_the_order_of_the_lower_triangle():
    row, column = pair_of(np.arange(60 * 59 // 2))
    np.testing.assert_array_equal((row, column), np.tril_indices(60, -1))
    far = 10**7
    top = pair_of(np.array([far * (far - 1) // 2 - 1, far * (far - 1) // 2]))
    np.testing.assert_array_equal(top, [[far - 1, far], [far - 2, 0]])


def test_uniforms_are_uniform_and_not_too_many(rng):
    white = rng.standard_normal((COUNT, 90))
    found = uniforms(white.T @ white)
    assert found.size == MOST
    assert stats.kstest(found, "uniform").pvalue > 1e-6
    white[:, 1:] += 0.5 * white[:, :1]
    assert stats.kstest(uniforms(white.T @ white), "uniform").pvalue < 1e-6
    assert uniforms(np.eye(1)).size == 0


@pytest.mark.parametrize("operator", OPERATORS, ids=repr)
def test_colours_undo_whitening(operator, rng):
    cov = noise_covariance(operator, 1.5)
    for sector in sectors_of(cov):
        np.testing.assert_allclose(sector.colour @ sector.colour.T, sector.covariance, atol=1e-13)
        alpha = np.zeros(cov.n)
        z = rng.standard_normal(sector.columns.size)
        alpha[sector.places] = sector.colour @ z
        np.testing.assert_allclose(cov.whiten(alpha)[0][sector.columns], z, atol=1e-10)
