"""All runs together: exact under the claim, and small common errors are found that no run sees."""

import numpy as np
import pytest
from scipy import stats

from sphspec.suite.pooled import pooled_results
from sphspec.verify.pooled import normal_scores, stouffer, uniformity
from sphspec.verify.residuals import Residuals
from sphspec.verify.result import Evidence


def evidence(score, name="total"):
    left = Residuals(0.0, 1.0, np.ones(1), (0.5, 2.0), np.empty(0))
    return Evidence("case", 10, left, {}, 0.0, 1e-7, (), 0, {name: score}, "")


def test_normal_scores_invert_both_tails_far_out():
    z = np.array([-40.0, -3.0, 0.0, 2.0, 45.0])
    found = normal_scores(stats.norm.logsf(z), stats.norm.logcdf(z))
    np.testing.assert_allclose(found, z, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("statistic", [stouffer, uniformity])
def test_pooled_p_is_uniform_under_the_claim(statistic):
    rng = np.random.default_rng(11)
    p = np.exp([statistic(rng.standard_normal(11)) for _ in range(2000)])
    assert stats.kstest(p, "uniform").pvalue > 1e-4


def test_a_common_error_that_no_run_sees_is_found():
    runs = [evidence(score) for score in 3.0 + np.random.default_rng(12).standard_normal(16)]
    assert max(abs(run.scores["total"]) for run in runs) < stats.norm.isf(1e-8)  # no run alone
    pooled, uniform = pooled_results(runs, 1e-6)
    assert not pooled.ok
    assert not uniform.ok


def test_p_values_that_are_all_alike_are_found():
    pooled, uniform = pooled_results([evidence(1e-3 * place) for place in range(64)], 1e-6)
    assert pooled.ok
    assert not uniform.ok


def test_independent_scores_pass():
    scores = np.random.default_rng(13).standard_normal(11)
    assert all(result.ok for result in pooled_results([evidence(score) for score in scores], 1e-6))


def test_one_run_is_not_pooled():
    assert not list(pooled_results([evidence(0.3)], 1e-6))
