"""The form of the harmonics is the ring sum, by whichever recurrence: apart, coupled, along the rings."""

import importlib

import numpy as np
import pytest

from sphspec import Equiangular, GaussLegendre, Healpix, Jacobi, Quadrature, ReducedGaussian, noise_covariance
from sphspec.covariance import entries
from sphspec.gram import harmonic_diagonal, harmonic_form, partition, quadratic_form
from sphspec.harmonics import LegendreTable

harmonic_form_module = importlib.import_module("sphspec.gram.harmonic_form")  # its name is that of a function


@pytest.fixture(autouse=True)
def compiled(monkeypatch):
    """Take the recurrences at every band limit."""
    monkeypatch.setattr(harmonic_form_module, "COMPILED", 0)
    monkeypatch.setattr(entries, "COMPILED", 0)


GRIDS = {
    "apart": (GaussLegendre(15, 33), 14),
    "poles": (Equiangular(18, 33, rule="clenshaw-curtis"), 15),
    "healpix": (Healpix(5), 14),
    "aliased": (GaussLegendre(15, 12), 14),
    "odd and aliased": (GaussLegendre(15, 13), 14),
    "octahedral": (ReducedGaussian.octahedral(9), 13),
}
FIELDS = {
    "uniform": lambda grid: grid.weights**2,
    "by latitude": lambda grid: grid.weights**2 * (1.2 + np.cos(grid.theta)),
    "by longitude": lambda grid: grid.weights**2 * (1.5 + np.cos(3 * grid.phi + 0.2) * np.sin(grid.theta)),
    "mask": lambda grid: grid.weights**2 * ((grid.phi < 2.0) | (grid.theta < 1.0)),
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", GRIDS)
def test_every_branch_gives_the_ring_sum(name, field):
    grid, lmax = GRIDS[name]
    u = FIELDS[field](grid)
    if field == "by latitude":
        u = np.repeat(u[grid.ring_start], grid.nphi)
    sectors = partition(grid, [u], lmax)
    found = harmonic_form(grid, u, lmax, sectors)
    expected = quadratic_form(grid, u, lmax, sectors, lambda rings: LegendreTable.on(grid, lmax, rings))
    scale = max(float(np.abs(block).max()) for block in expected.blocks)
    for mine, theirs, sector in zip(found.blocks, expected.blocks, sectors, strict=True):
        assert np.abs(mine - theirs).max() <= 2e-14 * scale
        assert np.array_equal(mine, mine.T) or np.abs(mine - mine.T).max() <= 1e-16 * scale
        assert mine.shape == (sector.indices.size,) * 2
    np.testing.assert_allclose(harmonic_diagonal(grid, u, lmax), expected.diagonal(), atol=2e-14 * scale)


@pytest.mark.parametrize("name", GRIDS)
def test_one_order_alone_is_the_block_of_all(name):
    grid, lmax = GRIDS[name]
    cov = noise_covariance(Quadrature(grid, lmax))
    alone = [cov.block(m) for m in range(lmax + 1)]
    assert "blocks" not in cov.__dict__
    _ = cov.blocks
    for m, block in enumerate(alone):
        np.testing.assert_allclose(block, cov.block(m), atol=2e-14 * np.abs(block).max())


def test_pairs_and_couplings_of_the_covariance_are_its_blocks():
    operator = Quadrature(Healpix(4), 11)
    varied = 1.5 + np.cos(3 * operator.grid.phi) * np.sin(operator.grid.theta)
    for cov in (noise_covariance(operator), noise_covariance(operator, varied)):
        for m in (0, 3, 8):
            np.testing.assert_allclose(cov.pairs.block(m, m), cov.block(m), atol=1e-14)
    cov = noise_covariance(operator)
    np.testing.assert_allclose(cov.couplings.block(2, 6), cov.pairs.block(2, 6), atol=1e-15)
    cosine, sine = (
        np.array([l * l + l + m for l in range(8, 12)]) for m in (8, -8)
    )  # 2 m is 16, a ring's length
    dense = cov.dense()
    relation = (dense[np.ix_(cosine, cosine)] - dense[np.ix_(sine, sine)]) / 2
    assert np.abs(relation).max() > 1e-3 * np.abs(dense).max()
    np.testing.assert_allclose(cov.couplings.relation(8, 8), relation, atol=1e-15)
    with pytest.raises(ValueError, match="couplings are those of Quadrature"):
        _ = noise_covariance(Jacobi(Healpix(4), 11)).couplings
    with pytest.raises(ValueError, match="one value on each ring"):
        _ = noise_covariance(operator, varied).couplings


@pytest.mark.parametrize("name", ["apart", "healpix"])
@pytest.mark.parametrize("field", FIELDS)
def test_a_large_dense_matrix_is_that_of_its_sectors(name, field, monkeypatch):
    grid, lmax = GRIDS[name]
    variance = FIELDS[field](grid) / grid.weights**2
    expected = noise_covariance(Quadrature(grid, lmax), variance).blocks.dense()
    monkeypatch.setattr("sphspec.covariance.noise.KEPT", 0.0)
    cov = noise_covariance(Quadrature(grid, lmax), variance)
    np.testing.assert_allclose(cov.dense(), expected, rtol=0, atol=2e-14 * expected.max())
    assert "blocks" not in cov.__dict__
