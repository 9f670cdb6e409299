"""Problems without matrices: the diagonal alone, maps one by one, errors found coefficient by coefficient."""

import numpy as np
import pytest

import sphspec
from sphspec import GaussLegendre, Healpix, Jacobi, Quadrature, RingGrid, noise_covariance
from sphspec.gram import ring_sum
from sphspec.study import Budget, Setting
from sphspec.suite import run_suite
from sphspec.suite.engine import Inline
from sphspec.suite.large import MapsTask, is_large, judge_large, large_results
from sphspec.suite.montecarlo import Run
from sphspec.suite.packing import pack, unpack
from sphspec.suite.witnesses import ducc_witness
from sphspec.verify.streams import stream

RUN = Run(500, 3, 1e-7)
SMALL = Quadrature(Healpix(4), 8)


def lopsided(grid):
    return 1.5 + np.sin(grid.theta) * np.cos(grid.phi - 0.3) + 0.2 * np.cos(3 * grid.theta)


GRIDS = [
    Healpix(3),
    GaussLegendre(5, 4),  # aliases: the relation has a say
    RingGrid([0.4, 1.3, 2.8], [3, 7, 2], [0.1, 1.2, 5.0], 4 * np.pi * np.array([0.1, 0.07, 0.105])),
]


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_the_diagonal_alone_is_the_diagonal(grid, monkeypatch):
    monkeypatch.setattr(ring_sum, "TABLE_BYTES", 1e3)  # several parts
    whole, alone = (noise_covariance(Quadrature(grid, 6), lopsided(grid)) for _ in range(2))
    expected = np.diagonal(whole.dense())
    np.testing.assert_allclose(alone.diagonal(), expected, rtol=1e-13, atol=1e-15 * expected.max())
    assert "blocks" not in alone.__dict__
    iterated = noise_covariance(Jacobi(grid, 6, 2), lopsided(grid))
    np.testing.assert_allclose(iterated.diagonal(), np.diagonal(iterated.dense()), rtol=1e-12)


def test_sums_over_packed_coefficients_are_those_of_the_chart():
    cov = noise_covariance(SMALL, lopsided(SMALL.grid))
    task = MapsTask("case", ducc_witness(SMALL), np.sqrt(cov.variance), cov.diagonal(), 3, "screen", 20)
    found, rng = task.block(0), stream(3, task.content, "screen", 0)
    maps = np.array([rng.standard_normal(SMALL.grid.npix) for _ in range(20)]) * np.sqrt(cov.variance)
    white = SMALL(maps) / np.sqrt(cov.diagonal())
    np.testing.assert_allclose(found.total, white.sum(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.squares, (white**2).sum(axis=0), rtol=1e-12)
    assert pack(unpack(pack(found))) == pack(found)


def judged(cov):
    return {result.check: result for result in judge_large(RUN, "case", cov, Inline())}


def test_a_right_law_passes_and_the_control_is_flagged():
    results = judged(noise_covariance(SMALL, lopsided(SMALL.grid)))
    assert all(result.ok for result in results.values())
    assert [name for name in results if "positive control" in name]


@pytest.mark.parametrize("place", [0, 20, 80])
def test_one_wrong_variance_is_found_on_fresh_draws(monkeypatch, place):
    cov = noise_covariance(SMALL, lopsided(SMALL.grid))
    wrong = cov.diagonal().copy()
    wrong[place] *= 2.2
    monkeypatch.setattr(cov, "diagonal", lambda: wrong)
    result = judged(cov)["Monte Carlo: coefficient"]
    assert not result.ok
    degree = int(np.sqrt(place))
    assert f"(l, m) = ({degree}, {place - degree * degree - degree})" in result.where
    assert "fresh draws" in result.where


def test_an_offset_is_found(monkeypatch):
    cov = noise_covariance(SMALL, lopsided(SMALL.grid))
    accumulate = MapsTask.accumulate

    def shifted(self, rng, maps):
        total, squares, mark = accumulate(self, rng, maps)
        return total + 0.5 * maps * np.sqrt(cov.diagonal().mean()), squares, mark

    monkeypatch.setattr(MapsTask, "accumulate", shifted)
    assert not judged(cov)["Monte Carlo: mean"].ok


def test_one_stream_for_all_blocks_is_found(monkeypatch):
    monkeypatch.setattr("sphspec.suite.large.stream", lambda *key: stream(*key[:3], 0))
    assert not judged(noise_covariance(SMALL))["blocks of draws are distinct"].ok


def test_a_wrong_sum_rule_and_a_wrong_adjoint_are_found(monkeypatch):
    cov = noise_covariance(SMALL)
    rng = np.random.default_rng(0)
    assert all(result.ok for result in large_results("case", cov, rng))
    monkeypatch.setattr(type(SMALL), "adjoint", lambda self, alpha: 1.01 * alpha @ self.dense())
    wrong = 1.001 * cov.diagonal()
    monkeypatch.setattr(cov, "diagonal", lambda: wrong)
    assert not any(result.ok for result in large_results("case", cov, rng))


def test_a_study_too_large_for_brute_force_is_verified_without_it(monkeypatch):
    setting = Setting(grid="healpix:nside=8", lmax=16)
    study = sphspec.Study(name="large", settings=(setting,), budget=Budget(samples=300))
    monkeypatch.setattr("sphspec.suite.prepared.is_large", lambda cov: cov.n > 200)
    verdict = run_suite(study, derivations=False)
    assert verdict.ok, verdict.failures
    assert any("too large for brute force" in note for note in verdict.notes)
    assert {result.check for result in verdict.results if "nside=8" in result.case} >= {
        "Monte Carlo: coefficient",
        "flat power spectrum (sum rule)",
    }


def test_large_is_what_does_not_fit_in_memory():
    assert is_large(noise_covariance(Quadrature(Healpix(256), 767)))
    assert not is_large(noise_covariance(SMALL))
    assert not is_large(noise_covariance(Jacobi(Healpix(256), 767)))  # its diagonal needs every entry
