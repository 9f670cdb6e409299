"""Linear algebra order by order is that of the dense matrix, where orders do not couple."""

import numpy as np
import pytest

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    Jacobi,
    LeastSquares,
    Quadrature,
    Resampling,
    RingGrid,
    noise_covariance,
)
from sphspec.covariance import entries, noise

UNEVEN = RingGrid([0.3, 0.8, 1.2, 1.5, 2.0, 2.6], [11] * 6, [0.1] * 6, np.pi / 33 * np.ones(6) * 2)
OPERATORS = {
    "quadrature": Quadrature(GaussLegendre(9, 17), 8),
    "jacobi": Jacobi(Equiangular(14, 22, rule="clenshaw-curtis"), 9, iterations=2),
    "least squares": LeastSquares(Equiangular(9, 13, rule="fejer1"), 5),
    "uneven": Quadrature(UNEVEN, 5),
}
VARIANCES = {
    "one": lambda theta: np.ones_like(theta),
    "by latitude": lambda theta: 1.0 + 0.8 * np.cos(theta) ** 2,
    "not symmetric": lambda theta: 1.2 + np.cos(theta),
}


def problems(name, variance, streamed, monkeypatch):
    operator = OPERATORS[name]
    field = VARIANCES[variance](operator.grid.theta)
    field = np.repeat(field[operator.grid.ring_start], operator.grid.nphi)
    dense = noise_covariance(operator, field).dense()
    if streamed:
        monkeypatch.setattr(noise, "STREAMED", 0.0)
        monkeypatch.setattr(entries, "COMPILED", 0)
    return noise_covariance(operator, field), dense


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", OPERATORS)
def test_order_by_order_is_the_dense_algebra(name, variance, streamed, monkeypatch, rng):
    cov, dense = problems(name, variance, streamed, monkeypatch)
    vectors = rng.standard_normal((3, cov.n))
    close = {"rtol": 1e-9, "atol": 1e-12 * np.abs(dense).max()}
    np.testing.assert_allclose(cov.diagonal(), np.diagonal(dense), **close)
    np.testing.assert_allclose(cov.eigenvalues(), np.linalg.eigvalsh(dense), **close)
    np.testing.assert_allclose(cov.logdet(), np.linalg.slogdet(dense)[1], rtol=1e-9)
    solved = np.linalg.solve(dense, vectors.T).T
    np.testing.assert_allclose(
        cov.apply_inverse(vectors), solved, rtol=1e-6, atol=1e-8 * np.abs(solved).max()
    )
    for m in range(cov.lmax + 1):
        cosine = np.array([l * l + l + m for l in range(m, cov.lmax + 1)])
        np.testing.assert_allclose(cov.block(m), dense[np.ix_(cosine, cosine)], **close)
    assert ("blocks" in cov.__dict__) is not streamed


def test_a_block_of_a_large_problem_needs_no_other_order():
    cov = noise_covariance(Quadrature(GaussLegendre(601, 1201), 600))
    assert cov.block(600).shape == (1, 1)
    assert cov.block(300).shape == (301, 301)
    assert "blocks" not in cov.__dict__


def test_a_singular_sigma_is_said_so(monkeypatch, rng):
    monkeypatch.setattr(noise, "STREAMED", 0.0)
    cov = noise_covariance(Quadrature(GaussLegendre(5, 21), 9))
    assert cov.logdet() == -np.inf
    with pytest.raises(ValueError, match="Sigma is singular, or too near to it, at order m=0"):
        cov.solve(rng.standard_normal(cov.n))


@pytest.mark.parametrize(
    "operator", [Quadrature(Healpix(2), 5), Resampling(Equiangular(10, 19, rule="mcewen-wiaux"), 8)]
)
def test_operators_whose_orders_couple_or_that_resample_are_left_to_their_sectors(operator):
    cov = noise_covariance(operator)
    assert cov._by_order is None
    assert np.abs(cov.block(1) - cov.block(1).T).max() < 1e-14
