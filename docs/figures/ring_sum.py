"""Which entries of C are not zero, sorted by order: what the rings allow (T2)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import GaussLegendre, Healpix, Quadrature, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import Drawing

LMAX = 8
CASES = (("HEALPix nside=4", Healpix(4)), ("Gauss-Legendre 9 x 17", GaussLegendre(9, 17)))
TINY = 1e-13


@styled
def draw() -> Drawing:
    """Return the patterns of two grids, coefficients sorted by m, then l."""
    degree, order = degrees_orders(LMAX)
    sorting = np.lexsort((degree, np.sign(order), np.abs(order)))
    figure = new_figure(3.1)
    parts = []
    for axes, (title, grid) in zip(figure.subplots(1, 2), CASES, strict=True):
        sigma = noise_covariance(Quadrature(grid, LMAX)).dense()[np.ix_(sorting, sorting)]
        size = np.abs(sigma) / sigma.diagonal().mean()
        there = size > TINY
        axes.imshow(there, cmap="Blues", vmin=0, vmax=1.3, interpolation="nearest")
        edges = np.flatnonzero(np.diff(np.abs(order[sorting]))) + 0.5
        for edge in edges:
            axes.axhline(edge, color="0.6", linewidth=0.25)
            axes.axvline(edge, color="0.6", linewidth=0.25)
        centres = (np.r_[-0.5, edges] + np.r_[edges, len(order) - 0.5]) / 2
        axes.set_xticks(centres[:6], range(6))
        axes.set_yticks(centres[:6], range(6))
        axes.set(title=title, xlabel="|m′|", ylabel="|m|")
        axes.spines[["top", "right"]].set_visible(True)
        parts.append(f"{title}: {there.mean():.1%} of the entries")
    caption = (
        f"Entries of Σ that are not zero (dark), lmax = {LMAX}, coefficients sorted by |m|, within it "
        "sines, then "
        f"cosines, then by degree. {'; '.join(parts)}. HEALPix couples orders that differ by a multiple of 4."
    )
    return finished(figure, caption, f"Two patterns of squares. {'; '.join(parts)}.")
