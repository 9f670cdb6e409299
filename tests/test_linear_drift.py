"""Linear drifts: modified drift, closure, moments, kernels between times, heat flow through healpy."""

from functools import cache

import mpmath
import numpy as np
import pytest
from oracles import operator_matrix, real_harmonics
from scipy.integrate import solve_ivp
from scipy.stats import chi2, norm

from sphspec import (
    FractionalLaplacian,
    GaussLegendre,
    GridDrift,
    Healpix,
    Heat,
    Jacobi,
    LeastSquares,
    LinearDynamics,
    Quadrature,
    SpectralDrift,
    closure_residual,
    noise_covariance,
)
from sphspec._generated import linear_drift as generated
from sphspec.gramian import step
from sphspec.simulate import HealpyWitness, drifted_path, healpy_drift, heat_rates
from sphspec.suite.reverse import irregular_rings

LMAX = 3
N = (LMAX + 1) ** 2
RINGS = irregular_rings()
KINDS = {
    "quadrature": (Quadrature(RINGS, LMAX), ("jacobi", 0)),
    "jacobi": (Jacobi(RINGS, LMAX, 2), ("jacobi", 2)),
    "least-squares": (LeastSquares(RINGS, LMAX), ("least-squares",)),
}
VARIANCE = 1.5 + np.sin(2.0 + 3.7 * np.arange(RINGS.npix))
MIXING = np.sin(np.arange(1.0, N * N + 1) ** 1.5).reshape(N, N)
MODELS = {
    "heat": Heat(0.1, 0.7),
    "fractional": FractionalLaplacian(0.4, 0.5, 1.3),
    "diagonal, growing": SpectralDrift(0.5 - np.arange(N) / N, 0.9),
    "symmetric": SpectralDrift((MIXING + MIXING.T) / 8, 0.8),
    "any matrix": SpectralDrift(MIXING / 4, 0.8),
}


def generator(model):
    """Return M, stated anew, (n, n)."""
    if isinstance(model, Heat):
        return np.diag(heat_rates(LMAX, model.conductivity))
    if isinstance(model, FractionalLaplacian):
        return np.diag(heat_rates(LMAX, model.conductivity, model.power))
    return np.diag(model.matrix) if model.matrix.ndim == 1 else model.matrix


@pytest.fixture(params=sorted(KINDS))
def problem(request):
    """Return the operator, its matrix A by scipy's harmonics, and Phi."""
    operator, kind = KINDS[request.param]
    return operator, operator_matrix(RINGS, LMAX, *kind), real_harmonics(RINGS.theta, RINGS.phi, LMAX)


@pytest.fixture(params=sorted(MODELS))
def model(request):
    return MODELS[request.param]


def dynamics_of(model, operator):
    return LinearDynamics(model, noise_covariance(operator, VARIANCE))


def test_drift_is_modified_by_the_response_of_the_transform(problem, model):
    operator, analysis, phi = problem
    found = model.bind(operator).matrix.dense()
    expected = analysis @ phi @ generator(model)
    np.testing.assert_allclose(found, expected, atol=1e-13 * np.abs(expected).max())
    if not isinstance(operator, LeastSquares):
        assert np.abs(expected - generator(model)).max() > 0.01 * np.abs(expected).max()


def test_moments_solve_their_equation(problem, model, rng):
    """P' = B P + P B^T + g^2 Sigma, integrated numerically with B and Sigma of plain matrix algebra."""
    operator, analysis, phi = problem
    drift = analysis @ phi @ generator(model)
    noise = model.diffusion**2 * (analysis * VARIANCE) @ analysis.T
    root = rng.standard_normal((N, N))
    start, time = root @ root.T / N, 0.7

    def slope(_, flat):
        law = flat.reshape(N, N)
        return (drift @ law + law @ drift.T + noise).ravel()

    solved = solve_ivp(slope, (0, time), start.ravel(), method="DOP853", rtol=1e-12, atol=1e-14).y[:, -1]
    dynamics = dynamics_of(model, operator)
    law = dynamics.marginal_covariance(start, time)
    assert np.abs(law - solved.reshape(N, N)).max() <= 1e-11 * np.abs(solved).max()
    unmodified = LinearDynamics(SpectralDrift(generator(model), model.diffusion), dynamics.covariance)
    if isinstance(operator, Quadrature) and not isinstance(operator, LeastSquares):
        object.__setattr__(
            unmodified, "bound", SpectralDrift(generator(model)).bind(LeastSquares(RINGS, LMAX))
        )
        wrong = unmodified.marginal_covariance(start, time)
        assert np.abs(wrong - solved.reshape(N, N)).max() > 1e-3 * np.abs(solved).max()


def test_pixel_path_gives_the_spectral_path_with_the_modified_drift_only(problem, model, rng):
    """X -> x + S M A x dt + g dw on the pixels, then A, is alpha -> alpha + K M alpha dt + g A dw."""
    operator, analysis, phi = problem
    field = phi @ generator(model) @ analysis
    steps, dt = 9, 0.05
    start = rng.standard_normal((2, RINGS.npix))
    increments = rng.standard_normal((2, steps, RINGS.npix)) * np.sqrt(dt * VARIANCE)
    pixels = drifted_path(start, increments, dt, lambda x: x @ field.T, model.diffusion) @ analysis.T
    dynamics, noise = dynamics_of(model, operator), operator(increments)
    alpha = wrong = operator(start)
    for place in range(steps):
        alpha = alpha + dynamics.drift(alpha) * dt + model.diffusion * noise[:, place]
        wrong = wrong + wrong @ generator(model).T * dt + model.diffusion * noise[:, place]
    scale = np.abs(pixels).max()
    np.testing.assert_allclose(alpha, pixels, atol=1e-12 * scale)
    if not isinstance(operator, LeastSquares):
        assert np.abs(wrong - pixels).max() > 1e-3 * scale


def test_growth_is_right_to_roundoff():
    mpmath.mp.dps = 60
    with np.errstate(all="raise", under="ignore"):
        totals = np.array([-1e5, -700.0, -2.0, -0.07, -1 / 16, -1e-3, -1e-12, -1e-300, 0.0])
        totals = np.concatenate([totals, -totals[3:], [1.0, 300.0]])
        for time in (1.0, 0.37, 1e-9):
            found = generated.growth(totals, time)
            for total, value in zip(totals, found, strict=True):
                exact = mpmath.mpf(time)
                if total:
                    exact = mpmath.expm1(mpmath.mpf(total) * mpmath.mpf(time)) / mpmath.mpf(total)
                spread = 4 + abs(total * time)  # e^x takes over the rounding of x
                assert abs(value / exact - 1) <= 2.3e-16 * min(spread, 304 if total > 0 else 8)
    assert generated.growth(-3.0, 0.0) == 0
    assert generated.growth(5e-324, 0.5) == 0.5


def test_entries_of_a_diagonal_drift_are_exact():
    """Exact quadrature, heat flow: P_ij with l = 0 as the limit, by mpmath from Sigma's entries."""
    mpmath.mp.dps = 40
    cov = noise_covariance(Quadrature(GaussLegendre(5, 9), 4), 0.7)
    dynamics = LinearDynamics(Heat(2.5, 1.2), cov)
    rates, sigma, time = heat_rates(4, 2.5), cov.dense(), 0.3
    expected = np.empty((25, 25))
    for i in range(25):
        for j in range(25):
            total, t = mpmath.mpf(rates[i]) + mpmath.mpf(rates[j]), mpmath.mpf(time)
            grown = mpmath.expm1(total * t) / total if total else t
            expected[i, j] = mpmath.mpf(1.2) ** 2 * mpmath.mpf(sigma[i, j]) * grown
    np.testing.assert_allclose(dynamics.gathered(time).dense(), expected, rtol=1e-13, atol=0)
    np.testing.assert_allclose(dynamics.factor(time).diagonal(), np.exp(rates * time), rtol=1e-14)


@pytest.mark.parametrize("speed", [0.0, 0.3, 40.0, 5000.0])
def test_doubling_and_basis_agree(speed):
    """Two ways to E and N of the same drift, from slow to stiff."""
    dynamics = dynamics_of(Heat(speed), KINDS["quadrature"][0])
    (drift,), (noise,) = dynamics.bound.matrix.blocks, dynamics.noise_blocks.blocks
    factor, gathered = step(drift, noise, 0.8)
    np.testing.assert_allclose(factor, dynamics.factor(0.8).dense(), atol=1e-11)
    expected = dynamics.gathered(0.8).dense()
    np.testing.assert_allclose(gathered, expected, atol=1e-11 * np.abs(expected).max())


def test_steps_compose(problem, model):
    """From 0 over s to t is from 0 to t; increments have the mean (E - 1) alpha and the same noise."""
    dynamics, alpha = dynamics_of(model, problem[0]), np.linspace(-1, 1, N)
    once = dynamics.mean(dynamics.mean(alpha, 0.3), 0.8, 0.3)
    np.testing.assert_allclose(once, dynamics.mean(alpha, 0.8), atol=1e-12)
    np.testing.assert_allclose(
        dynamics.increment(alpha, 0.8, 0.3), dynamics.mean(alpha, 0.8, 0.3) - alpha, atol=1e-12
    )
    across = dynamics.factor(0.8, 0.3).dense()
    composed = across @ dynamics.gathered(0.3).dense() @ across.T + dynamics.gathered(0.8, 0.3).dense()
    expected = dynamics.gathered(0.8).dense()
    np.testing.assert_allclose(composed, expected, atol=1e-12 * np.abs(expected).max())
    assert np.abs(dynamics.gathered(0.4, 0.4).dense()).max() == 0


def test_increment_keeps_its_digits():
    dynamics = LinearDynamics(Heat(1.0), noise_covariance(Quadrature(GaussLegendre(5, 9), 4)))
    found = dynamics.increment(np.ones(25), 0.5 + 2**-40, 0.5)
    np.testing.assert_allclose(found, heat_rates(4, 1.0) * 2**-40, rtol=1e-9)


def test_noise_draws_targets_and_batches_of_times_belong_to_one_law(problem, rng):
    dynamics = dynamics_of(Heat(0.2, 0.7), problem[0])
    times, vectors = np.array([0.1, 0.5, 1.0]), rng.standard_normal((3, N))
    moving = dynamics.noise(times)
    for place, time in enumerate(times):
        held = dynamics.noise(float(time))
        matrix = dynamics.gathered(time).dense()
        scale = np.abs(matrix).max()
        np.testing.assert_allclose(moving.apply(vectors)[place], vectors[place] @ matrix, atol=1e-12 * scale)
        np.testing.assert_allclose(held.apply(vectors[place]), vectors[place] @ matrix, atol=1e-12 * scale)
        for noise, value in ((held, vectors[place]), (moving, vectors)):
            target = noise.target(value)
            target = target if target.ndim == 1 else target[place]
            np.testing.assert_allclose(target @ matrix, -vectors[place], atol=1e-9)
        mean = dynamics.mean(vectors, times)[place]
        np.testing.assert_allclose(mean, dynamics.factor(time).dense() @ vectors[place], atol=1e-13)
    # a draw is linear in its normals: unit ones give the root of N
    for noise, time in ((moving, times[:, None]), (dynamics.noise(0.5), None)):
        units = np.broadcast_to(np.eye(N)[:, None], (N, 3, N))
        drawer = noise if time is None else dynamics.noise(times)
        roots = drawer.draw(Units(units), np.zeros((N, 3, N)))
        for place, t in enumerate(times if time is not None else (0.5,)):
            expected = dynamics.gathered(float(t)).dense()
            found = roots[:, place].T @ roots[:, place]
            np.testing.assert_allclose(found, expected, atol=1e-12 * np.abs(expected).max())


class Units(np.random.Generator):
    """A generator whose normals are given."""

    def __init__(self, values):
        super().__init__(np.random.PCG64(0))
        self.values = values

    def standard_normal(self, shape):
        """Return them."""
        assert tuple(shape) == self.values.shape
        return self.values


def test_spectral_drifts_are_closed_on_the_grid(problem):
    operator, analysis, phi = problem
    field = phi @ MIXING @ analysis
    drift = GridDrift(field)
    assert closure_residual(operator, drift) <= 1e-12
    found = drift.bind(operator).matrix.dense()
    np.testing.assert_allclose(found, analysis @ phi @ MIXING, atol=1e-11 * np.abs(found).max())
    as_function = GridDrift(lambda maps: maps @ field.T).bind(operator).matrix.dense()
    np.testing.assert_allclose(as_function, found, atol=1e-12 * np.abs(found).max())
    assert closure_residual(operator, SpectralDrift(MIXING)) == 0.0


def test_closure_residual_is_that_of_plain_matrix_algebra(problem, rng):
    operator, analysis, _ = problem
    field = rng.standard_normal((RINGS.npix, RINGS.npix))
    basis = np.linalg.svd(analysis)[2][:N]
    product = analysis @ field
    expected = np.linalg.norm(product - product @ basis.T @ basis) / np.linalg.norm(product)
    assert closure_residual(operator, GridDrift(field)) == pytest.approx(expected, rel=1e-10)
    assert expected > 0.1
    with pytest.raises(ValueError, match=r"not closed .* = [0-9.e+-]+, so that"):
        GridDrift(field).bind(operator)


def test_with_least_squares_the_residual_of_synthesis_has_the_same_zeros(rng):
    operator, analysis = KINDS["least-squares"][0], operator_matrix(RINGS, LMAX, "least-squares")
    phi = real_harmonics(RINGS.theta, RINGS.phi, LMAX)
    outside = np.eye(RINGS.npix) - phi @ analysis
    for field, closed in ((phi @ MIXING @ analysis, True), (rng.standard_normal(outside.shape), False)):
        stated = np.linalg.norm(analysis @ field @ outside) / np.linalg.norm(analysis @ field)
        assert (stated < 1e-12) == closed
        assert (closure_residual(operator, GridDrift(field)) < 1e-12) == closed


def test_decay_that_is_the_same_everywhere_is_closed_and_elsewhere_not():
    operator = Quadrature(GaussLegendre(5, 9), 4)
    uniform = GridDrift(np.full(45, -2.0))
    np.testing.assert_allclose(uniform.bind(operator).matrix.dense(), -2 * np.eye(25), atol=1e-12)
    assert closure_residual(operator, GridDrift(-1.0 - operator.grid.theta)) > 0.01
    assert closure_residual(operator, GridDrift(np.zeros(45))) == 0.0


def test_grid_drift_has_the_moments_of_the_same_spectral_drift():
    operator = KINDS["quadrature"][0]
    phi, analysis = real_harmonics(RINGS.theta, RINGS.phi, LMAX), operator_matrix(RINGS, LMAX, "jacobi")
    spectral = dynamics_of(Heat(0.3), operator)
    grid = dynamics_of(GridDrift(phi @ np.diag(heat_rates(LMAX, 0.3)) @ analysis), operator)
    expected = spectral.gathered(0.6).dense()
    np.testing.assert_allclose(grid.gathered(0.6).dense(), expected, atol=1e-11 * np.abs(expected).max())


# Heat flow on HEALPix at lmax = 3 nside - 1, simulated on the pixels through healpy. Three statistics with
# exact null laws, two-sided p each above FALSE_ALARM/3: a correct package fails at most once in 10^6 seeds.
FALSE_ALARM = 1e-6
NSIDE, BAND, CONDUCTIVITY, DIFFUSION, PATHS, STEPS = 4, 11, 0.03, 0.8, 60, 12


@cache
def healpy_paths(iterations):
    """Return alpha at t = 1 of the simulated paths, and alpha at t = 0."""
    rng, npix = np.random.default_rng(20260128 + iterations), 12 * NSIDE**2
    witness = HealpyWitness(Healpix(NSIDE), BAND, iterations)
    start = 100.0 * rng.standard_normal(npix)  # strong: after three iterations K is 1 to 5 % at worst
    increments = rng.standard_normal((PATHS, STEPS, npix)) * np.sqrt(1 / STEPS)
    drift = healpy_drift(NSIDE, BAND, iterations, heat_rates(BAND, CONDUCTIVITY))
    end = drifted_path(np.broadcast_to(start, (PATHS, npix)), increments, 1 / STEPS, drift, DIFFUSION)
    return witness.analyse(end), witness.analyse(start[None])[0]


def discretised_law(drift, noise, start):
    """Return mean and covariance of Euler-Maruyama with the same steps, exactly."""
    factor, mean, law = np.eye(noise.shape[0]) + drift / STEPS, start, np.zeros_like(noise)
    for _ in range(STEPS):
        mean, law = factor @ mean, factor @ law @ factor.T + noise / STEPS
    return mean, law


def smallest_p(alpha, claimed, other):
    """Return the smallest p of a claimed law: length of residuals, and two directions towards another law."""
    (mean, law), (other_mean, other_law) = claimed, other
    root = np.linalg.cholesky(law)
    white = np.linalg.solve(root, (alpha - mean).T)
    ratio = np.linalg.solve(root, np.linalg.solve(root, other_law).T)
    values, directions = np.linalg.eigh(ratio)
    widest = directions[:, np.argmax(np.abs(np.log(values)))]
    towards = np.linalg.solve(root, other_mean - mean)
    score = towards @ white.sum(axis=1) / np.linalg.norm(towards) / np.sqrt(alpha.shape[0])
    lengths = ((white**2).sum(), white.size), (((widest @ white) ** 2).sum(), alpha.shape[0])
    tails = [2 * min(chi2.cdf(square, count), chi2.sf(square, count)) for square, count in lengths]
    return min(*tails, 2 * norm.sf(abs(score)))


@pytest.mark.parametrize("iterations", [0, 3])
def test_heat_flow_through_healpy_has_the_modified_drift_and_not_the_plain_one(iterations):
    alpha, start = healpy_paths(iterations)
    grid = Healpix(NSIDE)
    operator = Jacobi(grid, BAND, iterations) if iterations else Quadrature(grid, BAND)
    cov = noise_covariance(operator)
    dynamics = LinearDynamics(Heat(CONDUCTIVITY, DIFFUSION), cov)
    noise = DIFFUSION**2 * cov.dense()
    modified = discretised_law(dynamics.bound.matrix.dense(), noise, start)
    plain = discretised_law(np.diag(heat_rates(BAND, CONDUCTIVITY)), noise, start)
    assert smallest_p(alpha, modified, plain) > FALSE_ALARM / 3
    assert smallest_p(alpha, plain, modified) < 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Heat(-1.0), "conductivity must be a finite number >= 0"),
        (lambda: Heat(1.0, 0.0), "diffusion must be a finite number > 0"),
        (lambda: Heat(np.nan), "conductivity must be a finite number"),
        (lambda: FractionalLaplacian(1.0, 0.0), "power must be a finite number > 0"),
        (lambda: FractionalLaplacian(1.0, 400.0).bind(KINDS["quadrature"][0]), "lower power or conductivity"),
        (lambda: SpectralDrift(np.zeros((3, 4))), "must be a square matrix or a diagonal"),
        (lambda: SpectralDrift(1j * np.ones(N)), "matrix must be real"),
        (lambda: SpectralDrift(np.full(N, np.inf)), "matrix must be finite"),
        (lambda: SpectralDrift(np.zeros(N + 1)).bind(KINDS["jacobi"][0]), "17 rows, but there are 16"),
        (lambda: GridDrift(np.zeros(5)).bind(KINDS["jacobi"][0]), "5 rows, but there are 37 points"),
        (lambda: GridDrift(lambda x: x + 1).bind(KINDS["jacobi"][0]), "must be a linear function"),
        (lambda: GridDrift(lambda x: x[..., :3]).bind(KINDS["jacobi"][0]), "37 entries on its last axis"),
        (lambda: LinearDynamics("heat", None), "covariance must come from"),
        (lambda: dynamics_of("heat", KINDS["jacobi"][0]), "model must be a linear drift"),
        (lambda: dynamics_of(SpectralDrift(np.full(N, 400.0)), KINDS["least-squares"][0]), "is 400"),
        (lambda: dynamics_of(SpectralDrift(900 * MIXING), KINDS["jacobi"][0]), "grows too fast"),
        (lambda: dynamics_of(Heat(), KINDS["jacobi"][0]).gathered(1.5), r"t must be in \[0, 1\]"),
        (lambda: dynamics_of(Heat(), KINDS["jacobi"][0]).gathered(0.5, 0.6), "s must be <= t"),
        (lambda: dynamics_of(Heat(), KINDS["jacobi"][0]).noise(0.0).target(np.zeros(N)), "t must be > 0"),
        (
            lambda: dynamics_of(MODELS["any matrix"], KINDS["jacobi"][0]).noise(np.array([0.1, 0.2])),
            "give t as a number",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
