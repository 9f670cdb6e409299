"""Inputs that once gave a wrong number, a traceback or a late failure."""

import pickle

import numpy as np
import pytest
from oracles import unwhole, whole

import sphspec
from sphspec import GaussLegendre, Healpix, Jacobi, LeastSquares, Quadrature, RingGrid, noise_covariance
from sphspec.study import Budget, ProcessSetting, Setting, Study
from sphspec.suite import preflight, run_suite

SMALL = noise_covariance(Quadrature(Healpix(2), 3))


def test_products_and_solutions_read_a_square_matrix_alike(rng):
    square = rng.standard_normal((16, 16))
    np.testing.assert_allclose(SMALL.solve(SMALL @ square), square, atol=1e-12)
    np.testing.assert_allclose(SMALL.apply_inverse(SMALL.apply(square)), square, atol=1e-12)
    np.testing.assert_allclose(SMALL.apply(square), (SMALL @ square.T).T, atol=1e-15)


def test_score_target_of_a_batch_as_large_as_n_is_a_batch(rng):
    sde = sphspec.SpectralSDE(sphspec.VP(), SMALL)
    states = rng.standard_normal((16, 16))
    one_by_one = [sde.score_target(state, np.zeros(16), 0.5) for state in states]
    np.testing.assert_allclose(sde.score_target(states, np.zeros((16, 16)), 0.5), one_by_one, rtol=1e-12)


def test_weak_asymmetry_keeps_its_couplings():
    grid = unwhole([1, np.pi / 2, np.pi - 1], [5] * 3, [0.0] * 3, [1.0] * 3)
    sigma = noise_covariance(Quadrature(grid, 2), np.repeat([4e-16, 1, 0], 5)).dense()
    assert sigma[0, 2] == pytest.approx(1.9114108468504833e-16, rel=1e-9)


def test_a_ring_turned_by_a_little_mixes_cosine_and_sine():
    sigma = noise_covariance(Quadrature(RingGrid([1.0], [41], [3e-13], whole([1.0], 41)), 40)).dense()
    assert sigma[120, 1159] != 0


def test_ill_conditioned_least_squares_is_refused_and_said():
    angles = [0.39959739, 0.39945052, 0.46395122]
    grid = unwhole(angles, [6, 8, 6], [0.3025, 0.26775513, 0.30770186], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"condition .* lose half of the digits|rank"):
        noise_covariance(LeastSquares(grid, 2)).dense()


def test_reachability_is_judged_row_by_row(rng):
    cov = noise_covariance(Quadrature(GaussLegendre(2, 3), 3))
    sde = sphspec.SpectralSDE(sphspec.VP(), cov)
    states = np.stack([1e10 * cov.sample(rng), np.ones(cov.n)])
    with pytest.raises(ValueError, match="cannot reach"):
        sde.score_target(states, np.zeros((2, cov.n)), 0.5)


def test_arrays_of_the_caller_stay_his_own():
    theta, phi0, variance = np.array([1.0]), np.zeros(1), np.ones(4)
    grid = RingGrid(theta, [4], phi0, [np.pi])
    cov = noise_covariance(Quadrature(grid, 1), variance)
    theta[0], phi0[0], variance[:] = 2.0, 1.0, 5.0
    assert grid.ring_theta[0] == 1.0
    assert grid.phi0[0] == 0.0
    assert (cov.variance == 1.0).all()


def test_same_seed_same_draws_whatever_was_asked_before(monkeypatch):
    monkeypatch.setattr("sphspec.covariance.noise.HELD", 0.0)
    cov = noise_covariance(Quadrature(Healpix(2), 3))
    before = cov.sample(np.random.default_rng(1), 2)
    cov.diagonal()
    np.testing.assert_array_equal(cov.sample(np.random.default_rng(1), 2), before)


def test_covariance_can_be_pickled():
    copy = pickle.loads(pickle.dumps(noise_covariance(Jacobi(Healpix(2), 3))))
    assert copy.dense().shape == (16, 16)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: noise_covariance(Jacobi(Healpix(1), 12, iterations=2000)).diagonal(), "overflows"),
        (lambda: Jacobi(Healpix(1), 12, iterations=2000)(np.ones(12)), "overflows .* fewer iterations"),
        (lambda: noise_covariance(Quadrature(unwhole([1.0], [4], [0.0], [1e200]), 1)).dense(), "overflows"),
        (lambda: sphspec.VE(1e-200, 1e200), "overflows"),
        (lambda: sphspec.VE(1.0, 1.0), "equal or too large"),
        (lambda: sphspec.VP(0.1, 1e300), "too large"),
        (lambda: RingGrid([1.0], [10**12], [0.0], [1.0]), "GiB"),
        (lambda: RingGrid([1.0, 2.0], [[4, 4]], [0.0, 0.0], [1.0, 1.0]), "nphi must have one axis"),
        (lambda: SMALL.sample(np.random.default_rng(0), 10**9), "GiB"),
        (lambda: SMALL.sample(np.random.default_rng(0), 2.5), "size must be an integer >= 0, got 2.5"),
        (lambda: SMALL.sample(np.random.default_rng(0), True), "size must be an integer"),
        (lambda: SMALL.sample(0, 2), "rng must be a numpy.random.Generator"),
        (lambda: sphspec.SpectralSDE("vp", SMALL), "process must be a process"),
        (lambda: sphspec.SpectralSDE(sphspec.VP, SMALL), "process must be a process"),
        (lambda: sphspec.SpectralSDE(sphspec.VP(), np.eye(4)), "covariance must come from"),
        (lambda: Quadrature(Healpix(2), 10**200), "lmax must be an integer"),
        (lambda: noise_covariance(Quadrature(Healpix(2), 2), 10**400), "variance must be a finite number"),
        (lambda: noise_covariance(Quadrature(Healpix(2), 2), np.float32(0.1)), "float32"),
        (lambda: Quadrature(Healpix(1), 1)(np.ma.masked_equal(np.arange(12.0), 3)), "masked"),
        (lambda: Quadrature(Healpix(1), 300)(np.ones((10**5, 12))), "GiB"),
        (lambda: sphspec.verify(5), "study must be a Study"),
        (
            lambda: sphspec.SpectralSDE(sphspec.VP(), SMALL).drift(np.zeros(16), [0.1, np.nan]),
            "t must be finite",
        ),
        (
            lambda: sphspec.SpectralSDE(sphspec.VP(), SMALL).reverse_drift(
                np.zeros(16), 0.5, lambda a, t: a * np.nan
            ),
            "score must be finite",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_large_matrix_of_an_operator_needs_no_unit_matrix():
    matrix = Quadrature(Healpix(1), 60).dense()
    assert matrix.shape == (61**2, 12)


@pytest.mark.parametrize(
    ("grid", "lmax", "operators", "process", "variance"),
    [
        ("healpix:nside=2", 0, ("quadrature", "least-squares"), {}, 1.0),
        ("healpix:nside=3", 13, ("quadrature",), {}, 1.0),
        ("healpix:nside=5", 14, ("least-squares",), {}, 1.0),
        ("gauss-legendre:nlat=9,nlon=18", 9, ("jacobi:iterations=3",), {}, 1.0),
        ("healpix:nside=2", 3, ("quadrature",), {"kind": "vp", "beta_min": 0.1, "beta_max": 100.0}, 1.0),
        ("healpix:nside=2", 3, ("quadrature",), {"kind": "sub-vp", "beta_max": 100.0}, 1.0),
        ("healpix:nside=2", 3, ("quadrature",), {"kind": "ve"}, 1e-30),
    ],
)
def test_odd_but_correct_studies_pass(grid, lmax, operators, process, variance):
    study = Study(
        settings=(Setting(grid=grid, lmax=lmax, operators=operators, variance=variance),),
        process=ProcessSetting(**process),
        budget=Budget(samples=250),
    )
    verdict = run_suite(study, derivations=False)
    assert verdict.ok, verdict.failures[0]


def test_singular_least_squares_is_refused_before_any_work():
    setting = Setting(grid="gauss-legendre:nlat=20,nlon=3", lmax=4, operators=("quadrature", "least-squares"))
    with pytest.raises(ValueError, match="rank 21 of 25"):
        preflight(Study(settings=(setting,)))


@pytest.mark.parametrize("changes", [{"lmax": True}, {"lmax": ["2"]}, {"lmax": 2, "variance": "1"}])
def test_types_of_a_study_are_not_guessed(changes):
    with pytest.raises(ValueError, match="Input should be a valid"):
        Setting(grid="healpix:nside=2", **changes)


def test_a_key_given_twice_is_refused():
    with pytest.raises(ValueError, match="nside is given twice"):
        Setting(grid="healpix:nside=2,nside=1", lmax=2)
