"""Curves and maps show the covariance's spectrum, anisotropy and variance, and the process's moments."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import sphspec
from sphspec import plot
from sphspec.plot import maps


@pytest.fixture(scope="module")
def cov():
    return sphspec.noise_covariance(sphspec.Jacobi(sphspec.Healpix(2), 5, iterations=1))


@pytest.fixture
def ax():
    return Figure().subplots()


def test_eigenvalues_are_over_their_mean_and_lines_differ_in_colour_and_marker(cov, ax):
    first = plot.eigenvalues(cov, ax)
    second = plot.eigenvalues(np.array([3.0, 1.0]), ax, label="two", linestyle=":")
    values = np.linalg.eigvalsh(cov.dense())
    np.testing.assert_allclose(first.get_ydata(), values / values.mean(), rtol=1e-11)
    np.testing.assert_array_equal(first.get_xdata(), np.arange(1, 37))
    np.testing.assert_array_equal(second.get_ydata(), [0.5, 1.5])
    assert (first.get_color(), second.get_color()) == plot.COLOURS[:2]
    assert (first.get_marker(), second.get_marker()) == plot.MARKERS[:2]
    assert second.get_linestyle() == ":"
    assert ax.get_legend_handles_labels()[1] == ["jacobi:iterations=1", "two"]


@pytest.mark.parametrize("by", ["degree", "order"])
def test_anisotropy_is_that_of_isotropy_over_whole_decades(cov, ax, by):
    line = plot.anisotropy(cov, ax, by=by)
    expected = getattr(cov.isotropy(), f"per_{by}")
    np.testing.assert_array_equal(line.get_ydata(), expected)
    low, high = ax.get_ylim()
    assert low <= expected.min() < 10 * low
    assert high / 10 < expected.max() <= high
    again = plot.anisotropy(cov.isotropy(), ax, by=by, color="red")
    np.testing.assert_array_equal(again.get_ydata(), expected)
    assert again.get_color() == "red"


def test_anisotropy_by_something_else_is_refused(cov, ax):
    with pytest.raises(ValueError, match="unknown by 'l'; known: degree, order"):
        plot.anisotropy(cov, ax, by="l")


def test_variance_at_points_is_that_of_the_synthesis(rng):
    grid = sphspec.GaussLegendre(7, 13)
    operator = sphspec.Quadrature(grid, 6)
    variance = rng.uniform(0.5, 2.0, grid.npix)  # no symmetry: all kernels of the product are needed
    cov = sphspec.noise_covariance(operator, variance)
    synthesis = operator.synthesis(np.eye(operator.n)).T
    expected = np.einsum("pi,ij,pj->p", synthesis, cov.dense(), synthesis)
    theta, phi = grid.theta.reshape(7, 13)[:, 0], grid.phi.reshape(7, 13)[0]
    np.testing.assert_allclose(plot.field_variance(cov, theta, phi).ravel(), expected, rtol=1e-12)


def test_map_of_the_variance_has_mean_one_and_colours_centred_there(cov, ax):
    mesh = plot.variance_map(cov, ax)
    field = np.asarray(mesh.get_array()).reshape(maps.ROWS, 2 * maps.ROWS)
    theta = np.pi * (np.arange(maps.ROWS) + 0.5) / maps.ROWS
    mean = (field.mean(axis=1) * np.sin(theta)).sum() / np.sin(theta).sum()
    assert mean == pytest.approx(1, abs=1e-3)
    assert sum(mesh.get_clim()) == pytest.approx(2, abs=1e-12)
    assert mesh.get_clim()[1] - 1 == pytest.approx(np.abs(field - 1).max())
    assert plot.variance_map(cov, ax, scale=0.5).get_clim() == (0.5, 1.5)


def test_scale_of_maps_leaves_a_share_of_the_sphere_beyond(cov):
    white = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(2), 0))
    deviation = np.abs(maps.relative_variance(cov) - 1)
    assert plot.variance_scale([white, cov], 0) == deviation.max()
    scale = plot.variance_scale([cov], 0.05)
    area = np.sin(np.pi * (np.arange(maps.ROWS) + 0.5) / maps.ROWS)
    share = ((deviation > scale).mean(axis=1) * area).sum() / area.sum()
    assert 0.045 < share <= 0.05
    with pytest.raises(ValueError, match="at least one covariance"):
        plot.variance_scale([])
    with pytest.raises(ValueError, match=r"beyond must be in \[0, 1\), got 1.0"):
        plot.variance_scale([cov], 1.0)


def test_projection_keeps_areas_and_ends_on_the_ellipse():
    x, y = maps._mollweide(60)
    areas = (np.diff(x, axis=1)[:-1] + np.diff(x, axis=1)[1:]) / 2 * -np.diff(y, axis=0)[:, :-1]
    edges = np.linspace(0, np.pi, 61)
    exact = (np.cos(edges[:-1]) - np.cos(edges[1:]))[:, None] * (2 * np.pi / 120)
    np.testing.assert_allclose(areas[5:55], np.broadcast_to(exact, areas.shape)[5:55], rtol=5e-3)
    np.testing.assert_allclose(x[:, -1] ** 2 / 8 + y[:, -1] ** 2 / 2, 1, atol=1e-12)


def test_moments_are_those_of_the_process_with_marks_and_one_label(ax):
    process = sphspec.VE()
    mean, deviation = plot.process_moments(process, ax, times=(0.3, 1.0))
    t = np.asarray(mean.get_xdata())
    np.testing.assert_array_equal(mean.get_ydata(), np.broadcast_to(process.mean(t), t.shape))
    np.testing.assert_allclose(deviation.get_ydata(), np.sqrt(process.variance(t)), rtol=1e-15)
    assert len(ax.lines) == 4
    assert ax.get_ylabel() == ""
    other = Figure().subplots()
    (alone,) = plot.process_moments(process, other, moments=("deviation",))
    assert other.get_ylabel() == alone.get_label() == "standard deviation s(t)"
    with pytest.raises(ValueError, match=r"times must be in \[0, 1\], got 0.3 .. 2.0"):
        plot.process_moments(process, ax, times=(0.3, 2.0))
    with pytest.raises(ValueError, match="unknown moment 'variance'"):
        plot.process_moments(process, ax, moments=("variance",))
