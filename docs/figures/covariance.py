"""The exact covariance beside that of draws, entry by entry (T1)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import GaussLegendre, Quadrature, noise_covariance
from sphspec.report.figures.style import Drawing

DRAWS = 4000
LMAX = 4


@styled
def draw() -> Drawing:
    """Return Sigma, the covariance of draws, and ten times their difference."""
    operator = Quadrature(GaussLegendre(LMAX + 1, 2 * LMAX + 1), LMAX)
    exact = noise_covariance(operator).dense()
    alpha = operator(np.random.default_rng(0).standard_normal((DRAWS, operator.grid.npix)))
    mean = np.trace(exact) / len(exact)
    found = alpha.T @ alpha / DRAWS
    figure = new_figure(2.3)
    panels = figure.subplots(1, 3)
    shown = (
        ("Σ, exact", exact),
        (f"{DRAWS} draws", found),
        ("ten times the difference", 10 * (found - exact)),
    )
    for axes, (title, matrix) in zip(panels, shown, strict=True):
        image = axes.imshow(matrix / mean, cmap="RdBu_r", vmin=-1.4, vmax=1.4, interpolation="nearest")
        axes.set(title=title, xlabel="index ℓ² + ℓ + m")
        axes.spines[["top", "right"]].set_visible(True)
    panels[0].set_ylabel("index ℓ² + ℓ + m")
    figure.colorbar(image, ax=panels.tolist(), label="over the mean variance", aspect=18, pad=0.02)
    worst = float(np.abs(found - exact).max() / mean)
    caption = (
        f"Noise of the pixels of a Gauss-Legendre grid {LMAX + 1} x {2 * LMAX + 1} in coefficients to "
        f"degree {LMAX}. "
        f"The draws differ from the exact covariance by {worst:.2f} of the mean variance at most, as "
        f"{DRAWS} draws do."
    )
    return finished(figure, caption, "Three matrices: the first two alike, the third noise without pattern.")
