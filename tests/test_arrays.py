"""Arrays of other libraries: the same numbers, the same errors, derivatives, compilation, precision."""

import inspect
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location

import numpy as np
import pytest
from libraries import NAMES, library
from sympy import MatrixSymbol

from derivations.catalogue import catalogue
from derivations.grids.spec import parse_grid
from derivations.pipeline import modules
from derivations.standalone import standalone_module
from sphspec import VE, VP, GaussLegendre, Healpix, Quadrature, SpectralSDE, SubVP, noise_covariance
from sphspec.precision import rounding_error

GRID = GaussLegendre(7, 13)
COV = noise_covariance(Quadrature(GRID, 6), 0.3)
KERNELS = {
    f"{module}.{kernel.name}": kernel
    for module, pairs in modules(catalogue()).items()
    for _, kernel in pairs
    if not kernel.in_place
}
TIMES = np.array([0.1, 0.4, 0.7, 1.0])


@pytest.fixture(params=NAMES)
def lib(request):
    return library(request.param)


def values(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape)


def arguments(kernel):
    """Positive numbers below 1 for scalars, integers where the symbol is one, matrices for matrices."""
    found = []
    for place, (symbol, _) in enumerate(kernel.arguments):
        rng = np.random.default_rng(place)
        if isinstance(symbol, MatrixSymbol):
            found.append(rng.random((3, 3)))
        elif symbol.is_integer:
            found.append(np.array([5.0, 6.0, 7.0]) - 3 * (place % 2))
        else:
            found.append(0.1 + 0.8 * rng.random(3))
    return found


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # roots outside a kernel's domain
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_every_generated_function_gives_numpy_s_values(lib, name):
    module, function = name.split(".")
    call = getattr(import_module(f"sphspec._generated.{module}"), function)
    given = arguments(KERNELS[name])
    expected, found = call(*given), call(*map(lib.make, given))
    pairs = zip(expected, found, strict=True) if isinstance(expected, tuple) else [(expected, found)]
    for one, other in pairs:
        if isinstance(one, float):
            assert other == one
            continue
        np.testing.assert_allclose(lib.numpy(other), one, rtol=1e-13, atol=1e-15)


def everything(sde, alpha, start, times, score):
    mean, deviation = sde.marginal(start, times)
    between, spread = sde.transition(alpha, times / 2, times)
    return {
        "mean": mean,
        "deviation": deviation,
        "between": between,
        "spread": spread,
        "drift": sde.drift(alpha, times),
        "diffusion": sde.diffusion(times),
        "reverse drift": sde.reverse_drift(alpha, times, score),
        "flow": sde.probability_flow(alpha, times, score),
        "target": sde.score_target(alpha, start, times),
        "drift at one time": sde.drift(alpha, 0.3),
    }


@pytest.mark.parametrize("process", [VP(), SubVP(), VE()], ids=repr)
@pytest.mark.parametrize("cov", [COV, noise_covariance(Quadrature(Healpix(2), 5))], ids=repr)
def test_an_sde_gives_numpy_s_values(lib, process, cov):
    sde = SpectralSDE(process, cov)
    alpha, start = values((4, cov.n), 1), values((4, cov.n), 2)

    def score(a, t):
        return -0.3 * a * (1 + t)[:, None] if hasattr(t, "shape") else -0.3 * a

    expected = everything(sde, alpha, start, TIMES, score)
    found = everything(sde, lib.make(alpha), lib.make(start), lib.make(TIMES), score)
    for name, one in expected.items():
        other = lib.numpy(found[name])
        assert other.dtype == np.float64
        np.testing.assert_allclose(other, one, rtol=1e-11, atol=1e-12 * np.abs(one).max(), err_msg=name)


def test_a_standalone_module_gives_numpy_s_values(lib, tmp_path):
    path = tmp_path / "noise.py"
    path.write_text(standalone_module(parse_grid("gauss-legendre:nlat=4,nlon=7"), 3, "cosine-vp"))
    spec = spec_from_file_location("standalone_noise", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    alpha, start = values((4, module.N), 11), values((4, module.N), 12)

    def everything(*given):
        state, begin, times = given
        mean, deviation = module.marginal(begin, times)
        return {
            "mean": mean,
            "deviation": deviation,
            "drift": module.drift(state, times),
            "diffusion": module.diffusion(times),
            "reverse drift": module.reverse_drift(state, times, lambda a, t: -a),
            "flow": module.probability_flow(state, 0.3, lambda a, t: -a),
            "target": module.score_target(state, begin, times),
        }

    expected = everything(alpha, start, TIMES)
    for name, found in everything(*map(lib.make, (alpha, start, TIMES))).items():
        np.testing.assert_allclose(lib.numpy(found), expected[name], rtol=1e-12, atol=1e-11, err_msg=name)
    with pytest.raises(ValueError, match=r"t must be in \[0, 1\]"):
        module.drift(lib.make(alpha), lib.make(1 + TIMES))
    single = module.reverse_drift(lib.make(alpha.astype(np.float32)), 0.5, lambda a, t: -a)
    assert lib.numpy(single).dtype == np.float32


def test_draws_from_numpy_s_generator_are_the_same_in_every_library(lib):
    sde, start = SpectralSDE(VP(), COV), values((4, COV.n), 3)
    expected = sde.sample_marginal(start, TIMES, np.random.default_rng(5))
    found = sde.sample_marginal(lib.make(start), lib.make(TIMES), np.random.default_rng(5))
    np.testing.assert_allclose(lib.numpy(found), expected, rtol=1e-12, atol=1e-12)


def test_libraries_are_not_mixed(lib):
    sde, alpha = SpectralSDE(VP(), COV), lib.make(values((4, COV.n), 4))
    with pytest.raises(ValueError, match="one library, got a mixture of"):
        sde.marginal(alpha, TIMES)
    with pytest.raises(ValueError, match="one library"):
        sde.reverse_drift(alpha, 0.3, lambda a, t: lib.numpy(a))
    with pytest.raises(ValueError, match="one library"):
        sde.score_target(alpha, lib.numpy(alpha), 0.3)


def test_bad_arrays_are_refused(lib):
    sde = SpectralSDE(VP(), COV)
    with pytest.raises(ValueError, match="real floating-point coefficients of chart R1"):
        sde.drift(lib.make(values((2, COV.n), 5) + 1j), 0.3)
    with pytest.raises(ValueError, match=r"49 entries on its last axis, got shape \(2, 48\)"):
        sde.drift(lib.make(values((2, 48), 5)), 0.3)
    with pytest.raises(ValueError, match=r"t must be in \[0, 1\], got 0.5 .. 1.5"):
        sde.drift(lib.make(values((2, COV.n), 5)), lib.make(np.array([0.5, 1.5])))
    with pytest.raises(ValueError, match=r"must broadcast, got alpha \(3,\), t \(2,\)"):
        sde.drift(lib.make(values((3, COV.n), 5)), lib.make(np.array([0.5, 0.9])))
    with pytest.raises(ValueError, match="t must be > 0"):
        sde.score_target(lib.make(values((COV.n,), 5)), lib.make(values((COV.n,), 6)), 0.0)


def test_single_precision_stays_and_errs_less_than_stated(lib):
    sde, stated = SpectralSDE(VP(), COV), rounding_error(COV)
    alpha = values((64, COV.n), 7).astype(np.float32).astype(np.float64)
    single = lib.make(alpha.astype(np.float32))
    largest = np.linalg.norm(COV.dense(), 2)
    product = lib.numpy(COV.apply(single))
    solved = lib.numpy(COV.apply_inverse(single))
    assert product.dtype == solved.dtype == np.float32
    norms, exact = np.linalg.norm(alpha, axis=1), COV.apply_inverse(alpha)
    error = np.linalg.norm(product - COV.apply(alpha), axis=1) / (largest * norms)
    assert 1e-9 < error.max() < stated.product
    error = np.linalg.norm(solved - exact, axis=1) / np.linalg.norm(exact, axis=1)
    assert 1e-9 < error.max() < stated.target
    assert lib.numpy(sde.drift(single, 0.3)).dtype == np.float32


def test_precision_is_checked():
    with pytest.raises(ValueError, match="dtype must be 'float16', 'float32' or 'float64', got 'f4'"):
        rounding_error(COV, "f4")


def objective(sde, xp, alpha, start, time):
    """Return a smooth number of everything that training uses."""
    target = sde.score_target(alpha, start, time)
    flow = sde.probability_flow(alpha, time, lambda a, t: xp.sin(a) / (1 + t))
    mean, deviation = sde.marginal(start, time)
    return xp.sum(target**2) * 1e-4 + xp.sum(flow * mean) + deviation**2


def slopes(function, point, step):
    """Central differences of order 8, along each entry."""
    weights = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
    result = []
    for unit in np.eye(point.size):
        sides = [w * (function(point + k * step * unit) - function(point - k * step * unit))
                 for k, w in enumerate(weights, 1)]  # fmt: skip
        result.append(sum(sides) / step)
    return np.array(result)


def gradients(name, sde, alpha, start, time):
    lib = library(name)
    if name == "torch":
        import torch

        given = [
            torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (alpha, start, time)
        ]
        objective(sde, torch, *given).backward()
        return [lib.numpy(value.grad) for value in given]
    import jax

    found = jax.grad(lambda *args: objective(sde, jax.numpy, *args), argnums=(0, 1, 2))
    return [np.asarray(value) for value in found(*map(jax.numpy.asarray, (alpha, start, time)))]


@pytest.mark.parametrize("process", [VP(0.1, 5.0), SubVP(0.5, 5.0), VE(0.1, 2.0)], ids=repr)
@pytest.mark.parametrize("name", ["torch", "jax"])
def test_derivatives_are_those_of_finite_differences(name, process):
    cov = noise_covariance(Quadrature(GaussLegendre(4, 7), 3), 0.3)
    sde = SpectralSDE(process, cov)
    alpha, start, time = values(cov.n, 8), values(cov.n, 9), 0.6
    found = gradients(name, sde, alpha, start, time)
    for place, step in ((0, 0.02), (1, 0.02), (2, 0.01)):
        point = [alpha, start, np.array([time])]

        def function(value, place=place, point=point):
            given = [*point[:place], value, *point[place + 1 :]]
            return objective(sde, np, given[0], given[1], float(given[2][0]))

        expected = slopes(function, point[place], step)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(np.ravel(found[place]), expected, atol=1e-10 * scale)


def test_torch_and_jax_have_the_same_derivatives():
    sde = SpectralSDE(VP(), COV)
    pairs = [gradients(name, sde, values(COV.n, 8), values(COV.n, 9), 0.6) for name in ("torch", "jax")]
    for one, other in zip(*pairs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12 * np.abs(one).max())


def compiled(name, function, whole):
    if name == "torch":
        torch = pytest.importorskip("torch")
        return torch.compile(function, fullgraph=whole, backend="aot_eager")
    return pytest.importorskip("jax").jit(function)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["torch", "jax"])
@pytest.mark.parametrize(
    "kernel", ["sde_vp.variance", "sde_subvp.variance", "sde_ve.variance", "sde_ve.rate"]
)
def test_kernels_compile_whole(name, kernel):
    lib, (module, function) = library(name), kernel.split(".")
    call = getattr(import_module(f"sphspec._generated.{module}"), function)
    assert len(inspect.signature(call).parameters) == 3
    found = compiled(name, lambda t: call(t, 0.1, 5.0), True)(lib.make(TIMES))
    np.testing.assert_allclose(lib.numpy(found), call(TIMES, 0.1, 5.0), rtol=1e-14)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["torch", "jax"])
def test_an_sde_compiles(name):
    lib, sde, alpha = library(name), SpectralSDE(VP(), COV), values((4, COV.n), 10)

    def step(a, t):
        return sde.reverse_drift(a, t, lambda b, u: -b) + sde.score_target(a, 0.1 * a, t)

    found = compiled(name, step, False)(lib.make(alpha), lib.make(TIMES))
    expected = step(alpha, TIMES)
    np.testing.assert_allclose(lib.numpy(found), expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())
