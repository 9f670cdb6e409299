"""Pixel variances that make the spectral noise white, or nearly so (T8)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import GaussLegendre, Healpix, Quadrature, isotropising_variance, noise_covariance
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

CASES = (("Gauss-Legendre 17 x 33", GaussLegendre(17, 33), 16), ("HEALPix nside=8", Healpix(8), 23))


@styled
def draw() -> Drawing:
    """Return the variances over their mean against latitude."""
    figure = new_figure(2.4)
    parts = []
    for place, (axes, (title, grid, lmax)) in enumerate(zip(figure.subplots(1, 2), CASES, strict=True)):
        design = isotropising_variance(grid, lmax)
        uniform = noise_covariance(Quadrature(grid, lmax)).isotropy().distance
        axes.axhline(1.0, color="0.6", linestyle="--", linewidth=0.8)
        latitude = 90 - np.rad2deg(grid.theta)
        axes.plot(
            latitude, design.variance / design.variance.mean(), color=COLOURS[place], marker=MARKERS[place],
            markersize=3,
        )  # fmt: skip
        axes.set(title=f"{title}, lmax={lmax}", xlabel="latitude in degrees")
        axes.set_xticks(range(-90, 91, 45))
        left = f"{design.left_over:.0e}" if design.left_over < 1e-12 else f"{design.left_over:.3f}"
        parts.append(f"{title}: {uniform:.3f} with equal variances, {left} with these")
    figure.axes[0].set_ylabel("pixel variance over its mean")
    caption = (
        "Pixel variances whose noise is as white as can be after the transform; dashed: equal variances. "
        "Relative "
        f"Frobenius distance from white: {'; '.join(parts)}."
    )
    return finished(
        figure, caption, "Two curves against latitude: one highest at the poles, one with structure."
    )
