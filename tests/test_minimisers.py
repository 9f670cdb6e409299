"""Best scores of a class: DESIGN T11's numbers, brute-force optimisation, exact losses, bad input."""

import numpy as np
import pytest
from scipy.optimize import minimize
from test_losses import expected

from sphspec import (
    VE,
    VP,
    Diagonal,
    Equiangular,
    GaussLegendre,
    Healpix,
    IsotropicFilter,
    LikelihoodMetric,
    NoiseMetric,
    PerDegree,
    PlainMetric,
    Quadrature,
    SigmaMetric,
    SpectralSDE,
    SubVP,
    best_score,
    gaussian_score,
    inductive_bias,
    noise_covariance,
    score_matching,
    spatial_loss,
    spatial_offset,
)
from sphspec.conventions import degrees_orders

METRICS = (SigmaMetric(), PlainMetric(), LikelihoodMetric(), NoiseMetric())
FAMILIES = (PerDegree(), Diagonal(), IsotropicFilter())


def t11():
    """DESIGN T11's setting: GL 7 x 13, lmax 6, C_l = 1/(1+l)^2, VP(0.1, 20), Sigma scaled to trace n."""
    operator = Quadrature(GaussLegendre(7, 13), 6)
    cov = noise_covariance(operator)
    cov = noise_covariance(operator, cov.n / np.sum(cov.diagonal()))
    degrees, _ = degrees_orders(6)
    return SpectralSDE(VP(0.1, 20.0), cov), np.diag(1.0 / (1.0 + degrees) ** 2)


@pytest.mark.parametrize(
    ("metric", "factors"),
    [
        (PlainMetric(), [1.0, 1.9754, 2.4109]),
        (SigmaMetric(), [0.9382, 1.8566, 2.2704]),
        (LikelihoodMetric(), [0.9382, 1.8566, 2.2704]),
    ],
    ids=repr,
)
def test_the_best_factors_per_degree_are_those_of_the_design(metric, factors):
    """Computed beforehand by independent code, to four digits."""
    sde, data = t11()
    found = best_score(sde, data, 0.2, PerDegree(), metric).coefficients[:3]
    np.testing.assert_allclose(found, factors, atol=5.1e-5, rtol=0)


def small(name):
    """Return a spectral SDE of few coefficients and a data covariance without symmetry."""
    cov = {
        "gauss-legendre": noise_covariance(Quadrature(GaussLegendre(4, 7), 3), 0.4),
        "equiangular": noise_covariance(
            Quadrature(Equiangular(6, 5, "fejer1"), 2), 0.5 + 0.4 * np.cos(np.arange(30))
        ),
        "healpix": noise_covariance(Quadrature(Healpix(1), 2), 1.3),
    }[name]
    process = {"gauss-legendre": VP(), "equiangular": VE(0.1, 2.0), "healpix": SubVP()}[name]
    rows = np.random.default_rng(7).standard_normal((cov.n, cov.n + 2)) / cov.n
    return SpectralSDE(process, cov), rows @ rows.T


def exact_loss(sde, data, t, family, metric):
    """Return factors -> mean loss, from the runtime's loss of an example summed over unit normals."""
    cov, root = sde.covariance, np.linalg.cholesky(data)
    degrees, _ = degrees_orders(cov.lmax)
    if not isinstance(family, IsotropicFilter):

        def mean_loss(factors):
            each = factors if isinstance(family, Diagonal) else factors[degrees]
            return expected(
                lambda u, z: score_matching(sde, lambda a, _: -each * a, u @ root.T, t, z, metric),
                cov.n,
                cov.n,
            )

        return mean_loss
    operator, npix = cov.operator, cov.variance.size
    mean, deviation = sde.process.mean(t), np.sqrt(sde.process.variance(t))

    def mean_loss(factors):
        def loss(u, w):
            alpha = mean * u @ root.T + deviation * operator(np.sqrt(cov.variance) * w)
            return spatial_loss(sde, -operator.synthesis(factors[degrees] * alpha), t, w, metric)

        return expected(loss, cov.n, npix)

    return mean_loss


@pytest.mark.parametrize("name", ["gauss-legendre", "equiangular", "healpix"])
@pytest.mark.parametrize("family", FAMILIES, ids=repr)
@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_the_best_score_is_what_numerical_optimisation_finds(name, family, metric):
    sde, data = small(name)
    t = 0.3
    best, loss = best_score(sde, data, t, family, metric), exact_loss(sde, data, t, family, metric)
    assert best.loss == pytest.approx(loss(best.coefficients), rel=1e-11)
    found = minimize(loss, np.zeros(best.coefficients.size), method="BFGS", options={"gtol": 1e-7})
    assert found.fun >= best.loss * (1 - 1e-12)
    assert found.fun == pytest.approx(best.loss, rel=1e-8)
    size = np.abs(best.coefficients).max()
    np.testing.assert_allclose(found.x, best.coefficients, atol=2e-4 * size)


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_the_excess_is_over_the_loss_of_the_exact_score(metric):
    sde, data = small("equiangular")
    t, n, root = 0.4, sde.covariance.n, np.linalg.cholesky(data)
    score = gaussian_score(sde, data)
    exact = expected(lambda u, z: score_matching(sde, score, u @ root.T, t, z, metric), n, n)
    for family in (PerDegree(), Diagonal()):
        best = best_score(sde, data, t, family, metric)
        assert best.loss - best.excess == pytest.approx(exact, rel=1e-10)
        assert best.excess > 0
    if isinstance(metric, SigmaMetric):
        best = best_score(sde, data, t, IsotropicFilter(), metric)
        assert best.loss - best.excess == pytest.approx(exact + spatial_offset(sde, t), rel=1e-10)
        assert best.excess > 0


def test_nothing_is_lost_where_the_exact_score_is_in_the_class():
    """Isotropic data and white noise on an exact quadrature: no metric differs, c_l = 1/P_l."""
    grid = GaussLegendre(5, 9)
    sde = SpectralSDE(VP(), noise_covariance(Quadrature(grid, 4), 2.0 / grid.weights))
    degrees, _ = degrees_orders(4)
    spectrum = 1.0 / (1.0 + np.arange(5)) ** 2
    mean, variance = VP().mean(0.3), VP().variance(0.3)
    wanted = 1 / (mean**2 * spectrum + 2.0 * variance)
    for metric in METRICS:
        best = best_score(sde, np.diag(spectrum[degrees]), 0.3, PerDegree(), metric)
        np.testing.assert_allclose(best.coefficients, wanted, rtol=1e-11)
        assert abs(best.excess) < 1e-10 * best.loss


def test_classes_within_each_other_lose_less():
    sde, data = t11()
    for metric in METRICS:
        coarse, fine = (best_score(sde, data, 0.2, family, metric) for family in (PerDegree(), Diagonal()))
        assert coarse.excess > fine.excess > 0


def test_on_equal_weights_the_filter_is_the_factor_per_degree():
    """A^T = w Phi: a filter on the pixels is the score that A^T makes of one per degree."""
    grid = Healpix(2)
    sde = SpectralSDE(VP(), noise_covariance(Quadrature(grid, 5), 0.8))
    data = np.diag(1.0 / (1.0 + np.arange(36)))
    spectral = best_score(sde, data, 0.2, PerDegree())
    spatial = best_score(sde, data, 0.2, IsotropicFilter())
    np.testing.assert_allclose(spatial.coefficients, grid.weights[0] * spectral.coefficients, rtol=1e-10)
    assert spatial.loss == pytest.approx(spectral.loss + spatial_offset(sde, 0.2), rel=1e-12)


def test_a_singular_sigma_has_best_scores_where_no_inverse_is_asked_for():
    cov = noise_covariance(Quadrature(Equiangular(4, 5, "fejer1"), 4))
    sde, data = SpectralSDE(VP(), cov), np.eye(25) / 3
    assert cov.rank() < 25
    for family in (PerDegree(), Diagonal()):
        best = best_score(sde, data, 0.4, family, SigmaMetric())
        loss = exact_loss(sde, data, 0.4, family, SigmaMetric())
        assert best.loss == pytest.approx(loss(best.coefficients), rel=1e-10)
        step = 1e-3 * np.random.default_rng(3).standard_normal(best.coefficients.shape)
        assert loss(best.coefficients + step) > best.loss
    with pytest.raises(ValueError, match=f"rank is {cov.rank()} of 25"):
        best_score(sde, data, 0.4, PerDegree(), PlainMetric())


def test_inductive_bias_lists_what_each_loss_prefers():
    sde, data = t11()
    bias = inductive_bias(sde, data, 0.2)
    np.testing.assert_array_equal(bias.degrees, np.arange(7))
    np.testing.assert_allclose(bias.plain[:3], [1.0, 1.9754, 2.4109], atol=5.1e-5)
    np.testing.assert_allclose(bias.sigma[:3], [0.9382, 1.8566, 2.2704], atol=5.1e-5)
    law = np.linalg.inv(VP().mean(0.2) ** 2 * data + VP().variance(0.2) * sde.covariance.dense())
    diagonal = np.diagonal(law)
    for degree in range(7):
        own = diagonal[degree**2 : (degree + 1) ** 2]
        assert bias.exact[degree] == pytest.approx(own.mean())
        assert (bias.lowest[degree], bias.highest[degree]) == pytest.approx((own.min(), own.max()))


UNSEEN = SpectralSDE(VP(), noise_covariance(Quadrature(GaussLegendre(4, 5), 5)))  # sin 5 phi is 0 on it


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s, p: best_score(s, p, 0.0, PerDegree()), r"t must be in \(0, 1\]"),
        (lambda s, p: best_score(s, p, np.full(2, 0.5), PerDegree()), "t must be one number"),
        (lambda s, p: best_score(UNSEEN, np.eye(36), 0.5, Diagonal()), "is not unique"),
        (lambda s, p: best_score(s, p[1:], 0.5, PerDegree()), "data_covariance must be"),
        (lambda s, p: best_score(s, -p, 0.5, PerDegree()), "no negative eigenvalue"),
        (
            lambda s, p: best_score(UNSEEN, np.zeros((36, 36)), 0.5, PerDegree()),
            "leave a direction out",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(*t11())
