"""Grids side by side: plain noise of each at its largest band limit, on the same axes."""

import numpy as np

from sphspec import plot
from sphspec.report import words
from sphspec.report.cases import Measured
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, decades, finished, new_figure, styled

COLUMNS = 3
MARKS = 9  # along a line


@styled
def grids_compared(members: tuple[Measured, ...]) -> list[Drawing]:
    """Return spectra and anisotropies on common axes, then correlations of all grids on one scale."""
    return [_curves(members), *_maps(members)]


def _curves(members: tuple[Measured, ...]) -> Drawing:
    figure = new_figure(2.5)
    values, degree, order = figure.subplots(1, 3)
    values.axhline(1.0, color="0.6", linewidth=0.8, linestyle="--")
    for place, item in enumerate(members):
        style = {"color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)]}
        share = (np.arange(item.cov.n) + 0.5) / item.cov.n
        every = max(1, item.cov.n // MARKS)
        values.plot(share, item.eigenvalues, markersize=3.2, markevery=every, label=item.setting, **style)
        plot.anisotropy(item.isotropy, degree, by="degree")
        plot.anisotropy(item.isotropy, order, by="order")
    values.set(xlabel="share of the eigenvalues", ylabel="eigenvalue / mean")
    for axes in (degree, order):
        if axes.get_yscale() == "log":
            decades(axes, "y")
    figure.legend(loc="outside upper center", ncols=2)
    parts = [
        f"{item.setting}: condition number {words.number(item.isotropy.condition)}, anisotropy of a degree "
        f"up to {words.number(float(item.isotropy.per_degree.max()))}"
        for item in members
    ]
    caption = (
        "Plain quadrature on every grid at its largest band limit: eigenvalues of Σ over their mean by rank, "
        "and the anisotropy of degrees and of orders."
    )
    return finished(figure, caption, f"Three line plots. {'; '.join(parts)}.")


def _maps(members: tuple[Measured, ...]) -> list[Drawing]:
    scale = plot.shared_scale(item.cov for item in members)
    drawings = []
    for start in range(0, len(members), COLUMNS):
        row = members[start : start + COLUMNS]
        figure = new_figure(2.3, "compressed")
        panels = figure.subplots(1, COLUMNS, squeeze=False)[0]
        for axes in panels[len(row) :]:
            axes.remove()
        for axes, item in zip(panels, row, strict=False):
            image = plot.correlation(item.cov, axes, scale=scale)
            axes.set_title(item.setting.replace(", lmax", ",\nlmax"))
        for axes in panels[1 : len(row)]:
            axes.set_ylabel("")
        figure.colorbar(image, ax=panels[: len(row)].tolist(), label="extreme ρ", aspect=16, pad=0.02)
        caption = (
            f"Largest correlation of every pair of degrees, with its sign, on one scale of "
            f"±{words.number(scale)} for all grids."
        )
        parts = [f"{item.setting}: up to {words.number(item.isotropy.coupling)}" for item in row]
        drawings.append(finished(figure, caption, f"Heat maps of correlations. {'; '.join(parts)}."))
    return drawings
