"""What each loss makes of one factor per degree: the inductive bias in numbers (T11)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import VP, GaussLegendre, Quadrature, SpectralSDE, inductive_bias, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

LMAX, TIME = 6, 0.2


@styled
def draw() -> Drawing:
    """Return the best factor of each degree under three losses, and the exact score's range."""
    operator = Quadrature(GaussLegendre(LMAX + 1, 2 * LMAX + 1), LMAX)
    unit = noise_covariance(operator)
    cov = noise_covariance(operator, unit.n / unit.diagonal().sum())
    degree, _ = degrees_orders(LMAX)
    bias = inductive_bias(SpectralSDE(VP(), cov), np.diag(1.0 / (1.0 + degree) ** 2), TIME)
    figure = new_figure(2.5)
    axes = figure.subplots()
    axes.fill_between(bias.degrees, bias.lowest, bias.highest, color="0.85", label="exact score, its range")
    lines = (("plain", bias.plain), ("metric Σ (the loss on pixels)", bias.sigma), ("metric Σ²", bias.noise))
    for place, (title, values) in enumerate(lines):
        axes.plot(
            bias.degrees, values, color=COLOURS[place], marker=MARKERS[place], markersize=3.4, label=title
        )
    axes.set(xlabel="degree ℓ", ylabel="best factor c(ℓ) of the score")
    axes.legend()
    apart = float(np.max(np.abs(bias.plain / bias.sigma - 1)))
    caption = (
        f"Gaussian data, C(ℓ) = 1/(1 + ℓ)², VP at t = {TIME}, Gauss-Legendre grid, lmax = {LMAX}. The model "
        "has one factor "
        "per degree. Losses in different metrics prefer different factors: plain and Σ are up to "
        f"{apart:.0%} apart."
    )
    return finished(figure, caption, "Three rising curves inside a grey band, apart from each other.")
