"""The converters themselves: T and its inverse, its Jacobian, covariances, refusals, names."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import sph_harm_y

from sphspec.conventions import (
    ComplexCovariance,
    Convention,
    convert,
    convert_power,
    degrees_orders,
    from_complex,
    index,
    known,
    named,
    size,
    to_complex,
)

NAMES = sorted(known())
NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False)
names = st.sampled_from(NAMES)


@st.composite
def coefficients(draw, batch=False):
    """Return lmax and R1 coefficients, (n,) or (2, n)."""
    lmax = draw(st.integers(0, 6))
    shape = (2, size(lmax)) if batch else (size(lmax),)
    return lmax, draw(arrays(np.float64, shape, elements=NUMBERS))


def test_sph_harm_y_takes_degree_order_colatitude_longitude():
    """A canary: the order of its arguments changed once, and every basis would be wrong without an error."""
    theta, phi = 0.7, 2.1
    expected = -np.sqrt(15 / (8 * np.pi)) * np.sin(theta) * np.cos(theta) * np.exp(1j * phi)
    assert abs(sph_harm_y(2, 1, theta, phi) - expected) < 1e-15
    assert abs(sph_harm_y(2, 1, phi, theta) - expected) > 0.1


@given(name=names, drawn=coefficients(batch=True))
def test_conversion_comes_back(name, drawn):
    lmax, alpha = drawn
    convention = known()[name]
    values = convention.from_r1(alpha)
    assert values.shape == (2, *convention.shape(lmax))
    assert np.iscomplexobj(values) == convention.is_complex
    assert convention.lmax(values.shape) == lmax
    np.testing.assert_allclose(convention.to_r1(values), alpha, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    "name", ["glass", "healpy", "r1", "r2", "s2fft", "complex", "libsharp", "sphericart"]
)
def test_without_norms_it_comes_back_to_one_rounding(name, rng):
    alpha = rng.standard_normal(size(40))
    back = known()[name].to_r1(known()[name].from_r1(alpha))
    np.testing.assert_allclose(back, alpha, rtol=2.3e-16, atol=0)
    if name in ("r1", "libsharp", "sphericart"):  # signs and places only: to the bit
        np.testing.assert_array_equal(back, alpha)


@given(source=names, target=names, drawn=coefficients())
def test_two_conversions_are_one(source, target, drawn):
    lmax, alpha = drawn
    given_ = known()[source].from_r1(alpha)
    found = convert(given_, source, target, lmax)
    direct = known()[target].from_r1(alpha)
    np.testing.assert_allclose(found, direct, rtol=0, atol=4e-15 * np.abs(direct).max())


@given(name=names, drawn=coefficients())
def test_jacobian_is_the_map(name, drawn):
    lmax, alpha = drawn
    convention = known()[name]
    values = convention.from_r1(alpha).ravel()
    found = convention.jacobian(lmax) @ alpha
    np.testing.assert_allclose(found, values, rtol=1e-15, atol=0)


@given(name=names, lmax=st.integers(0, 4), seed=st.integers(0, 1000))
def test_covariance_is_dense_algebra(name, lmax, seed):
    root = np.random.default_rng(seed).standard_normal((size(lmax), size(lmax) + 2))
    sigma = root @ root.T
    convention = known()[name]
    jacobian = convention.jacobian(lmax).toarray()
    found = convention.covariance(sigma)
    expected = jacobian @ sigma @ jacobian.conj().T
    scale = np.abs(expected).max()
    if convention.is_complex:
        np.testing.assert_allclose(found.c, expected, rtol=0, atol=1e-14 * scale)
        np.testing.assert_allclose(found.p, jacobian @ sigma @ jacobian.T, rtol=0, atol=1e-14 * scale)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14 * scale)
    np.testing.assert_allclose(
        convention.covariance_to_r1(found), sigma, rtol=0, atol=1e-14 * np.abs(sigma).max()
    )


def test_complex_moments_are_those_of_draws_that_exhaust_a_law():
    """Columns of a root of Sigma, weighted equally, are a law with covariance Sigma: no Monte Carlo."""
    rng = np.random.default_rng(3)
    root = rng.standard_normal((size(3), 20))
    convention = named("s2fft")
    draws = convention.from_r1(root.T).reshape(20, -1)
    found = convention.covariance(root @ root.T)
    np.testing.assert_allclose(found.c, draws.T @ draws.conj(), atol=1e-12)
    np.testing.assert_allclose(found.p, draws.T @ draws, atol=1e-12)


def test_white_noise_in_r1_has_half_the_power_in_each_part_of_a_complex_coefficient():
    c, p = named("healpy").covariance(np.eye(size(2)))
    orders = named("healpy").degrees_orders(2)[1]
    np.testing.assert_allclose(c, np.eye(6), atol=1e-15)
    np.testing.assert_allclose(p, np.diag((orders == 0).astype(float)), atol=1e-15)


@given(drawn=coefficients())
def test_healpy_order_is_the_fast_path(drawn):
    lmax, alpha = drawn
    np.testing.assert_array_equal(known()["healpy"].from_r1(alpha), to_complex(alpha, lmax))
    alm = to_complex(alpha, lmax)
    np.testing.assert_allclose(known()["healpy"].to_r1(alm), from_complex(alm, lmax), rtol=3e-16, atol=0)


def test_r2_is_real_and_imaginary_part():
    alpha = np.random.default_rng(0).standard_normal(size(4))
    signed, parts = convert(alpha, "r1", "complex"), convert(alpha, "r1", "r2")
    for l, m in zip(*degrees_orders(4), strict=True):
        a = signed[index(l, abs(m))]
        assert parts[index(l, m)] == (a.real if m >= 0 else a.imag)


@pytest.mark.parametrize("name", NAMES)
def test_labels_say_where_a_coefficient_stands(name):
    """A field of one degree and order has values at entries of that degree and |order| alone."""
    convention = known()[name]
    degrees, orders = convention.degrees_orders(5)
    assert degrees.shape == orders.shape == convention.shape(5)
    for l, m in zip(*degrees_orders(5), strict=True):
        alpha = np.zeros(size(5))
        alpha[index(l, m)] = 1.0
        held = convention.from_r1(alpha) != 0
        assert held.any()
        assert set(degrees[held]) == {l}
        assert set(np.abs(orders[held])) == {abs(m)}


def test_a_field_that_is_not_real_is_refused_by_name():
    cases = [
        ("healpy", [1, 2j, 3], r"imaginary entry \[1\] at l=1, m=0 is 2, and a real field has none at m=0"),
        ("glass", [1, 2j, 3], r"imaginary entry \[1\] at l=1, m=0 is 2"),
        ("s2fft", [[0, 1, 0], [5, 0, 5]], r"entry \[1, 0\] at l=1, m=-1 is 5, which is not the reflection"),
        ("s2fft", [[7, 1, 0], [0, 0, 0]], r"real entry \[0, 0\] is 7, where there is no coefficient"),
        ("complex", [1, 1, 0, 1], r"entry \[1\] at l=1, m=-1 is 1, which is not the reflection"),
        ("pyshtools", np.ones((2, 2, 2)), r"entry \[0, 0, 1\] is 1, where there is no coefficient"),
        ("torch-harmonics", [[1, 1], [1, 1]], r"real entry \[0, 1\] is 1, where there is no coefficient"),
        ("torch-harmonics:nlon=2", [[1, 0], [1, 4j]], r"l=1, m=1 is 4, and the azimuthal Nyquist order"),
    ]
    for name, values, message in cases:
        with pytest.raises(ValueError, match=message):
            convert(np.array(values), name, "r1")
        assert np.isfinite(convert(np.array(values), name, "r1", lossy=True)).all()


def test_lossy_is_the_real_part_of_the_field(rng):
    convention = named("complex")
    first, second = rng.standard_normal((2, size(5)))
    values = convention.from_r1(first) + 1j * convention.from_r1(second)  # the field first + i second
    with pytest.raises(ValueError, match="lossy=True"):
        convention.to_r1(values)
    np.testing.assert_allclose(convention.to_r1(values, lossy=True), first, atol=1e-15)


def test_tolerance_is_each_fields_own():
    fields = np.array([[1.0, 0.0, 0.0], [1e20, 0.0, 0.0]]) + 0j
    fields[0, 0] += 0.5j  # half of a field, nothing of its neighbour
    with pytest.raises(ValueError, match=r"l=0, m=0 is 0\.5"):
        convert(fields, "healpy", "r1")


@pytest.mark.parametrize("tolerance", [-1, np.nan, np.inf, "x"])
def test_a_tolerance_that_is_none_is_refused(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        convert(np.ones(4), "r1", "healpy", tolerance=tolerance)


def test_tolerance_tells_rounding_from_loss(rng):
    values = named("s2fft").from_r1(rng.standard_normal(size(5)))
    single = values.astype(np.complex64)
    single[3, 2] *= 1 + 1e-6
    with pytest.raises(ValueError, match="tolerance= allows for rounding"):
        convert(single, "s2fft", "r1")
    found = convert(single, "s2fft", "r1", tolerance=1e-5)
    np.testing.assert_allclose(found, named("s2fft").to_r1(values), atol=1e-5)


def test_what_has_no_place_is_refused():
    alpha = np.zeros(size(3))
    convention = named("torch-harmonics:nlon=6")
    assert convention.shape(3) == (4, 4)
    alpha[index(3, -3)] = 0.5
    with pytest.raises(ValueError, match=r"no place for the coefficient of R1 at l=3, m=-3, which is 0\.5"):
        convention.from_r1(alpha)
    with pytest.raises(ValueError, match="no place"):
        convention.covariance(np.eye(size(3)))
    assert not convention.from_r1(alpha, lossy=True).any()
    assert convention.covariance(np.eye(size(3)), lossy=True).c.shape == (16, 16)
    assert named("torch-harmonics:nlon=4").shape(3) == (4, 3)  # columns beyond Nyquist do not exist


def test_covariance_of_no_real_field_is_refused(rng):
    convention = named("complex")
    c, p = convention.covariance(np.eye(size(2)))
    with pytest.raises(ValueError, match="not the covariance of real fields"):
        convention.covariance_to_r1(ComplexCovariance(c, 0 * p))
    with pytest.raises(ValueError, match=r"give the pair \(C, P\)"):
        convention.covariance_to_r1(c)
    with pytest.raises(ValueError, match="must have one shape"):
        convention.covariance_to_r1((c, p[:4, :4]))
    with pytest.raises(ValueError, match="no band limit of r1 has 5 coefficients"):
        named("r1").covariance_to_r1(np.eye(5))
    with pytest.raises(ValueError, match="must be square"):
        named("r1").covariance(rng.standard_normal((4, 9)))


def test_bad_values_are_refused():
    cases = [
        ("r1", np.ones(5), "r1 has shapes"),
        ("s2fft", np.ones((3, 4)), r"s2fft has shapes \(..., \*s\), s = \(2, 3\), \(3, 5\), \(4, 7\)"),
        ("s2fft", np.ones(4), "s2fft has shapes"),
        ("r1", np.array(1.0), "r1 has shapes"),
        ("r1", [1.0, np.nan, 0.0, 0.0], "must be finite, got 1 NaN"),
        ("healpy", [1.0, np.inf, 0.0], "must be finite"),
        ("pyshtools", np.ones((2, 3, 3), complex), "must be real numbers"),
        ("healpy", np.array([1, 2, None]), "must be numbers, got dtype object"),
        ("r1", np.array(["a", "b", "c", "d"]), "must be numbers"),
        ("r1", np.ma.masked_less(np.arange(4.0), 1), "masked entries"),
    ]
    for name, values, message in cases:
        with pytest.raises(ValueError, match=message):
            convert(values, name, "r1")
    with pytest.raises(ValueError, match="chart R1 has"):
        named("healpy").from_r1(np.ones(5))
    with pytest.raises(ValueError, match="which has lmax=1"):
        convert(np.ones(4), "r1", "r2", lmax=2)


def test_unnormalised_bases_end_where_double_precision_does():
    unnormalised = named("pyshtools:norm=unnorm")
    alpha = np.ones(size(150))
    np.testing.assert_allclose(unnormalised.to_r1(unnormalised.from_r1(alpha)), alpha, rtol=1e-15)
    with pytest.raises(ValueError, match="overflows double precision at lmax=152"):
        unnormalised.from_r1(np.ones(size(152)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody", "unknown convention 'nobody'; known: complex, ducc0"),
        ("pyshtools:norm=best", "unknown norm 'best'; known: 4pi, ortho, schmidt, unnorm"),
        ("pyshtools:kind=both", "unknown kind 'both'"),
        ("pyshtools:csphase=0", "csphase must be 1"),
        ("pyshtools:phase=1", "takes csphase, kind, norm, each once, as key=value; got 'phase=1'"),
        ("pyshtools:csphase=1,csphase=1", "each once"),
        ("healpy:norm=4pi", "healpy takes no parameters"),
        ("torch-harmonics:csphase=-1", "csphase must be 1"),
        ("torch-harmonics:nlon=0", "nlon must be an integer"),
        ("e3nn:norm=ortho", "unknown norm 'ortho'; known: component, integral, norm"),
    ],
)
def test_a_name_that_means_nothing_is_refused(name, message):
    with pytest.raises(ValueError, match=message):
        named(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_to_its_convention(name):
    convention = named(name)
    assert isinstance(convention, Convention)
    assert convention.name == name
    assert convention == known()[name]
    assert pickle.loads(pickle.dumps(convention)).shape(3) == convention.shape(3)
    assert convention.about


def test_defaults_are_the_libraries_own():
    assert named("pyshtools").name == "pyshtools:kind=real,norm=4pi,csphase=1"
    assert named("torch-harmonics").name == "torch-harmonics:norm=ortho,csphase=1"
    assert named("ducc0") == named("healpy")
    assert named("scipy") == named("complex")


@given(arrays(np.float64, (7,), elements=NUMBERS), st.sampled_from(["per_l", "per_lm", "c_l"]))
def test_power_units_come_back(spectrum, unit):
    there = convert_power(spectrum, "c_l", unit)
    np.testing.assert_allclose(convert_power(there, unit, "c_l"), spectrum, rtol=1e-15)


def test_power_units_add_up_to_the_field(rng):
    """The mean square of a field over the sphere is the sum of power per degree."""
    alpha = rng.standard_normal(size(6))
    degrees = degrees_orders(6)[0]
    c_l = np.bincount(degrees, alpha**2) / (2 * np.arange(7) + 1)
    mean_square = alpha @ alpha / (4 * np.pi)
    np.testing.assert_allclose(convert_power(c_l, "c_l", "per_l").sum(), mean_square, rtol=1e-14)
    with pytest.raises(ValueError, match="unknown target 'per_m'"):
        convert_power(c_l, "c_l", "per_m")
    with pytest.raises(ValueError, match="axis of degrees"):
        convert_power(1.0, "c_l", "per_l")


def test_import_is_light():
    """Converters bring no library with them but NumPy."""
    code = "import sys, sphspec.conventions as c; c.known(); print(*{m.split('.')[0] for m in sys.modules})"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(found.stdout.split())
    assert "numpy" in loaded
    assert not loaded & {"scipy", "ducc0", "numba", "healpy", "torch", "jax", "pyshtools", "sympy"}
