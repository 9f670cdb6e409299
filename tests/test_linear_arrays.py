"""Linear drifts with arrays of other libraries: values, batches of times, gradients."""

import numpy as np
import pytest

from sphspec import (
    CosineVP,
    GaussLegendre,
    Healpix,
    Heat,
    LinearDynamics,
    OrnsteinUhlenbeck,
    Quadrature,
    SpectralDrift,
    noise_covariance,
)
from sphspec._generated import linear_drift as generated


@pytest.fixture(scope="module")
def dynamics():
    return LinearDynamics(Heat(0.3, 0.8), noise_covariance(Quadrature(Healpix(2), 5)))


@pytest.fixture(params=["torch", "jax"])
def make(request):
    """Return how a library's arrays are made of NumPy's."""
    module = pytest.importorskip(request.param)
    if request.param == "jax":
        module.config.update("jax_enable_x64", True)
        return module.numpy.asarray
    return module.asarray


def test_values_are_those_of_numpy(dynamics, make, rng):
    alpha = rng.standard_normal((3, 36))
    late, early = np.array([0.3, 0.5, 1.0]), np.array([0.0, 0.2, 0.7])
    for name, arguments in {
        "drift": (alpha,),
        "mean": (alpha, late, early),
        "increment": (alpha, late, early),
    }.items():
        method = getattr(dynamics, name)
        found = method(*map(make, arguments))
        assert type(found).__module__.split(".")[0] in ("torch", "jaxlib", "jax")
        np.testing.assert_allclose(np.asarray(found), method(*arguments), rtol=1e-12, atol=1e-13)
    for moments in ((late, early), (0.5,)):
        theirs = dynamics.noise(*(make(m) if isinstance(m, np.ndarray) else m for m in moments))
        for name in ("apply", "target"):
            expected = getattr(dynamics.noise(*moments), name)(alpha)
            found = getattr(theirs, name)(make(alpha))
            np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-9, atol=1e-11)


def test_single_precision_stays_single(dynamics, make):
    alpha, times = np.ones((3, 36), np.float32), np.float32([0.1, 0.2, 0.9])
    for found in (
        dynamics.mean(make(alpha), make(times)),
        dynamics.noise(make(times)).apply(make(alpha)),
        generated.growth(make(times), make(times)),
        CosineVP().variance(make(times)),
        OrnsteinUhlenbeck().variance(make(times)),
        OrnsteinUhlenbeck().rate(make(times)),
    ):
        assert "float32" in str(found.dtype)


@pytest.mark.parametrize("total", [-40.0, -1.0, -0.0626, -0.0624, -1e-3, -1e-9, -1e-300, 0.0, 1e-12, 0.5])
@pytest.mark.parametrize("time", [0.0, 1e-6, 0.5, 1.0])
def test_growth_has_its_derivatives_everywhere(total, time):
    """d/dtotal and d/dt of growth by torch and jax against mpmath's, where x = 0 too."""
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    import mpmath

    jax.config.update("jax_enable_x64", True)
    mpmath.mp.dps = 40
    x = mpmath.mpf(total) * mpmath.mpf(time)
    if abs(x) < 1e-8:
        slope = mpmath.mpf(time) ** 2 * (mpmath.mpf(1) / 2 + x / 3 + x**2 / 8)
    else:
        slope = (mpmath.mpf(time) * mpmath.exp(x) - mpmath.expm1(x) / total) / total
    expected = [float(slope), float(mpmath.exp(x))]
    inputs = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (total, time)]
    theirs = [float(part) for part in torch.autograd.grad(generated.growth(*inputs), inputs)]
    mine = jax.jit(jax.grad(generated.growth, argnums=(0, 1)))(total, time)
    # both libraries take e^x = expm1(x) + 1 for the derivative of expm1: right to 1e-16 of 1
    np.testing.assert_allclose(theirs, expected, rtol=2e-13, atol=2e-16)
    np.testing.assert_allclose([float(part) for part in mine], expected, rtol=2e-13, atol=2e-16)


def test_gradients_by_time_are_those_of_finite_differences():
    torch = pytest.importorskip("torch")
    dynamics = LinearDynamics(Heat(0.3, 0.8), noise_covariance(Quadrature(Healpix(2), 5)))
    alpha = torch.linspace(-1, 1, 36, dtype=torch.float64)
    for function in (dynamics.mean, lambda a, t: dynamics.noise(t).apply(a), dynamics.increment):
        torch.autograd.gradcheck(
            function,
            (alpha.clone().requires_grad_(), torch.tensor(0.4, dtype=torch.float64, requires_grad=True)),
        )


def test_times_in_arrays_need_a_basis(make):
    dynamics = LinearDynamics(
        SpectralDrift(np.triu(np.ones((9, 9)))), noise_covariance(Quadrature(GaussLegendre(3, 5), 2))
    )
    alpha = make(np.ones(9))
    expected = dynamics.factor(0.3).dense() @ np.ones(9)
    np.testing.assert_allclose(np.asarray(dynamics.mean(alpha, 0.3)), expected, rtol=1e-12)
    with pytest.raises(ValueError, match="give t as a number"):
        dynamics.mean(alpha, make(np.array(0.3)))
