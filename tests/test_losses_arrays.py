"""Losses on arrays of PyTorch and JAX: the values of NumPy, gradients, single precision, mixtures refused."""

import numpy as np
import pytest

from sphspec import (
    VP,
    GaussLegendre,
    LikelihoodMetric,
    NoiseMetric,
    PlainMetric,
    Quadrature,
    SigmaMetric,
    SpectralSDE,
    coloured_noise_loss,
    noise_covariance,
    score_loss,
    score_matching,
    spatial_loss,
    state_loss,
    white_noise_loss,
)

GRID = GaussLegendre(4, 7)
COV = noise_covariance(Quadrature(GRID, 3), 0.3 + 0.1 * np.cos(3.0 * np.arange(GRID.npix)))
SDE = SpectralSDE(VP(), COV)
METRICS = (SigmaMetric(), PlainMetric(), LikelihoodMetric(), NoiseMetric())
RNG = np.random.default_rng(5)
START, WHITE, GUESS, STATE = RNG.standard_normal((4, 2, 3, COV.n))
PIXEL_GUESS, PIXEL_WHITE = RNG.standard_normal((2, 2, 3, GRID.npix))
TIMES = np.array([0.2, 0.5, 0.9])


def losses(metric, start, white, guess, state, pixel_guess, pixel_white, times):
    """Return every loss for one metric, and the mean of them all as a function of the prediction."""
    matrix = guess[0, 0, :]
    return (
        score_loss(SDE, guess, times, white, metric),
        state_loss(SDE, guess, state, start, times, metric),
        score_matching(SDE, lambda alpha, t: alpha * matrix, start, times, white, metric),
        white_noise_loss(SDE, guess, times, white, metric),
        coloured_noise_loss(SDE, guess, times, white, metric),
        spatial_loss(SDE, pixel_guess, times, pixel_white, metric),
    )


ARRAYS = (START, WHITE, GUESS, STATE, PIXEL_GUESS, PIXEL_WHITE, TIMES)


def total(metric, guess):
    """Return the mean of the losses that take a prediction, in NumPy."""
    return sum(loss.mean() for loss in losses(metric, START, WHITE, guess, *ARRAYS[3:]))


def slope(metric):
    """Return the gradient of `total` by central differences: exact but for roundoff, it is quadratic."""
    step, gradient = 0.5, np.zeros(GUESS.size)
    for place in range(GUESS.size):
        unit = np.zeros(GUESS.size)
        unit[place] = step
        move = unit.reshape(GUESS.shape)
        gradient[place] = (total(metric, GUESS + move) - total(metric, GUESS - move)) / (2 * step)
    return gradient.reshape(GUESS.shape)


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_torch_has_numpys_values_and_gradients(metric):
    torch = pytest.importorskip("torch")
    tensors = [torch.asarray(array) for array in ARRAYS]
    for found, wanted in zip(losses(metric, *tensors), losses(metric, *ARRAYS), strict=True):
        assert isinstance(found, torch.Tensor)
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-12)
    guess = tensors[2].clone().requires_grad_()
    values = losses(metric, tensors[0], tensors[1], guess, *tensors[3:])
    sum(loss.mean() for loss in values).backward()
    wanted = slope(metric)
    np.testing.assert_allclose(guess.grad.numpy(), wanted, atol=1e-10 * np.abs(wanted).max())


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_jax_has_numpys_values_and_gradients(metric):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        arrays = [jax.numpy.asarray(array) for array in ARRAYS]
        for found, wanted in zip(losses(metric, *arrays), losses(metric, *ARRAYS), strict=True):
            assert isinstance(found, jax.Array)
            np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-12)

        def mean(guess, times):
            values = losses(metric, arrays[0], arrays[1], guess, *arrays[3:6], times)
            return sum(loss.mean() for loss in values)

        wanted = slope(metric)
        room = 1e-10 * np.abs(wanted).max()
        for gradient in (jax.grad(mean), jax.jit(jax.grad(mean))):
            np.testing.assert_allclose(np.asarray(gradient(arrays[2], arrays[6])), wanted, atol=room)


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_single_precision_keeps_its_digits(metric):
    """float32 stays float32; all terms of a loss are squares, so its error is that of the departure."""
    torch = pytest.importorskip("torch")
    tensors = [torch.asarray(array, dtype=torch.float32) for array in ARRAYS]
    condition = np.linalg.cond(COV.dense())
    for found, wanted in zip(losses(metric, *tensors), losses(metric, *ARRAYS), strict=True):
        assert found.dtype == torch.float32
        np.testing.assert_allclose(found.numpy(), wanted, rtol=4 * condition * np.finfo(np.float32).eps)


def test_torch_compiles_a_loss():
    torch = pytest.importorskip("torch")
    guess, white = torch.asarray(GUESS), torch.asarray(WHITE)

    def loss(predicted, normals, t):
        return score_loss(SDE, predicted, t, normals).mean()

    compiled = torch.compile(loss, backend="eager")
    wanted = score_loss(SDE, GUESS, TIMES, WHITE).mean()
    assert float(compiled(guess, white, torch.asarray(TIMES))) == pytest.approx(wanted, rel=1e-12)


def test_mixtures_of_libraries_are_refused():
    torch = pytest.importorskip("torch")
    guess = torch.asarray(GUESS)
    with pytest.raises(ValueError, match="one library, got a mixture"):
        score_loss(SDE, guess, 0.5, WHITE)
    with pytest.raises(ValueError, match="one library, got a mixture"):
        score_loss(SDE, guess, TIMES, torch.asarray(WHITE))
    with pytest.raises(ValueError, match="predicted must be real floating-point"):
        score_loss(SDE, guess + 0j, 0.5, torch.asarray(WHITE))
    with pytest.raises(ValueError, match=r"t must be in \(0, 1\]"):
        score_loss(SDE, guess, torch.asarray([0.0, 0.1, 0.2]), torch.asarray(WHITE))
    with pytest.raises(ValueError, match="predicted must have 16 entries"):
        score_loss(SDE, guess[..., 1:], 0.5, torch.asarray(WHITE))
