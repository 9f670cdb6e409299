"""Eigenvalues of growing band limits, and the law that they tend to (T7)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import GaussLegendre, Quadrature, limit_law, noise_covariance
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

BANDS = (4, 8, 16, 32)


@styled
def draw() -> Drawing:
    """Return the cumulated spectra with the law, and the condition number."""
    figure = new_figure(2.5)
    shares, growth = figure.subplots(1, 2)
    conditions, distances = [], []
    for place, lmax in enumerate(BANDS):
        grid = GaussLegendre(lmax + 1, 2 * lmax + 1)
        values = noise_covariance(Quadrature(grid, lmax)).eigenvalues() * grid.npix / (4 * np.pi)
        law = limit_law(grid)
        shares.step(
            values, np.arange(1, values.size + 1) / values.size, where="post", color=COLOURS[place],
            label=f"lmax = {lmax}",
        )  # fmt: skip
        conditions.append(values[-1] / values[0])
        distances.append(law.distance(values))
    s = np.linspace(*law.support, 300)
    shares.plot(s, law.cdf(s), "k--", label="limit law")
    shares.set(xlabel="eigenvalue of (N/4π) Σ", ylabel="share up to it")
    shares.legend()
    growth.plot(BANDS, conditions, color=COLOURS[0], marker=MARKERS[0], markersize=3.6)
    growth.set(xlabel="lmax", ylabel="condition number", ylim=(0, None))
    growth.set_xticks(BANDS)
    pairs = ", ".join(f"{value:.1f}" for value in conditions)
    caption = (
        "Gauss-Legendre grids of lmax + 1 rings. Left: share of the eigenvalues; dashed: the law of (π/2) "
        "sin θ. The "
        f"Kolmogorov distance falls from {distances[0]:.2f} to {distances[-1]:.3f}. Right: the condition "
        "number grows "
        f"linearly: {pairs}."
    )
    return finished(figure, caption, f"Four staircases that near a curve; a rising line: {pairs}.")
