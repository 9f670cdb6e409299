"""The sampler's law on irregular rings: nothing vanishes there, draws travel, plain laws are judged."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from sphspec import VP, GaussLegendre, Quadrature, SpectralSDE, noise_covariance
from sphspec.simulate import moments, vp
from sphspec.simulate.reverse import METHODS
from sphspec.suite.dense import DenseCovariance
from sphspec.suite.draws import PathDraws
from sphspec.suite.process import scalar_sde
from sphspec.suite.reverse import SAMPLERS, Twin, name_of, reverse_draws
from sphspec.suite.witnesses import direct_witness
from sphspec.verify.streams import stream

COV = noise_covariance(Quadrature(GaussLegendre(4, 7), 3), 1.5 + np.sin(np.arange(28)))
SINGULAR = noise_covariance(Quadrature(GaussLegendre(3, 4), 4))


def path_draws(process=VP()):  # noqa: B008  a frozen value
    sde, witness = SpectralSDE(process, COV), direct_witness(COV.operator)
    start = np.cos(np.arange(28.0))
    return PathDraws.of("path", sde, scalar_sde(process), witness, start, (0.2, 0.5))


def test_every_pair_of_coefficients_is_coupled_on_the_irregular_rings():
    twin = Twin.of(VP())
    for matrix in (twin.score.sde.covariance.dense(), twin.score.data, twin.law):
        scale = np.sqrt(np.outer(np.diagonal(matrix), np.diagonal(matrix)))
        assert (np.abs(matrix) / scale).min() > 1e-4
    assert twin.sampler.variance.size > twin.law.shape[0]


def test_the_law_after_few_steps_is_far_from_that_of_the_data():
    twin = Twin.of(VP())
    assert np.linalg.norm(twin.law - twin.score.data) > 0.05 * np.linalg.norm(twin.score.data)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_independent_sampler_is_linear_in_its_normals(rng, method):
    sampler = replace(Twin.of(VP()).sampler, method=method)
    first, second = rng.standard_normal((2, 3, sampler.maps, sampler.variance.size))
    together = sampler.run(first - 2 * second)
    np.testing.assert_allclose(together, sampler.run(first) - 2 * sampler.run(second), atol=1e-12)


@pytest.mark.parametrize("draws", [*reverse_draws(VP()), path_draws()], ids=lambda draws: draws.label)
def test_draws_travel_to_another_process(draws):
    twin = pickle.loads(pickle.dumps(draws))
    assert twin.content == draws.content
    streams = (stream(1, draws.content, "screen", 0) for _ in range(2))
    first, second = (item.values(rng, 5) for item, rng in zip((draws, twin), streams, strict=True))
    np.testing.assert_array_equal(first, second)
    assert first.shape[0] == 5
    assert first.shape[2] == draws.cov.n


def test_another_law_has_another_key():
    keys = []
    for process in (VP(), VP(0.2, 20.0)):
        keys += [draws.content for draws in (*reverse_draws(process), path_draws(process))]
    assert len(set(keys)) == 6


@pytest.mark.parametrize("cov", [COV, SINGULAR], ids=["regular", "singular"])
def test_a_plain_covariance_does_what_a_noise_covariance_does(cov, rng):
    plain, draws = DenseCovariance(cov.dense(), cov.lmax), cov.sample(rng, 7)
    assert (plain.n, plain.lmax, plain.blocks.rank) == (cov.n, cov.lmax, cov.rank())
    np.testing.assert_allclose(plain.apply(draws), cov.apply(draws), atol=1e-13)
    np.testing.assert_array_equal(plain.diagonal(), cov.diagonal())
    white, outside = plain.whiten(draws)
    whitening = plain.whiten(np.eye(cov.n))[0].T  # W^T, (rank, n)
    np.testing.assert_allclose(whitening @ plain.dense() @ whitening.T, np.eye(cov.rank()), atol=1e-12)
    np.testing.assert_allclose(white, draws @ whitening.T, atol=1e-12)
    assert outside < 1e-13


def test_a_matrix_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"matrix must be \(16, 16\) at lmax=3, got \(9, 9\)"):
        DenseCovariance(np.eye(9), 3)


def test_transitions_of_the_pixel_process_compose():
    process = vp(0.1, 20.0)
    (early_mean, early), (mean, variance) = moments(process, 0.4), moments(process, 1.0, 0.4)
    whole_mean, whole = moments(process, 1.0)
    assert mean * early_mean == pytest.approx(whole_mean, rel=1e-11)
    assert mean**2 * early + variance == pytest.approx(whole, rel=1e-11)


def test_reverse_path_needs_noise_for_every_step(rng):
    sde, noise = SpectralSDE(VP(), COV), rng.standard_normal((3, 2, 16))
    with pytest.raises(ValueError, match="noise must have a draw for each of 4 steps, got 3"):
        sde.reverse_path(noise[0], lambda alpha, t: -alpha, noise, 4)


def test_every_sampler_has_an_independent_twin():
    assert [name_of(sampler) for sampler in SAMPLERS] == sorted(METHODS)
    assert all(METHODS[name_of(sampler)][0] == sampler.draws for sampler in SAMPLERS)
