"""What the heat maps show is the covariance: their arrays, scales and printed numbers."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import sphspec
from sphspec import plot


@pytest.fixture(scope="module")
def cov():
    return sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(2), 5))


@pytest.fixture
def ax():
    return Figure(figsize=(4, 4)).subplots()


def off_diagonal(cov):
    sigma = cov.dense()
    rho = sigma / np.sqrt(np.outer(np.diagonal(sigma), np.diagonal(sigma)))
    return rho - np.diag(np.diagonal(rho))


def block(matrix, l, l2):
    return matrix[l * l : (l + 1) ** 2, l2 * l2 : (l2 + 1) ** 2]


def test_correlation_is_the_extreme_of_every_pair_of_degrees_on_a_symmetric_scale(cov, ax):
    image = plot.correlation(cov, ax)
    rho = off_diagonal(cov)
    for l in range(6):
        for l2 in range(6):
            part = block(rho, l, l2)
            assert abs(image.get_array()[l, l2]) == pytest.approx(np.abs(part).max(), abs=1e-15)
            assert np.abs(part - image.get_array()[l, l2]).min() < 1e-15 or not part.any()
    low, high = image.get_clim()
    assert -low == high == pytest.approx(np.abs(rho).max(), rel=1e-14)
    assert image.axes is ax
    assert image in ax.images
    assert image.cmap.name == "RdBu_r"


def test_every_entry_is_drawn_and_forbidden_ones_are_masked(cov, ax):
    array = plot.log_correlation(cov, ax).get_array()
    rho = np.abs(off_diagonal(cov))
    assert array.shape == (36, 36)
    shown = ~array.mask
    np.testing.assert_allclose(array.data[shown], np.maximum(rho, 1e-6)[shown], rtol=1e-13)
    assert rho[array.mask].max() < 1e-14
    assert 0 < shown.mean() < 1


@pytest.mark.parametrize("planted", [0.7, -0.7])
def test_pooling_keeps_one_extreme_entry_of_many(planted):
    cov = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(8), 25))
    assert cov.n > 600
    members, values = cov.blocks.indices[0], cov.blocks.blocks[0]
    first, second = 3, members.size - 2
    scale = np.sqrt(values[first, first] * values[second, second])
    values[first, second] = values[second, first] = planted * scale
    axes = Figure().subplots(1, 2)
    l, l2 = (int(np.sqrt(members[place])) for place in (first, second))
    assert plot.correlation(cov, axes[0]).get_array()[l, l2] == pytest.approx(planted, rel=1e-13)
    logged = plot.log_correlation(cov, axes[1]).get_array()
    assert logged.shape == (26, 26)
    assert logged[l2, l] == pytest.approx(0.7, rel=1e-13)


def test_entries_that_have_no_pixel_are_pooled(cov):
    small = Figure(figsize=(0.4, 0.4), dpi=50).subplots()
    assert plot.log_correlation(cov, small).get_array().shape == (6, 6)
    assert plot.log_correlation(cov, small, entries=True).get_array().shape == (36, 36)


def test_one_scale_serves_panels_that_are_compared(cov):
    other = sphspec.noise_covariance(sphspec.Quadrature(sphspec.GaussLegendre(6, 11), 5))
    scale = plot.shared_scale([cov, other])
    assert scale == pytest.approx(max(np.abs(off_diagonal(each)).max() for each in (cov, other)), rel=1e-13)
    axes = Figure().subplots(1, 2)
    limits = {plot.correlation(each, panel, scale=scale).get_clim()
              for each, panel in zip((cov, other), axes, strict=True)}  # fmt: skip
    assert limits == {(-scale, scale)}
    with pytest.raises(ValueError, match="at least one covariance"):
        plot.shared_scale([])
    with pytest.raises(ValueError, match="scale must be a finite number > 0, got -1"):
        plot.correlation(cov, axes[0], scale=-1)


def test_block_norms_are_frobenius_norms_and_white_noise_is_the_identity(cov, ax):
    sigma, mean = cov.dense(), cov.diagonal().mean()
    norms = plot.degree_norms(cov)
    for l in range(6):
        for l2 in range(6):
            size = mean * ((2 * l + 1) * (2 * l2 + 1)) ** 0.25
            assert norms[l, l2] == pytest.approx(np.linalg.norm(block(sigma, l, l2)) / size, abs=1e-15)
    image = plot.block_norms(cov, ax)
    shown = ~image.get_array().mask
    np.testing.assert_array_equal(image.get_array()[shown], np.maximum(norms, 1e-4)[shown])
    printed = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}
    expected = {(row, column): f"{norms[row, column]:.2f}" for row in range(6) for column in range(6)
                if norms[row, column] >= 0.005}  # fmt: skip
    assert printed == expected
    design = sphspec.isotropising_variance(sphspec.GaussLegendre(6, 11), 5)
    white = sphspec.noise_covariance(sphspec.Quadrature(sphspec.GaussLegendre(6, 11), 5), design)
    np.testing.assert_allclose(plot.degree_norms(white), np.eye(6), atol=1e-13)


def test_numbers_are_printed_where_they_fit_alone(cov):
    crowded = Figure(figsize=(0.8, 0.8)).subplots()
    plot.block_norms(cov, crowded)
    assert not crowded.texts
    plot.block_norms(cov, crowded, numbers=True)
    assert crowded.texts


def test_current_axes_are_used_and_no_setting_is_changed(cov):
    from matplotlib import pyplot

    before = dict(mpl.rcParams)
    with mpl.rc_context({"backend": "agg"}):
        figure, ax = pyplot.subplots()
        try:
            inside = dict(mpl.rcParams)
            for draw in (
                plot.correlation, plot.log_correlation, plot.block_norms, plot.variance_map, plot.eigenvalues,
                plot.anisotropy,
            ):  # fmt: skip
                ax.clear()
                assert draw(cov).axes is ax
            ax.clear()
            assert all(line.axes is ax for line in plot.process_moments(sphspec.VP()))
            assert all(artist.axes is ax for artist in plot.pit_ecdf([0.2, 0.4]))
            assert dict(mpl.rcParams) == inside
            assert len(figure.axes) == 1
        finally:
            pyplot.close(figure)
    assert dict(mpl.rcParams) == before
